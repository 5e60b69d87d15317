"""Removing ensembles and samples with their files, registrations of observables, and failures."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from pssglass.base.errors import MissingData, suggest
from pssglass.base.results import Provenance
from pssglass.db import RegisteredObservable, Removal, Store, settings_of
from pssglass.pipeline import provenance
from pssglass.pipeline.files import remove_traces


def remove_samples(
    store: Store, ensemble: str, replicas: Sequence[int] | None = None, *, dry_run: bool = False
) -> Removal:
    """Remove an ensemble, or these of its samples, with all their values and files; see ``Store``.

    Files go last: what is left of them if this is killed, ``verify`` names.
    """
    removal = store.remove_samples(ensemble, replicas, _who(dry_run))
    if dry_run:
        return removal
    for path in removal.files:
        (store.folder / path).unlink(missing_ok=True)
    assert removal.folder
    if replicas is None:
        shutil.rmtree(store.folder / removal.folder, ignore_errors=True)
    else:
        remove_traces(store.folder / removal.folder, replicas)
    return removal


def remove_observable(
    store: Store, name: str, parameters: Mapping[str, Any], *, dry_run: bool = False
) -> Removal:
    """Remove all registrations of an observable that have these parameters, and their values.

    Raises:
        MissingData: there is none.
    """
    ids = [one.id for one in fitting(store, name, parameters)]
    return store.remove_observables(ids, _who(dry_run))


def remove_failures(store: Store, observable: str, *, dry_run: bool = False) -> Removal:
    """Remove what is recorded of failures of an observable.

    Raises:
        MissingData: it was never measured.
    """
    fitting(store, observable, {})
    return store.remove_failures(observable, _who(dry_run))


def fitting(store: Store, name: str, parameters: Mapping[str, Any]) -> list[RegisteredObservable]:
    """The registrations of an observable that have these parameters, the latest last.

    Raises:
        MissingData: there is none.
    """
    known = store.registrations(name)
    if not known:
        names = {one.name for one in store.shown_observables()}
        hint = suggest(name, names) if names else "run pssglass analyze first"
        raise MissingData(f"observable {name} is not known here; {hint}")
    found = [one for one in known if parameters.items() <= one.parameters.items()]
    if not found:
        those = "; ".join(one.settings for one in known)
        raise MissingData(
            f"observable {name} was not measured with {settings_of(parameters)}; it was with {those}"
        )
    return found


def _who(dry_run: bool) -> Provenance | None:
    return None if dry_run else provenance.current()
