"""How the hold at the parent temperature ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pssglass.analysis.correlation import RELAXED

EQUILIBRATED = "equilibrated"
CAP_REACHED = "cap reached"


@dataclass(frozen=True)
class EquilibrationOutcome:
    """How the hold at the parent temperature ended.

    Attributes:
        ended: "time over" where the time was given, else "equilibrated" or "cap reached".
        time: at the parent temperature; ``recorded_time``, its recorded last part.
        relaxation_time: when c(t) of the recorded part is down to ``criterion``·c(0); None if it never is.
            The noise of one sample takes it there too soon: by 8(3) % on average in records of 16 τ to 66 τ
            (N = 100, T = 1.5, r_c = 1.5), whether the time was given or found. The mean of c(t) over samples
            has no such error.
        relaxation_times_passed: ``time`` in units of it, or of ``size_relaxation_time`` if that is longer.
        energy_drift: of the potential energy during the recorded part, in standard errors; None if too little
            was recorded.
        missing_correlation: 1 - c(0)/(⟨U_γγ⟩/V), zero in equilibrium; None if too little was recorded.
        missing_correlation_error: its standard error.
        size_relaxation_time: when C_λ(t) of sizes that are exchanged is down to ``criterion``; None if it
            never is, or nothing is exchanged.
        structural_relaxation_time: when F_s(k, t) is down to 1/e; None if it never is, or was not recorded.
        pressure_drift: as that of the energy; None also if it was not recorded.
    """

    ended: str
    time: float
    recorded_time: float
    relaxation_time: float | None
    relaxation_times_passed: float | None
    energy_drift: float | None
    missing_correlation: float | None
    missing_correlation_error: float | None
    criterion: float = RELAXED
    size_relaxation_time: float | None = None
    structural_relaxation_time: float | None = None
    pressure_drift: float | None = None

    def record(self) -> dict[str, Any]:
        """As plain JSON; without the times of sizes and structure where there are none."""
        plain = asdict(self)
        for key in ("size_relaxation_time", "structural_relaxation_time"):
            if plain[key] is None:
                del plain[key]
        return plain
