"""Stretches of molecular dynamics, watched for blow-ups; velocities and their temperature."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pssglass import engine
from pssglass.errors import TrajectoryDiverged
from pssglass.results import Floats, RunResult

# Steps between two looks at the trajectory.
STRETCH = 5_000
VELOCITY_STREAM = 2


def advance(
    simulation: engine.Simulation,
    *,
    steps: int,
    dt: float,
    mass: float,
    bound: float,
    sample_every: int,
    progress: Callable[[int], None] | None,
    **thermostat: Any,
) -> RunResult:
    """Advance a simulation in stretches of a few thousand steps; see ``Liquid.run``.

    Args:
        simulation: it is changed.
        steps, dt: number and length of the steps.
        mass: of a particle.
        bound: of the temperature; more of it is a blow-up.
        sample_every: steps between two samples, 0 for none.
        progress: called with the steps of each stretch.
        thermostat: what ``engine.Simulation.run`` says.

    Raises:
        InputError: the engine refuses an argument.
        TrajectoryDiverged: a particle ran away, or the temperature exceeds its bound.
    """
    stretch = max(1, STRETCH // sample_every) * sample_every if sample_every else STRETCH
    runs = []
    for done in range(0, max(steps, 1), stretch):
        count = min(stretch, steps - done)
        with engine.translated():
            runs.append(simulation.run(count, dt, sample_every=sample_every, **thermostat))
        _check_sound(simulation, mass, bound, dt)
        if progress is not None:
            progress(count)
    wall_time = sum(run["wall_time"] for run in runs)
    return RunResult(
        steps=steps,
        time=steps * dt,
        time_step=dt,
        wall_time=wall_time,
        particle_steps_per_second=len(simulation.positions) * steps / wall_time if wall_time > 0.0 else 0.0,
        series=_joined([run["series"] for run in runs]),
    )


def _joined(series: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {key: np.concatenate([one[key] for one in series]) for key in series[0]}


def _check_sound(simulation: engine.Simulation, mass: float, bound: float, dt: float) -> None:
    found = kinetic_temperature(simulation.velocities, mass)
    if found <= bound:
        return
    fastest = int(np.argmax(np.sum(simulation.velocities**2, axis=1)))
    raise TrajectoryDiverged(
        f"trajectory diverged by step {simulation.step}, fastest particle {fastest}: the temperature reached"
        f" {found:.3g}, above {bound:.3g}; use a time step below {dt:g}",
        step=simulation.step,
        particle=fastest,
    )


def maxwell_velocities(N: int, temperature: float, mass: float, seed: int) -> Floats:
    """Velocities (N, 3) of zero total momentum, scaled to the temperature exactly."""
    velocities = np.random.default_rng((seed, VELOCITY_STREAM)).normal(size=(N, 3))
    velocities -= velocities.mean(axis=0)
    return velocities * math.sqrt(temperature / kinetic_temperature(velocities, mass))


def kinetic_temperature(velocities: Floats, mass: float) -> float:
    """Temperature of the motion relative to the centre of mass, of 3N - 3 degrees of freedom."""
    relative = velocities - velocities.mean(axis=0)
    return mass * float(np.sum(relative**2)) / (3 * len(velocities) - 3)
