"""What the program asks of a form of pair potential, φ(x) in units of ε at x = r/λ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class PairForm(Protocol):
    """A function of x = r/λ that vanishes at and beyond ``x_cut``; equal ones compare and hash as equal."""

    @property
    def x_cut(self) -> float:
        """The cutoff."""

    @property
    def x_core(self) -> float:
        """Where the repulsive core ends, on which φ falls."""

    def evaluate(self, x: float) -> float:
        """φ(x)."""

    def curvature(self, x: float) -> float:
        """φ″(x)."""

    def round_off_of_slope(self) -> float:
        """Estimate of the largest error of φ′ in double precision."""

    def arguments(self) -> Mapping[str, Any]:
        """Those of the engine's ``Potential`` that tell this form from all others; plain JSON values."""
