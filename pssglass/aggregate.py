"""From samples to ensembles to models: computes the observables of the upper two levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pssglass.errors import ObservableFailed
from pssglass.grouping import by_series
from pssglass.observable import (
    JSON,
    LIQUID,
    LIQUID_KEYS,
    EnsembleData,
    ModelData,
    Observable,
    Values,
    evaluate,
)


@dataclass(frozen=True)
class AggregateFailure:
    """An observable that has no value for an ensemble or a model, and why."""

    observable: str
    subject: str
    reason: str


def aggregated(
    ensembles: Sequence[EnsembleData],
    observables: Sequence[Observable],
    parameters: Mapping[str, Mapping[str, JSON]] | None = None,
) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """The ensembles with the values of all ensemble and model observables added, and what failed.

    An ensemble that lacks what an observable requires is left out of it, and of its model.

    Args:
        ensembles: with the scalars and arrays of their samples.
        observables: of any level, each after what it requires (``Registry.resolve``).
        parameters: by name of observable, where they are not the defaults.
    """
    current, failures = list(ensembles), []
    for observable in observables:
        if observable.level == "sample":
            continue
        keys = _required_keys(observable, observables)
        lacks = {one.name: _lack(one, keys) for one in current}
        failures += [AggregateFailure(observable.name, name, lack) for name, lack in lacks.items() if lack]
        complete = [one for one in current if not lacks[one.name]]
        found: dict[str, Values] = {}
        for members, label, subject in _subjects(observable, complete):
            try:
                values = evaluate(observable, subject, (parameters or {}).get(observable.name))
                found |= dict.fromkeys(members, values)
            except ObservableFailed as error:
                failures.append(AggregateFailure(observable.name, label, str(error)))
        current = [replace(one, values={**one.values, **found.get(one.name, {})}) for one in current]
    return current, failures


def models(ensembles: Sequence[EnsembleData]) -> list[ModelData]:
    """The ensembles model by model, every model with all others as its peers.

    A model with several ensembles at one temperature is divided as figures divide it (``by_series``).
    """
    alone = [ModelData(label, tuple(members)) for label, members in by_series(ensembles).items()]
    return [replace(one, peers=tuple(peer for peer in alone if peer is not one)) for one in alone]


def _subjects(
    observable: Observable, ensembles: Sequence[EnsembleData]
) -> list[tuple[list[str], str, EnsembleData | ModelData]]:
    """Names of the ensembles that a result belongs to, what to call the subject, and the subject."""
    if observable.level == "ensemble":
        return [([one.name], one.name, one) for one in ensembles]
    return [([one.name for one in model.ensembles], model.label, model) for model in models(ensembles)]


def _required_keys(observable: Observable, observables: Sequence[Observable]) -> list[str]:
    declared = {
        one.name: [column.name for column in one.columns if not column.optional] for one in observables
    }
    declared[LIQUID] = list(LIQUID_KEYS)
    return [key for name in observable.requires for key in declared[name]]


def _lack(ensemble: EnsembleData, keys: Sequence[str]) -> str:
    """Why an ensemble cannot serve; empty if it can."""
    counts = {}
    for key in keys:
        if key in ensemble.values:
            continue
        counts[key] = len(ensemble.samples.get(key, ensemble.arrays.get(key, ())))
    missing = [key for key, count in counts.items() if not count]
    if missing:
        remedy = (
            " (short stays at the parent temperature are not recorded)" if missing[0] in LIQUID_KEYS else ""
        )
        return f"no {missing[0]} yet: run pssglass analyze{remedy}"
    if len(set(counts.values())) > 1:
        few, many = min(counts.values()), max(counts.values())
        return f"results of {few} to {many} samples: run pssglass analyze --retry-failed"
    return ""
