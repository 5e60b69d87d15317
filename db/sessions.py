"""The one way into the database: a transaction to read, or one to write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pssglass.base.canonical import canonical_json, digest
from pssglass.base.errors import DatabaseError
from pssglass.base.results import Provenance

from .engine import Location
from .failures import explained
from .schema import Base, PlatformRow, SoftwareRow

_PROVENANCE = "provenance"
"""Key of a session's memory: ids of rows of software and platform by their hash."""


class Sessions:
    """Holds the engine; the parts of the store build on it.

    Attributes:
        location: where the database is.
        folder: where its configurations are.
    """

    def __init__(self, engine: Engine, location: Location, folder: Path) -> None:
        self.location = location
        self.folder = folder
        self._engine = engine
        self._provenance_ids: dict[str, int] = {}

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction: all of it is on disk when the block has ended, nothing when the block raises."""
        with explained(self.location), Session(self._engine) as session:
            session.info[_PROVENANCE] = dict(self._provenance_ids)
            with session.begin():
                yield session
            self._provenance_ids = session.info[_PROVENANCE]  # rows that are there to stay

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        with explained(self.location), Session(self._engine.execution_options(reading=True)) as session:
            yield session


def database_time(session: Session) -> datetime:
    """UTC by the database's clock, the only one that all workers share."""
    if session.get_bind().dialect.name == "postgresql":
        now = func.timezone("utc", func.clock_timestamp(), type_=DateTime)
    else:
        now = func.strftime("%Y-%m-%d %H:%M:%f", "now", type_=DateTime)
    return session.execute(select(now)).scalar_one()


def plain_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON can hold it; DatabaseError when it cannot, NaN included."""
    try:
        plain: dict[str, Any] = json.loads(canonical_json(dict(record)))
    except (TypeError, ValueError) as error:
        raise DatabaseError(f"a record cannot be stored ({error}); give plain finite values") from None
    return plain


def find_or_add(session: Session, table: type[Base], unique: dict[str, Any], **values: Any) -> Any:
    """The row with these ``unique`` values; added, with the other ``values``, by whoever comes first."""
    query = select(table).filter_by(**unique)
    row = session.scalars(query).one_or_none()
    if row is None:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(dialect.insert(table).values({**unique, **values}).on_conflict_do_nothing())
        row = session.scalars(query).one()
    return row


def provenance_columns(session: Session, provenance: Provenance) -> dict[str, Any]:
    """The columns by which a row says who computed it."""
    software, platform = dict(provenance.software), dict(provenance.platform)
    return {
        "software_id": _software(session, software),
        "platform_id": _platform(session, platform),
        "worker": provenance.worker,
    }


def _software(session: Session, details: dict[str, Any]) -> int:
    return _row_id(session, SoftwareRow, details, ("version", "git_revision", "compiler"))


def _platform(session: Session, details: dict[str, Any]) -> int:
    return _row_id(session, PlatformRow, details, ("host", "cpu"))


def _row_id(
    session: Session,
    table: type[SoftwareRow] | type[PlatformRow],
    details: dict[str, Any],
    names: tuple[str, ...],
) -> int:
    """Id of the row with these details, looked up or added once by each store."""
    known: dict[str, int] = session.info.setdefault(_PROVENANCE, {})
    key = digest(details)
    place = f"{table.__tablename__} {key}"
    if place not in known:
        columns = {name: details.get(name) for name in names}
        known[place] = find_or_add(session, table, {"hash": key}, details=details, **columns).id
    return known[place]
