"""Pair correlation function and structure factor of an ensemble's glasses and liquids, and main peaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from pssglass.analysis.mean_curves import numbers_of_mean
from pssglass.analysis.statistics import mean_curve
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, Value

STATES = {"inherent": "inherent states", "liquid": "parent liquids"}
CURVES = {
    "pair_correlation": ("g(r)", "bins"),
    "species_pair_correlation": ("g(r) by species", "bins"),
    "structure_factor": ("S(k)", "shells"),
    "species_structure_factor": ("S(k) by species", "shells"),
}
PEAKS = {
    "pair_correlation": ("pair_peak", "distance", "lambda", "g(r)"),
    "structure_factor": ("scattering_peak", "wave_number", "lambda^-1", "S(k)"),
}
"""Curves with a main peak: name of that, its place and the unit of the place, and what it is of."""


def _curve_columns() -> Iterator[Column]:
    for state, of in STATES.items():
        for key, (what, axis) in CURVES.items():
            shape = ("species pairs", axis) if key.startswith("species") else (axis,)
            yield Column(f"mean_{state}_{key}", "1", f"{what} of {of}", shape, optional=True)
            yield Column(f"mean_{state}_{key}_error", "1", "its standard error", shape, optional=True)


def _peak_columns() -> Iterator[Column]:
    for state, of in STATES.items():
        for name, place, unit, what in PEAKS.values():
            for key, own_unit, doc in (
                (f"{state}_{name}", "1", f"highest {what} of {of}"),
                (f"{state}_{name}_{place}", unit, "where it is"),
            ):
                yield Column(key, own_unit, doc, optional=True)
                yield Column(f"{key}_error", own_unit, "bootstrap standard error", optional=True)
                yield Column(f"{key}_low", own_unit, "lower end of the 95 % interval", optional=True)
                yield Column(f"{key}_high", own_unit, "upper end of the 95 % interval", optional=True)


class MeanStructure:
    """g(r) and S(k) averaged over samples, of glasses and of their liquids, and where their main peaks are.

    Distances go up to the longest that all samples have. Errors are those between samples, of lineages those
    between these. A peak is that of the parabola through the highest point of the mean and those beside it.
    """

    name = "mean_structure"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("structure",)
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = (
        Column("mean_pair_distance", "lambda", "r, middle of a bin", ("bins",)),
        *(
            Column(f"mean_{state}_wave_number", "lambda^-1", f"k of {of}", ("shells",), optional=True)
            for state, of in STATES.items()
        ),
        Column("structure_samples", "1", "number of samples averaged"),
        *_curve_columns(),
        *_peak_columns(),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble from what observable structure has of every sample."""
        distances = _common_distances(subject)
        values: dict[str, Value] = {
            "mean_pair_distance": distances,
            "structure_samples": len(subject.arrays["pair_distance"]),
        }
        for state in STATES:
            if not subject.arrays.get(f"{state}_pair_correlation"):
                continue
            numbers = _stacked(subject, f"{state}_wave_number").mean(axis=0)
            values[f"mean_{state}_wave_number"] = numbers
            for key, (_, axis) in CURVES.items():
                name = f"{state}_{key}"
                if not subject.arrays.get(name):
                    continue
                places = distances if axis == "bins" else numbers
                curves, lineages = _stacked(subject, name, len(places)), subject.lineages.get(name)
                values[f"mean_{name}"], error = mean_curve(curves, lineages)
                if error is not None:
                    values[f"mean_{name}_error"] = error
                if key in PEAKS:
                    peak, place, *_ = PEAKS[key]
                    names = f"{state}_{peak}_{place}", f"{state}_{peak}"
                    values |= numbers_of_mean(
                        names,
                        curves,
                        partial(highest, places),
                        lineages,
                        parameters["resamples"],
                        parameters["seed"],
                    )
        return values


def _common_distances(subject: EnsembleData) -> Floats:
    """Up to the longest that all samples have."""
    each = subject.arrays["pair_distance"]
    shortest, longest = min(each, key=len), max(each, key=len)
    shells = {len(one) for one in subject.arrays["shell_vectors"]}
    if len(shells) > 1 or any(not np.array_equal(longest[: len(one)], one) for one in each):
        raise ObservableFailed(
            "samples have boxes of other shapes, or bins of other widths; make ensembles of samples alike"
        )
    return np.asarray(shortest)


def _stacked(subject: EnsembleData, key: str, length: int | None = None) -> Floats:
    """(samples, …, length)"""
    return np.array([one[..., :length] for one in subject.arrays[key]])


def highest(x: Floats, y: Floats) -> tuple[float, float]:
    """Place and height of the maximum: of the parabola through its points, or of the point at an end."""
    top = int(np.argmax(y))
    if top in (0, len(y) - 1):
        return float(x[top]), float(y[top])
    a, b, c = np.polyfit(x[top - 1 : top + 2] - x[top], y[top - 1 : top + 2], 2)
    shift = -0.5 * b / a if a < 0.0 else 0.0
    return float(x[top] + shift), float(c + 0.5 * b * shift)
