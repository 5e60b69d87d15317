"""Molecular dynamics in chunks, watched for blow-ups; velocities and their temperature."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pssglass import engine
from pssglass.base.errors import TrajectoryDiverged
from pssglass.base.results import Floats, Frames, RunResult, SwapMoves, VolumeMoves
from pssglass.simulation.barostat import Barostat
from pssglass.simulation.swap import Swap

CHUNK = 5_000
"""Steps between two looks at the trajectory."""
VELOCITY_STREAM = 2
# Without a thermostat the energy may drift by this fraction of the kinetic energy; more is a blow-up.
DRIFT = 0.1
# With one, a sound liquid takes up about 3 k_B T per particle from T = 0 at most, and more where it melts.
UPTAKE = 6.0
# Once it has forgotten its start, it is no hotter than its thermostat, up to fluctuations.
OVERHEATING = 0.2


@dataclass(frozen=True)
class Thermostat:
    """What holds the temperature: "langevin" (by friction), "svr" (by relaxation_time) or "nve" (nothing)."""

    name: str
    temperature: float
    friction: float
    relaxation_time: float

    @property
    def memory(self) -> float:
        """Time after which the kinetic energy has forgotten its start."""
        return 10.0 * (1.0 / self.friction if self.name == "langevin" else self.relaxation_time)


@dataclass(frozen=True)
class Course:
    """What a simulation is to do.

    Attributes:
        steps, dt: number and length of the time steps.
        thermostat: the thermostat.
        barostat: None holds the volume.
        swap: None leaves particles their species and diameters.
        sample_every: samples are taken after steps whose number is a multiple; 0 takes none.
        frames: numbers of steps, ascending, from the beginning on, after which frames are taken.
    """

    steps: int
    dt: float
    thermostat: Thermostat
    sample_every: int
    barostat: Barostat | None = None
    swap: Swap | None = None
    frames: Sequence[int] = ()


def advance(
    simulation: engine.Simulation,
    course: Course,
    energies: Callable[[], tuple[float, float]],
    progress: Callable[[int], None] | None,
) -> RunResult:
    """Advance a simulation in chunks of a few thousand steps; see ``Liquid.run``.

    Args:
        simulation: it is changed.
        course: how far, and how.
        energies: gives the potential and the kinetic energy of the simulation as it stands.
        progress: called with the steps of each chunk.

    Raises:
        InputError: the engine refuses an argument.
        TrajectoryDiverged: a particle ran away, or the liquid gains energy from nowhere.
    """
    steps, dt, thermostat = course.steps, course.dt, course.thermostat
    start = sum(energies())
    runs = []
    moves = VolumeMoves() if course.barostat else None
    for done in range(0, max(steps, 1), CHUNK):
        count = min(CHUNK, steps - done)
        with engine.translated():
            run = simulation.run(
                count,
                dt,
                thermostat.name,
                temperature=thermostat.temperature,
                friction=thermostat.friction,
                relaxation_time=thermostat.relaxation_time,
                sample_every=course.sample_every,
                frames=[one - done for one in course.frames if done + (done > 0) <= one <= done + count],
                **(course.barostat.arguments() if course.barostat else {}),
                **(course.swap.arguments(len(simulation.species)) if course.swap else {}),
            )
        runs.append(run)
        potential, kinetic = energies()
        gain = potential + kinetic - start
        if course.barostat and moves is not None:
            own = course.barostat.complete(run, moves)
            moves, gain = moves + own, own.effective_energy_change
        _check_sound(simulation, course, gain, kinetic, done + count)
        if progress is not None:
            progress(count)
    wall_time = sum(run["wall_time"] for run in runs)
    series = [run["series"] for run in runs]
    return RunResult(
        steps=steps,
        time=steps * dt,
        time_step=dt,
        wall_time=wall_time,
        particle_steps_per_second=len(simulation.positions) * steps / wall_time if wall_time > 0.0 else 0.0,
        series={key: np.concatenate([one[key] for one in series]) for key in series[0]},
        volume_moves=moves,
        swap_moves=_swap_moves(runs) if course.swap else None,
        frames=_frames(runs) if course.frames else None,
    )


def _frames(runs: Sequence[Any]) -> Frames:
    """Of all runs together."""
    taken = [run["frames"] for run in runs if "frames" in run]
    if len(taken) == 1:  # the usual case, and they may be large
        return Frames(taken[0]["positions"], taken[0]["boxes"])
    positions, boxes = (np.concatenate([one[key] for one in taken]) for key in ("positions", "boxes"))
    return Frames(positions, boxes)


def _swap_moves(runs: Sequence[Any]) -> SwapMoves:
    """Of all runs together."""
    first, *others = (
        SwapMoves(one["attempts"], one["accepted"], one["largest_difference"], one["seconds"])
        for one in (run["swap"] for run in runs)
    )
    return sum(others, start=first)


def maxwell_velocities(N: int, temperature: float, mass: float, seed: int) -> Floats:
    """Velocities (N, 3) of zero total momentum, scaled to the temperature exactly."""
    velocities = np.random.default_rng((seed, VELOCITY_STREAM)).normal(size=(N, 3))
    velocities -= velocities.mean(axis=0)
    return velocities * math.sqrt(temperature / kinetic_temperature(velocities, mass))


def kinetic_temperature(velocities: Floats, mass: float) -> float:
    """Temperature of the motion relative to the centre of mass, of 3N - 3 degrees of freedom."""
    relative = velocities - velocities.mean(axis=0)
    return mass * float(np.sum(relative**2)) / (3 * len(velocities) - 3)


def _check_sound(
    simulation: engine.Simulation, course: Course, gain: float, kinetic: float, steps: int
) -> None:
    """Raise TrajectoryDiverged if the liquid gained energy that nothing physical has given it."""
    velocities, dt = simulation.velocities, course.dt
    is_conserved = course.barostat is not None
    fault = energy_fault(course.thermostat, len(velocities), gain, kinetic, steps * dt, is_conserved)
    if fault is None:
        return
    fastest = int(np.argmax(np.sum(velocities**2, axis=1)))
    raise TrajectoryDiverged(
        f"trajectory diverged by step {simulation.step}, fastest particle {fastest}: {fault};"
        f" use a time step below {dt:g}",
        step=simulation.step,
        particle=fastest,
    )


def energy_fault(
    thermostat: Thermostat, N: int, gain: float, kinetic: float, elapsed: float, is_effective: bool = False
) -> str | None:
    """What is wrong with an energy gained since the start and a kinetic energy, if anything.

    ``is_effective`` tells of an energy without the heat of thermostat and barostat, gained in one chunk. Far
    from balance moves of the volume are cut short, and it falls.
    """
    limit = f"more than {DRIFT:.0%} of the kinetic energy"
    if is_effective and not gain <= DRIFT * kinetic:
        return f"the effective energy grew by {gain:.3g}, {limit}"
    if thermostat.name == "nve":
        return None if abs(gain) <= DRIFT * kinetic else f"the energy changed by {gain:.3g}, {limit}"
    bound = UPTAKE * N * thermostat.temperature
    if gain > bound:
        return f"the energy grew by {gain:.3g}, above {bound:.3g}"
    temperature = 2.0 * kinetic / (3 * N - 3)
    hottest = thermostat.temperature * (1.0 + OVERHEATING + 6.0 * math.sqrt(2.0 / (3 * N)))
    if elapsed > thermostat.memory and temperature > hottest:
        return f"the temperature is {temperature:.3g}, above the {thermostat.temperature:g} of the thermostat"
    return None
