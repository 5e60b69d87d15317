"""What signals do to a process beside its tasks: it ends in order, and at once if somebody insists."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pssglass.base.errors import Interrupted
from pssglass.execution.stopping import part_of, pause

CLEANING_UP = """\
import time
from pathlib import Path
from pssglass.base.errors import Stopped
from pssglass.execution.stopping import ended_by_signals

try:
    with ended_by_signals():
        try:
            Path("started").touch()
            time.sleep(60)
        except Exception:
            print("taken for a failure")
        finally:
            Path("cleaning up").touch()
            time.sleep(2)
            Path("clean").touch()
except Stopped as stopped:
    print(stopped)
"""


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that takes two seconds to clean up when it is stopped."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # it may be ignored in a session begun by nohup
    command = [sys.executable, "-c", CLEANING_UP]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as started:
        wait_for(tmp_path / "started")
        yield started
    signal.signal(signal.SIGHUP, before)


def wait_for(file: Path) -> None:
    """Until it is there."""
    for _ in range(6000):
        if file.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"no {file}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_signal_is_no_failure_and_lets_a_process_clean_up(
    process: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    process.send_signal(number)
    assert process.communicate(timeout=600)[0] == "stopped by a signal; the same command resumes\n"
    assert (tmp_path / "clean").exists()


def test_a_second_signal_ends_a_process_at_once(process: subprocess.Popen[str], tmp_path: Path) -> None:
    process.send_signal(signal.SIGTERM)
    wait_for(tmp_path / "cleaning up")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=600) == 75
    assert not (tmp_path / "clean").exists()


def test_a_lost_terminal_may_be_told_several_times(process: subprocess.Popen[str], tmp_path: Path) -> None:
    process.send_signal(signal.SIGHUP)
    wait_for(tmp_path / "cleaning up")
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=600) == 0
    assert (tmp_path / "clean").exists()


def test_a_task_that_waits_hears_of_the_stop_of_its_run() -> None:
    begun = time.monotonic()
    with part_of("run", is_unwanted=lambda: time.monotonic() > begun + 0.2), pytest.raises(Interrupted):
        pause(600.0)
    assert time.monotonic() < begun + 300.0
