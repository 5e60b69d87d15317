"""How far the particles of the parent liquid went while it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

MOMENTS = {
    "squared_displacement": ("lambda^2", "mean of dr^2"),
    "quartic_displacement": ("lambda^4", "mean of dr^4"),
    "overlap": ("1", "share of particles with dr below overlap_distance"),
    "self_scattering": ("1", "F_s(k, t), mean of sin(k dr)/(k dr)"),
}


class Displacements:
    """Averages over particles and time origins of the hold at the parent temperature, at each lag.

    Those of glasses that were made elsewhere, of short holds, and of all but the first glass of a lineage are
    left out. For errors, χ4 and relaxation times take observable ``dynamics``.
    """

    name = "displacements"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("displacement_lag", "time", "lag t", ("lags",), optional=True),
        Column("displacement_origins", "1", "time origins of each lag", ("lags",), optional=True),
        Column("wave_number", "lambda^-1", "k of F_s(k, t)", optional=True),
        Column("overlap_distance", "lambda", "a of the overlap Q(t)", optional=True),
        Column("squared_overlap", "1", "mean over time origins of Q^2", ("lags",), optional=True),
        *(Column(key, unit, doc, ("lags",), optional=True) for key, (unit, doc) in MOMENTS.items()),
        *(
            Column(f"species_{key}", unit, f"{doc}, by species", ("species", "lags"), optional=True)
            for key, (unit, doc) in MOMENTS.items()
        ),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """The values that came with the glass."""
        recorded = subject.configuration.metadata.get("liquid", {})
        return {column.name: recorded[column.name] for column in self.columns if column.name in recorded}
