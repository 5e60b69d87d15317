"""Core size of quasilocalised modes from the participation ratio of the softest modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.analysis.statistics import bootstrap, interval
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, Value

LEAST_IN_AVERAGE = 10
GROWTH = 1.2


class Localisation:
    """N e0: N times the mean participation ratio of all modes below a threshold frequency (paper, Fig. 14).

    The threshold is half the ensemble's first shear phonon, as modes closer to it mix with phonons; where
    fewer than ``least_modes`` lie below, it rises to include as many, at most to ``highest_threshold``. The
    running average of N e against ω tells whether it lies on the low-frequency plateau. N counts
    rattlers, and so does e: N e, the number of particles that take part, is the same without them.
    """

    name = "localisation"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("modes", "moduli")
    parameters: Mapping[str, Any] = {
        "threshold": 0.5,
        "highest_threshold": 0.75,
        "least_modes": 20,
        "resamples": 400,
        "seed": 0,
    }
    bounds: Mapping[str, Bounds] = {
        "threshold": Bounds(above=0.0),
        "highest_threshold": Bounds(above=0.0),
        "least_modes": Bounds(at_least=1),
        "resamples": Bounds(at_least=2),
        "seed": Bounds(at_least=0),
    }
    columns = (
        Column("N_e0", "1", "N times the mean participation ratio below the threshold"),
        Column("N_e0_error", "1", "bootstrap standard error over samples", optional=True),
        Column("N_e0_low", "1", "lower end of the 95 % bootstrap interval", optional=True),
        Column("N_e0_high", "1", "upper end of the 95 % bootstrap interval", optional=True),
        Column("threshold_frequency", "1/time", "modes below it count"),
        Column("modes_below_threshold", "1", "how many count"),
        Column("running_frequency", "1/time", "mean frequency of groups of modes", ("points",)),
        Column("running_N_e", "1", "mean N e of the same groups", ("points",)),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble."""
        frequencies, ratios = subject.arrays["frequency"], subject.arrays["participation_ratio"]
        phonon = elastic_scales(subject).shear_phonon
        lowest, highest = parameters["threshold"] * phonon, parameters["highest_threshold"] * phonon
        threshold = float(np.clip(_softest(frequencies, parameters["least_modes"]), lowest, highest))
        soft = [e[w < threshold] for w, e in zip(frequencies, ratios, strict=True)]
        counts, sums = np.array([len(e) for e in soft]), np.array([np.sum(e) for e in soft])
        populated = np.flatnonzero(counts)
        if not populated.size:
            raise ObservableFailed(
                f"localisation: no mode lies below the threshold {threshold:.4g}, the softest is at"
                f" {min(sample[0] for sample in frequencies):.4g}: add samples or raise the threshold"
            )

        def mean_size(chosen: Any) -> float:
            return subject.N * float(np.sum(sums[populated[chosen]]) / np.sum(counts[populated[chosen]]))

        values: dict[str, Value] = {
            "N_e0": mean_size(np.arange(populated.size)),
            "threshold_frequency": threshold,
            "modes_below_threshold": int(np.sum(counts)),
            **running_average(np.concatenate(frequencies), subject.N * np.concatenate(ratios)),
        }
        lineages = subject.lineages.get("frequency")
        if lineages is not None:
            lineages = lineages[populated]
        if (populated.size if lineages is None else np.unique(lineages).size) > 1:
            spread = bootstrap(
                populated.size, mean_size, parameters["resamples"], parameters["seed"], lineages
            )
            values |= interval(spread).named("N_e0")
        return values


def _softest(frequencies: Sequence[Floats], count: int) -> float:
    """Frequency just above that of the ``count`` softest modes of all samples."""
    modes = np.sort(np.concatenate(frequencies))
    return float(np.nextafter(modes[min(count, modes.size) - 1], np.inf))


def running_average(frequencies: Floats, sizes: Floats) -> dict[str, Value]:
    """Means over groups of consecutive modes, of ten modes at the soft end and ever more beyond."""
    order = np.argsort(frequencies)
    parts = []
    size = float(LEAST_IN_AVERAGE)
    while len(order) >= 2 * size:
        parts.append(order[: int(size)])
        order, size = order[int(size) :], size * GROWTH
    parts.append(order)
    return {
        "running_frequency": np.array([np.mean(frequencies[part]) for part in parts]),
        "running_N_e": np.array([np.mean(sizes[part]) for part in parts]),
    }
