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

from pssglass.errors import DatabaseError
from pssglass.models import canonical_json, digest
from pssglass.results import Provenance

from .engine import Location
from .failures import explained
from .schema import Base, Platform, Software


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

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction: all of it is on disk when the block has ended, nothing when the block raises."""
        with explained(self.location), Session(self._engine) as session, session.begin():
            yield session

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


def origin(session: Session, provenance: Provenance) -> dict[str, Any]:
    """The columns by which a row says who computed it."""
    software, platform = dict(provenance.software), dict(provenance.platform)
    return {
        "software_id": _software(session, software),
        "platform_id": _platform(session, platform),
        "worker": provenance.worker,
    }


def _software(session: Session, details: dict[str, Any]) -> int:
    columns = {name: details.get(name) for name in ("version", "git_revision", "compiler")}
    row: Software = find_or_add(session, Software, {"hash": digest(details)}, details=details, **columns)
    return row.id


def _platform(session: Session, details: dict[str, Any]) -> int:
    columns = {name: details.get(name) for name in ("host", "cpu")}
    row: Platform = find_or_add(session, Platform, {"hash": digest(details)}, details=details, **columns)
    return row.id
