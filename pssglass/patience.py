"""Calls that are given up after a time: for code of others, which may never end."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Value = TypeVar("Value")


class TimeIsUp(Exception):
    """The call has not ended in time."""


def call_within(seconds: float, function: Callable[[], Value]) -> Value:
    """What ``function()`` returns or raises, computed in a thread of its own, on one core.

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

    thread = threading.Thread(target=run, name="patience", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
        )
        raise TimeIsUp(f"did not end within {seconds:g} s")
    if errors:
        raise errors[0]
    return values[0]
