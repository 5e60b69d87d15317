"""What the store hands out: plain frozen dataclasses, never rows of the database."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt

from pssglass.base.results import EnsembleSummary, Provenance
from pssglass.plugins.aggregation import AggregateFailure
from pssglass.plugins.protocol import Column, Level

Kind = Literal["liquid", "inherent", "trajectory"]


class State(StrEnum):
    """Where a sample stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AttemptOutcome(StrEnum):
    """How an attempt at a sample ended; ``LOST`` means that its worker vanished."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    LOST = "lost"
    IMPORTED = "imported"


class ValueStatus(StrEnum):
    """Whether a scalar has a value; an ``UNDEFINED`` one has no meaning for this configuration."""

    OK = "ok"
    UNDEFINED = "undefined"


@dataclass(frozen=True)
class EnsembleRecord:
    """One ensemble: its number of samples in each state, and the mean wall time that a sample took."""

    id: int
    name: str
    spec: Mapping[str, Any]
    seed: int
    counts: Mapping[State, int]
    seconds_per_sample: float | None = None

    @property
    def samples(self) -> int:
        """Number of samples in all states together."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class EnsembleContents:
    """What is known of an ensemble without a look at its samples.

    Attributes:
        summary: with the statistics of all scalars.
        arrays: name of an array -> number of samples that have it.
        inputs: a digest that changes with whatever is measured of the samples.
    """

    summary: EnsembleSummary
    arrays: Mapping[str, int]
    inputs: str


@dataclass(frozen=True)
class ModelRecord:
    """The model of an ensemble: ``hash`` of all that it was, and its ``package``, where they are known."""

    ensemble: str
    name: str
    parameters: Mapping[str, Any]
    hash: str | None
    package: str | None


@dataclass(frozen=True)
class SampleRecord:
    """One member of an ensemble; ``predecessor`` is the id of the one with whose liquid it begins.

    ``folder`` is that of its files, in that of the configurations.
    """

    id: int
    ensemble_id: int
    ensemble: str
    replica: int
    seed: int
    state: State
    folder: str
    predecessor: int | None = None


@dataclass(frozen=True)
class Claim:
    """The right to compute one sample until ``lease_until`` (UTC); ``attempt`` is the fence for commits.

    ``since`` is when it was given, by the monotonic clock of this machine; ``start`` the liquid of another
    sample with which it begins, if it does; ``held`` the outcome of the hold of that one, if it goes on here.
    ``folder`` is that of its files, in that of the configurations.
    """

    sample_id: int
    attempt: int
    ensemble: str
    spec: Mapping[str, Any]
    replica: int
    seed: int
    lease_until: datetime
    folder: str
    start: ConfigurationFile | None = None
    held: Mapping[str, Any] | None = None
    since: float = field(default_factory=time.monotonic, compare=False)

    @property
    def seconds(self) -> float:
        """How long it has been held, whatever was done to the clock on the wall."""
        return time.monotonic() - self.since


@dataclass(frozen=True)
class ConfigurationFile:
    """A configuration on disk: path relative to the store's folder, SHA-256 in hexadecimal, size in bytes."""

    kind: Kind
    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ConfigurationRecord:
    """A stored configuration; ``path`` is absolute."""

    id: int
    ensemble: str
    replica: int
    kind: str
    path: Path
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ObservableInfo:
    """An observable with the parameters in use, and the distribution that provides it."""

    name: str
    version: str
    level: Level
    parameters: Mapping[str, Any]
    columns: tuple[Column, ...]
    distribution: str
    distribution_version: str


def settings_of(parameters: Mapping[str, Any]) -> str:
    """Parameters for people, each as --set takes it."""
    return " ".join(f"{key}={json.dumps(value)}" for key, value in parameters.items()) or "–"


@dataclass(frozen=True)
class RegisteredObservable:
    """An observable in the database."""

    id: int
    name: str
    version: str
    parameters: Mapping[str, Any]
    level: Level = "sample"

    @property
    def settings(self) -> str:
        """The parameters for people."""
        return settings_of(self.parameters)


@dataclass(frozen=True)
class AnalysisTask:
    """One observable to be computed for one inherent configuration; ``seed`` is the sample's.

    ``liquid`` is the file of its parent liquid and that file's SHA-256, None where none is stored.
    """

    configuration_id: int
    observable_id: int
    ensemble: str
    spec: Mapping[str, Any]
    replica: int
    seed: int
    path: Path
    sha256: str
    liquid: tuple[Path, str] | None = None


@dataclass(frozen=True)
class FailureRecord:
    """A sample (``observable`` is None) or an analysis that failed, and why."""

    ensemble: str
    replica: int
    observable: str | None
    reason: str
    when: datetime


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view; the unit is empty where there is none to tell. ``kind`` is a type of Python."""

    name: str
    unit: str
    doc: str
    kind: str = ""


@dataclass(frozen=True)
class ViewTable:
    """The rows of a view."""

    columns: tuple[ViewColumn, ...]
    rows: list[tuple[Any, ...]]

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Finding:
    """Something that should not be so; what is no fault has an explanation, or mends itself."""

    what: str
    is_fault: bool = True


@dataclass(frozen=True)
class StoredAnalysis:
    """The values that one observable has of one configuration, and who computed them.

    ``entries`` are those of columns of tables that have gaps, or nothing at all: position -> value.
    """

    task: AnalysisTask
    observable: RegisteredObservable
    values: Mapping[str, float | npt.NDArray[Any]]
    entries: Mapping[str, Mapping[int, float]]
    provenance: Provenance


@dataclass(frozen=True)
class MadeSample:
    """A sample that was made here, and all that it takes to make it again and to compare the two.

    ``claim`` is the one that finished it; ``resumed`` are records of the earlier attempts that it builds on.
    """

    claim: Claim
    files: tuple[ConfigurationFile, ...]
    provenance: Provenance
    resumed: tuple[Mapping[str, Any], ...]
    analyses: tuple[StoredAnalysis, ...]


@dataclass(frozen=True)
class AnalysisStatus:
    """How far one registration of an observable has come over glasses, ensembles or models, as its level is.

    Of those ensembles and models that there are values or failures of, none is pending.
    """

    observable_id: int
    observable: str
    version: str
    level: Level
    parameters: Mapping[str, Any]
    is_shown: bool
    done: int
    failed: int
    pending: int

    @property
    def settings(self) -> str:
        """The parameters for people."""
        return settings_of(self.parameters)


@dataclass(frozen=True)
class MeasuredRelaxation:
    """The relaxation times of an ensemble's liquids; None of one that was recorded, but not so long.

    With swap moves they are those of stress and sizes, whichever is longer.
    """

    spec: Mapping[str, Any]
    times: tuple[float | None, ...]


@dataclass(frozen=True)
class LineageStatus:
    """The measured glasses of an ensemble of lineages: how many, of how many lineages, and how many
    independent ones they are worth by the mean energy; None where that has no error yet.
    """

    ensemble: str
    lineages: int
    glasses: int
    effective_count: float | None


@dataclass(frozen=True)
class Build:
    """A program and a machine on which it made something; what is not known is None."""

    version: str | None
    git_revision: str | None
    compiler: str | None
    host: str | None
    cpu: str | None


@dataclass(frozen=True)
class StatusReport:
    """All that a status display shows."""

    url: str
    schema_version: str
    ensembles: tuple[EnsembleRecord, ...]
    analyses: tuple[AnalysisStatus, ...]
    """Of glasses."""
    aggregates: tuple[AnalysisStatus, ...]
    """Of ensembles and models."""
    failures: tuple[FailureRecord, ...]
    capped: Mapping[str, int]
    """Ensemble -> number of its samples whose equilibration ended at the cap, where there are any."""
    without_values: tuple[AggregateFailure, ...]
    """The ensembles and models for which an observable found nothing."""
    lineages: tuple[LineageStatus, ...]
    """Of the ensembles of lineages of which something was measured."""


@dataclass(frozen=True)
class Removal:
    """What was removed, or would be: how many rows of each kind, and the files as paths in the folder.

    ``folder`` is that of the ensemble whose samples these are.
    """

    what: str
    samples: int
    analyses: int
    aggregates: int
    observables: int
    files: tuple[str, ...]
    folder: str | None = None


@dataclass(frozen=True)
class Upgrade:
    """What a schema upgrade did; ``backup`` is the copy of a SQLite file made before it."""

    before: str
    after: str
    backup: Path | None
