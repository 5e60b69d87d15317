"""Tasks run inline or in worker processes; what goes wrong with one of them stays with it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import cloudpickle
import psutil
import pytest

from pssglass.base.errors import Interrupted
from pssglass.execution import TaskOutcome, WorkerDied, check_interrupted, run_tasks

# Workers cannot import this file by name.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

WorkersOf = Callable[[int], list[psutil.Process]]
WHERE = pytest.mark.parametrize("workers", [0, 2], ids=["inline", "processes"])


def square_unless_thirteen(number: int) -> int:
    if number == 13:
        raise ValueError("unlucky")
    return number * number


def crash_if_negative(number: int) -> int:
    if number < 0:
        os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(0.01)
    return os.getpid()


def blas_and_openmp_threads(_task: int) -> list[int]:
    import numpy  # noqa: F401  (loads a BLAS)
    from threadpoolctl import threadpool_info

    return [pool["num_threads"] for pool in threadpool_info()]


def outcomes_of(function, tasks, workers) -> list[TaskOutcome]:
    outcomes: list[TaskOutcome] = []
    run_tasks(function, tasks, workers, outcomes.append)
    return outcomes


@WHERE
def test_every_task_has_one_outcome(workers: int) -> None:
    outcomes = outcomes_of(square_unless_thirteen, range(10), workers)
    assert {outcome.task: outcome.value for outcome in outcomes} == {n: n * n for n in range(10)}


@WHERE
def test_a_task_that_raises_is_one_failed_outcome(workers: int) -> None:
    outcomes = outcomes_of(square_unless_thirteen, range(11, 16), workers)
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    assert [outcome.task for outcome in failed] == [13]
    assert isinstance(failed[0].error, ValueError)
    assert str(failed[0].error) == "unlucky"
    assert len(outcomes) == 5


@WHERE
def test_libraries_compute_with_one_thread(workers: int) -> None:
    [outcome] = outcomes_of(blas_and_openmp_threads, [0], workers)
    assert outcome.value
    assert set(outcome.value) == {1}


@WHERE
def test_tasks_are_drawn_only_as_workers_become_free(workers: int) -> None:
    drawn: list[int] = []

    def tasks():
        for number in range(40):
            drawn.append(number)
            yield number

    ahead: list[int] = []
    run_tasks(
        square_unless_thirteen, tasks(), workers, lambda _outcome: ahead.append(len(drawn) - len(ahead))
    )
    assert len(drawn) == 40
    assert max(ahead) <= max(workers, 1) + 1


def test_a_crashing_task_takes_no_other_with_it() -> None:
    outcomes = outcomes_of(crash_if_negative, [1, 2, -1, 3, 4], workers=2)
    assert [outcome.task for outcome in outcomes if isinstance(outcome.error, WorkerDied)] == [-1]
    assert sorted(outcome.task for outcome in outcomes if outcome.error is None) == [1, 2, 3, 4]


def crash_or_wait_for(signal_file: str) -> bool:
    """Without a file: crash; else whether it appears."""
    if not signal_file:
        os.kill(os.getpid(), signal.SIGSEGV)
    if signal_file == "short":
        return True
    for _ in range(30000):
        if Path(signal_file).exists():
            return True
        time.sleep(0.01)
    return False


def test_a_dead_worker_is_replaced_while_the_others_are_at_work(tmp_path: Path) -> None:
    done = tmp_path / "done"
    outcomes: list[TaskOutcome[str, bool]] = []

    def record(outcome: TaskOutcome[str, bool]) -> None:
        outcomes.append(outcome)
        if len(outcomes) == 5:
            done.touch()

    run_tasks(crash_or_wait_for, [f"{done}", "", *["short"] * 4], 2, record)
    assert outcomes[-1].task == f"{done}", "the others did not wait for it"
    assert outcomes[-1].value
    assert [one.task for one in outcomes if isinstance(one.error, WorkerDied)] == [""]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_in_which_every_task_crashes_ends(workers: int) -> None:
    outcomes = outcomes_of(crash_if_negative, [-1, -2], workers)
    assert sorted(outcome.task for outcome in outcomes) == [-2, -1]
    assert all(isinstance(outcome.error, WorkerDied) for outcome in outcomes)


def test_an_error_while_recording_a_result_ends_the_run() -> None:
    def record(_outcome: TaskOutcome) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        run_tasks(square_unless_thirteen, range(5), 0, record)


def wait_until_stopped(_task: int) -> None:
    Path("started").touch()
    for _ in range(30000):
        check_interrupted()
        time.sleep(0.01)


def start_driver(folder: Path, workers: int) -> subprocess.Popen[str]:
    """A process that runs tasks, in a group of its own; in the end it prints what became of them."""
    script = folder / "driver.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pssglass.base.errors import Interrupted
        from pssglass.execution import run_tasks
        from test_run_tasks import wait_until_stopped

        if __name__ == "__main__":
            ended = []
            try:
                run_tasks(wait_until_stopped, range(10), {workers}, ended.append)
            except Interrupted:
                print([type(outcome.error).__name__ for outcome in ended])
        """)
    )
    return subprocess.Popen(
        [sys.executable, str(script)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@WHERE
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_stops_running_tasks_in_order(workers: int, number: signal.Signals, tmp_path: Path) -> None:
    driver = start_driver(tmp_path, workers)
    while not (tmp_path / "started").exists():
        time.sleep(0.05)
        assert driver.poll() is None
    time.sleep(0.5)
    os.killpg(driver.pid, number)  # the whole process group, as a terminal does on Ctrl-C
    output, _ = driver.communicate(timeout=600)
    assert output.strip() == str(["Interrupted"] * max(workers, 1))


def both_workers(driver: subprocess.Popen[str], workers_of: WorkersOf) -> list[psutil.Process]:
    """Those of the driver, as soon as there are two."""
    while len(found := workers_of(driver.pid)) < 2:
        assert driver.poll() is None
        time.sleep(0.01)
    return found


def test_ctrl_c_while_workers_start_is_not_their_concern(tmp_path: Path, workers_of: WorkersOf) -> None:
    driver = start_driver(tmp_path, workers=2)
    workers = both_workers(driver, workers_of)
    while not (tmp_path / "started").exists():
        for one in workers:
            one.send_signal(signal.SIGINT)
        time.sleep(0.02)
    os.killpg(driver.pid, signal.SIGINT)
    _, complaints = driver.communicate(timeout=600)
    assert complaints == ""


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGKILL], [signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT]],
    ids=["SIGKILL", "two signals"],
)
def test_workers_do_not_outlive_a_driver_that_ends_at_once(
    signals: list[signal.Signals], tmp_path: Path, workers_of: WorkersOf
) -> None:
    driver = start_driver(tmp_path, workers=2)
    workers = both_workers(driver, workers_of)
    while not (tmp_path / "started").exists():
        time.sleep(0.02)
    for number in signals:
        driver.send_signal(number)
    driver.communicate(timeout=600)
    end = time.monotonic() + 600.0
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in workers):
        assert time.monotonic() < end, "a worker is left"
        time.sleep(0.05)


def test_a_finished_run_leaves_the_signal_handlers_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    outcomes_of(square_unless_thirteen, range(2), 0)
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupted_says_that_the_same_command_resumes() -> None:
    assert Interrupted.exit_code == 75
