"""How far the particles of a liquid go: displacements on logarithmic lags, reduced while it runs."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass import engine
from pssglass.base.results import Floats, Frames
from pssglass.simulation.displacement_scales import Scales
from pssglass.simulation.recording import LONGEST_LAG
from pssglass.simulation.trajectories import FRAME_BYTES

ORIGINS = 32
"""Least number of time origins, up to twice as many, of a part that is long enough."""
SHORTEST_SPACING = 512
"""Time steps between two origins, at least: what this costs stays below 5 % of a run."""


class Schedule:
    """At which time steps of a part of a run particles are looked at.

    Lags are 1, 2, 3, 4, 6, 8, 12, 16, … steps, up to a quarter of the part. Origins are a power of two steps
    apart, so that long lags end where other origins lie, and parts of any length have the same lags, as far
    as they reach. Every origin has all lags that end in the part.

    Args:
        steps: of the part.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        longest = int(LONGEST_LAG * steps)
        doubled = [factor << power for power in range(longest.bit_length()) for factor in (2, 3)]
        self.lags = [lag for lag in sorted({1, *doubled}) if lag <= longest]
        self.spacing = max(SHORTEST_SPACING, 1 << max(0, (steps // ORIGINS).bit_length() - 1))
        origins = range(0, steps, self.spacing)
        ends = {origin + lag for origin in origins for lag in self.lags if origin + lag <= steps}
        self.looks = sorted({*origins, *ends} if self.lags else [])


class Displacements:
    """Sums over time origins of |Δr|², |Δr|⁴, overlap and sin(k|Δr|)/(k|Δr|), means over particles.

    Displacements are relative to that of the centre of mass, and follow the particles: exchanged sizes do not
    move. At constant pressure positions are scaled to one volume. Where particles exchange species, there are
    no sums by species.

    Args:
        schedule: of the part of the run that is recorded.
        scales: wave number and overlap distance.
        species: (N,) of the particles; all the same where sums are to be those of all particles alone.
        volume: of the cube that positions are scaled to; None where it is held.
        state: of an earlier one; None begins.
    """

    def __init__(
        self,
        schedule: Schedule,
        scales: Scales,
        species: npt.NDArray[np.int32],
        volume: float | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._schedule, self._scales, self._volume = schedule, scales, volume
        _, self._species = np.unique(species, return_inverse=True)
        self._sizes = np.bincount(self._species)
        state = state or {"looked": 0, "origins": [], "sums": None, "squared_overlap": None, "pairs": None}
        lags = len(schedule.lags)
        self._looked: int = state["looked"]
        self._origins = [_Origin(step, _decoded(text), text) for step, text in state["origins"]]
        shape = (lags, len(self._sizes), 4)
        self._sums = np.zeros(shape) if state["sums"] is None else np.array(state["sums"]).reshape(shape)
        self._squared_overlap = _array(state["squared_overlap"], lags)
        self._pairs = _array(state["pairs"], lags)

    @property
    def most_steps(self) -> int | None:
        """The step of the last look for which one run has memory; None where nothing is left."""
        left = self._schedule.looks[self._looked :]
        bound = max(1, FRAME_BYTES // (24 * len(self._species)))
        return left[min(bound, len(left)) - 1] if left else None

    def looks(self, until: int) -> list[int]:
        """Those still to come up to a step."""
        return [one for one in self._schedule.looks[self._looked :] if one <= until]

    def add(self, frames: Frames) -> None:
        """Positions at the next looks."""
        looks = self._schedule.looks[self._looked :][: len(frames.positions)]
        known: list[_Origin | None] = list(self._origins)
        numbers = {lag: number for number, lag in enumerate(self._schedule.lags)}
        rows = [one.positions for one in self._origins]
        pairs: list[tuple[int, int]] = []
        places: list[int] = []
        for step, positions in zip(looks, self._positions(frames), strict=True):
            rows.append(positions)
            for place, origin in enumerate(known):
                if origin is not None and step - origin.step in numbers:
                    pairs.append((place, len(rows) - 1))
                    places.append(numbers[step - origin.step])
            known.append(_Origin(step, positions) if step % self._schedule.spacing == 0 else None)
        self._enter(rows, pairs, places)
        self._looked += len(looks)
        longest = self._schedule.lags[-1]
        self._origins = [one for one in known if one is not None and looks[-1] - one.step < longest]

    def _enter(self, rows: list[Floats], pairs: list[tuple[int, int]], places: list[int]) -> None:
        """One after the other, so that nothing depends on how runs are cut."""
        species = self._species.astype(np.int32)
        sums = engine.displacement_sums(
            rows, pairs, species, len(self._sizes), self._scales.k, self._scales.overlap
        )
        overlaps = sums[:, :, 2].sum(axis=1) / len(species)
        np.add.at(self._sums, places, sums)
        np.add.at(self._squared_overlap, places, overlaps**2)
        np.add.at(self._pairs, places, 1.0)

    def _positions(self, frames: Frames) -> Floats:
        if self._volume is None:
            return frames.positions
        factor = math.cbrt(self._volume) / frames.boxes[:, 0]
        return np.asarray(frames.positions * factor[:, None, None])

    def values(self, time_step: float) -> dict[str, Any]:
        """Values of observable displacements as plain JSON; empty unless every look was taken."""
        if not self._schedule.lags or self._looked < len(self._schedule.looks):
            return {}
        totals = self._sums.sum(axis=1) / (self._pairs * len(self._species))[:, None]
        values = {
            "displacement_lag": (time_step * np.array(self._schedule.lags)).tolist(),
            "displacement_origins": self._pairs.tolist(),
            "wave_number": self._scales.k,
            "overlap_distance": self._scales.overlap,
            "squared_overlap": (self._squared_overlap / self._pairs).tolist(),
            **{name: totals[:, column].tolist() for column, name in enumerate(NAMES)},
        }
        if len(self._sizes) > 1:
            by_species = self._sums / (self._pairs[:, None] * self._sizes)[:, :, None]
            values |= {
                f"species_{name}": by_species[:, :, column].T.tolist() for column, name in enumerate(NAMES)
            }
        return values

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "looked": self._looked,
            "origins": [[one.step, one.encoded] for one in self._origins],
            "sums": self._sums.tolist(),
            "squared_overlap": self._squared_overlap.tolist(),
            "pairs": self._pairs.tolist(),
        }


NAMES = ("squared_displacement", "quartic_displacement", "overlap", "self_scattering")
"""Of the four sums, as means over particles and origins."""


class _Origin:
    """Positions (N, 3) at a step, also to the last bit as text."""

    def __init__(self, step: int, positions: Floats, text: str | None = None) -> None:
        self.step, self.positions, self._text = step, positions.copy(), text

    @property
    def encoded(self) -> str:
        """Made once, as it is asked for after every run."""
        if self._text is None:
            data = np.ascontiguousarray(self.positions, dtype="<f8").tobytes()
            self._text = base64.b64encode(data).decode()
        return self._text


def _decoded(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text), dtype="<f8").reshape(-1, 3)


def _array(values: Sequence[float] | None, lags: int) -> Floats:
    return np.zeros(lags) if values is None else np.array(values, dtype=np.float64)
