"""How potential energy and pressure of a recorded part are distributed, and how they change in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base.results import Floats

MOST_MEANS = 96
"""Means over equal intervals that are kept at most; divisible by three, and by two again and again."""
MOST_ENERGIES = 128
"""Energies at equally spaced times that are kept at most."""


class ThermalRecord:
    """Moments of the potential energy, its values at some times, and means of energy and pressure in time.

    Values are entered one by one: the result is the same, bit by bit, however runs were cut.

    Args:
        state: of an earlier one; None begins.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {"count": 0, "origin": 0.0, "powers": [0.0] * 3, "means": [], "width": 1}
        self.count: int = state["count"]
        self._origin: float = state["origin"]
        self._powers: list[float] = list(state["powers"])
        self._means: list[list[float]] = [list(one) for one in state["means"]]
        self._width: int = state["width"]
        self._sums: list[float] = list(state.get("sums", [0.0, 0.0]))
        self._energies: list[float] = list(state.get("energies", []))
        self._stride: int = state.get("stride", 1)

    def add(self, series: Mapping[str, npt.NDArray[Any]]) -> None:
        """The series of the next run."""
        for energy, pressure in zip(
            series["potential_energy"].tolist(), series["pressure"].tolist(), strict=True
        ):
            self._enter(energy, pressure)

    def _enter(self, energy: float, pressure: float) -> None:
        if not self.count:
            self._origin = energy
        if self.count % self._stride == 0:
            self._energies.append(energy)
            if len(self._energies) > MOST_ENERGIES:
                self._energies, self._stride = self._energies[::2], 2 * self._stride
        deviation = energy - self._origin
        self._powers = [one + deviation ** (k + 1) for k, one in enumerate(self._powers)]
        self._sums = [self._sums[0] + energy, self._sums[1] + pressure]
        self.count += 1
        if self.count % self._width == 0:
            self._means.append([one / self._width for one in self._sums])
            self._sums = [0.0, 0.0]
            if len(self._means) == 2 * MOST_MEANS:
                self._means = np.array(self._means).reshape(-1, 2, 2).mean(axis=1).tolist()
                self._width *= 2

    @property
    def moments(self) -> tuple[float, float, float]:
        """Mean, variance and third central moment of the potential energy."""
        first, second, third = (one / self.count for one in self._powers)
        variance = max(second - first**2, 0.0)
        return self._origin + first, variance, third - 3.0 * first * second + 2.0 * first**3

    @property
    def energies(self) -> Floats:
        """Potential energies (n,) at equally spaced times, ``MOST_ENERGIES`` of them at most."""
        return np.array(self._energies)

    @property
    def pressures(self) -> Floats:
        """Pressure (n,), kinetic part included, averaged over intervals of equal length."""
        return np.array(self._means).reshape(-1, 2)[:, 1]

    @property
    def thirds(self) -> Floats:
        """Means (2, 2) over the first and the last third, of energy and pressure."""
        means = np.array(self._means).reshape(-1, 2)
        part = len(means) // 3
        return np.stack([means[:part].mean(axis=0), means[len(means) - part :].mean(axis=0)])

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "count": self.count,
            "origin": self._origin,
            "powers": self._powers,
            "means": self._means,
            "width": self._width,
            "sums": self._sums,
            "energies": self._energies,
            "stride": self._stride,
        }
