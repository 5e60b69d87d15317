"""Ensembles and their samples: what there is to make, and what came from outside."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, select
from sqlalchemy.orm import Session, aliased

from pssglass.base.canonical import digest, shortened
from pssglass.base.errors import EnsembleConflict
from pssglass.base.lineages import place_of
from pssglass.base.results import IMPORTED, Provenance
from pssglass.campaigns.extension import is_longer_hold
from pssglass.campaigns.specification import EnsembleSpec, sample_seed
from pssglass.models.registry import package_of

from . import leases, views
from .origins import ensembles_before, is_of_lineages, is_predecessor, origin_of_samples
from .records import (
    AttemptOutcome,
    ConfigurationFile,
    ConfigurationRecord,
    EnsembleRecord,
    ModelRecord,
    SampleRecord,
    State,
)
from .schema import AttemptRow, ConfigurationRow, EnsembleRow, SampleRow
from .sessions import Sessions, database_time, find_or_add, plain_json, provenance_columns

Columns = TypeVarTuple("Columns")
SAME_FREQUENCY, SAME_PARAMETER = 1e-3, 1e-6
"""Relative differences below which glasses may be the same: soft modes feel the last digits of a box."""


class EnsembleStore(Sessions):
    """Ensembles and samples, without the work on them."""

    def ensure_ensemble(self, spec: EnsembleSpec, samples: int | Collection[int]) -> EnsembleRecord:
        """The ensemble with at least this number of samples, or these; missing ones are added, none is ever
        taken away.

        Raises:
            EnsembleConflict: the name stands for another specification, and shows where the two differ; or
                another name for the same one, seed included, whose samples would be the same again.
        """
        with self._writing() as session:
            ensemble = _ensemble(session, spec)
            present = set(
                session.scalars(select(SampleRow.replica).where(SampleRow.ensemble_id == ensemble.id))
            )
            wanted = range(samples) if isinstance(samples, int) else sorted(samples)
            missing = [replica for replica in wanted if replica not in present]
            if missing:
                session.execute(insert(SampleRow), [_new_sample(ensemble, replica) for replica in missing])
            return ensemble_records(session, ensemble.id)[0]

    def check_ensembles(self, specs: Iterable[EnsembleSpec]) -> None:
        """What ``ensure_ensemble`` would refuse, without adding anything.

        Raises:
            EnsembleConflict: see there.
        """
        stored = {one.name: one.spec for one in self.ensembles()}
        models = {one.ensemble: one for one in self.models()}
        for spec in specs:
            if spec.name in stored:
                _refuse_changes(stored[spec.name], spec)
                if spec.name in models:
                    refuse_another_model(models[spec.name].hash, models[spec.name].package, spec)
            else:
                _refuse_repetition(stored, spec)
                stored[spec.name] = spec.canonical()

    def ensembles(self) -> list[EnsembleRecord]:
        """All ensembles in the order in which they were added."""
        with self._reading() as session:
            return ensemble_records(session)

    def models(self) -> list[ModelRecord]:
        """The model of each ensemble, in the order in which they were added."""
        query = select(
            EnsembleRow.name,
            EnsembleRow.model,
            EnsembleRow.spec,
            EnsembleRow.model_hash,
            EnsembleRow.model_package,
        )
        with self._reading() as session:
            return [
                ModelRecord(ensemble, name, spec["parameters"], found, package)
                for ensemble, name, spec, found, package in session.execute(query.order_by(EnsembleRow.id))
            ]

    def unfinished_samples(
        self, ensemble_ids: Collection[int], retry_failed: bool = False
    ) -> list[SampleRecord]:
        """Samples that are not done, replica by replica; those that others work on are among them.

        Of lineages the first glasses come before the second ones, of several ages the earlier ones.
        """
        before = aliased(SampleRow)
        with self._reading() as session:
            begun = ensembles_before(session, ensemble_ids)
            query = (
                select(
                    SampleRow.id,
                    SampleRow.ensemble_id,
                    EnsembleRow.name,
                    SampleRow.replica,
                    SampleRow.seed,
                    SampleRow.state,
                    func.coalesce(EnsembleRow.folder, EnsembleRow.name),
                    before.id,
                )
                .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
                .outerjoin(before, is_predecessor(before, SampleRow, begun))
                .where(_is_unfinished(ensemble_ids, retry_failed))
                .order_by(SampleRow.replica, EnsembleRow.extended_to.is_(None), SampleRow.ensemble_id)
            )
            return [
                SampleRecord(number, ensemble_id, name, replica, seed, State(state), folder, before_it)
                for number, ensemble_id, name, replica, seed, state, folder, before_it in session.execute(
                    query
                )
            ]

    def unfinished_ids(self, ensemble_ids: Collection[int]) -> set[int]:
        """Those of the samples that are neither done nor failed."""
        with self._reading() as session:
            return set(session.scalars(select(SampleRow.id).where(_is_unfinished(ensemble_ids))))

    def replicas(self, *states: State) -> dict[str, set[int]]:
        """Name of each ensemble -> numbers of its samples in one of these states."""
        query = (
            select(EnsembleRow.name, SampleRow.replica)
            .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
            .where(SampleRow.state.in_(states))
        )
        found: dict[str, set[int]] = {}
        with self._reading() as session:
            for name, replica in session.execute(query):
                found.setdefault(name, set()).add(replica)
        return found

    def import_sample(
        self,
        ensemble_name: str,
        spec: EnsembleSpec,
        configuration_file: ConfigurationFile,
        record: Mapping[str, Any],
        provenance: Provenance,
    ) -> SampleRecord:
        """Adds a finished configuration from outside as the ensemble's next sample; the same file only once.

        Raises:
            EnsembleConflict: the name stands for another specification, or the file is a sample of another
                ensemble.
        """
        with self._writing() as session:
            ensemble = _ensemble(session, replace(spec, name=ensemble_name))
            known = session.execute(
                select(SampleRow, EnsembleRow.name)
                .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
                .join(ConfigurationRow, ConfigurationRow.sample_id == SampleRow.id)
                .where(ConfigurationRow.sha256 == configuration_file.sha256)
                .order_by(SampleRow.ensemble_id != ensemble.id)
            ).first()
            if known and known.name != ensemble.name:
                raise repeated_sample(known.name, known.SampleRow.replica)
            sample = (
                known.SampleRow
                if known
                else _import(session, ensemble, configuration_file, record, provenance)
            )
            return SampleRecord(
                id=sample.id,
                ensemble_id=ensemble.id,
                ensemble=ensemble.name,
                replica=sample.replica,
                seed=sample.seed,
                state=State(sample.state),
                folder=ensemble.place,
            )

    def maybe_same(
        self, spec: EnsembleSpec, lowest_frequency: float, only_imported: bool = False
    ) -> list[ConfigurationRecord]:
        """Inherent states of the same model and N whose lowest frequency is about this, or not recorded.

        Those of the ensemble of that name come first.
        """
        recorded = AttemptRow.record["quench", "lowest_frequency"].as_float()
        query = (
            select(ConfigurationRow, SampleRow.replica, EnsembleRow.name, EnsembleRow.spec, recorded)
            .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
            .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
            .join(
                AttemptRow,
                and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == ConfigurationRow.attempt),
            )
            .where(ConfigurationRow.kind == "inherent")
            .where(EnsembleRow.model == spec.model_name, EnsembleRow.N == spec.N)
            .order_by(EnsembleRow.name != spec.name, ConfigurationRow.id)
        )
        if only_imported:
            query = query.where(AttemptRow.outcome == AttemptOutcome.IMPORTED)
        wanted = spec.canonical()["parameters"]
        with self._reading() as session:
            return [
                ConfigurationRecord(
                    *(row.id, name, replica, row.kind, self.folder / row.path, row.sha256, row.bytes)
                )
                for row, replica, name, stored, frequency in session.execute(query)
                if _are_alike(stored["parameters"], wanted)
                and (frequency is None or abs(frequency - lowest_frequency) <= SAME_FREQUENCY * frequency)
            ]


def _is_unfinished(ensemble_ids: Collection[int], retry_failed: bool = False) -> ColumnElement[bool]:
    states = [State.PENDING, State.RUNNING, *([State.FAILED] if retry_failed else [])]
    return and_(SampleRow.ensemble_id.in_(ensemble_ids), SampleRow.state.in_(states))


def _are_alike(one: Any, other: Any) -> bool:
    """Whether parameters of models are the same up to the rounding that files have."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=SAME_PARAMETER)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_are_alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_are_alike, one, other))
    return bool(one == other)


def repeated_sample(ensemble: str, replica: int) -> EnsembleConflict:
    """The refusal of a glass that is a sample of another ensemble already."""
    return EnsembleConflict(
        f"this glass is sample {replica} of ensemble '{ensemble}', and would count twice as independent;"
        " import it into another database (--db), or take that one back first (`pssglass db remove`)"
    )


def ensemble_records(session: Session, ensemble_id: int | None = None) -> list[EnsembleRecord]:
    """One ensemble, or all, with the number of samples in each state and the mean time that a sample took."""
    counts: dict[int, dict[State, int]] = {}
    # One whose lease has run out waits for somebody, whatever the last who held it has left behind.
    is_silent = and_(SampleRow.state == State.RUNNING, leases.are_over(session))
    state_now = case((is_silent, State.PENDING), else_=SampleRow.state).label("state")
    now = select(SampleRow.ensemble_id, state_now).subquery().c
    tally = select(now.ensemble_id, now.state, func.count()).group_by(now.ensemble_id, now.state)
    # An attempt that went on from a checkpoint took less than its sample did.
    in_all = sum(AttemptRow.record[key].as_float() for key in ("dynamics_seconds", "quench_seconds"))
    longer = case((in_all > AttemptRow.wall_time, in_all), else_=AttemptRow.wall_time)
    seconds = (
        select(SampleRow.ensemble_id, func.avg(longer))
        .join(AttemptRow, AttemptRow.sample_id == SampleRow.id)
        .where(AttemptRow.outcome == AttemptOutcome.DONE)
        .group_by(SampleRow.ensemble_id)
    )
    query = select(EnsembleRow).order_by(EnsembleRow.id)
    if ensemble_id is not None:
        tally = tally.where(now.ensemble_id == ensemble_id)
        seconds = seconds.where(SampleRow.ensemble_id == ensemble_id)
        query = query.where(EnsembleRow.id == ensemble_id)
    for owner, state, number in session.execute(tally):
        counts.setdefault(owner, {})[State(state)] = number
    mean = {owner: value for owner, value in session.execute(seconds)}  # noqa: C416
    return [
        EnsembleRecord(e.id, e.name, e.spec, e.seed, counts.get(e.id, {}), mean.get(e.id))
        for e in session.scalars(query)
    ]


def among(query: Select[*Columns], chosen: Collection[str] | None) -> Select[*Columns]:
    """A query that knows ensembles, for these alone if they are given."""
    return query if chosen is None else query.where(EnsembleRow.name.in_(sorted(chosen)))


def _ensemble(session: Session, spec: EnsembleSpec) -> EnsembleRow:
    """The row of this specification, added if there is none, locked until the transaction ends."""
    stored = {name: plain for name, plain in session.execute(select(EnsembleRow.name, EnsembleRow.spec))}  # noqa: C416
    if spec.name not in stored:
        _refuse_repetition(stored, spec)
    row: EnsembleRow = find_or_add(
        session,
        EnsembleRow,
        {"name": spec.name},
        spec_hash=spec.hash,
        spec=spec.canonical(),
        seed=spec.seed,
        model=spec.model_name,
        N=spec.N,
        parent_temperature=spec.parent_temperature,
        model_hash=spec.model.hash,
        model_package=package_of(spec.model_name),
    )
    _refuse_changes(row.spec, spec)
    refuse_another_model(row.model_hash, row.model_package, spec)
    views.refresh(session.connection())
    session.refresh(row, with_for_update=True)
    return row


def _refuse_changes(stored: Mapping[str, Any], spec: EnsembleSpec) -> None:
    if digest(stored) != spec.hash:
        changes = "; ".join(_differences(stored, spec.canonical()))
        known = stored["protocol"].get("quench") == IMPORTED == spec.protocol.quench
        is_longer = is_longer_hold(EnsembleSpec.from_canonical(stored), spec)
        extend = "hold its liquids for longer by `simulate --extend`, " if is_longer else ""
        describe = f", describe the stored one (`pssglass db describe {spec.name}`)" if known else ""
        raise EnsembleConflict(
            f"ensemble '{spec.name}' is stored with another specification ({changes}); {extend}give the new"
            f" one another name (`name` in [[ensembles]], --ensemble of import){describe}, or run"
            f" `pssglass db remove --ensemble {spec.name}`"
        )


def refuse_another_model(hash: str | None, package: str | None, spec: EnsembleSpec) -> None:
    """What a name and parameters stand for may change from one release of a package to the next."""
    if hash is not None and hash != spec.model.hash:
        raise EnsembleConflict(
            f"the model {spec.model_name} of ensemble '{spec.name}' is another one now, though its parameters"
            f" are the same: it was that of {package}, and is that of {package_of(spec.model_name)}; install"
            " the earlier one, or give the new one another name"
        )


def _refuse_repetition(stored: Mapping[str, Mapping[str, Any]], spec: EnsembleSpec) -> None:
    origin = origin_of_samples(spec.canonical())
    for name, other in stored.items():
        if origin is not None and origin_of_samples(other) == origin:
            number = "samples" if spec.lineage is None else "lineages or glasses"
            raise EnsembleConflict(
                f"ensemble '{spec.name}' would repeat the samples of '{name}': same specification and seed;"
                f" for more of them raise {number} in the campaign of '{name}', or take another seed"
            )


def _differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[str]:
    """Every value that differs, as ``protocol.melt_time: stored 10.0, now 20.0``."""
    left, right = dict(_flat(_by_temperature(stored))), dict(_flat(_by_temperature(asked)))
    for key in sorted(left.keys() | right.keys()):
        before, after = left.get(key, "nothing"), right.get(key, "nothing")
        if before != after:
            yield f"{key}: stored {shortened(before)}, now {shortened(after)}"


def _by_temperature(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the temperatures that a lineage has passed in place of all that it went through there."""
    if "lineage" not in spec:
        return spec
    passed = [step["parent_temperature"] for step in spec["lineage"]["hotter"]]
    return {**spec, "lineage": {**spec["lineage"], "hotter": passed}}


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", list(value) if isinstance(value, tuple) else value


def _new_sample(ensemble: EnsembleRow, replica: int) -> dict[str, Any]:
    lineage, glass = place_of(replica) if is_of_lineages(ensemble.spec) else (replica, 0)
    return {
        "ensemble_id": ensemble.id,
        "replica": replica,
        "lineage": lineage,
        "glass": glass,
        "seed": sample_seed(ensemble.seed, replica),
        "state": State.PENDING,
        "attempt": 0,
    }


def _import(
    session: Session,
    ensemble: EnsembleRow,
    file: ConfigurationFile,
    record: Mapping[str, Any],
    provenance: Provenance,
) -> SampleRow:
    last = session.scalar(select(func.max(SampleRow.replica)).where(SampleRow.ensemble_id == ensemble.id))
    replica = 0 if last is None else last + 1
    sample = SampleRow(**{**_new_sample(ensemble, replica), "state": State.DONE, "attempt": 1})
    session.add(sample)
    session.flush()
    now = database_time(session)
    session.add(
        AttemptRow(
            sample_id=sample.id,
            number=sample.attempt,
            started_at=now,
            ended_at=now,
            outcome=AttemptOutcome.IMPORTED,
            record=plain_json(record),
            **provenance_columns(session, provenance),
        )
    )
    session.flush()
    session.add(ConfigurationRow(sample_id=sample.id, attempt=sample.attempt, **vars(file)))
    return sample
