"""How far the stress of a glass is from isotropic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pssglass.observable import Column, Level, Value

if TYPE_CHECKING:
    from pssglass import Glass


class StressAnisotropy:
    """Von Mises' equivalent s of the stress frozen into a glass, and s over its pressure.

    ``diagonal`` counts differences of normal stresses besides shear stresses.
    """

    name = "stress_anisotropy"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {"diagonal": True}
    columns = (
        Column("equivalent_stress", "epsilon/lambda^3", "s"),
        Column("relative_stress", "1", "s/|p|"),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        xx, yy, zz, yz, xz, xy = (subject.virials().sum(axis=0) / subject.volume).tolist()
        normal = (xx - yy) ** 2 + (yy - zz) ** 2 + (zz - xx) ** 2 if parameters["diagonal"] else 0.0
        equivalent = math.sqrt(0.5 * normal + 3.0 * (yz**2 + xz**2 + xy**2))
        return {
            "equivalent_stress": equivalent,
            "relative_stress": equivalent / abs(xx + yy + zz) * 3.0,
        }
