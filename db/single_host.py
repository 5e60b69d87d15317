"""A SQLite file serves one machine at a time: its locks cannot be relied on between several."""

from __future__ import annotations

import socket

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pssglass.base.errors import DatabaseError

from . import leases
from .engine import Location
from .records import State
from .schema import AttemptRow, PlatformRow, SampleRow


def refuse_others(
    session: Session, location: Location, host: str | None = None, *, is_old: bool = False
) -> None:
    """Make sure that no machine but ``host``, by default this one, makes samples in a SQLite file.

    ``is_old``: the schema is of an earlier version.

    Raises:
        DatabaseError: another one does, and would see the file damaged.
    """
    if location.file is None:
        return
    elsewhere = PlatformRow.host != (host or socket.gethostname())
    if not session.scalars(select(PlatformRow.id).where(elsewhere).limit(1)).all():
        return  # without a look at all samples
    are_over = leases.have_run_out(session) if is_old else leases.are_over(session)
    other = session.scalar(
        select(PlatformRow.host)
        .join(AttemptRow, AttemptRow.platform_id == PlatformRow.id)
        .join(SampleRow, and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt))
        .where(SampleRow.state == State.RUNNING, ~are_over)
        .where(elsewhere)
        .limit(1)
    )
    if other is not None:
        raise DatabaseError(
            f"{location}: machine {other} works on it, and a SQLite file serves one at a time;"
            " name a PostgreSQL database with --db, or wait"
        )
