"""Particles at one place have no forces: whatever reads or runs them says so, and names two of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import PssglassError
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


def test_a_bystander_is_not_blamed() -> None:
    """Whoever is lost is named, and not who moves fastest of those that are left."""
    velocities = np.zeros((N, 3))
    velocities[31] = [1e6, 0.0, 0.0]
    simulation = engine.Simulation(
        engine.potential_of(MODEL), START.box, START.positions, velocities, START.species, MODEL.mass, 1
    )
    with pytest.raises(Exception, match=r"particle 31: it moves .* in one step, more than 0\.25"):
        simulation.run(1, 0.001, "nve", 0.0)
