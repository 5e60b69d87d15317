"""The results of samples put together into ensembles and models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy.typing as npt

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData, EnsembleSummary
from pssglass.db import RegisteredObservable, Store
from pssglass.pipeline import provenance
from pssglass.pipeline.analysis import TIME_LIMIT
from pssglass.pipeline.requests import registry
from pssglass.plugins.aggregation import AggregateFailure, aggregated, aggregates


def summaries(store: Store) -> list[EnsembleSummary]:
    """The statistics of all ensembles at a known parent temperature; imported ones may have none."""
    return [one for one in store.summaries() if one.parent_temperature is not None]


def ensembles(
    store: Store, names: Iterable[str] | None = None
) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """These ensembles with the values of samples and of ensemble and model observables, and what failed.

    ``names`` are the observables that matter, by default all that are installed.
    """
    installed = registry().observables
    wanted = installed if names is None else [name for name in names if name in installed]
    parameters = {name: one.parameters for name, one in _registered(store).items()}
    return aggregated(_samples(store), registry().resolve(wanted), parameters, TIME_LIMIT)


def store_ensembles(store: Store, time_limit: float = TIME_LIMIT) -> None:
    """Compute the registered ensemble and model observables and store what they find in place of the old."""
    registered = _registered(store)
    parameters = {name: one.parameters for name, one in registered.items()}
    found = aggregates(_samples(store), registry().resolve(registered), parameters, time_limit)
    ids = {name: one.id for name, one in registered.items()}
    store.replace_aggregates(found, ids, provenance.current())


def _registered(store: Store) -> dict[str, RegisteredObservable]:
    """The ensemble and model observables that are in the database as they are installed, by name."""
    installed = {name: one for name, one in registry().observables.items() if one.level != "sample"}
    return {
        one.name: one
        for one in store.latest_observables()
        if one.name in installed and installed[one.name].version == one.version
    }


def _samples(store: Store) -> list[EnsembleData]:
    return [_with_samples(store, one) for one in summaries(store)]


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
