"""Particles at one place have no forces: whatever reads or runs them says so, and names two of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import InputError, PssglassError, QuenchNotConverged, TrajectoryDiverged
from pssglass.base.results import Floats
from pssglass.configurations import Configuration, write_configuration
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.start import random_configuration

MODEL = PSS(1.5)
N = 100
START = random_configuration(MODEL, N, seed=3)


def two_at_one_place() -> Floats:
    positions = START.positions.copy()
    positions[40] = positions[7]
    return positions


def two_across_the_border() -> Floats:
    positions = two_at_one_place()
    positions[40, 1] += START.box[1]
    return positions


def all_at_one_place() -> Floats:
    return np.zeros((N, 3))


CALLS: dict[str, Callable[[Path], object]] = {
    "Glass.read": lambda path: Glass.read(path, MODEL),
    "Glass.read, quenched": lambda path: Glass.read(path, MODEL, quench=True),
    "Liquid.run": lambda path: Liquid.read(path, MODEL, temperature=1.0, seed=1).run(0.1),
    "Liquid.quench": lambda path: Liquid.read(path, MODEL, temperature=1.0, seed=1).quench("fast"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("places", [two_at_one_place, two_across_the_border, all_at_one_place])
def test_two_particles_are_named(
    places: Callable[[], Floats], call: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "a.extxyz"
    write_configuration(path, Configuration("liquid", places(), START.box, START.species))
    pair = "0 and 1" if places is all_at_one_place else "7 and 40"
    with pytest.raises(PssglassError, match=f"particles {pair} are at the same place"):
        call(path)


@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("apart", [1e-6, 1e-3, 0.2])
def test_particles_that_are_too_near_for_dynamics_are_named(apart: float, precision: str) -> None:
    positions = START.positions.copy()
    positions[40] = positions[7] + [apart, 0.0, 0.0]
    start = Configuration("liquid", positions, START.box, START.species)
    liquid = Liquid(MODEL, start, temperature=1.0, seed=1, precision=precision)
    with pytest.raises(InputError, match=rf"particles 7 and 40 overlap: {apart:.3g} apart.*quench"):
        liquid.run(1.0)


def test_particles_that_are_too_near_for_a_minimiser_are_named() -> None:
    positions = START.positions.copy()
    positions[40] = positions[7] + [1e-6, 0.0, 0.0]
    start = Configuration("liquid", positions, START.box, START.species)
    with pytest.raises(QuenchNotConverged, match=r"particles 7 and 40 overlap: 1e-06 apart.*'faithful'"):
        Glass.quenched(MODEL, start, method="fast", max_evaluations=1000)


def test_a_long_time_step_is_not_blamed_on_overlaps() -> None:
    with pytest.raises(
        TrajectoryDiverged, match=r"it moves \S{1,12} in one step, more than 0\.25; use a small"
    ):
        Liquid(MODEL, START, temperature=1.0, seed=1).run(1e6, dt=1e5)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("z", [1e300, 1e15])
def test_positions_that_are_too_far_are_not_called_infinite(
    z: float, call: Callable[[Path], object], tmp_path: Path
) -> None:
    positions = START.positions.copy()
    positions[3, 2] = z
    path = tmp_path / "a.extxyz"
    write_configuration(path, Configuration("liquid", positions, START.box, START.species))
    with pytest.raises(InputError, match=r"of particle 3 is more than 1e9 boxes away: move it into the box"):
        call(path)


def test_a_bystander_is_not_blamed() -> None:
    """Whoever is lost is named, and not who moves fastest of those that are left."""
    velocities = np.zeros((N, 3))
    velocities[31] = [1e6, 0.0, 0.0]
    simulation = engine.Simulation(
        engine.potential_of(MODEL), START.box, START.positions, velocities, START.species, MODEL.mass, 1
    )
    with pytest.raises(Exception, match=r"particle 31: it moves .* in one step, more than 0\.25"):
        simulation.run(1, 0.001, "nve", 0.0)
