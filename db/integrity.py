"""Whether a database is sound: what SQLite or PostgreSQL can tell, and what must hold between its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import and_, exists, func, select, text
from sqlalchemy.orm import Session

from pssglass.base.canonical import digest
from pssglass.base.errors import DatabaseError
from pssglass.base.lineages import place_of
from pssglass.campaigns.specification import sample_seed

from . import leases, migrate, views
from .origins import is_of_lineages
from .records import Finding, State
from .rules import OF_SAMPLE, broken_rules
from .schema import (
    SCHEMA_VERSION,
    AggregateArrayRow,
    Base,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    PlatformRow,
    SampleRow,
    SoftwareRow,
    ValueArrayRow,
    ValueEntryRow,
)
from .sessions import Sessions

_OF_SERVER = (
    ("SELECT conname FROM pg_constraint WHERE NOT convalidated", "constraint {} was never validated"),
    ("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid", "index {} is not valid"),
    (
        "SELECT checksum_failures FROM pg_stat_database"
        " WHERE datname = current_database() AND checksum_failures > 0",
        "the server has counted {} pages with a wrong checksum",
    ),
)


class IntegrityStore(Sessions):
    """Finding faults, each kind in a transaction of its own: writers wait for no more than one."""

    def findings(self) -> Iterator[Finding]:
        """All that should not be so. A database that is being written to has no faults for that."""
        for check in CHECKS:
            try:
                with self._reading() as session:
                    yield from check(session)
            except DatabaseError as error:  # where it is damaged, a check may not come to its end
                yield Finding(str(error))


def _damage(session: Session) -> Iterator[Finding]:
    """What the database itself knows."""
    if session.get_bind().dialect.name == "sqlite":
        for line in session.scalars(text("PRAGMA integrity_check")):
            if line != "ok":
                yield Finding(f"SQLite: {line}")
        return
    for query, what in _OF_SERVER:
        for value in session.scalars(text(query)):
            yield Finding(f"PostgreSQL: {what.format(value)}")


def _tables(session: Session) -> Iterator[Finding]:
    connection = session.connection()
    for difference in migrate.differences(connection):
        yield Finding(f"the tables are not as schema {SCHEMA_VERSION} declares them: {difference}")
    if not views.are_current(connection):
        yield Finding(views.REMEDY, is_fault=False)


def _orphans(session: Session) -> Iterator[Finding]:
    """Rows that refer to rows that are not there, which a server can be told to allow."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            parent = key.referred_table.alias()
            pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
            same = exists().where(*(own == other for own, other in pairs))
            query = select(*table.primary_key).where(~same, *(own.is_not(None) for own, _ in pairs))
            for row in session.execute(query):
                yield Finding(f"{table.name} {_named(row)} refers to a missing {key.referred_table.name}")


def _named(row: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in row._mapping.items())


def _rows(session: Session) -> Iterator[Finding]:
    for what, query in broken_rules().items():
        for row in session.execute(query):
            yield Finding(f"{_named(row)} {what}")


def _arrays(session: Session) -> Iterator[Finding]:
    """Arrays whose number of bytes is not that of their shape; all entries take eight bytes."""
    for table in (ValueArrayRow, AggregateArrayRow):
        size = func.length(table.data).label("size")
        for row in session.execute(select(*table.__table__.primary_key, table.shape, size)):
            *key, shape, found = row
            if found != 8 * math.prod(shape):
                where = ", ".join(map(str, key))
                yield Finding(f"{table.__tablename__} ({where}) has {found} bytes for shape {tuple(shape)}")


def _entries(session: Session) -> Iterator[Finding]:
    """Columns of tables whose entries are not those of their arrays.

    Without an array are columns of which some entries have no value.
    """
    declared = and_(
        ObservableColumnRow.observable_id == ValueArrayRow.observable_id,
        ObservableColumnRow.key == ValueArrayRow.key,
        ObservableColumnRow.in_table.is_not(None),
    )
    arrays = select(ValueArrayRow).join(ObservableColumnRow, declared)
    made = (
        select(ValueArrayRow.configuration_id)
        .join(ObservableColumnRow, declared)
        .union(select(ValueEntryRow.configuration_id))
    )
    in_tables = select(
        ObservableColumnRow.observable_id, ObservableColumnRow.key, ObservableColumnRow.in_table
    )
    tables = {(number, key): table for number, key, table in session.execute(in_tables)}
    for number in session.scalars(made).all():
        found: dict[tuple[int, str], dict[int, float]] = {}
        entries = select(
            ValueEntryRow.observable_id, ValueEntryRow.key, ValueEntryRow.position, ValueEntryRow.value
        )
        of_one = entries.where(ValueEntryRow.configuration_id == number)
        for observable_id, key, position, value in session.execute(of_one):
            found.setdefault((observable_id, key), {})[position] = value
        expected = {
            (row.observable_id, row.key): dict(
                enumerate(np.frombuffer(row.data[: len(row.data) // 8 * 8], row.dtype).tolist())
            )
            for row in session.scalars(arrays.where(ValueArrayRow.configuration_id == number))
        }
        rows = {(place[0], tables[place]): set(one) for place, one in expected.items()}
        for place in sorted(found.keys() | expected.keys()):
            # Entries of a column that no table declares are not those of an array either.
            has_gaps = set(found.get(place, ())) < rows.get((place[0], tables.get(place)), set())
            if not has_gaps if place not in expected else found.get(place, {}) != expected[place]:
                where = f"{number}, {place[0]}, {place[1]}"
                yield Finding(f"{ValueEntryRow.__tablename__} ({where}) has not the entries of its array")


def _hashes(session: Session) -> Iterator[Finding]:
    """Records that are not what they were when their hash was taken."""
    for table, hashed, content in (
        (EnsembleRow, EnsembleRow.spec_hash, EnsembleRow.spec),
        (ObservableRow, ObservableRow.params_hash, ObservableRow.parameters),
        (SoftwareRow, SoftwareRow.hash, SoftwareRow.details),
        (PlatformRow, PlatformRow.hash, PlatformRow.details),
    ):
        for number, expected, found in session.execute(select(table.id, hashed, content)):
            if digest(found) != expected:
                yield Finding(
                    f"{table.__tablename__} {number} was changed: its {content.key} do not fit its hash"
                )


def _seeds(session: Session) -> Iterator[Finding]:
    """Seeds and columns of an ensemble that are not those of its specification."""
    ensembles = {row.id: row for row in session.scalars(select(EnsembleRow))}
    for row in ensembles.values():
        columns = {"name": row.name, "seed": row.seed, "N": row.N, "model_name": row.model}
        for key, value in {**columns, "parent_temperature": row.parent_temperature}.items():
            if row.spec.get(key) != value:
                yield Finding(f"ensemble {row.name}: {key} = {value}, but {row.spec.get(key)} in its spec")
    samples = select(
        SampleRow.ensemble_id, SampleRow.replica, SampleRow.seed, SampleRow.lineage, SampleRow.glass
    )
    for ensemble_id, replica, seed, *place in session.execute(samples):
        ensemble = ensembles.get(ensemble_id)
        if ensemble is None:
            continue
        where = f"ensemble {ensemble.name}, sample {replica}"
        if seed != sample_seed(ensemble.seed, replica):
            yield Finding(f"{where} has not the seed of its ensemble and replica")
        expected = place_of(replica) if is_of_lineages(ensemble.spec) else (replica, 0)
        if tuple(place) != expected:
            yield Finding(f"{where} is glass {place[1]} of lineage {place[0]}, which is another's place")


def _leases(session: Session) -> Iterator[Finding]:
    for row in session.execute(OF_SAMPLE.where(SampleRow.state == State.RUNNING, leases.are_over(session))):
        what = "was given up by its worker; `pssglass simulate` takes it over"
        yield Finding(f"{_named(row)} {what}", is_fault=False)


CHECKS: tuple[Callable[[Session], Iterator[Finding]], ...] = (
    _damage,
    _tables,
    _orphans,
    _rows,
    _arrays,
    _entries,
    _hashes,
    _seeds,
    _leases,
)
