"""The lowest vibrational modes of a glass, up to beyond its first shear phonon."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pssglass.base.results import Value
from pssglass.observable import Bounds, Column, Level

if TYPE_CHECKING:
    from pssglass.base.results import Modes
    from pssglass.mechanics.glass import Glass

FIRST_GUESS = 48
"""Enough for most glasses of 3000 particles: a second search would cost as much as the first."""
LARGEST_GROWTH = 3.0
LEAST_STIFF = 0.3


class LowestModes:
    """Frequencies and participation ratios of the lowest modes, translations left out (paper, Eqs. A9, A10).

    By default as many modes as reach ``up_to_phonon`` times the lowest shear-wave frequency 2πc_s/L of the
    glass itself (c_s from its own G, as a glass does not know its ensemble); or ``count`` modes, if given.
    Participation ratios are normalised by N, rattlers included, which have no part in any mode.
    ``solver`` is "block" or "spectra": the same modes to ten digits.
    """

    name = "modes"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {
        "up_to_phonon": 1.2,
        "count": None,
        "store_vectors": False,
        "solver": "block",
    }
    later_parameters = ("solver",)
    bounds: Mapping[str, Bounds] = {
        "up_to_phonon": Bounds(above=0.0),
        "count": Bounds(at_least=1, whole=True),
        "solver": Bounds(one_of=("block", "spectra")),
    }
    columns = (
        Column("lowest_frequency", "1/time", "frequency of the softest mode"),
        Column("frequency", "1/time", "square roots of the eigenvalues of M/m, ascending", ("modes",)),
        Column("participation_ratio", "1", "e, 1 for a mode spread evenly over all particles", ("modes",)),
        Column("residual", "energy/length^2", "|M psi - lambda psi| of the unit eigenvectors", ("modes",)),
        Column("vector", "1", "unit eigenvectors, if asked for", ("modes", "particles", 3), optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        count, solver = parameters["count"], parameters["solver"]
        modes = (
            modes_up_to(subject, parameters["up_to_phonon"], solver)
            if count is None
            else subject.modes(count, solver=solver)
        )
        values: dict[str, Value] = {
            "lowest_frequency": float(modes.frequencies[0]),
            "frequency": modes.frequencies,
            "participation_ratio": modes.participation_ratios,
            "residual": modes.residuals,
        }
        return {**values, "vector": modes.vectors} if parameters["store_vectors"] else values


def modes_up_to(glass: Glass, factor: float, solver: str = "block") -> Modes:
    """All modes up to at least ``factor`` times the first shear phonon of the glass."""
    limit = factor * shear_phonon(glass)
    most = 3 * (glass.N - len(glass.rattlers)) - 3
    count = min(FIRST_GUESS, most)
    modes = glass.modes(count, solver=solver)
    while modes.frequencies[-1] < limit and count < most:
        # Below the boson peak the number of modes grows no slower than ω³.
        growth = 1.2 * (limit / modes.frequencies[-1]) ** 3
        count = min(most, math.ceil(count * min(growth, LARGEST_GROWTH)))
        modes = glass.modes(count, solver=solver)
    return modes


def shear_phonon(glass: Glass) -> float:
    """Lowest shear-wave frequency 2πc_s/L of a glass, from its own G.

    A glass near an instability has a small or negative G that says nothing about its ensemble; G is then
    taken as ``LEAST_STIFF`` of the affine modulus, which hardly varies.
    """
    moduli, volume = glass.moduli(), glass.configuration.volume
    affine = moduli.shear_modulus + moduli.shear_modulus_nonaffine
    G = max(moduli.shear_modulus_isotropic, LEAST_STIFF * affine)
    mass_density = glass.N / volume * glass.model.mass
    return 2.0 * math.pi * math.sqrt(G / mass_density) / math.cbrt(volume)
