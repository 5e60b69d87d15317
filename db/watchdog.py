"""Connections to PostgreSQL that notice when the server has gone silent.

One that is frozen, or behind a network that loses all, neither answers nor closes a connection. How long it
takes for an answer tells nothing, as statements may be long and locks held: a second connection does, for
which a server that lives has an answer at any time, be it a refusal.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

ANSWER_SECONDS = 5.0
"""How long to wait for an answer before asking whether the server is alive, and then again."""


class WatchedConnection(psycopg.Connection[Any]):
    """Raises OperationalError in place of waiting for ever."""

    def wait(self, gen: PQGen[RV], *timing: Any, **more_timing: Any) -> RV:
        """What the operation results in; psycopg waits here for every answer."""
        return super().wait(self._watched(gen), *timing, **more_timing)

    def _watched(self, operation: PQGen[RV]) -> PQGen[RV]:
        """The same operation, which psycopg also resumes ten times a second when nothing has come."""
        heard = time.monotonic()
        try:
            wanted = next(operation)
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > ANSWER_SECONDS:
                    self._ask_the_server()
                    heard = time.monotonic()
                wanted = operation.send(ready)
        except StopIteration as end:
            result: RV = end.value
            return result

    def _ask_the_server(self) -> None:
        """Give this connection up unless the same server answers another one."""
        try:
            psycopg.connect(self.info.dsn).close()
        except psycopg.errors.ConnectionTimeout:
            self.close()
            raise psycopg.OperationalError("the server has stopped answering") from None
        except psycopg.Error:
            pass  # an answer, as for want of the password; or the system knows, and tells of this one, too


def watched(
    _dialect: Any, _record: Any, arguments: Sequence[Any], options: Mapping[str, Any]
) -> WatchedConnection:
    """How SQLAlchemy's event ``do_connect`` has it."""
    return WatchedConnection.connect(*arguments, **options)
