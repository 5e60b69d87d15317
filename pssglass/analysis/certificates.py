"""What observable ``equilibrium`` found of ensembles, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pssglass.analysis.equilibrium import IN_EQUILIBRIUM, NECESSARY, NOT_IN_EQUILIBRIUM, STRUCTURAL
from pssglass.base.results import Value, with_error

VERDICT, TAU = "in_equilibrium", "longest_relaxation_time"
TIMES = {"relaxation_times_passed": TAU, STRUCTURAL: "structural_relaxation_time"}
"""Criteria whose number is a bound where the relaxation time is not known."""
WORDS = {IN_EQUILIBRIUM: "in equilibrium", NOT_IN_EQUILIBRIUM: "not in equilibrium"}
NOT_KNOWN = "not known"
CRITERIA = {
    "relaxation_times_passed": "relaxation times passed",
    STRUCTURAL: "structural relaxation times passed",
    "energy_trend": "trend of the energy",
    "pressure_trend": "trend of the pressure",
    "combined_drift": "drift of all energies together",
    "missing_correlation": "c(0) against ⟨∂²U/∂γ²⟩/V",
    "inherent_energy_trend": "trend of u with the number of the glass",
    "energy_reduction": "R̂ of u",
    "pressure_reduction": "R̂ of p",
    "heat_capacity_mismatch": "heat capacity to the next hotter ensemble",
    "histogram_mismatch": "histograms of energies with it",
    "history_difference": "u against another history",
}


@dataclass(frozen=True)
class Certificate:
    """The verdict on one ensemble.

    Attributes:
        verdict: "in equilibrium", "not in equilibrium" or "not known".
        relaxation_times_passed: of the longest τ; None if unknown.
        is_bound: fewer have passed, as c(t) has not decayed.
        fails: the criteria that fail, each with its number and limit.
        holds: those that hold.
        lacks: those without which nothing is known, where they were not recorded or say nothing.
    """

    ensemble: str
    verdict: str
    relaxation_times_passed: float | None
    is_bound: bool = False
    fails: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the ensemble is not in equilibrium."""
        return self.verdict == WORDS[NOT_IN_EQUILIBRIUM]

    @property
    def times(self) -> str:
        """Relaxation times passed; empty if unknown."""
        if self.relaxation_times_passed is None:
            return ""
        return f"{'below ' if self.is_bound else ''}{self.relaxation_times_passed:.3g}"

    @property
    def text(self) -> str:
        """Why the verdict is what it is, in one line."""
        if self.is_refused:
            return "; ".join(self.fails)
        if self.lacks:
            return f"not recorded: {', '.join(self.lacks)}"
        return f"{len(self.holds)} criteria hold"


def certificate(ensemble: str, values: Mapping[str, Value]) -> Certificate | None:
    """From the values of ensemble observables, errors included; None where nothing was judged."""
    if VERDICT not in values:
        return None
    known = {name: float(values[f"{name}_holds"]) for name in CRITERIA if f"{name}_holds" in values}
    passed = values.get("relaxation_times_passed")
    needed = [*NECESSARY, *([STRUCTURAL] if STRUCTURAL in values else [])]
    return Certificate(
        ensemble=ensemble,
        verdict=WORDS.get(float(values[VERDICT]), NOT_KNOWN),
        relaxation_times_passed=None if passed is None else float(passed),
        is_bound=passed is not None and TAU not in values,
        fails=tuple(_in_words(name, values) for name, holds in known.items() if not holds),
        holds=tuple(CRITERIA[name] for name, holds in known.items() if holds),
        lacks=tuple(CRITERIA[name] for name in needed if name not in known),
    )


def _in_words(name: str, values: Mapping[str, Value]) -> str:
    value, limit = float(values[name]), float(values[f"{name}_limit"])
    error = float(values.get(f"{name}_error", 0.0))
    if name in TIMES:
        below = "" if TIMES[name] in values else "below "
        return f"{CRITERIA[name]}: {below}{value:.3g}, at least {limit:.3g} needed"
    return f"{CRITERIA[name]}: {with_error(value, error)}, at most {limit:.2g}"
