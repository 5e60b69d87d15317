"""Elastic constants against re-minimised strains and moduli; averages of crystals with known answers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.mechanics.elasticity import VOIGT, Elasticity, tensor, voigt
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.start import random_configuration

N = 108


@lru_cache
def glass(rc: float) -> Glass:
    model = PSS(rc)
    return Glass.quenched(model, random_configuration(model, N, seed=4), tolerance=1e-10)


def strained(state: Configuration, gradient: Floats) -> Configuration:
    """x → (1 + h)x from a cubic box; h upper triangular, as boxes are."""
    F = np.eye(3) + gradient
    edges = state.box[:3] * np.diag(F)
    box = np.array([*edges, F[0, 1] / F[1, 1], F[0, 2] / F[2, 2], F[1, 2] / F[2, 2]])
    return replace(state, positions=np.ascontiguousarray(state.positions @ F.T), box=box, metadata={})


def relaxed_stress(model: PSS, state: Configuration) -> Floats:
    """Cauchy stress (3, 3), tension positive, after minimisation in the strained box."""
    potential = engine.potential_of(model)
    found = engine.minimize(potential, state.box, state.positions, state.species, tolerance=2e-10)
    assert found["converged"]
    return -np.asarray(
        engine.energy_forces(potential, state.box, found["positions"], state.species)["stress"]
    )


@pytest.mark.parametrize("rc", [1.1, 1.5])
def test_constants_are_the_slope_of_the_stress_after_relaxation(rc: float) -> None:
    subject, h = glass(rc), 1e-6
    found = subject.elasticity()
    B = tensor(found.birch)
    stress = relaxed_stress(subject.model, subject.configuration)
    np.testing.assert_allclose(found.stress, [stress[pair] for pair in VOIGT], atol=1e-9)
    for i, j in VOIGT:
        gradient = np.zeros((3, 3))
        gradient[i, j] = h
        both = [
            relaxed_stress(subject.model, strained(subject.configuration, sign * gradient))
            for sign in (1, -1)
        ]
        slope = (both[0] - both[1]) / (2.0 * h)
        # A simple shear is a symmetric strain and a rotation, which turns the stress that is there.
        strain, turn = (0.5 * (gradient + sign * gradient.T) / h for sign in (1, -1))
        expected = np.einsum("ijkl,kl->ij", B, strain) + turn @ stress - stress @ turn
        np.testing.assert_allclose(slope, expected, atol=2e-5 * found.voigt.bulk_modulus)


@pytest.mark.parametrize("rc", [1.1, 1.5])
def test_moduli_are_elastic_constants(rc: float) -> None:
    subject = glass(rc)
    found, moduli = subject.elasticity(), subject.moduli()
    assert found.voigt.bulk_modulus == pytest.approx(moduli.bulk_modulus, rel=1e-9)
    # Simple shear x ← x + γy: U_γγ/V = C_xyxy + σ_yy.
    assert found.stiffness[5, 5] + found.stress[1] == pytest.approx(moduli.shear_modulus, rel=1e-9)
    assert -found.stress[:3].mean() == pytest.approx(subject.energetics().pressure, rel=1e-12)
    np.testing.assert_allclose(found.stiffness, found.stiffness.T, rtol=1e-12)
    np.testing.assert_array_equal(voigt(tensor(found.born)), found.born)


def test_shares_of_particles_sum_to_the_stress() -> None:
    subject = glass(1.5)
    assert subject.virials().shape == (N, 6)
    whole = subject.virials().sum(axis=0) / subject.volume
    np.testing.assert_allclose(whole, subject.elasticity().stress, rtol=1e-12)


def test_displacements_are_those_of_the_relaxation() -> None:
    subject, h = glass(1.5), 1e-6
    displacements = subject.nonaffine_displacements()
    assert displacements.shape == (6, N, 3)
    gradient = np.zeros((3, 3))
    gradient[0, 1] = h
    potential = engine.potential_of(subject.model)
    moved = []
    for sign in (1, -1):
        state = strained(subject.configuration, sign * gradient)
        found = engine.minimize(potential, state.box, state.positions, state.species, tolerance=2e-10)
        moved.append(found["positions"] - state.positions)
    slope = (moved[0] - moved[1]) / (2.0 * h)
    slope -= slope.mean(axis=0)
    np.testing.assert_allclose(slope, displacements[5], atol=1e-3 * np.abs(slope).max())


def cubic(C11: float, C12: float, C44: float, stress: float = 0.0) -> Elasticity:
    born = np.zeros((6, 6))
    born[:3, :3] = C12
    np.fill_diagonal(born, [C11] * 3 + [C44] * 3)
    return Elasticity(np.array([stress] * 3 + [0.0] * 3), born, np.zeros((6, 6)), 2.0, 1.0)


def test_averages_of_a_cubic_crystal_have_closed_forms() -> None:
    """Copper, in GPa: C11, C12, C44 = 168.4, 121.4, 75.4."""
    copper = cubic(168.4, 121.4, 75.4)
    K = (168.4 + 2 * 121.4) / 3
    assert copper.voigt.bulk_modulus == pytest.approx(K)
    assert copper.reuss.bulk_modulus == pytest.approx(K)
    G_voigt = (168.4 - 121.4 + 3 * 75.4) / 5
    G_reuss = 5 * (168.4 - 121.4) * 75.4 / (4 * 75.4 + 3 * (168.4 - 121.4))
    assert copper.voigt.shear_modulus == pytest.approx(G_voigt)
    assert copper.reuss.shear_modulus == pytest.approx(G_reuss)
    assert copper.hill.shear_modulus == pytest.approx(0.5 * (G_voigt + G_reuss))
    assert copper.anisotropy == pytest.approx(5 * (G_voigt / G_reuss - 1))
    assert copper.lowest_stiffness == pytest.approx(168.4 - 121.4)


def test_an_isotropic_solid_has_one_pair_of_moduli_and_debyes_frequency() -> None:
    solid = cubic(4.0, 1.0, 1.5)
    assert solid.anisotropy == pytest.approx(0.0, abs=1e-12)
    assert solid.hill.shear_modulus == pytest.approx(1.5)
    assert solid.transverse_speed == pytest.approx(np.sqrt(1.5 / 2.0))
    assert solid.longitudinal_speed == pytest.approx(np.sqrt(4.0 / 2.0))
    # Each branch has V ω³/(6π² c³) modes below ω; all together there are three a particle.
    counted = (2 / solid.transverse_speed**3 + 1 / solid.longitudinal_speed**3) / (6 * np.pi**2)
    assert counted * solid.debye_frequency**3 == pytest.approx(3.0)


def test_pressure_softens_shear_and_stiffens_compression() -> None:
    """Under σ = -p: B_11 = C_11 - p, B_12 = C_12 + p, B_44 = C_44 - p (Barron and Klein)."""
    B = cubic(4.0, 1.0, 1.5, stress=-0.2).birch
    assert B[0, 0] == pytest.approx(3.8)
    assert B[0, 1] == pytest.approx(1.2)
    assert B[3, 3] == pytest.approx(1.3)
    assert cubic(4.0, 1.0, 1.5, stress=-1.6).lowest_stiffness < 0.0
