"""Which workers get tasks: hosts on which one task after another dies do not, for a while."""

from __future__ import annotations

import pytest

from pssglass.execution import TaskOutcome, UnsuitableWorker, WorkerDied, worker_health
from pssglass.execution.worker_health import DEATHS, FIRST_REST, WorkerHealth

GOOD, BAD = "tcp://10.0.0.1:4000", "tcp://10.0.0.2:4000"


class Clock:
    """Time that passes on request."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker_health, "time", clock)
    return clock


def die(team: WorkerHealth, host: str, times: int) -> None:
    """Tasks die on a host, each time on a new worker."""
    for port in range(times):
        team.note(TaskOutcome("task", error=WorkerDied("killed"), worker=f"{host[:-4]}{5000 + port}"))


def test_a_host_on_which_tasks_die_one_after_another_rests_longer_each_time(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    team, both = WorkerHealth(), {GOOD: 1, BAD: 1}
    assert team.usable(both) == both
    die(team, BAD, DEATHS - 1)
    assert team.usable(both) == both
    die(team, BAD, 1)
    assert team.usable(both) == {GOOD: 1}
    assert caplog.messages == ["3 tasks in a row died on 10.0.0.2; it gets no more for 10 minutes"]
    clock.now = FIRST_REST
    assert team.usable(both) == both
    die(team, BAD, 1)
    clock.now += 1.5 * FIRST_REST
    assert team.usable(both) == {GOOD: 1}
    clock.now += 0.5 * FIRST_REST
    team.note(TaskOutcome("task", 1, worker=BAD))
    die(team, BAD, DEATHS - 1)
    assert team.usable(both) == both, "it has brought a task to its end since"


def test_where_there_is_no_other_host_tasks_are_to_blame() -> None:
    alone: dict[str, int] = {BAD: 8}
    team = WorkerHealth()
    team.usable(alone)
    die(team, BAD, 9)
    assert team.usable(alone) == alone
    both = {GOOD: 1, **alone}
    team.usable(both)
    for host in (GOOD, BAD):
        die(team, host, DEATHS)
    assert team.usable(both) == both, "all have failed alike"


def test_a_worker_that_is_unfit_is_left_out_until_it_has_gone() -> None:
    team, both, error = (
        WorkerHealth(),
        {GOOD: 1, BAD: 1},
        UnsuitableWorker("a worker does not see the folder /data"),
    )
    team.note(TaskOutcome("task", error=error, worker=BAD))
    assert team.usable(both) == team.usable(both) == {GOOD: 1}
    team.usable({GOOD: 1})
    assert team.usable(both) == both
