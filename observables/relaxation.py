"""Stress relaxation of the parent liquid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pssglass.analysis.correlation import INVERSE_E, relaxation_time
from pssglass.analysis.statistics import bootstrap, interval, summarize
from pssglass.base.errors import ObservableFailed
from pssglass.observable import LIQUID, Bounds, Column, EnsembleData, Floats, Level, Value


class Relaxation:
    """Stress autocorrelation c(t) and relaxation time τ of the liquid (paper, Eq. E1, Fig. 18).

    c(t) is averaged over samples, up to the longest lag that all have; τ is where it has fallen to
    ``criterion``·c(0); for the structure of a soft glass former set 0.1 (``correlation.RELAXED`` tells why).
    Short records are not left out to get a τ, as equilibration ends early in samples that relax fast by
    chance: ``short_records`` tells how many there are.
    In equilibrium c(0) equals the Born term ⟨∂²U/∂γ²⟩/V, so their ratio tests sampling
    and engine alike.
    """

    name = "relaxation"
    version = "3"
    level: Level = "ensemble"
    requires: tuple[str, ...] = (LIQUID,)
    parameters: Mapping[str, Any] = {"criterion": INVERSE_E, "resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {
        "criterion": Bounds(above=0.0, below=1.0),
        "resamples": Bounds(at_least=2),
        "seed": Bounds(at_least=0),
    }
    columns = (
        Column("correlation_lag", "time", "lag t, windows of equal ratio", ("lags",)),
        Column("mean_correlation", "epsilon/lambda^3", "c(t), mean over samples", ("lags",)),
        Column("mean_correlation_error", "epsilon/lambda^3", "its standard error", ("lags",), optional=True),
        Column("initial_correlation", "epsilon/lambda^3", "c(0)"),
        Column("initial_correlation_error", "epsilon/lambda^3", "its standard error", optional=True),
        Column("born_shear", "epsilon/lambda^3", "mean of d2U/dgamma2/V, equal to c(0) in equilibrium"),
        Column("born_shear_error", "epsilon/lambda^3", "its standard error", optional=True),
        Column("relaxation_criterion", "1", "c(tau)/c(0), which defines tau"),
        Column("relaxation_samples", "1", "number of samples averaged"),
        Column("longest_lag", "time", "longest lag that all samples have"),
        Column("short_records", "1", "samples whose records end before c(t) has decayed to the criterion"),
        Column("relaxation_time", "time", "tau; absent while c(t) has not decayed", optional=True),
        Column("relaxation_time_error", "time", "bootstrap standard error over samples", optional=True),
        Column("relaxation_time_low", "time", "lower end of the 95 % bootstrap interval", optional=True),
        Column("relaxation_time_high", "time", "upper end of the 95 % bootstrap interval", optional=True),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble from every sample's arrays correlation_time and stress_correlation."""
        lags = min(subject.arrays["correlation_time"], key=len)
        longest = max(subject.arrays["correlation_time"], key=len)
        if any(not np.array_equal(longest[: len(one)], one) for one in subject.arrays["correlation_time"]):
            raise ObservableFailed(
                "relaxation: samples were recorded at different times; simulate them alike"
            )
        correlations = np.array([one[: len(lags)] for one in subject.arrays["stress_correlation"]])
        born = summarize(subject.samples["liquid_born_shear"])
        initial = summarize(correlations[:, 0])
        mean = np.mean(correlations, axis=0)
        values: dict[str, Value] = {
            "correlation_lag": lags,
            "mean_correlation": mean,
            "initial_correlation": initial.mean,
            "born_shear": born.mean,
            "relaxation_criterion": parameters["criterion"],
            "relaxation_samples": len(correlations),
            "longest_lag": float(lags[-1]),
            "short_records": _short_records(longest, subject.arrays["stress_correlation"], parameters),
        }
        tau = relaxation_time(lags, mean, parameters["criterion"])
        if tau is not None:
            values["relaxation_time"] = tau
        if len(correlations) > 1:
            values["mean_correlation_error"] = np.std(correlations, axis=0, ddof=1) / np.sqrt(
                len(correlations)
            )
            values["initial_correlation_error"] = initial.standard_error
            values["born_shear_error"] = born.standard_error
            values |= _time_error(lags, correlations, tau, parameters)
        return values


def _short_records(lags: Floats, correlations: Sequence[Floats], parameters: Mapping[str, Any]) -> int:
    """How many of the shortest records hide where the mean of the others decays; all, if that never does."""
    lengths = np.array([len(one) for one in correlations])
    for length in np.unique(lengths):
        mean = np.mean([one[:length] for one in correlations if len(one) >= length], axis=0)
        if relaxation_time(lags[:length], mean, parameters["criterion"]) is not None:
            return int(np.count_nonzero(lengths < length))
    return len(correlations)


def _time_error(
    lags: Floats, correlations: Floats, tau: float | None, parameters: Mapping[str, Any]
) -> dict[str, Value]:
    """Bootstrap error of τ; correlations that never decay count as the longest lag, so it may be too low."""
    if tau is None:
        return {}

    def resampled(chosen: Any) -> float:
        found = relaxation_time(lags, np.mean(correlations[chosen], axis=0), parameters["criterion"])
        return float(lags[-1]) if found is None else found

    times = bootstrap(len(correlations), resampled, parameters["resamples"], parameters["seed"])
    return {**interval(times).named("relaxation_time")}
