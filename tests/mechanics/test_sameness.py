"""The same glass is known again, whatever file it comes from; another one never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import pssglass as pg
from pssglass.configurations import Configuration
from pssglass.mechanics.sameness import TOLERANCE, _distances, are_same

MODEL = pg.PSS(rc=1.5)
Change = Callable[[Configuration], Configuration]


@pytest.fixture(scope="module")
def glasses() -> list[Configuration]:
    """Of one liquid temperature, quenched."""
    liquids = [pg.Liquid.create(MODEL, N=256, temperature=1.0, seed=seed) for seed in range(4)]
    return [liquid.quench(method="fast").configuration for liquid in liquids]


def rounded(glass: Configuration) -> Configuration:
    """As a file of six decimals has it."""
    return replace(glass, positions=glass.positions.round(6), box=glass.box.round(6))


def shifted(glass: Configuration) -> Configuration:
    """By more than a box, into other periodic images."""
    return replace(glass, positions=glass.positions + np.array([17.3, -0.4, 2.0]))


def reordered(glass: Configuration) -> Configuration:
    order = np.random.default_rng(3).permutation(glass.N)
    return replace(glass, positions=glass.positions[order], species=glass.species[order])


def turned(glass: Configuration) -> Configuration:
    return replace(glass, positions=glass.positions[:, [1, 2, 0]])


@pytest.mark.parametrize("change", [rounded, shifted, reordered, turned])
def test_the_same_glass_is_known_again(change: Change, glasses: list[Configuration]) -> None:
    assert are_same(MODEL, change(glasses[0]), glasses[0])


def test_other_glasses_are_told_apart_by_far(glasses: list[Configuration]) -> None:
    for one, other in combinations(glasses, 2):
        assert not are_same(MODEL, one, other)
        sets = [_distances(MODEL, each) for each in (one, other)]
        differences = [np.abs(a[: len(b)] - b[: len(a)]).max() for a, b in zip(*sets, strict=True)]
        assert min(differences) > 100 * TOLERANCE


def test_particles_that_have_exchanged_their_diameters_make_another_glass() -> None:
    model = pg.PolyPSS(rc=1.5)
    liquid = pg.Liquid.create(model, N=256, temperature=1.0, seed=1)
    glass = liquid.quench(method="fast").configuration
    assert glass.diameters is not None
    diameters = glass.diameters.copy()
    diameters[[0, 1]] = diameters[[1, 0]]
    assert are_same(model, shifted(glass), glass)
    assert not are_same(model, replace(glass, diameters=diameters), glass)


def test_a_moved_or_exchanged_particle_makes_another_glass(glasses: list[Configuration]) -> None:
    [glass, *_] = glasses
    positions, species = glass.positions.copy(), glass.species.copy()
    positions[7] += [1e-4, 0.0, 0.0]
    assert not are_same(MODEL, replace(glass, positions=positions), glass)
    unlike = int(np.flatnonzero(species != species[0])[0])
    species[[0, unlike]] = species[[unlike, 0]]
    assert not are_same(MODEL, replace(glass, species=species), glass)
