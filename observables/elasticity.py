"""All elastic constants of an inherent state, their averages over directions, and speeds of sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

UNIT = "epsilon/lambda^3"
STABLE = " (of a stable glass)"


class ElasticConstants:
    """Elastic constants at zero temperature in Voigt's order xx, yy, zz, yz, xz, xy (``Glass.elasticity``).

    Stress and stiffness are those of the Cauchy stress, tension positive: Birch's coefficients B. What rests
    on the compliance or on a real speed of shear waves is left out where the lowest eigenvalue of B is not
    positive.
    """

    name = "elasticity"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("stress", UNIT, "Cauchy stress, tension positive", (6,)),
        Column("birch_coefficients", UNIT, "B, change of the Cauchy stress with strain", (6, 6)),
        Column("born_constants", UNIT, "second derivatives by Green's strain, without relaxation", (6, 6)),
        Column("nonaffine_constants", UNIT, "what relaxation takes from them", (6, 6)),
        Column("bulk_modulus_voigt", UNIT, "K, average of the stiffness over directions"),
        Column("shear_modulus_voigt", UNIT, "G, average of the stiffness over directions"),
        Column("bulk_modulus_reuss", UNIT, "K, average of the compliance" + STABLE, optional=True),
        Column("shear_modulus_reuss", UNIT, "G, average of the compliance" + STABLE, optional=True),
        Column("bulk_modulus_hill", UNIT, "mean of both" + STABLE, optional=True),
        Column("shear_modulus_hill", UNIT, "mean of both" + STABLE, optional=True),
        Column("elastic_anisotropy", "1", "5 G_V/G_R + K_V/K_R - 6" + STABLE, optional=True),
        Column("lowest_stiffness", UNIT, "lowest eigenvalue of B; positive in a stable glass"),
        Column("transverse_speed", "lambda/time", "speed of shear waves" + STABLE, optional=True),
        Column("longitudinal_speed", "lambda/time", "speed of sound" + STABLE, optional=True),
        Column("omega_debye", "1/time", "Debye frequency" + STABLE, optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """Values of one glass."""
        found = subject.elasticity()
        values: dict[str, Value] = {
            "stress": found.stress,
            "birch_coefficients": found.birch,
            "born_constants": found.born,
            "nonaffine_constants": found.nonaffine,
            "bulk_modulus_voigt": found.voigt.bulk_modulus,
            "shear_modulus_voigt": found.voigt.shear_modulus,
            "lowest_stiffness": found.lowest_stiffness,
        }
        if found.lowest_stiffness > 0.0:
            values |= {
                "bulk_modulus_reuss": found.reuss.bulk_modulus,
                "shear_modulus_reuss": found.reuss.shear_modulus,
                "bulk_modulus_hill": found.hill.bulk_modulus,
                "shear_modulus_hill": found.hill.shear_modulus,
                "elastic_anisotropy": found.anisotropy,
                "transverse_speed": found.transverse_speed,
                "longitudinal_speed": found.longitudinal_speed,
                "omega_debye": found.debye_frequency,
            }
        return values
