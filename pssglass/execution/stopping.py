"""Stopping in order: what signals set, and what long tasks look at between two pieces of work."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pssglass.base.errors import EXIT_INTERRUPTED, Interrupted, Stopped

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks to stop; SIGHUP tells, maybe several times, that the terminal or the connection to it is lost."""
_LOOK_SECONDS = 0.5
"""Time after which one who waits looks whether its own run is asked to stop."""
_STOPPED = "stopped by a signal; the same command resumes"

_stop = threading.Event()
_listening = threading.Event()
_in_order = threading.Event()
_stopped_runs: set[str] = set()
_when_stopped: list[Callable[[], None]] = []
_here = threading.local()


def check_interrupted() -> None:
    """Called by long tasks between two pieces of work: raises Interrupted once the run is asked to stop."""
    if _stop.is_set() or getattr(_here, "is_to_stop", _never)():
        raise Interrupted(_STOPPED)


def is_stopping() -> bool:
    """Whether this process is asked to stop."""
    return _stop.is_set()


def pause(seconds: float) -> None:
    """Wait; raises Interrupted as soon as a stop is requested, a moment later if only of the task's run."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0.0:
        _stop.wait(min(left, _LOOK_SECONDS))
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


def heeded_signals() -> list[signal.Signals]:
    """Those that stop this process: SIGHUP does not where it is ignored, as ``nohup`` has it."""
    is_deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [number for number in STOP_SIGNALS if not (is_deaf and number == signal.SIGHUP)]


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within this block a first signal requests a stop; see ``ended_by_signals`` for a second.

    An inner block of this kind, and one in another thread, changes nothing.
    """
    if _in_order.is_set() or threading.current_thread() is not threading.main_thread():
        yield
        return
    _in_order.set()
    try:
        with ended_by_signals():
            yield
    finally:
        _in_order.clear()


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Within this block a first signal raises Stopped, the second SIGINT or SIGTERM ends the process at once.

    A thread of its own hears them, as the main one may be deep inside the engine. An inner block of this
    kind, and one in another thread, changes nothing. After the block a program that was stopped hears nothing
    more: its interpreter takes a while to end.
    """
    if _listening.is_set() or threading.current_thread() is not threading.main_thread():
        yield
        return
    _listening.set()
    _stop.clear()
    heard, told = socket.socketpair()
    told.setblocking(False)
    listener = threading.Thread(target=_listen, args=(heard,), name="signals", daemon=True)
    listener.start()
    former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    is_program = not _in_order.is_set()
    stop = _stop_once()
    previous = {number: signal.signal(number, stop) for number in heeded_signals()}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_IGN if is_program and _stop.is_set() else handler)
        signal.set_wakeup_fd(former)
        told.close()
        listener.join()
        heard.close()
        _listening.clear()


def _stop_once() -> Callable[[int, FrameType | None], None]:
    """A handler that raises Stopped at the first signal, unless a stop in order is under way."""
    signals: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        signals.append(number)
        if len(signals) == 1 and not _in_order.is_set():
            raise Stopped(_STOPPED)

    return handle


def _listen(heard: socket.socket) -> None:
    """Act on the numbers of signals, one byte each, until the other end is closed."""
    is_asked = False
    while number := heard.recv(1):
        if number[0] not in STOP_SIGNALS:
            continue
        if not _stop.is_set():
            request_stop()
        elif is_asked and number[0] != signal.SIGHUP:
            os._exit(EXIT_INTERRUPTED)
        is_asked |= number[0] != signal.SIGHUP
