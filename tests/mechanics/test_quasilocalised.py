"""Quasilocalised modes: minima of C(z), proved by dense algebra, and the energy along them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from pssglass import engine
from pssglass.analysis.dipole_fields import nearest_image
from pssglass.base.errors import InputError, NotInherentState
from pssglass.base.results import Floats, QuasilocalisedModes
from pssglass.configurations import edge_vectors
from pssglass.mechanics.glass import Glass
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.mechanics.quasilocalised import SAME, STARTS, QuasilocalisedSearch
from pssglass.models import KABLJ, PSS, Hertzian, PolyIPL
from pssglass.simulation.start import random_configuration

N = 260
MODELS = {"pss": PSS(1.5), "poly-ipl": PolyIPL(), "kablj": KABLJ(), "harmonic": Hertzian(alpha=2.0)}


@lru_cache
def glass(name: str = "pss", seed: int = 4) -> Glass:
    model = MODELS[name]
    return Glass.quenched(model, random_configuration(model, N, seed), method="fast")


@lru_cache
def modes(name: str = "pss") -> QuasilocalisedModes:
    return glass(name).quasilocalised_modes(starts=20)


def bonds(one: Glass, z: Floats) -> tuple[Floats, Floats]:
    """Indices (n, 2) of the pairs, and z_ij (n, 3)."""
    pairs = one._mechanics.pairs()
    return pairs, z[pairs[:, 1]] - z[pairs[:, 0]]


def test_the_cost_is_that_of_dense_algebra() -> None:
    one = glass()
    z = np.random.default_rng(1).normal(size=(one.N, 3))
    kappa = z.ravel() @ one.hessian().toarray() @ z.ravel()
    squares = np.sum(np.sum(bonds(one, z)[1] ** 2, axis=1) ** 2)
    [cost], _ = engine.bond_cost(one._mechanics, z[None])
    assert cost == pytest.approx(np.log(kappa**2 / squares), rel=1e-12)


def test_the_gradient_is_that_of_finite_differences() -> None:
    one, random = glass(), np.random.default_rng(2)
    z, direction = random.normal(size=(2, 1, one.N, 3))
    _, [gradient] = engine.bond_cost(one._mechanics, z)
    costs = [engine.bond_cost(one._mechanics, z + step * direction)[0][0] for step in (1e-5, -1e-5)]
    assert np.sum(gradient * direction) == pytest.approx((costs[0] - costs[1]) / 2e-5, rel=1e-7)
    assert np.abs(gradient.sum(axis=0)).max() < 1e-12, "translations cost nothing"
    assert abs(np.sum(gradient * z)) < 1e-12, "nor does a factor"


@pytest.mark.parametrize("name", MODELS)
def test_each_mode_is_stationary(name: str) -> None:
    """Mz/κ = Σ (z_ij·z_ij) z_ij / S, with z_ij acting on j and against i."""
    one, found = glass(name), modes(name)
    for z, kappa in zip(found.vectors, found.kappa, strict=True):
        pairs, apart = bonds(one, z)
        squares = np.sum(apart**2, axis=1)
        right = np.zeros_like(z)
        np.add.at(right, pairs[:, 1], squares[:, None] * apart / np.sum(squares**2))
        np.add.at(right, pairs[:, 0], -squares[:, None] * apart / np.sum(squares**2))
        left = (one.hessian() @ z.ravel()).reshape(-1, 3) / kappa
        assert np.linalg.norm(left - right) < 1e-8
        assert z.ravel() @ (one.hessian() @ z.ravel()) == pytest.approx(kappa, rel=1e-10)
    assert found.residuals.max() <= 1e-10


def test_modes_are_minima_and_not_only_stationary() -> None:
    one, found, random = glass(), modes(), np.random.default_rng(3)
    for z in found.vectors:
        [lowest], _ = engine.bond_cost(one._mechanics, z[None])
        near = z + 1e-4 * random.normal(size=(20, *z.shape))
        assert engine.bond_cost(one._mechanics, near)[0].min() > lowest


def test_each_is_listed_once_from_soft_to_stiff() -> None:
    found = modes()
    flat = found.vectors.reshape(len(found.vectors), -1)
    overlaps = np.abs(flat @ flat.T)
    np.testing.assert_allclose(np.diag(overlaps), 1.0, atol=1e-12)
    assert np.max(overlaps - np.eye(len(flat))) < 0.999
    assert np.all(np.diff(found.frequencies) >= 0.0)
    assert np.abs(found.vectors.sum(axis=1)).max() < 1e-10
    assert found.times_found.sum() == found.converged <= found.starts == 20
    np.testing.assert_array_equal(found.frequencies, np.sqrt(found.kappa))
    squares = np.sum(found.vectors**2, axis=2)
    np.testing.assert_allclose(found.participation_ratios, 1.0 / (N * np.sum(squares**2, axis=1)))
    np.testing.assert_array_equal(found.cores, squares.argmax(axis=1))


@pytest.mark.parametrize("name", MODELS)
def test_finds_are_those_of_descents_made_to_their_ends(name: str) -> None:
    """Those that are given up on their way would have ended where they are counted."""
    one, found = glass(name), modes(name)
    starts = QuasilocalisedSearch(one, one._mechanics)._starts(20, list(STARTS), np.random.default_rng(0))
    ends = engine.pseudo_harmonic_modes(one._mechanics, np.concatenate(list(starts)))["vectors"]
    overlaps = np.abs(ends.reshape(20, -1) @ found.vectors.reshape(len(found.vectors), -1).T)
    np.testing.assert_array_equal(np.sum(overlaps > SAME, axis=0), found.times_found)


def energies(one: Glass, z: Floats, steps: Floats) -> Floats:
    """U(x + s z) for each step."""
    state, potential = one.configuration, engine.potential_of(one.model)
    given = [
        engine.energy_forces(potential, state.box, state.positions + s * z, state.species, state.diameters)
        for s in steps
    ]
    return np.array([field["energy"] for field in given])


@pytest.mark.parametrize("name", ["poly-ipl", "kablj"])
def test_the_energy_along_a_mode_is_its_expansion(name: str) -> None:
    found = modes(name)
    steps = 0.01 * np.arange(-6, 7)
    for z, kappa, tau, chi in zip(found.vectors, found.kappa, found.tau, found.chi, strict=True):
        measured = energies(glass(name), z, steps)
        fitted = np.polynomial.Polynomial.fit(steps, measured - measured[6], 8).convert().coef
        np.testing.assert_allclose(fitted[2:5] * [2, 6, 24], [kappa, tau, chi], rtol=3e-3, atol=1e-2)


def test_the_coefficients_are_sums_over_pairs_of_any_form() -> None:
    """Of harmonic contacts k (1 - r/λ)², whose energy along a field is known for each pair."""
    one, found = glass("harmonic"), modes("harmonic")
    state = one.configuration
    sizes = np.array([[1.0, 1.2], [1.2, 1.4]])
    pairs, apart = bonds(one, found.vectors[0])
    bond = nearest_image(state.positions[pairs[:, 1]] - state.positions[pairs[:, 0]], edge_vectors(state.box))
    length = sizes[state.species[pairs[:, 0]], state.species[pairs[:, 1]]]
    # r² = a + b s + c s² along the field, and its root term by term.
    a, b, c = (np.sum(bond**2, axis=1), 2 * np.sum(bond * apart, axis=1), np.sum(apart**2, axis=1))
    r0 = np.sqrt(a)
    r1 = b / (2 * r0)
    r2 = (c - r1**2) / (2 * r0)
    r3 = -(r1 * r2) / r0
    r4 = -(2 * r1 * r3 + r2**2) / (2 * r0)
    gap = [1 - r0 / length, *(-r / length for r in (r1, r2, r3, r4))]
    cubic = np.sum(2 * (gap[0] * gap[3] + gap[1] * gap[2]))
    quartic = np.sum(2 * (gap[0] * gap[4] + gap[1] * gap[3]) + gap[2] ** 2)
    prefactor = one.model.form.arguments()["prefactor"]
    assert found.tau[0] == pytest.approx(6 * prefactor * cubic, rel=1e-9)
    assert found.chi[0] == pytest.approx(24 * prefactor * quartic, rel=1e-9)


def test_the_barrier_is_that_of_the_cubic_expansion() -> None:
    found = modes("poly-ipl")
    top = -2.0 * found.kappa / found.tau
    np.testing.assert_allclose(found.barrier, found.kappa * top**2 / 2 + found.tau * top**3 / 6, rtol=1e-12)


def test_threads_change_no_bit_and_seeds_draw_other_starts() -> None:
    one = glass()
    first, threaded = (one.quasilocalised_modes(starts=8, threads=threads) for threads in (1, 2))
    assert first.vectors.tobytes() == threaded.vectors.tobytes()
    other = one.quasilocalised_modes(starts=8, kinds=["local"], seed=5)
    assert other.starts == 8
    assert not np.array_equal(other.vectors, first.vectors)


def test_the_softest_ones_can_be_asked_for() -> None:
    found = glass().quasilocalised_modes(1, starts=20)
    np.testing.assert_array_equal(found.vectors, modes().vectors[:1])
    assert found.coverage == modes().coverage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count = 0 must be at least 1"),
        ({"count": 778}, "count = 778 must be at most 777, the number of modes of this glass"),
        ({"starts": 0}, "starts = 0 must be at least 1"),
        ({"seed": -1}, "seed = -1 must be at least 0"),
        ({"tolerance": 0.0}, "tolerance = 0.0 must be above 0"),
        ({"threads": 0}, "threads = 0 must be at least 1"),
        ({"kinds": []}, "must be a list of some of local, dipoles, nonaffine"),
        ({"kinds": "local"}, "kinds = 'local' must be a list"),
        ({"kinds": ["locl"]}, "kind = 'locl' of start: did you mean 'local'?"),
    ],
)
def test_senseless_arguments_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        glass().quasilocalised_modes(**arguments)  # type: ignore[arg-type]
    assert message in str(error.value)


def test_what_is_no_minimum_has_no_modes() -> None:
    model = MODELS["pss"]
    liquid = random_configuration(model, N, seed=1)
    one = Glass(model, liquid, glass().quench_record, mechanics_of(model, liquid))
    with pytest.raises(NotInherentState, match="no minimum of the energy; quench it first"):
        one.quasilocalised_modes(starts=2)


def test_rattlers_take_no_part() -> None:
    model = Hertzian(alpha=2.0, density=0.68)
    states = (random_configuration(model, 150, seed) for seed in range(40))
    loose = (Glass.quenched(model, state, method="fast") for state in states)
    one = next(one for one in loose if len(one.rattlers))
    found = one.quasilocalised_modes(starts=10, kinds=["local", "dipoles"])
    assert not found.vectors[:, one.rattlers].any()
    flat = found.vectors.reshape(len(found.vectors), -1)
    np.testing.assert_allclose(np.sum(flat * (flat @ one.hessian()), axis=1), found.kappa, rtol=1e-10)


def test_where_no_phonon_is_near_the_softest_is_the_harmonic_mode() -> None:
    """Of several glasses, in the one that has the softest mode."""
    softest = min((glass("pss", seed) for seed in range(8)), key=lambda one: one.modes(1).frequencies[0])
    harmonic, found = softest.modes(1), softest.quasilocalised_modes(1, starts=12)
    assert abs(np.sum(harmonic.vectors[0] * found.vectors[0])) > 0.99
    assert harmonic.frequencies[0] < found.frequencies[0] < 1.05 * harmonic.frequencies[0]
