"""How tasks are placed and taken back where workers vanish, leave, do not answer, or die with several."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cloudpickle
import psutil
import pytest

from pssglass.base.errors import Interrupted
from pssglass.execution import (
    TaskOutcome,
    check_interrupted,
    clusters,
    request_stop,
    run_tasks,
    stopping,
    task_placement,
)
from pssglass.execution.local import LocalWorkers
from pssglass.execution.task_placement import TaskPlacement

# Workers cannot import this file by name.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

WorkersOf = Callable[[int], list[psutil.Process]]


def listening(_task: int) -> list[str]:
    """Addresses at which this process waits for connections."""
    found = psutil.Process().net_connections(kind="inet")
    return [one.laddr.ip for one in found if one.status == psutil.CONN_LISTEN]


def test_processes_on_this_machine_listen_on_loopback_only() -> None:
    here: list[str] = []
    outcomes: list[TaskOutcome[int, list[str]]] = []

    def record(outcome: TaskOutcome[int, list[str]]) -> None:
        here.extend(listening(0))
        outcomes.append(outcome)

    run_tasks(listening, [0], 1, record)
    [outcome] = outcomes
    assert outcome.value
    assert set(here) == set(outcome.value) == {clusters.LOOPBACK}


def process_number(_task: int) -> int:
    return os.getpid()


def test_a_value_that_dies_with_its_worker_is_computed_again(
    monkeypatch: pytest.MonkeyPatch, workers_of: WorkersOf
) -> None:
    killed: list[int] = []
    look = TaskPlacement._finished

    def kill_once(placed: TaskPlacement[int, int]) -> list[Any]:
        done = look(placed)
        if done and not killed:
            [worker] = workers_of(os.getpid())
            worker.kill()
            killed.append(worker.pid)
        return done

    monkeypatch.setattr(TaskPlacement, "_finished", kill_once)
    monkeypatch.setattr(task_placement, "_GATHER_SECONDS", 0.5)
    outcomes: list[TaskOutcome[int, int]] = []
    run_tasks(process_number, [0], 1, outcomes.append)
    [outcome] = outcomes
    assert outcome.error is None
    assert outcome.value not in [None, *killed]


def stop_in_order_or_be_deaf(marker: str) -> None:
    """Be at work until the run is asked to stop; the one whose file is called "deaf" does not answer."""
    Path(marker).write_text(f"{os.getpid()}")
    if marker.endswith("deaf"):
        os.kill(os.getpid(), signal.SIGSTOP)
    for _ in range(30000):
        check_interrupted()
        time.sleep(0.01)


def test_a_stop_does_not_wait_for_a_worker_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    markers = [tmp_path / "busy", tmp_path / "deaf"]
    monkeypatch.setattr(stopping, "_stop", threading.Event())
    heard: list[float] = []
    stopped: list[float] = []
    heard_first: list[bool] = []

    def stop() -> None:
        while not all(one.exists() and one.read_text() for one in markers):
            time.sleep(0.02)
        deaf = psutil.Process(int(markers[1].read_text()))
        stopped.append(time.monotonic())
        request_stop()
        while not heard and time.monotonic() < stopped[0] + 300.0:
            time.sleep(0.02)
        heard_first.append(bool(heard))
        deaf.resume()

    def record(outcome: TaskOutcome[str, None]) -> None:
        assert isinstance(outcome.error, Interrupted)
        heard.append(time.monotonic())

    threading.Thread(target=stop, daemon=True).start()
    with pytest.raises(Interrupted):
        run_tasks(stop_in_order_or_be_deaf, [f"{one}" for one in markers], 2, record)
    assert len(heard) == 2
    assert heard_first == [True], "who does not answer delays who does"


@pytest.mark.parametrize(
    ("error", "is_loss"),
    [
        (OSError(28, "No space left on device"), False),
        (BlockingIOError(11, "Resource temporarily unavailable"), False),
        (OSError("Timed out trying to connect to tcp://127.0.0.1:1"), True),
        (ConnectionResetError(104, "Connection reset by peer"), True),
        (TimeoutError(), True),
    ],
)
@pytest.mark.parametrize("status", ["running", "closed"])
def test_only_what_tells_of_a_connection_is_the_loss_of_the_scheduler(
    error: OSError, is_loss: bool, status: str
) -> None:
    client: Any = SimpleNamespace(status=status, scheduler=SimpleNamespace(address="tcp://head:8786"))
    expected = clusters.SchedulerLost if is_loss else type(error)
    with pytest.raises(expected), clusters.noticing_its_loss(client):
        raise error


def test_processes_that_cannot_be_started_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("pssglass.execution.local.employed", refuse)
    with pytest.raises(clusters.PssglassError, match=r"cannot start a worker .*Resource temporarily"):
        run_tasks(process_number, [0], 1, print)


def test_workers_end_although_the_scheduler_does_not_close_in_order() -> None:
    with pytest.raises(socket.gaierror), LocalWorkers(1) as cluster:  # noqa: PT012
        cluster._stack.callback(lambda: (_ for _ in ()).throw(socket.gaierror(1, "no such host")))
        while not cluster.slots(1):
            time.sleep(0.02)
        [process] = cluster._processes.values()
    assert process.exitcode is not None


def end_when_stopped(marker: str) -> None:
    """Until a stop is requested, except for the task without a file for its end."""
    while marker:
        try:
            check_interrupted()
        except Interrupted:
            Path(marker).touch()
            raise
        time.sleep(0.01)


def test_a_stop_reaches_workers_while_a_result_is_being_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "_stop", threading.Event())
    marker = tmp_path / "stopped"
    errors: list[BaseException | None] = []

    def record(outcome: TaskOutcome[str, None]) -> None:
        errors.append(outcome.error)
        if len(errors) == 1:
            request_stop()
            while not marker.exists():
                time.sleep(0.01)

    with pytest.raises(Interrupted):
        run_tasks(end_when_stopped, ["", f"{marker}"], 2, record)
    assert [type(error) for error in errors] == [type(None), Interrupted]
