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
    """Stress, potential energy and U_γγ/V of one recorded part, reduced as they come; V, if it varies.

    Values are entered in blocks of fixed length: the result is the same, bit by bit, however runs were cut.
    Of a volume that varies, the stress is multiplied by its square root, so that c(0) = ⟨U_γγ/V⟩ still holds.

    Args:
        state: of an earlier one; None begins.
        volume: None where it is held; else the unit in which it is recorded.
    """

    def __init__(self, state: Mapping[str, Any] | None = None, volume: float | None = None) -> None:
        state = state or {"pending": [], "stress": [], "means": [], "width": 1, "born_shear": [0.0, 0]}
        self._unit = volume
        self._columns = 2 if volume is None else 3
        self._pending = np.array(state["pending"], dtype=np.float64).reshape(-1, 3 + self._columns)
        self._stress = Correlator(3, state["stress"])
        self._means = np.array(state["means"], dtype=np.float64).reshape(-1, self._columns)
        self._volume = np.array(state.get("volume", [0.0, 0.0]))
        self._width: int = state["width"]
        self._born_shear, self.count = state["born_shear"]

    def add(self, series: Mapping[str, npt.NDArray[Any]]) -> None:
        """The series of the next run."""
        stress, rest = series["stress"], [series["potential_energy"], series["born_shear"]]
        if self._unit is not None:
            volume = series["volume"] / self._unit
            stress = stress * np.sqrt(volume)[:, None]
            rest.append(volume)
        rows = np.column_stack([stress, *rest])
        self._pending = np.concatenate([self._pending, rows])
        while len(self._pending) >= BLOCK:
            self._enter(self._pending[:BLOCK])
            self._pending = self._pending[BLOCK:]

    @property
    def pending(self) -> int:
        """Number of values that are still to be entered."""
        return len(self._pending)

    def finish(self) -> None:
        """Enter the last, incomplete block; nothing may be added after it."""
        self._enter(self._pending)
        self._pending = self._pending[:0]

    def _enter(self, rows: Floats) -> None:
        self._stress.add(rows[:, :3])
        self.count += len(rows)
        self._born_shear += float(np.sum(rows[:, 4]))
        whole = len(rows) // self._width * self._width
        kept = [rows[:whole, 3], np.mean(rows[:whole, :3] ** 2, axis=1)]
        if self._unit is not None:
            kept.append(rows[:whole, 5])
            strain = rows[:, 5] - 1.0
            self._volume += np.array([np.sum(strain), np.sum(strain**2)])
        columns = self._columns
        self._means = np.concatenate(
            [self._means, np.column_stack(kept).reshape(-1, self._width, columns).mean(axis=1)]
        )
        if len(self._means) > MOST_MEANS and self._width < BLOCK:
            pairs = self._means[: len(self._means) // 2 * 2].reshape(-1, 2, columns)
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
    def volumes(self) -> Floats:
        """The volume, where it varies, averaged over the same intervals, in its unit."""
        return self._means[:, 2]

    @property
    def volume(self) -> tuple[float, float]:
        """Mean and variance of the volume, where it varies."""
        first, second = self._volume / self.count
        unit = self._unit or 0.0
        return unit * float(1.0 + first), unit**2 * float(second - first**2)

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
            **({} if self._unit is None else {"volume": self._volume.tolist()}),
            "pending": self._pending.tolist(),
            "stress": self._stress.state(),
            "means": self._means.tolist(),
            "width": self._width,
            "born_shear": [self._born_shear, self.count],
        }
