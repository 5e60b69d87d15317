"""The results of samples put together into ensembles and models."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData, EnsembleSummary
from pssglass.db import EnsembleContents, RegisteredObservable, Store
from pssglass.pipeline import provenance
from pssglass.pipeline.analysis import TIME_LIMIT
from pssglass.pipeline.ensemble_data import SampleReader
from pssglass.pipeline.outages import through_outages
from pssglass.pipeline.removal import fitting
from pssglass.pipeline.requests import Request, registry
from pssglass.plugins.aggregation import AggregateFailure, AggregateResult, Kept, aggregated, aggregates
from pssglass.plugins.protocol import is_on_request


def summaries(store: Store, chosen: Collection[str] | None = None) -> list[EnsembleSummary]:
    """The statistics of all ensembles, or of those chosen, at a known parent temperature."""
    return [
        one
        for one in store.summaries()
        if one.parent_temperature is not None and (chosen is None or one.name in chosen)
    ]


def ensembles(
    store: Store, names: Iterable[str] | None = None, chosen: Collection[str] | None = None
) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """These ensembles with the values of samples and of ensemble and model observables, and what failed.

    ``names`` are the observables that matter, by default all that are installed, and of those on
    request all that were asked for; ``chosen`` the ensembles, by default all. What the last analysis has
    found is taken from the database as far as it holds. Values of samples are read when they are asked for,
    so the store has to stay open.
    """
    installed, registered = registry().observables, _registered(store)
    if names is None:
        names = [name for name, one in installed.items() if name in registered or not is_on_request(one)]
    wanted = registry().resolve(name for name in names if name in installed)
    parameters = {name: one.parameters for name, one in registered.items()}
    contents = store.contents()
    kept = _kept(store, contents)
    return aggregated(_samples(store, contents, chosen), wanted, parameters, TIME_LIMIT, kept)


def store_ensembles(
    store: Store, asked: Sequence[Request] = (), time_limit: float = TIME_LIMIT, retry_failed: bool = False
) -> None:
    """Show what was asked for where it has values, and bring ensembles and models up to date.

    Where an observable that was asked for finds nothing at all, the registration shown until now stays.
    With ``retry_failed`` what found nothing before is tried again, be all as it was.
    """
    through_outages(store.show_observables, [one.observable_id for one in asked], with_values=True)
    shown = _registered(store)
    upper = {
        one.name: RegisteredObservable(one.observable_id, one.name, one.version, one.parameters, one.level)
        for one in asked
        if one.level != "sample"
    }
    contents = through_outages(store.keep_statistics)
    known = _kept(store, contents, retry_failed)
    data = _samples(store, contents)
    found = _found(data, shown | upper, time_limit, known)
    fruitful = {one.observable for one in found if one.values is not None}
    useful = {name: one for name, one in upper.items() if name in fruitful or name not in shown}
    if useful != upper:
        upper = useful
        found = _found(data, shown | upper, time_limit, known)
    ids = {name: one.id for name, one in (shown | upper).items()}
    through_outages(store.replace_aggregates, found, ids, provenance.current())
    through_outages(store.show_observables, [one.id for one in upper.values()])


def show_registration(store: Store, name: str, parameters: Mapping[str, Any]) -> RegisteredObservable:
    """Show the registration of an observable that has these parameters and values, and what follows from it.

    Of several versions it is the latest.

    Raises:
        MissingData: there is none, or several have other parameters besides these.
    """
    measured = {one.observable_id for one in store.status().analyses if one.done}
    found = fitting(store, name, parameters)
    useful = [one for one in found if one.id in measured or _can_be_computed(one)]
    exact = [one for one in useful if one.parameters == parameters]
    several = {one.settings for one in exact or useful}
    if len(several) > 1:
        raise MissingData(
            f"observable {name} was measured with {'; '.join(sorted(several))}; choose one by --set KEY=VALUE"
        )
    for one in reversed(exact or useful):
        store_ensembles(store, [Request(one.id, name, one.parameters, one.version, one.level)])
        if one.id in {shown.id for shown in store.shown_observables()}:
            return one
    those = "; ".join(one.settings for one in found)
    raise MissingData(
        f"observable {name} has no values with {those}; `pssglass status` lists what has, and why others fail"
    )


def _found(
    ensembles: Sequence[EnsembleData],
    registered: Mapping[str, RegisteredObservable],
    time_limit: float,
    kept: Kept,
) -> list[AggregateResult]:
    parameters = {name: one.parameters for name, one in registered.items()}
    return aggregates(ensembles, registry().resolve(registered), parameters, time_limit, kept)


def _kept(store: Store, contents: Iterable[EnsembleContents], retry_failed: bool = False) -> Kept:
    """What was found before of ensembles with these contents, if it is still what would be found."""
    stored = [one for one in store.aggregates() if one.values is not None or not retry_failed]
    build = provenance.software()["git_revision"]  # every commit of a release bears the same version
    return Kept(
        results={one.inputs: one for one in stored if one.inputs},
        samples={one.summary.name: one.inputs for one in contents},
        releases={name: " ".join((*registry().provider(name), build)) for name in registry().observables},
    )


def _registered(store: Store) -> dict[str, RegisteredObservable]:
    """The ensemble and model observables that are shown, if they are installed as such, by name."""
    return {one.name: one for one in store.shown_observables() if _can_be_computed(one)}


def _can_be_computed(registered: RegisteredObservable) -> bool:
    """Whether this very version is installed, as one of ensembles or models."""
    installed = registry().observables.get(registered.name)
    if installed is None or installed.level == "sample":
        return False
    return installed.version == registered.version


def _samples(
    store: Store, contents: Iterable[EnsembleContents], chosen: Collection[str] | None = None
) -> list[EnsembleData]:
    """Ensembles at a known parent temperature, all or those chosen."""
    reader, arrays = SampleReader(store), _array_columns()
    return [
        reader.data(one, arrays)
        for one in contents
        if one.summary.parent_temperature is not None and (chosen is None or one.summary.name in chosen)
    ]


def _array_columns() -> set[str]:
    observables = [one for one in registry().observables.values() if one.level == "sample"]
    return {column.name for one in observables for column in one.columns if column.shape}
