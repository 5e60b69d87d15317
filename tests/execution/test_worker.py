"""Processes of a node: those that crash are replaced, but ever later; two signals end them all."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from pssglass.execution import worker
from pssglass.execution.serving import Service

WorkersOf = Callable[[int], list[psutil.Process]]


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
    one = worker.WorkerProcess(Service("tcp://localhost:8786"), "node-1")
    while now < 600.0:
        now += 0.2
        assert one.is_kept()
    assert started[1] < 1.0, "a single crash costs no time"
    assert 12 <= len(started) <= 18
    assert started[-1] - started[-2] >= worker.BRIEF_SECONDS


@pytest.mark.parametrize("code", [0, 1])
def test_one_that_leaves_by_itself_is_not_replaced(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(worker, "employed", lambda _service, _name: SimpleNamespace(exitcode=code))
    assert not worker.WorkerProcess(Service("tcp://localhost:8786"), "node-1").is_kept()


@pytest.mark.parametrize("processes", ["0", "-3"])
def test_a_node_without_processes_is_refused(processes: str) -> None:
    with pytest.raises(SystemExit, match=f"pssglass: error: --processes = {processes} must be at least 1"):
        worker.main(["tcp://127.0.0.1:8786", "--processes", processes])


def test_a_node_with_another_version_than_the_command_says_so() -> None:
    with pytest.raises(SystemExit, match=r"has pssglass 0\..*, and the command 9\.9; install that here"):
        worker.main(["tcp://127.0.0.1:8786", "--for-version", "9.9"])


def catches(process: psutil.Process, number: signal.Signals) -> bool:
    """Whether the process has a handler for this signal."""
    found = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
    assert found
    return bool(int(found[1], 16) >> (number - 1) & 1)


def processes_of(node: subprocess.Popen[bytes], number: int, workers_of: WorkersOf) -> list[psutil.Process]:
    """So many processes of the node, as soon as they are told to leave by SIGTERM."""
    for _ in range(6000):
        time.sleep(0.05)
        processes = workers_of(node.pid)
        if len(processes) == number and all(catches(one, signal.SIGTERM) for one in processes):
            return processes
    raise AssertionError("no processes were started")


def test_a_second_signal_ends_at_once_whoever_does_not_leave(workers_of: WorkersOf) -> None:
    waiting = ("tcp://127.0.0.1:1", "--death-timeout", "600", "--processes", "2")
    with subprocess.Popen([sys.executable, "-m", "pssglass.execution.worker", *waiting]) as node:
        processes = processes_of(node, 2, workers_of)
        node.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            node.wait(timeout=1.0)
        node.terminate()
        assert node.wait(timeout=600) == 75
    _, left = psutil.wait_procs(processes, timeout=600)
    assert not left
