"""A binary mixture written as diameters, 1 and 1.4 with n_a = 1/24, is the same to the last bit."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.base.errors import InputError
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.models import Model
from pssglass.simulation.start import random_configuration

sys.path.append(str(Path(__file__).resolve().parents[1] / "models"))

from every_form import EQUAL_ENERGIES

N = 250
MODELS = {"pss, sticky": pg.PSS(1.1), "pss, soft": pg.PSS(1.5), **EQUAL_ENERGIES}


def both_ways(model: Model) -> tuple[engine.Potential, engine.Potential]:
    form = model.form.arguments()
    return engine.potential_of(model), engine.Potential.by_diameter(1.0, 1.0 / 24.0, **form)


def as_diameters(state: Configuration) -> tuple[np.ndarray, Floats]:
    return np.zeros(state.N, dtype=np.int32), np.array([1.0, 1.4])[state.species]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Model:
    return MODELS[request.param]


def test_lengths_mix_to_those_of_the_species() -> None:
    assert pg.models.Sizes(1.0, 1.4, nonadditivity=1.0 / 24.0).length(np.array(1.0), np.array(1.4)) == 1.18


def test_energy_forces_and_stress_are_the_same_bits(model: Model) -> None:
    state = random_configuration(model, N, seed=2)
    (species, diameters), (by_species, by_diameter) = as_diameters(state), both_ways(model)
    one = engine.energy_forces(by_species, state.box, state.positions, state.species)
    other = engine.energy_forces(by_diameter, state.box, state.positions, species, diameters)
    assert one["energy"] == other["energy"]
    np.testing.assert_array_equal(one["forces"], other["forces"])
    np.testing.assert_array_equal(one["stress"], other["stress"])


@pytest.mark.parametrize("method", ["faithful", "fast", "fire"])
def test_a_quench_and_its_mechanics_are_the_same_bits(model: Model, method: str) -> None:
    state = random_configuration(model, N, seed=2)
    (species, diameters), (by_species, by_diameter) = as_diameters(state), both_ways(model)
    one = engine.minimize(by_species, state.box, state.positions, state.species, method=method)
    other = engine.minimize(
        by_diameter, state.box, state.positions, species, method=method, diameters=diameters
    )
    assert one["converged"]
    assert one.keys() == other.keys()
    for found, again in zip(one.values(), other.values(), strict=True):
        np.testing.assert_array_equal(found, again)
    glass = engine.Mechanics(by_species, state.box, one["positions"], state.species)
    same_glass = engine.Mechanics(by_diameter, state.box, one["positions"], species, diameters=diameters)
    assert glass.moduli() == same_glass.moduli()
    assert glass.energetics() == same_glass.energetics()
    for part, same in zip(glass.hessian(), same_glass.hessian(), strict=True):
        np.testing.assert_array_equal(part, same)
    np.testing.assert_array_equal(glass.modes(10)["eigenvalues"], same_glass.modes(10)["eigenvalues"])


@pytest.mark.parametrize("thermostat", ["nve", "langevin", "svr"])
@pytest.mark.parametrize(("precision", "bound"), [("double", 0.0), ("mixed", 1e-5)])
def test_trajectories_are_the_same(model: Model, thermostat: str, precision: str, bound: float) -> None:
    """In mixed precision lengths are mixed in single precision, too, so last bits of forces differ."""
    state = random_configuration(model, N, seed=2)
    velocities = np.random.default_rng(1).normal(size=(N, 3))
    (species, diameters), (by_species, by_diameter) = as_diameters(state), both_ways(model)
    ends = []
    for potential, kind, sizes in ((by_species, state.species, None), (by_diameter, species, diameters)):
        simulation = engine.Simulation(
            potential,
            state.box,
            state.positions,
            velocities,
            kind,
            mass=1.0,
            seed=7,
            precision=precision,
            diameters=sizes,
        )
        simulation.run(20, 0.004, thermostat, 1.0)
        ends.append((simulation.positions, simulation.velocities))
    np.testing.assert_allclose(ends[0][0], ends[1][0], rtol=0, atol=bound)
    np.testing.assert_allclose(ends[0][1], ends[1][1], rtol=0, atol=100 * bound)


@pytest.mark.parametrize(
    ("diameters", "message"),
    [
        (None, "got 0 diameters for 250 particles"),
        (np.ones(7), "got 7 diameters for 250 particles"),
        (np.r_[1.0, -1.0, np.ones(N - 2)], "of particle 1 must be positive and finite"),
        (np.r_[1.0, 1.0, np.nan, np.ones(N - 3)], "of particle 2 must be positive and finite"),
        (np.r_[100.0, np.ones(N - 1)], "nonadditivity below"),
    ],
)
def test_diameters_that_make_no_pairs_are_refused(diameters: Floats | None, message: str) -> None:
    state = random_configuration(pg.PSS(1.5), N, seed=2)
    species, _ = as_diameters(state)
    with pytest.raises(InputError, match=re.escape(message)), engine.translated():
        engine.energy_forces(both_ways(pg.PSS(1.5))[1], state.box, state.positions, species, diameters)


def test_diameters_where_lengths_follow_from_species_are_refused() -> None:
    state = random_configuration(pg.PSS(1.5), N, seed=2)
    with pytest.raises(InputError, match="leave them out"), engine.translated():
        engine.energy_forces(both_ways(pg.PSS(1.5))[0], state.box, state.positions, state.species, np.ones(N))
