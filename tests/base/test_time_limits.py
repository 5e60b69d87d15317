"""What does not end is given up; what ends comes through unchanged."""

from __future__ import annotations

import threading
import time

import pytest
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from pssglass.base.time_limits import TimeIsUp, call_within


def test_values_and_errors_come_through() -> None:
    assert call_within(60.0, lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        call_within(60.0, lambda: 1 / 0)
    with pytest.raises(SystemExit):
        call_within(60.0, lambda: exec("raise SystemExit(3)"))


def test_work_is_done_on_one_core() -> None:
    assert {pool["num_threads"] for pool in call_within(60.0, threadpool_info)} <= {1}


def test_what_sleeps_is_left_behind() -> None:
    started = time.perf_counter()
    with pytest.raises(TimeIsUp, match=r"did not end within 0.1 s"):
        call_within(0.1, lambda: time.sleep(3.0))
    assert time.perf_counter() - started < 2.0


def test_whoever_waits_may_be_told_to_leave() -> None:
    def told() -> None:
        raise InterruptedError("leave")

    started = time.perf_counter()
    with pytest.raises(InterruptedError):
        call_within(60.0, lambda: time.sleep(5.0), look_up=told)
    assert time.perf_counter() - started < 3.0
    assert call_within(60.0, lambda: 42, look_up=told) == 42, "what has ended counts"


def test_what_runs_in_circles_is_stopped() -> None:
    threads: list[threading.Thread] = []

    def circle() -> None:
        threads.append(threading.current_thread())
        while True:
            pass

    with pytest.raises(TimeIsUp):
        call_within(0.1, circle)
    threads[0].join(5.0)
    assert not threads[0].is_alive()
