"""Work goes on when the database's server was away for a while, as when it is restarted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pssglass.base.errors import DatabaseUnreachable
from pssglass.execution import pause

OUTAGE_SECONDS = 600.0
"""How long to wait for a server."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")

_log = logging.getLogger(__name__)


def through_outages(
    call: Callable[Arguments, Value], *arguments: Arguments.args, **options: Arguments.kwargs
) -> Value:
    """What ``call(*arguments)`` returns, tried again ever less often while the server is away.

    The call must be harmless when it is repeated after a success whose answer was lost.

    Raises:
        DatabaseUnreachable: the server stayed away for too long.
        Interrupted: a stop was requested while waiting.
    """
    end = time.monotonic() + OUTAGE_SECONDS
    delay = 0.0
    while True:
        try:
            return call(*arguments, **options)
        except DatabaseUnreachable as error:
            if time.monotonic() > end:
                raise
            if not delay:
                _log.warning("%s; trying again for %g s", error, OUTAGE_SECONDS)
            delay = min(2.0 * delay or FIRST_PAUSE, LONGEST_PAUSE)
            pause(delay)
