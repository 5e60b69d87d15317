"""Whether a lease is over: by the database's clock, which somebody may set while work goes on.

Who holds a lease renews it every few seconds. So after a clock was set, a look at it tells nothing until the
leases of the living have been renewed.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from .schema import SampleRow
from .sessions import database_time

JUMP_SECONDS = 5.0
"""Clocks that are kept right by others move by less."""


def are_over(session: Session) -> ColumnElement[bool]:
    """Of samples that are running: whether nobody holds them any more."""
    latest = database_time(session) + timedelta(seconds=JUMP_SECONDS)
    is_of_former_clock = and_(SampleRow.lease_from.is_not(None), SampleRow.lease_from > latest)
    return or_(have_run_out(session), is_of_former_clock)


def have_run_out(session: Session) -> ColumnElement[bool]:
    """The same as far as a database of any schema tells."""
    return or_(SampleRow.lease_until.is_(None), SampleRow.lease_until < database_time(session))


def is_over(sample: SampleRow, now: datetime) -> bool:
    """The same of one; a lease from the future stems from before the clock was put back."""
    if sample.lease_until is None or sample.lease_until < now:
        return True
    return sample.lease_from is not None and sample.lease_from > now + timedelta(seconds=JUMP_SECONDS)


class ClockWatch:
    """Compares the database's clock with this machine's monotonic one from look to look."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None
        self._jumped_at: float | None = None

    def has_jumped(self, now: datetime, lease: float) -> bool:
        """Whether the database's clock, now so, was set less than ``lease`` seconds ago."""
        moment = time.monotonic()
        if self._last is not None:
            then, before = self._last
            if abs((now - then).total_seconds() - (moment - before)) > JUMP_SECONDS:
                self._jumped_at = moment
        self._last = now, moment
        return self._jumped_at is not None and moment - self._jumped_at < lease
