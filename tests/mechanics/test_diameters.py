"""Particles with diameters: forces, stress and stiffness from energies alone, and as matscipy has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import ase
import numpy as np
import pytest
from matscipy.calculators.polydisperse import InversePowerLawPotential, Polydisperse
from scipy.linalg import eigh

import pssglass as pg
from pssglass import engine
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.models import Model
from pssglass.simulation.start import random_configuration

MODELS = {
    "poly-ipl": (pg.PolyIPL(), 150),
    "poly-pss": (pg.PolyPSS(1.2), 110),
    "random sizes": (pg.PolyIPL(nonadditivity=-0.05, drawing="random"), 200),
}
PLANES = {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}


@cache
def hot(name: str) -> Configuration:
    """A configuration whose forces do not vanish."""
    model, N = MODELS[name]
    return random_configuration(model, N, seed=4)


@cache
def glass(name: str) -> pg.Glass:
    model, _ = MODELS[name]
    return pg.Glass.quenched(model, hot(name), tolerance=1e-10)


def energy_by_hand(model: Model, state: Configuration, H: Floats | None = None) -> float:
    """Σ φ(r/λ_ij) over all pairs and images, of positions and cell deformed by x → H x."""
    assert state.diameters is not None
    assert model.sizes is not None
    i, j = np.triu_indices(state.N, k=1)
    a, b = state.diameters[i], state.diameters[j]
    lengths = 0.5 * (a + b) * (1.0 - model.sizes.nonadditivity * np.abs(a - b))
    edges, H = np.diag(state.box[:3]), np.eye(3) if H is None else H
    apart = state.positions[j] - state.positions[i]
    apart -= np.round(apart @ np.linalg.inv(edges)) @ edges
    energy = 0.0
    for image in product((-1, 0, 1), repeat=3):
        x = np.linalg.norm((apart + np.array(image) @ edges) @ H.T, axis=1) / lengths
        energy += sum(map(model.potential, x[x < model.form.x_cut].tolist()))
    return energy


def field(model: Model, state: Configuration, positions: Floats | None = None) -> engine._core._ForceField:
    where = state.positions if positions is None else positions
    return engine.energy_forces(engine.potential_of(model), state.box, where, state.species, state.diameters)


def moved(state: Configuration, *changes: tuple[int, float]) -> Configuration:
    positions = state.positions.copy()
    for coordinate, by in changes:
        positions.flat[coordinate] += by
    return replace(state, positions=positions)


def strain(plane: tuple[int, int], amount: float) -> Floats:
    H = np.eye(3)
    H[plane] += amount
    return H


def slope(f: Callable[[float], float], h: float) -> float:
    return (f(h) - f(-h)) / (2.0 * h)


def curvature(f: Callable[[float], float], h: float) -> float:
    return (f(h) - 2.0 * f(0.0) + f(-h)) / h**2


@pytest.mark.parametrize("name", MODELS)
def test_energy_forces_and_stress_are_those_of_all_pairs(name: str) -> None:
    (model, _), state = MODELS[name], hot(name)
    found = field(model, state)
    assert found["energy"] == pytest.approx(energy_by_hand(model, state), rel=1e-13)
    scale = np.abs(found["forces"]).max()
    assert scale > 1.0
    for coordinate in (0, 100, 3 * state.N - 1):
        by_hand = -slope(lambda h, c=coordinate: energy_by_hand(model, moved(state, (c, h))), 1e-5)  # type: ignore[misc]
        assert found["forces"].flat[coordinate] == pytest.approx(by_hand, abs=1e-7 * scale)
    for plane in ((0, 0), (2, 2), *PLANES.values()):
        by_hand = -slope(lambda h, p=plane: energy_by_hand(model, state, strain(p, h)), 1e-6) / state.volume  # type: ignore[misc]
        assert found["stress"][plane] == pytest.approx(by_hand, abs=1e-7 * np.trace(found["stress"]))


@pytest.mark.parametrize("name", MODELS)
def test_the_hessian_is_the_curvature_of_the_energy(name: str) -> None:
    one, model = glass(name), MODELS[name][0]
    hessian, state = one.hessian().toarray(), one.configuration
    np.testing.assert_array_equal(hessian, hessian.T)
    scale, h = np.abs(hessian).max(), 1e-4

    def mixed(a: int, b: int) -> float:
        corners = [s * t * energy_by_hand(model, moved(state, (a, s * h), (b, t * h))) for s, t in CORNERS]
        return sum(corners) / (4.0 * h**2)

    partner = 3 * int(one.configuration.N - 1)
    strongest = 3 * (np.abs(hessian[0]).reshape(-1, 3).max(axis=1)[1:].argmax() + 1)
    for a, b in ((0, 1), (0, int(strongest)), (2, int(strongest) + 1), (partner, partner + 2)):
        assert hessian[a, b] == pytest.approx(mixed(a, b), abs=1e-6 * scale)
    for column in range(0, 3 * state.N, 97):
        ahead, behind = (field(model, moved(state, (column, s * 1e-6)))["forces"] for s in (1, -1))
        by_forces = -(ahead - behind).ravel() / 2e-6
        np.testing.assert_allclose(hessian[column], by_forces, atol=1e-6 * scale)


CORNERS = [(1, 1), (-1, -1), (1, -1), (-1, 1)]


@pytest.mark.parametrize("name", MODELS)
def test_the_born_term_is_the_curvature_without_relaxation(name: str) -> None:
    one, model = glass(name), MODELS[name][0]
    state, found = one.configuration, mechanics_of(model, one.configuration).moduli()
    born = curvature(lambda h: energy_by_hand(model, state, strain((0, 1), h)), 1e-4) / state.volume
    assert found["born_shear"] == pytest.approx(born, rel=1e-5)
    # What relaxation takes back, by dense algebra: Ξ·M⁺Ξ/V with Ξ from forces in the sheared box.
    values, vectors = eigh(one.hessian().toarray())
    assert np.abs(values[:3]).max() < 1e-10 * values[-1]

    def forces(gamma: float) -> Floats:
        H = strain((0, 1), gamma)
        box = state.box + np.array([0, 0, 0, gamma, 0, 0])
        sheared = replace(state, positions=np.ascontiguousarray(state.positions @ H.T), box=box)
        return field(model, sheared)["forces"].ravel()

    along = ((forces(1e-6) - forces(-1e-6)) / 2e-6) @ vectors[:, 3:]
    nonaffine = float((along**2 / values[3:]).sum()) / state.volume
    assert found["shear_modulus_nonaffine"] == pytest.approx(nonaffine, rel=1e-6)
    assert found["shear_modulus"] == pytest.approx(born - nonaffine, rel=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_moduli_are_derivatives_of_the_relaxed_stress(name: str) -> None:
    one, model, h = glass(name), MODELS[name][0], 1e-6

    def relaxed(H: Floats, box: Floats) -> Floats:
        state = one.configuration
        start = np.ascontiguousarray(state.positions @ H.T)
        found = engine.minimize(
            engine.potential_of(model), box, start, state.species, tolerance=2e-10, diameters=state.diameters
        )
        assert found["converged"]
        return field(model, replace(state, positions=found["positions"], box=box))["stress"]

    box = one.box
    shear = [relaxed(strain((0, 1), x), box + np.array([0, 0, 0, x, 0, 0]))[0, 1] for x in (-h, h)]
    dilated = [
        np.trace(relaxed(np.eye(3) * (1 + x), box * np.array([*[1 + x] * 3, 1, 1, 1]))) / 3 for x in (-h, h)
    ]
    moduli = one.moduli()
    assert moduli.shear_modulus == pytest.approx((shear[0] - shear[1]) / (2 * h), rel=1e-5)
    assert moduli.bulk_modulus == pytest.approx((dilated[0] - dilated[1]) / (6 * h), rel=1e-5)


def test_matscipy_agrees_about_a_polydisperse_glass() -> None:
    one = glass("poly-ipl")
    atoms = ase.Atoms(f"H{one.N}", one.positions, cell=np.diag(one.box[:3]), pbc=True)
    atoms.set_array("size", one.diameters)
    atoms.calc = Polydisperse(InversePowerLawPotential(1.0, 1.4, 0.1, 3, 1.0, 2.22))
    energetics = one.energetics()
    assert energetics.energy_per_particle == pytest.approx(atoms.get_potential_energy() / one.N, rel=1e-12)
    stress = atoms.get_stress(voigt=False)
    assert energetics.pressure == pytest.approx(-np.trace(stress) / 3, rel=1e-12)
    hessian = atoms.calc.get_hessian(atoms, format="sparse").toarray()
    np.testing.assert_allclose(one.hessian().toarray(), hessian, atol=1e-11 * np.abs(hessian).max())
    start = hot("poly-ipl")
    atoms.positions = start.positions
    theirs = atoms.get_forces()
    np.testing.assert_allclose(field(one.model, start)["forces"], theirs, atol=1e-12 * np.abs(theirs).max())
