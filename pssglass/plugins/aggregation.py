"""From samples to ensembles to models: computes the observables of the upper two levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pssglass.analysis.series import by_series, model_label, model_of
from pssglass.base.errors import ObservableFailed, ObservableStuck, one_line
from pssglass.base.results import EnsembleData, ModelData, Value
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.inputs import Asked, Inputs
from pssglass.plugins.protocol import (
    JSON,
    LIQUID,
    LIQUID_KEYS,
    LIQUID_ORDER,
    Observable,
    Values,
    is_on_request,
)


@dataclass(frozen=True)
class AggregateResult:
    """What an observable found for an ensemble or a model, or the reason why it found nothing.

    ``subject`` is the ensemble's name or the model's label, ``members`` the names of the ensembles in it,
    ``inputs`` a digest of all that it was found from, empty where that is not known or the same may come to
    another end. One that was kept has its ``number`` in the database.
    """

    observable: str
    subject: str
    members: tuple[str, ...]
    values: Values | None = None
    reason: str = ""
    inputs: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Kept:
    """What was found before, and by what one knows that it would be found again.

    Attributes:
        results: by their ``inputs``.
        samples: name of an ensemble -> a digest of what is measured of its samples.
        releases: name of an observable -> the release that provides it, and the build of the program.
    """

    results: Mapping[str, AggregateResult] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)


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
    kept: Kept | None = None,
) -> tuple[list[EnsembleData], list[AggregateFailure]]:
    """The ensembles with the values of all ensemble and model observables added, and what failed.

    See ``aggregates``.
    """
    found = aggregates(ensembles, observables, parameters, time_limit, kept)
    return with_values(ensembles, found), failures(found)


def aggregates(
    ensembles: Sequence[EnsembleData],
    observables: Sequence[Observable],
    parameters: Mapping[str, Mapping[str, JSON]] | None = None,
    time_limit: float | None = None,
    kept: Kept | None = None,
) -> list[AggregateResult]:
    """What all ensemble and model observables find.

    An ensemble that lacks what an observable requires is left out of it, and of its model.

    Args:
        ensembles: with the scalars and arrays of their samples.
        observables: of any level, each after what it requires (``Registry.resolve``).
        parameters: by name of observable, where they are not the defaults.
        time_limit: seconds after which one observable of one ensemble or model is given up.
        kept: what needs not be computed again.
    """
    known = kept or Kept()
    inputs = Inputs(observables, parameters or {}, known.samples, known.releases)
    subjects = [replace(one, in_equilibrium=None) for one in ensembles]
    found: list[AggregateResult] = []
    for observable in observables:
        if observable.level != "sample":
            given = (parameters or {}).get(observable.name)
            remedies = _remedies(observable, observables)
            compute = partial(evaluate, observable, parameters=given, time_limit=time_limit)
            evaluation = _Evaluation(observable, compute, inputs, known.results)
            new = evaluation.of_all(with_values(subjects, found), remedies)
            inputs.note(observable.name, [(one.members, one.inputs) for one in new])
            found += new
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


@dataclass(frozen=True)
class _Evaluation:
    """One observable of all ensembles or models, as far as it was not found before."""

    observable: Observable
    compute: Callable[[EnsembleData | ModelData], Values]
    inputs: Inputs
    results: Mapping[str, AggregateResult]

    def of_all(self, ensembles: Sequence[EnsembleData], remedies: Mapping[str, str]) -> list[AggregateResult]:
        """Of those that have what it needs, the keys of ``remedies``; the others get the reason."""
        lacks = {one.name: _lack(one, remedies) for one in ensembles}
        able = [one for one in ensembles if not lacks[one.name]]
        if self.observable.level == "ensemble":
            found = [self._of_ensemble(one, peers) for one, peers in _peers(able)]
        else:
            found = [self._of_model(model) for model in models(able)]
        return [self._lacking(one, lacks[one.name]) for one in ensembles if lacks[one.name]] + found

    def _lacking(self, ensemble: EnsembleData, reason: str) -> AggregateResult:
        inputs = self.inputs.digest(self.observable.name, ensemble.name, [ensemble])
        return self.results.get(inputs) or AggregateResult(
            self.observable.name, ensemble.name, (ensemble.name,), reason=reason, inputs=inputs
        )

    def _of_ensemble(self, ensemble: EnsembleData, peers: Sequence[EnsembleData]) -> AggregateResult:
        """What is found without a look at its peers is the same whatever these are."""
        name, watched = ensemble.name, Asked(peers)
        alone = self.inputs.digest(self.observable.name, name, [ensemble])
        together = self.inputs.digest(self.observable.name, name, [ensemble], peers)
        known = self.results.get(alone) or self.results.get(together)
        if known:
            return known
        subject = replace(ensemble, peers=watched)
        return self._computed((name,), name, subject, lambda: together if watched.was_asked else alone)

    def _of_model(self, model: ModelData) -> AggregateResult:
        parts = [model, *model.peers]
        labels = "; ".join(f"{part.label} ({len(part.ensembles)})" for part in parts)
        every = [one for part in parts for one in part.ensembles]
        inputs = self.inputs.digest(self.observable.name, labels, every)
        members = tuple(one.name for one in model.ensembles)
        return self.results.get(inputs) or self._computed(members, model.label, model, lambda: inputs)

    def _computed(
        self,
        members: tuple[str, ...],
        label: str,
        subject: EnsembleData | ModelData,
        inputs: Callable[[], str],
    ) -> AggregateResult:
        name = self.observable.name
        try:
            values = self.compute(subject)
            return AggregateResult(name, label, members, values=values, inputs=inputs())
        except ObservableFailed as error:
            reason = one_line(error).removeprefix(f"{name}: ")  # it stands beside the name
            # What has not ended in time may do so another time.
            known = "" if isinstance(error, ObservableStuck) else inputs()
            return AggregateResult(name, label, members, reason=reason, inputs=known)


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
    return [replace(one, peers=peers) for one, peers in _peers(ensembles)]


def _peers(ensembles: Sequence[EnsembleData]) -> list[tuple[EnsembleData, tuple[EnsembleData, ...]]]:
    """Each ensemble, and the others of its model and N."""
    groups: dict[tuple[str, int], list[EnsembleData]] = {}
    labels = {one.name: model_label(one) for one in ensembles}
    for one in ensembles:
        groups.setdefault((labels[one.name], one.N), []).append(one)
    return [
        (one, tuple(peer for peer in groups[labels[one.name], one.N] if peer is not one)) for one in ensembles
    ]


def _remedies(observable: Observable, observables: Sequence[Observable]) -> dict[str, str]:
    """Each key that an observable requires, and the command that measures it."""
    declared = {
        one.name: [column.name for column in one.columns if not column.optional] for one in observables
    }
    declared[LIQUID] = list(LIQUID_KEYS)
    on_request = {one.name for one in observables if is_on_request(one)}
    return {
        key: f"pssglass analyze --observable {name}" if name in on_request else "pssglass analyze"
        for name in observable.requires
        for key in declared[name]
    }


def _lack(ensemble: EnsembleData, remedies: Mapping[str, str]) -> str:
    """Why an ensemble cannot serve; empty if it can."""
    counts = {}
    for key in remedies:
        if key not in ensemble.values:
            counts[key] = ensemble.count(key)
    missing = [key for key, count in counts.items() if not count]
    if missing:
        return _why_missing(ensemble, missing[0], remedies[missing[0]])
    if len(set(counts.values())) > 1:
        fewest = min(counts, key=lambda key: counts[key])
        few, many = counts[fewest], max(counts.values())
        return f"results of {few} to {many} samples: run {remedies[fewest]} --retry-failed"
    return ""


def _why_missing(ensemble: EnsembleData, key: str, remedy: str) -> str:
    """Why no sample has this, and what helps if anything does."""
    if key in LIQUID_KEYS and ensemble.is_imported:
        return f"no {key}: an imported ensemble has no record of its liquid"
    if key in LIQUID_KEYS and LIQUID_ORDER in ensemble.samples:
        return (
            f"no {key}: the time at the parent temperature was too short for a record;"
            f" {ensemble.remedy_for_brevity}"
        )
    return f"no {key} yet: run {remedy}"
