"""Structural relaxation, diffusion and dynamical heterogeneity of the parent liquid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pssglass.analysis.displacements import (
    decay_time,
    diffusion,
    four_point_susceptibility,
    non_gaussian,
    peak,
)
from pssglass.analysis.statistics import bootstrap, interval
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, Value

CURVES = {
    "self_scattering": ("1", "F_s(k, t)"),
    "squared_displacement": ("lambda^2", "mean squared displacement"),
    "overlap": ("1", "overlap Q(t)"),
}
TIMES = {"fs_relaxation_time": "self_scattering", "overlap_relaxation_time": "overlap"}


class Dynamics:
    """F_s(k, t), MSD, α2, overlap Q(t) and χ4(t), averaged over samples, and the times that they tell.

    Curves go up to the longest lag that all samples have. Errors are those between samples, of lineages
    between these, as each is recorded once. τ is where F_s, or Q, is down to 1/e. χ4 = N(⟨Q²⟩ - ⟨Q⟩²) is over
    time origins and samples, at constant N, and V or P, and T; of one sample over origins alone. Source:
    Berthier et al., Science 310, 1797 (2005), doi:10.1126/science.1120714.
    """

    name = "dynamics"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("displacements",)
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = (
        Column("dynamics_lag", "time", "lag t", ("lags",), optional=True),
        *(
            Column(f"mean_{key}{suffix}", unit, text, ("lags",), optional=True)
            for key, (unit, doc) in {
                **CURVES,
                "non_gaussian": ("1", "alpha_2(t)"),
                "chi_4": ("1", "chi_4(t) = N(<Q^2> - <Q>^2) over time origins and samples"),
            }.items()
            for suffix, text in (("", doc), ("_error", "its standard error"))
        ),
        Column("chi_4_of_origins", "1", "N(<Q^2> - <Q>^2) over time origins, mean", ("lags",), optional=True),
        *(
            Column(f"mean_species_{key}{suffix}", unit, text, ("species", "lags"), optional=True)
            for key, (unit, doc) in CURVES.items()
            for suffix, text in (("", f"{doc}, by species"), ("_error", "its standard error"))
        ),
        Column("dynamics_samples", "1", "number of samples averaged", optional=True),
        Column("dynamics_wave_number", "lambda^-1", "k of F_s(k, t)", optional=True),
        Column("dynamics_overlap_distance", "lambda", "a of the overlap Q(t)", optional=True),
        *(
            Column(f"{time}{suffix}", "time", text, optional=True)
            for time, curve in TIMES.items()
            for suffix, text in (
                ("", f"when {CURVES[curve][1]} is down to 1/e; absent while it is not"),
                ("_error", "bootstrap standard error over samples"),
                ("_low", "lower end of the 95 % bootstrap interval"),
                ("_high", "upper end of the 95 % bootstrap interval"),
            )
        ),
        Column("chi_4_peak", "1", "maximum of chi_4, if not at an end", optional=True),
        Column("chi_4_peak_time", "time", "its lag", optional=True),
        Column("non_gaussian_peak", "1", "maximum of alpha_2, if not at an end", optional=True),
        Column("non_gaussian_peak_time", "time", "its lag", optional=True),
        Column("msd_exponent", "1", "slope of ln MSD against ln t at the longest lags", optional=True),
        Column("msd_exponent_error", "1", "its standard error", optional=True),
        Column("diffusion_coefficient", "lambda^2/time", "D = MSD/6t, where that is linear", optional=True),
        Column("diffusion_coefficient_error", "lambda^2/time", "its standard error", optional=True),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble from what observable displacements has of every sample, if anything."""
        if not subject.arrays.get("displacement_lag"):
            return {}
        lags = _common_lags(subject)
        curves = {key: _stacked(subject, key, len(lags)) for key in CURVES}
        quartic = _stacked(subject, "quartic_displacement", len(lags))
        values: dict[str, Value] = {
            "dynamics_lag": lags,
            "dynamics_samples": len(quartic),
            "dynamics_wave_number": float(subject.samples["wave_number"][0]),
            "dynamics_overlap_distance": float(subject.samples["overlap_distance"][0]),
        }
        for key in [*CURVES, *(f"species_{key}" for key in CURVES)]:
            if subject.arrays.get(key):
                values |= _with_error(f"mean_{key}", _stacked(subject, key, len(lags)))
        values |= _heterogeneity(
            lags, curves, quartic, _stacked(subject, "squared_overlap", len(lags)), subject.N
        )
        for name, key in TIMES.items():
            values |= _time(name, lags, curves[key], parameters)
        if "fs_relaxation_time" in values:
            begin = float(values["fs_relaxation_time"])
            values |= diffusion(lags, curves["squared_displacement"], begin)
        return values


def _common_lags(subject: EnsembleData) -> Floats:
    """Up to the longest that all samples have."""
    each = subject.arrays["displacement_lag"]
    lags, longest = min(each, key=len), max(each, key=len)
    scales = [subject.samples[key] for key in ("wave_number", "overlap_distance")]
    if any(not np.array_equal(longest[: len(one)], one) for one in each) or any(map(np.ptp, scales)):
        raise ObservableFailed(
            "dynamics: samples were recorded at different times or scales; simulate them alike"
        )
    return np.asarray(lags)


def _stacked(subject: EnsembleData, key: str, lags: int) -> Floats:
    """(samples, …, lags)"""
    return np.array([one[..., :lags] for one in subject.arrays[key]])


def _with_error(name: str, curves: Floats) -> dict[str, Value]:
    values: dict[str, Value] = {name: np.mean(curves, axis=0)}
    if len(curves) > 1:
        values[f"{name}_error"] = np.std(curves, axis=0, ddof=1) / math.sqrt(len(curves))
    return values


def _heterogeneity(
    lags: Floats, curves: Mapping[str, Floats], quartic: Floats, squared_overlap: Floats, N: int
) -> dict[str, Value]:
    """α2 and χ4, and their peaks."""
    squared, overlap = curves["squared_displacement"], curves["overlap"]
    alpha = non_gaussian(squared.mean(axis=0), quartic.mean(axis=0))
    chi, chi_error = four_point_susceptibility(overlap, squared_overlap, N)
    values: dict[str, Value] = {
        "mean_non_gaussian": alpha,
        "mean_chi_4": chi,
        "chi_4_of_origins": N * np.mean(squared_overlap - overlap**2, axis=0),
    }
    if len(squared) > 1:
        # To first order the ratio of means deviates so over the samples.
        deviations = quartic / quartic.mean(axis=0) - 2.0 * squared / squared.mean(axis=0)
        scatter = np.std(deviations, axis=0, ddof=1) / math.sqrt(len(squared))
        values["mean_non_gaussian_error"] = np.abs(alpha + 1.0) * scatter
    if chi_error is not None:
        values["mean_chi_4_error"] = chi_error
    for name, curve in (("non_gaussian_peak", alpha), ("chi_4_peak", chi)):
        if found := peak(lags, curve):
            values[f"{name}_time"], values[name] = found
    return values


def _time(name: str, lags: Floats, curves: Floats, parameters: Mapping[str, Any]) -> dict[str, Value]:
    """τ and its bootstrap error; curves that never decay count as the longest lag, so it may be too low."""
    tau = decay_time(lags, curves.mean(axis=0))
    if tau is None:
        return {}

    def resampled(chosen: Any) -> float:
        found = decay_time(lags, curves[chosen].mean(axis=0))
        return float(lags[-1]) if found is None else found

    if len(curves) < 2:
        return {name: tau}
    times = bootstrap(len(curves), resampled, parameters["resamples"], parameters["seed"])
    return {name: tau, **interval(times).named(name)}
