"""Glasses of soft spheres some of which are loose, against a plain search for these and dense algebra."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import InputError, NotInherentState, QuenchNotConverged
from pssglass.base.results import Floats, Integers
from pssglass.configurations import Configuration, write_configuration
from pssglass.mechanics import inherent_states
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS, Hertzian, Model, define_model
from pssglass.simulation.start import random_configuration

ALPHAS = [2.0, 2.5]
METHODS = ["faithful", "fast", "fire", "lbfgs", "cg"]
N = 150
REMAINDER = 1e-6
"""Of a quench, over the mean force of a pair."""


@lru_cache
def glass(alpha: float) -> Glass:
    """One with two rattlers or more, at a density where one particle in a hundred is loose."""
    model = Hertzian(alpha=alpha, density=0.68)
    for seed in range(40):
        one = Glass.quenched(model, random_configuration(model, N, seed), method="fast", tolerance=1e-11)
        if len(one.rattlers) >= 2:
            return one
    raise AssertionError("no glass has rattlers")


def contacts(model: Model, state: Configuration) -> tuple[Integers, Integers, Floats, Floats]:
    """Of each pair that overlaps the particles, separation and, as columns, φ′/r and φ″."""
    i, j = np.triu_indices(state.N, 1)
    separation = state.positions[j] - state.positions[i]
    separation -= state.box[:3] * np.round(separation / state.box[:3])
    length = np.array(model.lengths)[state.species[i], state.species[j]]
    distance = np.linalg.norm(separation, axis=1)
    near = distance < length
    i, j, separation, length, distance = i[near], j[near], separation[near], length[near], distance[near]
    k, alpha, overlap = model.parameters["prefactor"], model.parameters["alpha"], 1.0 - distance / length
    slope = -k * alpha * overlap ** (alpha - 1.0) / length
    curvature = k * alpha * (alpha - 1.0) * overlap ** (alpha - 2.0) / length**2
    return i, j, separation, np.column_stack([slope / distance, curvature])


def loose_particles(one: Glass) -> list[int]:
    """Those with fewer than four neighbours that press on them, taken away until there are no more."""
    i, j, separation, terms = contacts(one.model, one.configuration)
    force = np.abs(terms[:, 0]) * np.linalg.norm(separation, axis=1)
    presses = force > REMAINDER * force.mean()
    held = np.ones(one.N, dtype=bool)
    while True:
        counted = presses & held[i] & held[j]
        neighbours = np.bincount(i[counted], minlength=one.N) + np.bincount(j[counted], minlength=one.N)
        if not np.any(held & (neighbours < 4)):
            return np.flatnonzero(~held).tolist()
        held &= neighbours >= 4


def dense_terms(one: Glass) -> tuple[Floats, Floats, Floats, float]:
    """M of all particles, with no contact of rattlers; Ξ and U_γγ of x-y shear and dilation; U_η."""
    i, j, separation, terms = contacts(one.model, one.configuration)
    inner = ~np.isin(i, one.rattlers) & ~np.isin(j, one.rattlers)
    M = np.zeros((one.N, 3, one.N, 3))
    mixed, second, first = np.zeros((2, one.N, 3)), np.zeros(2), 0.0
    for a, b, d, (s, c) in zip(i[inner], j[inner], separation[inner], terms[inner], strict=True):
        r = np.linalg.norm(d)
        block = (c - s) * np.outer(d, d) / r**2 + s * np.eye(3)
        M[a, :, a] += block
        M[b, :, b] += block
        M[a, :, b] -= block
        M[b, :, a] -= block
        # Shear changes d by (d_y, 0, 0) γ and turns the force s·d by (0, s d_x, 0) γ; dilation changes d by
        # η d + η² d/2.
        changes = (np.array([d[1], 0.0, 0.0]), d)
        turned = (np.array([0.0, s * d[0], 0.0]), s * d)
        for k in range(2):
            force = block @ changes[k] + turned[k]
            mixed[k, b] += force
            mixed[k, a] -= force
            second[k] += changes[k] @ block @ changes[k]
        second[1] += s * r**2
        first += s * r**2
    return M.reshape(3 * one.N, 3 * one.N), mixed.reshape(2, -1), second, first


@pytest.mark.parametrize("alpha", ALPHAS)
def test_rattlers_are_those_of_a_plain_search(alpha: float) -> None:
    one = glass(alpha)
    assert one.rattlers.tolist() == loose_particles(one)
    record = one.quench_record
    assert (record.negative_eigenvalues, record.zero_modes) == (0, 3)
    assert record.rattlers == one.certify().rattlers == len(one.rattlers)
    assert str(record).endswith(f"three zero modes and {len(one.rattlers)} rattler(s)")


@pytest.mark.parametrize("alpha", ALPHAS)
def test_hessian_has_three_zero_modes_of_translation_and_of_each_rattler(alpha: float) -> None:
    one = glass(alpha)
    hessian = one.hessian().toarray()
    np.testing.assert_allclose(hessian, dense_terms(one)[0], atol=1e-12)
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert np.count_nonzero(np.abs(eigenvalues) < 1e-9) == 3 + 3 * len(one.rattlers)
    assert one.largest_frequency() ** 2 == pytest.approx(eigenvalues[-1], rel=1e-10)
    assert one.quench_record.lowest_frequency**2 == pytest.approx(
        eigenvalues[3 + 3 * len(one.rattlers)], rel=1e-6
    )


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("solver", ["block", "spectra"])
def test_modes_are_eigenvectors_without_rattlers(alpha: float, solver: str) -> None:
    one = glass(alpha)
    n = len(one.rattlers)
    eigenvalues, eigenvectors = np.linalg.eigh(one.hessian().toarray())
    modes = one.modes(12, solver=solver)
    np.testing.assert_allclose(modes.frequencies**2, eigenvalues[3 + 3 * n :][:12], rtol=1e-9)
    overlaps = np.abs(modes.vectors.reshape(12, -1) @ eigenvectors[:, 3 + 3 * n :][:, :12])
    np.testing.assert_allclose(overlaps.diagonal(), 1.0, atol=1e-6)
    assert not np.any(modes.vectors[:, one.rattlers])
    weights = np.sum(modes.vectors**2, axis=2)
    np.testing.assert_allclose(modes.participation_ratios, 1 / (N * np.sum(weights**2, axis=1)), rtol=1e-10)
    with pytest.raises(InputError, match=f"between 1 and {3 * (N - n) - 3}, got {3 * (N - n) - 2}"):
        one.modes(3 * (N - n) - 2)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_all_modes_are_counted(alpha: float) -> None:
    one = glass(alpha)
    count = 3 * (N - len(one.rattlers)) - 3
    expected = np.linalg.eigvalsh(one.hessian().toarray())[-count:]
    np.testing.assert_allclose(one.modes(count).frequencies ** 2, expected, rtol=1e-8)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("columns", [2, 60])  # by conjugate gradients, and by the factor
def test_solve_is_the_pseudo_inverse(alpha: float, columns: int) -> None:
    one = glass(alpha)
    b = np.random.default_rng(1).normal(size=(columns, N, 3))
    dense = np.linalg.pinv(one.hessian().toarray(), rcond=1e-10, hermitian=True)
    found = one.solve(b)
    np.testing.assert_allclose(
        found.reshape(columns, -1), b.reshape(columns, -1) @ dense, rtol=1e-6, atol=1e-6
    )
    assert not np.any(found[:, one.rattlers])


@pytest.mark.parametrize("alpha", ALPHAS)
def test_moduli_are_those_of_dense_algebra(alpha: float) -> None:
    one = glass(alpha)
    M, mixed, second, first = dense_terms(one)
    nonaffine = np.einsum("ka,ab,kb->k", mixed, np.linalg.pinv(M, rcond=1e-10, hermitian=True), mixed)
    moduli = one.moduli()
    assert moduli.shear_modulus_nonaffine == pytest.approx(nonaffine[0] / one.volume, rel=1e-8)
    assert moduli.shear_modulus == pytest.approx((second[0] - nonaffine[0]) / one.volume, rel=1e-8)
    K = (second[1] - 3 * first - nonaffine[1]) / (9 * one.volume)
    assert moduli.bulk_modulus == pytest.approx(K, rel=1e-8)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_moduli_are_derivatives_of_the_relaxed_stress(alpha: float) -> None:
    one, h = glass(alpha), 1e-7

    def stress(shear: float = 0.0, dilation: float = 0.0) -> Floats:
        H = np.eye(3) * np.exp(dilation)
        H[0, 1] = shear
        scale = np.exp(dilation)
        box = one.box * [scale, scale, scale, 1, 1, 1] + [0, 0, 0, shear, 0, 0]
        potential, x = engine.potential_of(one.model), np.ascontiguousarray(one.positions @ H.T)
        found = engine.minimize(potential, box, x, one.species, tolerance=1e-11)
        assert found["converged"]
        return engine.energy_forces(potential, box, found["positions"], one.species)["stress"]

    G = (stress(shear=-h) - stress(shear=h))[0, 1] / (2 * h)
    K = np.trace(stress(dilation=-h) - stress(dilation=h)) / 3 / (2 * h * 3)
    assert one.moduli().shear_modulus == pytest.approx(G, rel=1e-3)
    assert one.moduli().bulk_modulus == pytest.approx(K, rel=1e-3)


def test_dipoles_lie_on_held_particles() -> None:
    one = glass(2.5)
    rattler = int(one.rattlers[0])
    pairs = one.random_pairs(round(one.energetics().coordination * (N - len(one.rattlers)) / 2))
    assert not np.any(np.isin(pairs, one.rattlers))
    held = next(particle for particle in range(N) if particle not in one.rattlers)
    message = rf"pair 1 is \({held}, {rattler}\), but particle {rattler} is a rattler"
    with pytest.raises(InputError, match=message):
        one.dipole_response([pairs[0].tolist(), (held, rattler)])
    dense = np.linalg.pinv(one.hessian().toarray(), rcond=1e-10, hermitian=True)
    (i, j), dipole = pairs[0], np.zeros((N, 3))
    separation = one.positions[j] - one.positions[i]
    separation -= one.box[0] * np.round(separation / one.box[0])
    dipole[j] = separation / np.linalg.norm(separation)
    dipole[i] = -dipole[j]
    u = dense @ dipole.ravel()
    assert one.dipole_response(pairs[:1]).omega_g == pytest.approx(
        np.sqrt(u @ dipole.ravel() / (u @ u)), rel=1e-6
    )


@pytest.mark.parametrize("alpha", ALPHAS)
def test_where_a_rattler_lies_in_its_cage_changes_nothing(alpha: float, tmp_path: Path) -> None:
    """Whether it touches the cage with a trifle of a force, or hangs in the middle of nothing."""
    one, rng = glass(alpha), np.random.default_rng(2)
    for scale in (0.0, 1e-14, 1e-9):
        positions = one.positions.copy()
        positions[one.rattlers] += scale * rng.normal(size=(len(one.rattlers), 3))
        state = replace(one.configuration, positions=positions, metadata={})
        write_configuration(tmp_path / "moved.extxyz", state)
        moved = Glass.read(tmp_path / "moved.extxyz", one.model)
        assert moved.rattlers.tolist() == one.rattlers.tolist()
        assert moved.moduli() == one.moduli()
        np.testing.assert_allclose(moved.modes(3).frequencies, one.modes(3).frequencies, rtol=1e-10)


@pytest.mark.parametrize("suffix", ["gsd", "extxyz", "data"])
def test_a_file_has_the_same_rattlers(suffix: str, tmp_path: Path) -> None:
    one = glass(2.5)
    one.write(tmp_path / f"glass.{suffix}")
    again = Glass.read(tmp_path / f"glass.{suffix}", one.model)
    assert np.array_equal(again.rattlers, one.rattlers)
    assert again.quench_record.rattlers == len(one.rattlers)


def test_records_of_before_have_no_rattlers(tmp_path: Path) -> None:
    model = PSS(1.5)
    state = Glass.quenched(model, random_configuration(model, 108, seed=4)).configuration
    quench = {key: value for key, value in state.metadata["quench"].items() if key != "rattlers"}
    write_configuration(
        tmp_path / "old.extxyz", replace(state, metadata={**state.metadata, "quench": quench})
    )
    assert "rattlers" not in json.dumps(quench)
    assert Glass.read(tmp_path / "old.extxyz", model).quench_record.rattlers == 0


def test_attraction_leaves_no_rattlers() -> None:
    model = PSS(1.1)
    assert Glass.quenched(model, random_configuration(model, 108, seed=4)).rattlers.size == 0


@pytest.mark.parametrize("method", ["fast", "faithful"])
def test_below_jamming_a_quench_that_finds_no_lower_energy_says_so_too(method: str) -> None:
    sizes = {"smallest": 1.0, "largest": 2.0}
    model = define_model("mine", form="hertzian", sizes=sizes, nonadditivity=0.1, density=0.45)
    start = random_configuration(model, 200, seed=4)
    message = r"did not converge in \d+ .*: a state without a network of forces: .*; raise the density$"
    with pytest.raises(QuenchNotConverged, match=message):
        Glass.quenched(model, start, method=method, tolerance=1e-10)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("method", METHODS)
def test_below_jamming_nothing_resists(alpha: float, method: str) -> None:
    model = Hertzian(alpha=alpha, density=0.5)
    message = r"state without a network of forces: it is not jammed at this density; raise the density$"
    with pytest.raises(QuenchNotConverged, match=message):
        Glass.quenched(model, random_configuration(model, 108, seed=1), method=method)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_just_below_jamming_forces_die_away(alpha: float) -> None:
    model = Hertzian(alpha=alpha, density=0.64)
    with pytest.raises(QuenchNotConverged, match="not jammed at this density"):
        Glass.quenched(model, random_configuration(model, 108, seed=1), method="fast")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ends_in_a_certified_glass(method: str) -> None:
    model = Hertzian(density=0.70)
    for seed in range(3):
        one = Glass.quenched(model, random_configuration(model, 108, seed), method=method)
        assert one.quench_record.max_force < 1e-9
        assert one.rattlers.tolist() == loose_particles(one)


def test_parts_that_do_not_touch_are_counted() -> None:
    """Two tetrahedra of sticky spheres, rigid but free to move and turn apart from each other."""
    corners = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(8.0)
    bond = np.array(PSS(1.3).lengths)[1, 1] * 2 ** (1 / 6)
    positions = np.vstack([corners * bond, corners * bond + 6.0])
    model = PSS(1.3, density=8 / 20**3, composition=(0.001, 0.999))
    state = Configuration("inherent", positions, np.array([20.0, 20, 20, 0, 0, 0]), np.ones(8, np.int32))
    message = (
        r"at least 12 zero modes instead of 3, in 2 parts that do not touch each other; a higher density"
    )
    with pytest.raises(NotInherentState, match=message):
        inherent_states.accept(model, state, 1e-6, 1)
