"""From samples to ensembles to models: computes the observables of the upper two levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pssglass.analysis.series import by_series, model_label, model_of
from pssglass.base.errors import ObservableFailed, one_line
from pssglass.base.results import EnsembleData, ModelData, Value
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.protocol import JSON, LIQUID, LIQUID_KEYS, LIQUID_ORDER, Observable, Values


@dataclass(frozen=True)
class AggregateResult:
    """What an observable found for an ensemble or a model, or the reason why it found nothing.

    ``subject`` is the ensemble's name or the model's label, ``members`` the names of the ensembles in it.
    """

    observable: str
    subject: str
    members: tuple[str, ...]
    values: Values | None = None
    reason: str = ""


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
    time_limit: float | None = None,
) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """The ensembles with the values of all ensemble and model observables added, and what failed.

    See ``aggregates``.
    """
    found = aggregates(ensembles, observables, parameters, time_limit)
    return with_values(ensembles, found), failures(found)


def aggregates(
    ensembles: Sequence[EnsembleData],
    observables: Sequence[Observable],
    parameters: Mapping[str, Mapping[str, JSON]] | None = None,
    time_limit: float | None = None,
) -> list[AggregateResult]:
    """What all ensemble and model observables find.

    An ensemble that lacks what an observable requires is left out of it, and of its model.

    Args:
        ensembles: with the scalars and arrays of their samples.
        observables: of any level, each after what it requires (``Registry.resolve``).
        parameters: by name of observable, where they are not the defaults.
        time_limit: seconds after which one observable of one ensemble or model is given up.
    """
    found: list[AggregateResult] = []
    for observable in observables:
        if observable.level != "sample":
            given = (parameters or {}).get(observable.name)
            keys = _required_keys(observable, observables)
            compute = partial(evaluate, observable, parameters=given, time_limit=time_limit)
            found += _evaluated(observable, compute, with_values(ensembles, found), keys)
    return found


def with_values(ensembles: Sequence[EnsembleData], found: Sequence[AggregateResult]) -> list[EnsembleData]:
    """The ensembles, each with the values that it is a member of."""
    values: dict[str, dict[str, Value]] = {one.name: dict(one.values) for one in ensembles}
    for aggregate in found:
        for member in aggregate.members:
            values[member] |= aggregate.values or {}
    return [replace(one, values=values[one.name]) for one in ensembles]


def failures(found: Sequence[AggregateResult]) -> list[AggregateFailure]:
    """Those without values."""
    return [AggregateFailure(one.observable, one.subject, one.reason) for one in found if one.values is None]


def _evaluated(
    observable: Observable,
    compute: Callable[[EnsembleData | ModelData], Values],
    ensembles: Sequence[EnsembleData],
    keys: Sequence[str],
) -> list[AggregateResult]:
    """One observable of all ensembles or models; ``keys`` are those that it needs."""
    name = observable.name
    lacks = {one.name: _lack(one, keys) for one in ensembles}
    found = [AggregateResult(name, one, (one,), reason=lack) for one, lack in lacks.items() if lack]
    for members, label, subject in _subjects(observable, [one for one in ensembles if not lacks[one.name]]):
        try:
            found.append(AggregateResult(name, label, members, values=compute(subject)))
        except ObservableFailed as error:
            reason = one_line(error).removeprefix(f"{name}: ")  # it stands beside the name
            found.append(AggregateResult(name, label, members, reason=reason))
    return found


def models(ensembles: Sequence[EnsembleData]) -> list[ModelData]:
    """The ensembles model by model, every model with all others as its peers.

    A model with several ensembles at one temperature is divided as figures divide it (``by_series``); its
    parts are no peers of each other.
    """
    alone = [ModelData(label, tuple(members)) for label, members in by_series(ensembles).items()]
    return [
        replace(one, peers=tuple(peer for peer in alone if model_of(peer.label) != model_of(one.label)))
        for one in alone
    ]


def with_peers(ensembles: Sequence[EnsembleData]) -> list[EnsembleData]:
    """The ensembles, each with the others of its model and N."""
    groups: dict[tuple[str, int], list[EnsembleData]] = {}
    for one in ensembles:
        groups.setdefault((model_label(one), one.N), []).append(one)
    return [
        replace(one, peers=tuple(peer for peer in groups[model_label(one), one.N] if peer is not one))
        for one in ensembles
    ]


def _subjects(
    observable: Observable, ensembles: Sequence[EnsembleData]
) -> list[tuple[tuple[str, ...], str, EnsembleData | ModelData]]:
    """Names of the ensembles that a result belongs to, what to call the subject, and the subject."""
    if observable.level == "ensemble":
        return [((one.name,), one.name, one) for one in with_peers(ensembles)]
    return [(tuple(one.name for one in model.ensembles), model.label, model) for model in models(ensembles)]


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
        return _why_missing(ensemble, missing[0])
    if len(set(counts.values())) > 1:
        few, many = min(counts.values()), max(counts.values())
        return f"results of {few} to {many} samples: run pssglass analyze --retry-failed"
    return ""


def _why_missing(ensemble: EnsembleData, key: str) -> str:
    """Why no sample has this, and what helps if anything does."""
    if key in LIQUID_KEYS and ensemble.is_imported:
        return f"no {key}: an imported ensemble has no record of its liquid"
    if key in LIQUID_KEYS and LIQUID_ORDER in ensemble.samples:
        return (
            f"no {key}: the time at the parent temperature was too short for a record;"
            f" {ensemble.remedy_for_brevity}"
        )
    return f"no {key} yet: run pssglass analyze"
