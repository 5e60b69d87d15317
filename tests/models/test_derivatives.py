"""Forces, stress, Born term and Hessian of every form are derivatives of the sum of φ over all pairs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.models import Model

sys.path.append(str(Path(__file__).parent))

from every_form import MODELS, hot

PLANES = ((0, 0), (2, 2), (0, 1), (0, 2), (1, 2))


@cache
def hot_one(name: str) -> Configuration:
    return hot(MODELS[name])


@cache
def glass(name: str) -> pg.Glass:
    return pg.Glass.quenched(MODELS[name], hot_one(name), tolerance=1e-9, method="fast")


def field(model: Model, state: Configuration) -> engine._core._ForceField:
    return engine.energy_forces(
        engine.potential_of(model), state.box, state.positions, state.species, state.diameters
    )


def energy_by_hand(model: Model, state: Configuration) -> float:
    """Σ ε φ(r/λ) over all pairs; the box has the least image of each."""
    i, j = np.triu_indices(state.N, k=1)
    if model.sizes is None:
        a, b = state.species[i], state.species[j]
        lengths, energies = np.array(model.lengths)[a, b], np.array(model.energies)[a, b]
    else:
        assert state.diameters is not None
        lengths, energies = model.sizes.length(state.diameters[i], state.diameters[j]), np.ones(len(i))
    edges = state.box[:3]
    apart = state.positions[j] - state.positions[i]
    x = np.linalg.norm(apart - edges * np.round(apart / edges), axis=1) / lengths
    near = x < model.form.x_cut
    return float(np.dot(energies[near], [model.form.evaluate(one) for one in x[near].tolist()]))


def moved(state: Configuration, coordinate: int, by: float) -> Configuration:
    positions = state.positions.copy()
    positions.flat[coordinate] += by
    return replace(state, positions=positions)


def strained(state: Configuration, plane: tuple[int, int], by: float) -> Configuration:
    """The state after x → (1 + strain) x, in the box that goes with it."""
    H = np.eye(3)
    H[plane] += by
    box = state.box.copy()
    if plane[0] == plane[1]:
        box[plane[0]] *= 1.0 + by
    else:
        box[3 + PLANES.index(plane) - 2] += by
    return replace(state, positions=np.ascontiguousarray(state.positions @ H.T), box=box)


def slope(f: Callable[[float], Any], h: float) -> Any:
    return (f(h) - f(-h)) / (2.0 * h)


@pytest.mark.parametrize("name", MODELS)
def test_energy_forces_and_stress_are_those_of_all_pairs(name: str) -> None:
    model, state = MODELS[name], hot_one(name)
    found = field(model, state)
    assert found["energy"] == pytest.approx(energy_by_hand(model, state), rel=1e-12)
    scale = np.abs(found["forces"]).max()
    assert scale > 0.01
    for coordinate in (0, 100, 3 * state.N - 1):
        by_hand = -slope(lambda h, c=coordinate: field(model, moved(state, c, h))["energy"], 1e-5)
        assert found["forces"].flat[coordinate] == pytest.approx(by_hand, abs=1e-7 * scale)
    pressure = np.trace(found["stress"])
    for plane in PLANES:
        by_hand = -slope(lambda h, p=plane: field(model, strained(state, p, h))["energy"], 1e-6)
        assert found["stress"][plane] == pytest.approx(by_hand / state.volume, abs=1e-7 * pressure)


@pytest.mark.parametrize("name", MODELS)
def test_hessian_and_born_term_are_derivatives_of_forces_and_stress(name: str) -> None:
    model, one = MODELS[name], glass(name)
    state, hessian = one.configuration, one.hessian().toarray()
    np.testing.assert_array_equal(hessian, hessian.T)
    # The rows of rattlers are left out.
    held = np.repeat(~np.isin(np.arange(one.N), one.rattlers), 3)
    for column in np.flatnonzero(held)[::97].tolist():
        by_hand = -slope(lambda h, c=column: field(model, moved(state, c, h))["forces"].ravel(), 1e-6)
        np.testing.assert_allclose(hessian[column, held], by_hand[held], atol=1e-6 * np.abs(hessian).max())
    born = -slope(lambda h: field(model, strained(state, (0, 1), h))["stress"][0, 1], 1e-6)
    assert mechanics_of(model, state).moduli()["born_shear"] == pytest.approx(born, rel=1e-6)
