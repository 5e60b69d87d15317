"""Processes of a node that crash: they are replaced, but not without end in no time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pssglass.execution import worker
from pssglass.execution.serving import Service


def test_a_process_that_crashes_again_and_again_is_replaced_ever_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    started: list[float] = []

    def crashing(_service: Service, _name: str) -> Any:
        started.append(now)
        return SimpleNamespace(exitcode=-11)

    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(worker, "employed", crashing)
    seat = worker.Seat(Service("tcp://localhost:8786"), "node-1")
    while now < 600.0:
        now += 0.2
        assert seat.is_taken()
    assert started[1] < 1.0, "a single crash costs no time"
    assert 12 <= len(started) <= 18
    assert started[-1] - started[-2] >= worker.BRIEF_SECONDS


@pytest.mark.parametrize("code", [0, 1])
def test_one_that_leaves_by_itself_is_not_replaced(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(worker, "employed", lambda _service, _name: SimpleNamespace(exitcode=code))
    assert not worker.Seat(Service("tcp://localhost:8786"), "node-1").is_taken()
