"""What swap Monte Carlo did while the parent liquid was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pssglass.base.results import Value
from pssglass.observable import JSON, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class SwapRecord:
    """Swap moves of the hold at the parent temperature; glasses without have none.

    The parts are equal ones of the difference of the diameters, from 0 to ``swap_largest_difference``;
    species have all moves in the first.
    """

    name = "swap"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, JSON] = {}
    columns = (
        Column("swap_acceptance", "1", "share of the moves that were accepted", optional=True),
        Column("swap_attempts", "1", "moves by difference of diameters", ("parts",), optional=True),
        Column("swap_accepted", "1", "those of them that were accepted", ("parts",), optional=True),
        Column("swap_largest_difference", "lambda", "end of the last of these parts", optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, JSON]) -> dict[str, Value]:
        """The values that came with the glass."""
        recorded = subject.configuration.metadata.get("liquid", {})
        return {column.name: recorded[column.name] for column in self.columns if column.name in recorded}
