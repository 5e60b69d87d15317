"""The lowest vibrational modes of a glass, kept so that fewer of them cost nothing."""

from __future__ import annotations

import numpy as np

from pssglass import engine
from pssglass.base import checks
from pssglass.base.errors import InputError, ModesNotConverged
from pssglass.base.results import Modes

SOLVERS = ("block", "spectra")
LARGEST_TOLERANCE = 0.1


class ModeSearch:
    """Finds the lowest modes of one configuration, and remembers the best that it has found."""

    def __init__(self, mechanics: engine.Mechanics, mass: float) -> None:
        self._mechanics = mechanics
        self._most = 3 * (mechanics.particles - len(mechanics.rattlers())) - 3
        self._mass = mass
        self._known: dict[str, tuple[Modes, float]] = {}

    def lowest(self, count: int, tolerance: float, solver: str) -> Modes:
        """See ``Glass.modes``."""
        count = checks.integer(InputError, "count", count, at_least=1)
        if count > self._most:
            raise InputError(f"number of modes must be between 1 and {self._most}, got {count}")
        tolerance = checks.number(InputError, "tolerance", tolerance, above=0.0)
        if tolerance > LARGEST_TOLERANCE:
            raise InputError(f"tolerance = {tolerance} must be at most {LARGEST_TOLERANCE}")
        if checks.text(InputError, "solver", solver) not in SOLVERS:
            raise InputError(f"solver = {solver!r} must be one of {', '.join(SOLVERS)}")
        known, reached = self._known.get(solver, (None, 0.0))
        if known is None or count > len(known.frequencies) or tolerance < reached:
            known = self._compute(count, tolerance, solver)
            self._known[solver] = known, tolerance
        return Modes(
            frequencies=known.frequencies[:count],
            vectors=known.vectors[:count],
            participation_ratios=known.participation_ratios[:count],
            residuals=known.residuals[:count],
        )

    def _compute(self, count: int, tolerance: float, solver: str) -> Modes:
        with engine.translated():
            found = self._mechanics.modes(count, tolerance, solver)
        if not found["converged"]:
            worst = float(np.max(found["residuals"] / found["eigenvalues"]))
            raise ModesNotConverged(
                f"{count} modes did not converge to a tolerance of {tolerance:g}"
                f" (largest |Mψ - λψ|/λ = {worst:.2g}); ask for fewer modes or a larger tolerance"
            )
        return Modes(
            frequencies=np.sqrt(found["eigenvalues"] / self._mass),
            vectors=found["vectors"],
            participation_ratios=found["participation_ratios"],
            residuals=found["residuals"],
        )
