"""Volumes at constant pressure: of the parent liquid, recorded while it was made, and of the glass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class ConstantPressure:
    """Density, enthalpy and compressibility where a barostat held the pressure, else nothing.

    Those of the liquid are averages over the last part of its hold; glasses made in Python have none.
    """

    name = "constant_pressure"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("number_density", "lambda^-3", "N/V of the glass", optional=True),
        Column("enthalpy_per_particle", "epsilon", "(U + P V)/N of a glass quenched at P", optional=True),
        Column("liquid_pressure", "epsilon/lambda^3", "pressure P of the barostat", optional=True),
        Column("liquid_volume", "lambda^3", "volume V/N of the liquid, mean", optional=True),
        Column("liquid_density", "lambda^-3", "N over its mean volume", optional=True),
        Column("liquid_enthalpy", "epsilon", "(U + P V)/N of the liquid, mean", optional=True),
        Column("liquid_compressibility", "lambda^3/epsilon", "<dV^2>/(k_B T <V>)", optional=True),
        Column("liquid_volume_drift", "1", "change of V over time, in standard errors", optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """The glass's own values, and those that came with it."""
        metadata = subject.configuration.metadata
        if "pressure" not in metadata:
            return {}
        values: dict[str, Value] = {"number_density": subject.N / subject.volume}
        if "quench_pressure" in metadata:
            work = metadata["quench_pressure"] * subject.volume / subject.N
            values["enthalpy_per_particle"] = subject.energetics().energy_per_particle + work
        recorded = metadata.get("liquid", {})
        own = {column.name for column in self.columns} - values.keys()
        return values | {name: recorded[name] for name in sorted(own & recorded.keys())}
