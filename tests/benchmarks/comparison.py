"""What a benchmark gives: seconds of either side for the same work, and checks that it was the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Plan:
    """How large and how often. ``smoke`` makes everything small: for plumbing, not for figures."""

    folder: Path
    particles: int = 3000
    large: int = 100_000
    huge: int = 256_000
    repeats: int = 7
    liquids: int = 4
    smoke: bool = False

    def steps(self, count: int) -> int:
        """Time steps of one run; in a smoke test few, as threads that share a core wait in each."""
        return min(count, 40) if self.smoke else count

    def scaled(self, count: int) -> int:
        """A count of steps or columns, or a fiftieth of it (at least 4) in a smoke test."""
        return max(4, count // 50) if self.smoke else count


@dataclass(frozen=True)
class Check:
    """A quantity computed by both sides: their difference and what it may be at most."""

    quantity: str
    difference: float
    bound: float

    @property
    def passed(self) -> bool:
        return self.difference <= self.bound


@dataclass(frozen=True)
class Comparison:
    """Seconds for one and the same piece of work, repeat by repeat.

    Where ``unit`` is one per second, the piece of work is one such unit and speeds are shown.
    """

    key: str
    work: str
    peer: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    checks: tuple[Check, ...] = ()
    least: float | None = None
    aim: float | None = None
    unit: str = "s"
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        """How many times faster ours was, repeat by repeat."""
        return [theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def same_physics(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def reached(self) -> bool:
        return self.least is None or self.ratio >= self.least

    def shown(self, seconds: tuple[float, ...]) -> str:
        """The median in the unit of this comparison."""
        value = median(seconds)
        return f"{1 / value:.3g} {self.unit}" if self.unit.endswith("/s") else f"{value:.3g} s"


@dataclass(frozen=True)
class Observation:
    """A comparison that is no ratio of times: what each side gave, and whether ours is good enough."""

    key: str
    work: str
    peer: str
    ours: str
    theirs: str
    reached: bool
    values: dict[str, Any] = field(default_factory=dict)


Result = Comparison | Observation


def timed(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(
    ours: Callable[[], float], theirs: Callable[[], float], repeats: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds reported by either side, taken in turns so that a drifting machine treats both alike."""
    rounds = [(ours(), theirs()) for _ in range(repeats)]
    return tuple(first for first, _ in rounds), tuple(second for _, second in rounds)


def relative(ours: float, theirs: float) -> float:
    return abs(ours - theirs) / abs(theirs)
