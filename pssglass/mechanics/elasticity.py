"""All elastic constants of an inherent state, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pssglass.base.read_only import protect
from pssglass.base.results import Floats

VOIGT = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""Components xx, yy, zz, yz, xz, xy of the six-vectors; strains of shear are 2E_yz, 2E_xz, 2E_xy."""
_INDEX = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])


@dataclass(frozen=True)
class Averages:
    """Bulk and shear modulus of the isotropic average over directions, in ε/λ³."""

    bulk_modulus: float
    shear_modulus: float


@dataclass(frozen=True)
class Elasticity:
    """Elastic constants at zero temperature, relaxed, in ε/λ³.

    Attributes:
        stress: (6,) Cauchy stress, tension positive, of all particles.
        born: (6, 6) second derivatives of the energy by Green's strain over V, without relaxation.
        nonaffine: (6, 6) what relaxation takes from them, Ξ·M⁺·Ξ/V.
        mass_density: mass over volume, in m/λ³.
        number_density: N/V, in 1/λ³.

    Components are ordered as ``VOIGT``. Source: Lemaître and Maloney, doi:10.1007/s10955-005-9015-5.
    """

    stress: Floats
    born: Floats
    nonaffine: Floats
    mass_density: float
    number_density: float

    def __post_init__(self) -> None:
        protect(self, "stress", "born", "nonaffine")

    @property
    def stiffness(self) -> Floats:
        """C (6, 6): second derivatives of the relaxed energy by Green's strain over V, symmetric."""
        return np.asarray(self.born - self.nonaffine)

    @cached_property
    def birch(self) -> Floats:
        """B (6, 6): change of the Cauchy stress with strain, B_ijkl = C_ijkl + the terms of the stress.

        ½(σ_ik δ_jl + σ_il δ_jk + σ_jk δ_il + σ_jl δ_ik) - σ_ij δ_kl. Without stress it is C; under one that
        is not isotropic it is not symmetric. Source: Barron and Klein, doi:10.1088/0370-1328/85/3/313.
        """
        C, one, stress = tensor(self.stiffness), np.eye(3), self.stress[_INDEX]
        pairs = ("ik,jl->ijkl", "il,jk->ijkl", "jk,il->ijkl", "jl,ik->ijkl")
        terms = 0.5 * sum(np.einsum(pair, stress, one) for pair in pairs)
        return voigt(C + terms - np.einsum("ij,kl->ijkl", stress, one))

    @cached_property
    def _symmetric(self) -> Floats:
        return np.asarray(0.5 * (self.birch + self.birch.T))

    @property
    def voigt(self) -> Averages:
        """Of the stiffness B: all directions strained alike. K is that of ``Glass.moduli``."""
        B = self._symmetric
        axial, mixed = float(np.trace(B[:3, :3])), float(B[0, 1] + B[0, 2] + B[1, 2])
        shear = float(np.trace(B[3:, 3:]))
        return Averages((axial + 2.0 * mixed) / 9.0, (axial - mixed + 3.0 * shear) / 15.0)

    @property
    def reuss(self) -> Averages:
        """Of the compliance B⁻¹: all directions stressed alike. It is meant for a stable glass."""
        S = np.linalg.inv(self._symmetric)
        axial, mixed = float(np.trace(S[:3, :3])), float(S[0, 1] + S[0, 2] + S[1, 2])
        shear = float(np.trace(S[3:, 3:]))
        return Averages(1.0 / (axial + 2.0 * mixed), 15.0 / (4.0 * (axial - mixed) + 3.0 * shear))

    @property
    def hill(self) -> Averages:
        """Mean of both."""
        one, other = self.voigt, self.reuss
        return Averages(
            0.5 * (one.bulk_modulus + other.bulk_modulus), 0.5 * (one.shear_modulus + other.shear_modulus)
        )

    @property
    def anisotropy(self) -> float:
        """Universal index 5 G_V/G_R + K_V/K_R - 6, zero for an isotropic solid.

        Source: Ranganathan and Ostoja-Starzewski, doi:10.1103/PhysRevLett.101.055504.
        """
        one, other = self.voigt, self.reuss
        shear = one.shear_modulus / other.shear_modulus
        return 5.0 * shear + one.bulk_modulus / other.bulk_modulus - 6.0

    @property
    def lowest_stiffness(self) -> float:
        """Lowest eigenvalue of B made symmetric: positive in an elastically stable solid.

        Of the matrix that counts each component of shear √2 times, so that it does not depend on the axes.
        """
        weight = np.repeat([1.0, np.sqrt(2.0)], 3)
        return float(np.linalg.eigvalsh(weight[:, None] * self._symmetric * weight)[0])

    @property
    def transverse_speed(self) -> float:
        """Speed √(G/ρ) of shear waves of the isotropic average, in λ over time; NaN where G < 0."""
        G = self.voigt.shear_modulus
        return float(np.sqrt(G / self.mass_density)) if G >= 0.0 else float("nan")

    @property
    def longitudinal_speed(self) -> float:
        """Speed √((K + 4G/3)/ρ) of sound of the isotropic average, in λ over time; NaN where K < -4G/3."""
        M = self.voigt.bulk_modulus + 4.0 / 3.0 * self.voigt.shear_modulus
        return float(np.sqrt(M / self.mass_density)) if M >= 0.0 else float("nan")

    @property
    def debye_frequency(self) -> float:
        """ω_D with ω_D³ = 18π² (N/V)/(2 c_T⁻³ + c_L⁻³)."""
        slowness = 2.0 * self.transverse_speed**-3 + self.longitudinal_speed**-3
        return float(np.cbrt(18.0 * np.pi**2 * self.number_density / slowness))


def tensor(matrix: Floats) -> Floats:
    """A (6, 6) matrix of elastic constants as C_ijkl (3, 3, 3, 3)."""
    return np.asarray(matrix[_INDEX[:, :, None, None], _INDEX])


def voigt(constants: Floats) -> Floats:
    """C_ijkl (3, 3, 3, 3) as a (6, 6) matrix."""
    first, second = (np.array(axis) for axis in zip(*VOIGT, strict=True))
    return np.asarray(constants[first[:, None], second[:, None], first, second])
