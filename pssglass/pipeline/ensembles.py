"""The results of samples put together into ensembles and models."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pssglass.aggregate import AggregateFailure, aggregated
from pssglass.db import Store
from pssglass.errors import MissingData
from pssglass.observable import EnsembleData
from pssglass.pipeline.analysis import registry
from pssglass.results import EnsembleSummary


def summaries(store: Store) -> list[EnsembleSummary]:
    """The statistics of all ensembles at a known parent temperature; imported ones may have none."""
    return [one for one in store.summaries() if one.parent_temperature is not None]


def ensembles(store: Store) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """These ensembles with the values of samples and of ensemble and model observables, and what failed."""
    samples = [_with_samples(store, one) for one in summaries(store)]
    return aggregated(samples, registry().resolve(registry().observables))


def _with_samples(store: Store, summary: EnsembleSummary) -> EnsembleData:
    return EnsembleData(
        **vars(summary),
        samples={key: store.sample_scalars(summary.name, key) for key in summary.scalars},
        arrays={key: found for key in _array_columns() if (found := _arrays(store, summary.name, key))},
        values={},
    )


def _array_columns() -> list[str]:
    observables = [one for one in registry().observables.values() if one.level == "sample"]
    return [column.name for one in observables for column in one.columns if column.shape]


def _arrays(store: Store, ensemble: str, key: str) -> tuple[npt.NDArray[Any], ...]:
    """One array of each sample; none where nothing was measured."""
    try:
        return tuple(store.sample_arrays(ensemble, key))
    except MissingData:
        return ()
