"""Errors that ensembles have in common because their glasses are of the same lineages."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pssglass.analysis.statistics import shares_of_error
from pssglass.base.results import EnsembleData, Floats


def scatter_of_means(ensembles: Sequence[EnsembleData], key: str) -> Floats:
    """S (n, m) such that the means of a scalar in n ensembles scatter as S·z, z being m normal deviates.

    Each lineage has one deviate for all ensembles in which it has glasses, so that S·Sᵀ is their covariance
    by the jackknife over lineages, with the squared standard errors on its diagonal; an ensemble of fresh
    samples has a deviate of its own.
    """
    columns: dict[Hashable, int] = {}
    entries = []
    for row, ensemble in enumerate(ensembles):
        for source, share in _sources(ensemble, key).items():
            entries.append((row, columns.setdefault(source, len(columns)), share))
    scatter = np.zeros((len(ensembles), len(columns)))
    for row, column, share in entries:
        scatter[row, column] = share
    return scatter


def relative_shares(
    parts: Iterable[tuple[Floats, npt.NDArray[np.int64], float]],
) -> dict[int, float]:
    """What each lineage has done to a product of powers of means, over the product, to first order.

    ``parts`` are the values of samples, their lineages, and the power. Empty where a mean is zero.
    """
    found: dict[int, float] = {}
    for values, lineages, power in parts:
        mean = float(np.mean(values))
        if not mean:
            return {}
        for lineage, share in shares_of_error(values, lineages).items():
            found[lineage] = found.get(lineage, 0.0) + power * share / mean
    return found


def _sources(ensemble: EnsembleData, key: str) -> dict[Hashable, float]:
    """What moves the mean of an ensemble -> by how much."""
    if ensemble.stem is None or key not in ensemble.lineages:
        return {ensemble.name: ensemble.scalars[key].standard_error}
    shares = shares_of_error(ensemble.samples[key], ensemble.lineages[key])
    return {(ensemble.stem, lineage): share for lineage, share in shares.items()}
