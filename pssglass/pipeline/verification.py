"""Whether files and database are what they were, and whether a second computation gives the same bits."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base.errors import ConfigurationError, Interrupted
from pssglass.base.results import Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import read_configuration
from pssglass.db import ConfigurationFile, Finding, MadeSample, Store, StoredAnalysis
from pssglass.execution import TaskOutcome, run_tasks
from pssglass.pipeline import provenance
from pssglass.pipeline.analysis import TIME_LIMIT, GlassTask, measure
from pssglass.pipeline.files import check_file, unknown_files
from pssglass.pipeline.lineages import NoStart
from pssglass.pipeline.lost_models import lost_models
from pssglass.pipeline.requests import Request, registry
from pssglass.pipeline.sample import SampleTask, make_sample
from pssglass.pipeline.simulation import explain

# What decides about the last bits of a result.
_SOFTWARE = ("version", "git_revision", "compiler", "flags", "solver", "blas", "eigen")
_LIBRARIES = ("numpy", "scipy")
_MACHINE = ("cpu", "simd")


@dataclass(frozen=True)
class ReproductionTask:
    """A sample to be made again in a folder of its own, beside what is stored of it.

    ``time_limit`` is that of each observable.
    """

    sample: MadeSample
    stored: Path
    time_limit: float


@dataclass(frozen=True)
class Reproduction:
    """How a second computation of one sample compares with what is stored.

    Attributes:
        ensemble, replica: which sample.
        compared: what was computed again: the two configurations, and each value as OBSERVABLE.KEY.
        findings: what differs, or could not be compared.
    """

    ensemble: str
    replica: int
    compared: tuple[str, ...]
    findings: tuple[Finding, ...]


def check_files(store: Store) -> Iterator[Finding | None]:
    """For every stored configuration what is wrong with its file, None if it has the recorded SHA-256.

    Then what is in the folder and in no row: no fault, as a killed command may leave it.
    """
    for stored in store.configurations():
        try:
            check_file(stored.path, stored.sha256)
        except ConfigurationError as error:
            yield Finding(str(error))
        else:
            yield None
    for path in unknown_files(store):
        yield Finding(f"{path} is not in the database; remove it if you do not miss it there", is_fault=False)


def recompute(
    store: Store,
    count: int,
    seed: int,
    *,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    on_end: Callable[[Reproduction], None],
) -> None:
    """Make ``count`` samples again, which ``seed`` chooses among all that were made here, and compare.

    Those whose model cannot be made are left out.

    ``on_end`` is told of each one as soon as it is compared.

    Raises:
        Interrupted: on SIGINT or SIGTERM.
    """
    made = store.made_samples(without={name for one in lost_models(store) for name in one.ensembles})
    chosen = random.Random(seed).sample(made, min(count, len(made)))
    tasks = [
        ReproductionTask(store.made_sample(number), store.folder, time_limit) for number in sorted(chosen)
    ]

    def tell(outcome: TaskOutcome[ReproductionTask, Reproduction]) -> None:
        if not isinstance(outcome.error, Interrupted):
            on_end(outcome.value or _not_reproduced(outcome))

    run_tasks(reproduce, tasks, workers, tell, at_most=len(tasks))


def _not_reproduced(outcome: TaskOutcome[ReproductionTask, Reproduction]) -> Reproduction:
    claim = outcome.task.sample.claim
    failed = Finding(f"ensemble {claim.ensemble}, sample {claim.replica}: {explain(outcome.error)}")
    return Reproduction(claim.ensemble, claim.replica, (), (failed,))


def reproduce(task: ReproductionTask) -> Reproduction:
    """Make one sample again, measure the stored one again, and compare both with what is stored."""
    claim = task.sample.claim
    compared, findings = [], []
    for name, finding in (*_positions(task), *_values(task.sample.analyses, task.time_limit)):
        compared.append(name)
        if finding:
            what = f"ensemble {claim.ensemble}, sample {claim.replica}: {finding.what}"
            findings.append(replace(finding, what=what))
    return Reproduction(claim.ensemble, claim.replica, tuple(compared), tuple(findings))


def _positions(task: ReproductionTask) -> Iterator[tuple[str, Finding | None]]:
    sample = task.sample
    reasons = _differences(sample.provenance) + _of_resumed(sample.resumed)
    with tempfile.TemporaryDirectory(prefix="pssglass-verify-") as folder:
        try:
            product = make_sample(SampleTask(sample.claim, Path(folder), math.inf, starts=task.stored))
        except Interrupted:
            raise
        except NoStart as error:
            yield "configurations", Finding(f"it cannot be made again: {explain(error)}", is_fault=False)
            return
        except Exception as error:
            yield "configurations", _explained(f"it cannot be made again: {explain(error)}", reasons)
            return
        again = {file.kind: file for file in product.files}
        for file in sample.files:
            paths = task.stored / file.path, Path(folder) / again[file.kind].path
            species = EnsembleSpec.from_canonical(sample.claim.spec).model.species
            yield file.kind, _compared(file, again[file.kind], paths, species, reasons)


def _compared(
    stored: ConfigurationFile,
    again: ConfigurationFile,
    paths: tuple[Path, Path],
    species: Sequence[str],
    reasons: Sequence[str],
) -> Finding | None:
    if stored.sha256 == again.sha256:
        return None
    try:
        check_file(paths[0], stored.sha256)
    except ConfigurationError as error:
        return Finding(f"its {stored.kind} cannot be compared: {error}")
    if stored.kind == "trajectory":
        return _explained("the trajectory is another one", reasons)
    ours, other = (read_configuration(path, species) for path in paths)
    if ours.positions.tobytes() == other.positions.tobytes():
        return _explained(f"the {stored.kind} has the same positions, but other data beside them", reasons)
    largest = np.abs(ours.positions - other.positions).max()
    return _explained(f"positions of the {stored.kind} differ by up to {largest:.2g}", reasons)


def _values(analyses: Sequence[StoredAnalysis], time_limit: float) -> Iterator[tuple[str, Finding | None]]:
    for analysis in analyses:
        name, version = analysis.observable.name, analysis.observable.version
        installed = registry().observables.get(name)
        if installed is None or installed.version != version:
            now = "not installed" if installed is None else f"now of version {installed.version}"
            yield name, Finding(f"{name} {version} is not measured again: it is {now}", is_fault=False)
            continue
        request = Request(analysis.observable.id, name, analysis.observable.parameters)
        try:
            [measured] = measure(GlassTask(analysis.task, (request,), time_limit))
        except ConfigurationError as error:
            yield name, Finding(f"{name} cannot be measured again: {error}")
            return
        if measured.is_out_of_time:
            late = f"{name} is not measured again: it did not end within --time-limit {time_limit:g} s"
            yield name, Finding(late, is_fault=False)
            continue
        reasons = _differences(analysis.provenance)
        if measured.values is None:
            yield name, _explained(f"{name} cannot be measured again: {measured.reason}", reasons)
            continue
        for key, value in analysis.values.items():
            yield f"{name}.{key}", _same(f"{name}.{key}", value, measured.values.get(key), reasons)
        for key, entries in analysis.entries.items():
            again = _unmasked(measured.values.get(key, ()))
            yield f"{name}.{key}", _same_entries(f"{name}.{key}", entries, again, reasons)


def _same(name: str, stored: float | npt.NDArray[Any], again: Any, reasons: Sequence[str]) -> Finding | None:
    if isinstance(stored, np.ndarray):
        other = np.asarray(again)
        is_alike = (other.shape, other.astype(stored.dtype).tobytes()) == (stored.shape, stored.tobytes())
        if is_alike and not np.ma.is_masked(again):
            return None
        return _explained(f"{name} is another array of shape {stored.shape} than is stored", reasons)
    if again is not None and float(again) == stored:
        return None
    return _explained(f"{name} is stored as {stored!r}, and is now {again}", reasons)


def _unmasked(column: Any) -> dict[int, float]:
    """Position -> value of what is not masked."""
    positions = np.flatnonzero(~np.ma.getmaskarray(np.ma.asarray(column)))
    return {int(position): float(column[position]) for position in positions}


def _same_entries(
    name: str, stored: Mapping[int, float], again: Mapping[int, float], reasons: Sequence[str]
) -> Finding | None:
    if stored == again:
        return None
    first = min(one for one in stored.keys() | again.keys() if stored.get(one) != again.get(one))
    then, now = (entries.get(first, "none") for entries in (stored, again))
    return _explained(f"{name} is stored as {then} in row {first}, and is now {now}", reasons)


def _explained(what: str, reasons: Sequence[str]) -> Finding:
    """A fault, unless program or machine are others than they were."""
    if not reasons:
        return Finding(f"{what}, with the same program on the same kind of machine")
    return Finding(f"{what}; other bits are possible, since {', '.join(reasons)}", is_fault=False)


def _differences(then: Provenance) -> list[str]:
    """In what program and machine differ from those of ``then``, as far as it may change a result."""
    now = provenance.current()
    libraries = [record.get("dependencies", {}) for record in (then.software, now.software)]
    return [
        *_unlike(_SOFTWARE, then.software, now.software),
        *_unlike(_LIBRARIES, *libraries),
        *_unlike(_MACHINE, then.platform, now.platform),
    ]


def _of_resumed(resumed: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same of earlier attempts from whose checkpoints a sample was continued."""
    now = provenance.current()
    here = {"git_revision": now.software["git_revision"], "simd": now.platform["simd"]}
    return [reason for attempt in resumed for reason in _unlike(tuple(here), attempt, here)]


def _unlike(keys: Sequence[str], then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} was {then.get(key, 'unknown')} and is {now.get(key)}"
        for key in keys
        if then.get(key) != now.get(key)
    ]
