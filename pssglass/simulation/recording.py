"""What is recorded of a liquid while it runs, reduced as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.analysis.multiple_tau import Correlator
from pssglass.base.results import Floats

LONGEST_LAG = 0.25
"""Part of the recorded time up to which lags are kept."""
BLOCK = 256
MOST_MEANS = 1024


class Recorder:
    """Stress, potential energy and U_γγ/V of one recorded part, reduced as they come.

    Values are entered in blocks of fixed length: the result is the same, bit by bit, however runs were cut.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {"pending": [], "stress": [], "means": [], "width": 1, "born_shear": [0.0, 0]}
        self._pending = np.array(state["pending"], dtype=np.float64).reshape(-1, 5)
        self._stress = Correlator(3, state["stress"])
        self._means = np.array(state["means"], dtype=np.float64).reshape(-1, 2)
        self._width: int = state["width"]
        self._born_shear, self.count = state["born_shear"]

    def add(self, series: Mapping[str, npt.NDArray[Any]]) -> None:
        """The series of the next run."""
        rows = np.column_stack([series["stress"], series["potential_energy"], series["born_shear"]])
        self._pending = np.concatenate([self._pending, rows])
        while len(self._pending) >= BLOCK:
            self._enter(self._pending[:BLOCK])
            self._pending = self._pending[BLOCK:]

    def finish(self) -> None:
        """Enter the last, incomplete block; nothing may be added after it."""
        self._enter(self._pending)
        self._pending = self._pending[:0]

    def _enter(self, rows: Floats) -> None:
        self._stress.add(rows[:, :3])
        self.count += len(rows)
        self._born_shear += float(np.sum(rows[:, 4]))
        whole = len(rows) // self._width * self._width
        both = np.column_stack([rows[:whole, 3], np.mean(rows[:whole, :3] ** 2, axis=1)])
        self._means = np.concatenate([self._means, both.reshape(-1, self._width, 2).mean(axis=1)])
        if len(self._means) > MOST_MEANS and self._width < BLOCK:
            pairs = self._means[: len(self._means) // 2 * 2].reshape(-1, 2, 2)
            self._means, self._width = pairs.mean(axis=1), 2 * self._width

    @property
    def energies(self) -> Floats:
        """Potential energy, averaged over intervals of equal length."""
        return self._means[:, 0]

    @property
    def squared_stress(self) -> Floats:
        """Mean square of the three stresses, averaged over the same intervals."""
        return self._means[:, 1]

    @property
    def born_shear(self) -> float:
        """Mean of U_γγ/V."""
        return float(self._born_shear / self.count)

    def correlation(self) -> tuple[Floats, Floats]:
        """Lags in units of the spacing, and ⟨σ(0)σ(t)⟩ averaged over the three components."""
        lags, values = self._stress.result()
        kept = lags <= LONGEST_LAG * self.count
        return lags[kept], values[kept]

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "pending": self._pending.tolist(),
            "stress": self._stress.state(),
            "means": self._means.tolist(),
            "width": self._width,
            "born_shear": [self._born_shear, self.count],
        }
