"""What was recorded of the parent liquid while it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class LiquidRecord:
    """Averages over the last part of the liquid's hold at the parent temperature, and order at its end.

    They are kept in the glass's file. Glasses from elsewhere have none, those of a short hold order only.
    For τ of an ensemble take observable ``relaxation``: single samples' times are too short by their noise.
    """

    name = "liquid"
    version = "3"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("liquid_energy", "epsilon", "potential energy U/N of the liquid, mean", optional=True),
        Column("liquid_energy_drift", "1", "its change over time, in standard errors", optional=True),
        Column("liquid_born_shear", "epsilon/lambda^3", "d2U/dgamma2/V of the liquid, mean", optional=True),
        Column("liquid_time", "time", "time spent at the parent temperature", optional=True),
        Column("liquid_relaxation_time", "time", "when c(t) of this sample has decayed", optional=True),
        Column("liquid_relaxation_criterion", "1", "c(t)/c(0) that defines this time", optional=True),
        Column("liquid_q6", "1", "bond order of the last liquid, as observable order has it", optional=True),
        Column("liquid_largest_cluster", "1", "its largest cluster of solid-like particles", optional=True),
        Column("liquid_demixing", "1", "its Warren-Cowley parameter", optional=True),
        Column("liquid_values", "1", "number of recorded values", optional=True),
        Column(
            "liquid_energy_variance", "epsilon^2", "variance of U within the record, over N", optional=True
        ),
        Column("liquid_energy_third_moment", "epsilon^3", "third central moment of U, over N", optional=True),
        Column("liquid_energy_early", "epsilon", "U/N, mean of the first third of the record", optional=True),
        Column("liquid_energy_late", "epsilon", "U/N, mean of the last third", optional=True),
        Column(
            "liquid_pressure_early", "epsilon/lambda^3", "pressure, mean of the first third", optional=True
        ),
        Column("liquid_pressure_late", "epsilon/lambda^3", "pressure, mean of the last third", optional=True),
        Column("liquid_energies", "epsilon", "U/N at equally spaced times", ("values",), optional=True),
        Column("size_time", "time", "lag t of the correlation of sizes", ("size lags",), optional=True),
        Column("size_correlation", "1", "C(t) of sizes that are exchanged", ("size lags",), optional=True),
        Column("correlation_time", "time", "lag t of the stress autocorrelation", ("lags",), optional=True),
        Column("stress_correlation", "epsilon/lambda^3", "c(t) of this sample", ("lags",), optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """The values that came with the glass."""
        recorded = subject.configuration.metadata.get("liquid", {})
        return {column.name: recorded[column.name] for column in self.columns if column.name in recorded}
