"""Sample-to-sample fluctuations of the elastic moduli."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.observable import Column, EnsembleData, Level, Value
from pssglass.statistics import bootstrap_interval, relative_fluctuation, robust_fluctuation

MODULI = {"shear_modulus": "G", "bulk_modulus": "K"}


class Fluctuations:
    """χ = √N·std/mean of G and K, and the same by medians, with bootstrap errors (arXiv:2008.08337)."""

    name = "fluctuations"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("moduli",)
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    columns = tuple(
        Column(f"chi_{key}{suffix}", "1", f"{text} of {symbol}")
        for key, symbol in MODULI.items()
        for suffix, text in (
            ("", "sqrt(N) std/mean"),
            ("_error", "bootstrap standard error of sqrt(N) std/mean"),
            ("_low", "lower end of the 95 % bootstrap interval of sqrt(N) std/mean"),
            ("_high", "upper end of the 95 % bootstrap interval of sqrt(N) std/mean"),
            ("_robust", "sqrt(N) 1.4826 MAD/median"),
        )
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble; it needs two samples."""
        values: dict[str, Value] = {}
        for key in MODULI:
            samples = subject.samples[key]
            values[f"chi_{key}"] = relative_fluctuation(samples, subject.N)
            values[f"chi_{key}_robust"] = robust_fluctuation(samples, subject.N)
            values |= bootstrap_interval(
                samples,
                lambda x: relative_fluctuation(x, subject.N),
                resamples=parameters["resamples"],
                seed=parameters["seed"],
            ).named(f"chi_{key}")
        return values
