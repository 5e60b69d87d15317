"""Stopping in order: what signals set, and what long tasks look at between two pieces of work."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pssglass.errors import EXIT_INTERRUPTED, Interrupted

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_stop = threading.Event()
_entered = threading.Event()
_stopped_runs: set[str] = set()
_when_stopped: list[Callable[[], None]] = []
_here = threading.local()


def check_interrupted() -> None:
    """Called by long tasks between two pieces of work: raises Interrupted once the run is asked to stop."""
    if _stop.is_set() or getattr(_here, "is_to_stop", _never)():
        raise Interrupted("stopped by a signal; the same command resumes")


def is_stopping() -> bool:
    """Whether this process is asked to stop."""
    return _stop.is_set()


def pause(seconds: float) -> None:
    """Wait; raises Interrupted as soon as a stop is requested."""
    _stop.wait(seconds)
    check_interrupted()


def request_stop() -> None:
    """Ask the tasks of this process to stop at their next check_interrupted(), and tell who wants to know."""
    _stop.set()
    for action in _when_stopped.copy():
        action()


@contextmanager
def when_stopped(action: Callable[[], None]) -> Iterator[None]:
    """Within this block a request to stop calls ``action``, in the thread that hears it."""
    _when_stopped.append(action)
    try:
        yield
    finally:
        _when_stopped.remove(action)


def stop_run(run: str) -> None:
    """Ask the tasks of one run to stop; a worker may serve several."""
    _stopped_runs.add(run)


def _never() -> bool:
    return False


@contextmanager
def part_of(run: str, is_unwanted: Callable[[], bool]) -> Iterator[None]:
    """What this thread does within the block belongs to that run, and stops when nobody wants it any more."""
    _here.is_to_stop = lambda: run in _stopped_runs or is_unwanted()
    try:
        yield
    finally:
        del _here.is_to_stop


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within this block a first SIGINT or SIGTERM requests a stop; a second ends the process at once.

    A thread of its own hears them, as the main one may be deep inside the engine. An inner block of this
    kind, and one in another thread, changes nothing.
    """
    if _entered.is_set() or threading.current_thread() is not threading.main_thread():
        yield
        return
    _entered.set()
    _stop.clear()
    heard, told = socket.socketpair()
    told.setblocking(False)
    listener = threading.Thread(target=_listen, args=(heard,), name="signals", daemon=True)
    listener.start()
    former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    previous = {number: signal.signal(number, lambda _number, _frame: None) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former)
        told.close()
        listener.join()
        heard.close()
        _entered.clear()


def _listen(heard: socket.socket) -> None:
    """Act on the numbers of signals, one byte each, until the other end is closed."""
    while number := heard.recv(1):
        if number[0] not in STOP_SIGNALS:
            continue
        if _stop.is_set():
            os._exit(EXIT_INTERRUPTED)
        request_stop()
