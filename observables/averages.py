"""Means over the samples of an ensemble with bootstrap errors and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pssglass.analysis.statistics import bootstrap_interval
from pssglass.observable import Bounds, Column, EnsembleData, Level, Value

SCALARS = {
    "energy_per_particle": ("epsilon", "u"),
    "pressure": ("epsilon/lambda^3", "p"),
    "pressure_over_scale": ("1", "p/p0"),
    "coordination": ("1", "interacting neighbours"),
    "shear_modulus": ("epsilon/lambda^3", "G"),
    "shear_modulus_nonaffine": ("epsilon/lambda^3", "G_na"),
    "bulk_modulus": ("epsilon/lambda^3", "K"),
    "poisson_ratio": ("1", "nu"),
    "shear_to_bulk_ratio": ("1", "G/K"),
    "pressure_over_bulk_modulus": ("1", "p/K"),
    "omega_g": ("1/time", "omega_g"),
}
SPREAD = {
    "": "mean",
    "_error": "bootstrap standard error of the mean",
    "_low": "lower end of the 95 % bootstrap interval of the mean",
    "_high": "upper end of the 95 % bootstrap interval of the mean",
}


class Averages:
    """Mean over samples of each scalar with its bootstrap error and 95 % interval, for any distribution.

    View v_ensembles has the same means with ordinary standard errors. One sample has a mean only.
    """

    name = "averages"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("energetics", "moduli")
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = tuple(
        Column(f"mean_{key}{suffix}", unit, f"{text} of {symbol}", optional=bool(suffix) or key == "omega_g")
        for key, (unit, symbol) in SCALARS.items()
        for suffix, text in SPREAD.items()
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble, of the scalars that it has."""
        values: dict[str, Value] = {}
        for key in SCALARS:
            samples = subject.samples.get(key, np.empty(0))
            if samples.size:
                values[f"mean_{key}"] = float(np.mean(samples))
            if subject.independent(key) > 1:
                spread = bootstrap_interval(
                    samples,
                    resamples=parameters["resamples"],
                    seed=parameters["seed"],
                    lineages=subject.lineages.get(key),
                )
                values |= spread.named(f"mean_{key}")
        return values
