"""Calls that are given up after a time: for code of others, which may never end."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

SECONDS_BETWEEN_LOOKS = 0.2

Value = TypeVar("Value")


class TimeIsUp(Exception):
    """The call has not ended in time."""


def call_within(
    seconds: float, function: Callable[[], Value], look_up: Callable[[], None] = lambda: None
) -> Value:
    """What ``function()`` returns or raises, computed in a thread of its own, on one core.

    ``look_up`` is called now and then meanwhile; what it raises ends the waiting as the time does.

    Raises:
        TimeIsUp: it has not ended in time. Its thread is told to end, but while it waits inside a library
            it goes on: do not use again what it was given.
    """
    values: list[Value] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with threadpool_limits(1):
                values.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="time limit", daemon=True)
    thread.start()
    try:
        _wait(thread, seconds, look_up)
    except BaseException:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
        )
        raise
    if errors:
        raise errors[0]
    return values[0]


def _wait(thread: threading.Thread, seconds: float, look_up: Callable[[], None]) -> None:
    end = time.monotonic() + seconds
    while True:
        thread.join(min(SECONDS_BETWEEN_LOOKS, max(0.0, end - time.monotonic())))
        if not thread.is_alive():
            return
        if time.monotonic() >= end:
            raise TimeIsUp(f"did not end within {seconds:g} s")
        look_up()
