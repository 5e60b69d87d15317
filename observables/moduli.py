"""Elastic moduli of an inherent state, and the dimensionless ratios made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class Moduli:
    """Athermal shear and bulk modulus (paper, Eqs. A1-A6).

    The ratios are those of each sample. A glass near an instability has a small or even negative G, so that
    its G_na/G is wild: for an ensemble divide the means.
    """

    name = "moduli"
    version = "2"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("shear_modulus", "epsilon/lambda^3", "G, simple shear in x-y"),
        Column("shear_modulus_nonaffine", "epsilon/lambda^3", "G_na, the nonaffine part subtracted in G"),
        Column("shear_modulus_isotropic", "epsilon/lambda^3", "mean of G for shear in x-y, x-z and y-z"),
        Column("bulk_modulus", "epsilon/lambda^3", "K"),
        Column("poisson_ratio", "1", "nu = (3K - 2G)/(6K + 2G)"),
        Column("shear_modulus_affine", "epsilon/lambda^3", "G + G_na, the Born term"),
        Column("nonaffine_ratio", "1", "G_na/G; for an ensemble divide the means instead"),
        Column("shear_to_bulk_ratio", "1", "G/K, with the mean G of the three planes"),
        Column("pressure_over_bulk_modulus", "1", "p/K"),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """Values of one glass."""
        moduli = subject.moduli()
        return {
            "shear_modulus": moduli.shear_modulus,
            "shear_modulus_nonaffine": moduli.shear_modulus_nonaffine,
            "shear_modulus_isotropic": moduli.shear_modulus_isotropic,
            "bulk_modulus": moduli.bulk_modulus,
            "poisson_ratio": moduli.poisson_ratio,
            "shear_modulus_affine": moduli.shear_modulus + moduli.shear_modulus_nonaffine,
            "nonaffine_ratio": moduli.shear_modulus_nonaffine / moduli.shear_modulus,
            "shear_to_bulk_ratio": moduli.shear_modulus_isotropic / moduli.bulk_modulus,
            "pressure_over_bulk_modulus": subject.energetics().pressure / moduli.bulk_modulus,
        }
