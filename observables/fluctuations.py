"""Sample-to-sample fluctuations of the elastic moduli and of what else never vanishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.analysis.statistics import bootstrap_interval, relative_fluctuation, robust_fluctuation
from pssglass.observable import Bounds, Column, EnsembleData, Level, Value

MODULI = {"shear_modulus": "G", "bulk_modulus": "K"}
OTHERS = {
    "shear_modulus_nonaffine": "G_na",
    "poisson_ratio": "nu",
    "energy_per_particle": "u",
    "coordination": "neighbours",
    "omega_g": "omega_g",
}


class Fluctuations:
    """χ = √N·std/mean of G, K and others, with bootstrap errors, and the same by medians (arXiv:2008.08337).

    The others count where they were measured. The bias of few samples, or lineages, is taken from all.
    """

    name = "fluctuations"
    version = "3"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("moduli",)
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = tuple(
        Column(f"chi_{key}{suffix}", "1", f"{text} of {symbol}", optional=key in OTHERS)
        for key, symbol in {**MODULI, **OTHERS}.items()
        for suffix, text in (
            ("", "sqrt(N) std/mean"),
            ("_error", "bootstrap standard error of sqrt(N) std/mean"),
            ("_low", "lower end of the 95 % bootstrap interval of sqrt(N) std/mean"),
            ("_high", "upper end of the 95 % bootstrap interval of sqrt(N) std/mean"),
            ("_robust", "sqrt(N) 1.4826 MAD/median"),
        )
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble, of the scalars that it has; it needs two samples."""
        values: dict[str, Value] = {}
        for key in [*MODULI, *(key for key in OTHERS if subject.independent(key) > 1)]:
            samples, lineages = subject.samples[key], subject.lineages.get(key)
            values[f"chi_{key}"] = chi = relative_fluctuation(samples, subject.N, lineages)
            # What is drawn has the bias of correlated samples that χ is free of.
            biased = relative_fluctuation(samples, subject.N)
            scale = chi / biased if biased else 1.0
            values[f"chi_{key}_robust"] = robust_fluctuation(samples, subject.N, lineages)
            values |= bootstrap_interval(
                samples,
                lambda x, scale=scale: scale * relative_fluctuation(x, subject.N),  # type: ignore[misc]
                resamples=parameters["resamples"],
                seed=parameters["seed"],
                lineages=lineages,
            ).named(f"chi_{key}")
        return values
