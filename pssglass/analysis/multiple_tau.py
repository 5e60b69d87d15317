"""Correlation of a series of any length in little memory: the multiple-tau method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pssglass.base.results import Floats

POINTS = 16
"""Lags at each level; the averages over time that longer lags need bias them by less than 1e-3."""


@dataclass
class _Level:
    """Values averaged over 2^level steps: the latest ones, and sums of their products by lag."""

    recent: Floats
    single: Floats
    sums: Floats = field(default_factory=lambda: np.zeros(POINTS))
    counts: Floats = field(default_factory=lambda: np.zeros(POINTS))


class Correlator:
    """⟨x(0) x(t)⟩ of a series given piece by piece; the mean is not subtracted.

    Lags are 0 … 15 spacings, and then 8 in every factor of two, whatever the length of the series. The values
    depend, by rounding, on how the series is cut.
    Source: Ramírez, Sukumaran, Vorselaars and Likhtman, J. Chem. Phys. 133, 154103 (2010),
    doi:10.1063/1.3491098.
    """

    def __init__(self, columns: int, state: list[Mapping[str, Any]] | None = None) -> None:
        self._columns = columns
        self._levels = [
            _Level(
                np.array(one["recent"]).reshape(-1, columns),
                np.array(one["single"]).reshape(-1, columns),
                np.array(one["sums"]),
                np.array(one["counts"]),
            )
            for one in state or []
        ]

    def add(self, values: Floats) -> None:
        """The next values (n, columns) of the series."""
        number = 0
        while len(values):
            if number == len(self._levels):
                self._levels.append(_Level(*np.zeros((2, 0, self._columns))))
            values = _added(self._levels[number], values)
            number += 1

    def result(self) -> tuple[Floats, Floats]:
        """Lags in units of the spacing, and the correlation averaged over time origins and columns."""
        lags, values = [], []
        for number, level in enumerate(self._levels):
            known = (level.counts > 0) & (np.arange(POINTS) >= (POINTS // 2 if number else 0))
            lags.append(np.flatnonzero(known) * 2.0**number)
            values.append(level.sums[known] / level.counts[known])
        return np.concatenate([np.zeros(0), *lags]), np.concatenate([np.zeros(0), *values])

    def state(self) -> list[dict[str, Any]]:
        """All that it takes to go on, as plain JSON values."""
        return [{key: value.tolist() for key, value in vars(level).items()} for level in self._levels]


def _added(level: _Level, values: Floats) -> Floats:
    """Enter values into a level; the means of pairs, for the next one."""
    known = np.concatenate([level.recent, values])
    for lag in range(min(POINTS, len(known))):
        pairs = min(len(values), len(known) - lag)
        later = known[len(known) - pairs :]
        earlier = known[len(known) - pairs - lag : len(known) - lag]
        level.sums[lag] += np.sum(later * earlier)
        level.counts[lag] += later.size
    level.recent = known[-(POINTS - 1) :]
    waiting = np.concatenate([level.single, values])
    paired = len(waiting) // 2 * 2
    level.single = waiting[paired:]
    return np.asarray(0.5 * (waiting[:paired:2] + waiting[1:paired:2]))
