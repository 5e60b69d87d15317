"""Characteristic frequency of soft quasilocalised modes from the response to local force dipoles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pssglass.base.results import Value
from pssglass.observable import Bounds, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class DipoleResponse:
    """ω_g of randomly chosen interacting pairs (paper, Eqs. 3, 4): u = M⁺d, ω_g² = u·d/u·u."""

    name = "dipole_response"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {"pairs": 110, "seed": 0}
    bounds: Mapping[str, Bounds] = {"pairs": Bounds(at_least=1), "seed": Bounds(at_least=0)}
    columns = (
        Column("omega_g", "1/time", "mean over the pairs of the dipole-response frequency"),
        Column("pair_frequency", "1/time", "dipole-response frequency of each pair", ("pairs",)),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass; by default of all its pairs where there are fewer than asked for."""
        pairs = parameters["pairs"]
        n = None if pairs == self.parameters["pairs"] else pairs
        response = subject.dipole_response(n=n, seed=parameters["seed"])
        return {"omega_g": float(np.mean(response.frequencies)), "pair_frequency": response.frequencies}
