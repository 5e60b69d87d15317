"""Ctrl-C, SIGTERM and a lost connection end a command, whatever it is at, with 75 and one line."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pssglass.db import Store

from pssglass import pipeline
from pssglass.campaigns.reader import load_campaign

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Program

MESSAGE = "pssglass: error: stopped by a signal; the same command resumes\n"
FOREVER = ("equilibration_time = 0.5", "equilibration_time = 1e6")
SIGNALS = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name
)


@pytest.fixture(autouse=True)
def _terminal() -> Iterator[None]:
    """Commands hear SIGHUP, though these tests may run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def slow(module: str, function: str) -> str:
    """A sitecustomize.py that lets one function take a minute, after it has made the file ``begun``."""
    return (
        f"import time\nfrom pathlib import Path\nimport {module}\n"
        "def slowly(*_, **__):\n    Path('begun').touch()\n    time.sleep(60)\n"
        f"{module}.{function} = slowly\n"
    )


def wait_for(path: Path, command: subprocess.Popen[str]) -> None:
    """Until a running command has made a file."""
    while not path.exists():
        assert command.poll() is None, command.communicate()
        time.sleep(0.05)


def stopped(command: subprocess.Popen[str]) -> None:
    """The command has ended as it should."""
    out, messages = command.communicate(timeout=600)
    assert (command.returncode, out, messages) == (75, "", MESSAGE)


@SIGNALS
@pytest.mark.parametrize("library", ["numpy", "typer"])
def test_while_a_command_starts(
    pssglass: Program, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, library: str
) -> None:
    importing = "import time\nfrom pathlib import Path\nPath('begun').touch()\ntime.sleep(60)\n"
    (pssglass.folder / f"{library}.py").write_text(importing)
    monkeypatch.setenv("PYTHONPATH", str(pssglass.folder))
    command = pssglass.start("status")
    wait_for(pssglass.folder / "begun", command)
    command.send_signal(number)
    stopped(command)


@SIGNALS
def test_while_verify_reads_a_file(
    measured: Program, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    (measured.folder / "sitecustomize.py").write_text(slow("pssglass.base.files", "sha256_of"))
    monkeypatch.setenv("PYTHONPATH", str(measured.folder))
    command = measured.start("verify")
    wait_for(measured.folder / "begun", command)
    command.send_signal(number)
    stopped(command)


@pytest.mark.parametrize("command", ["simulate", "analyze"])
@SIGNALS
def test_while_a_database_is_opened(
    measured: Program, monkeypatch: pytest.MonkeyPatch, command: str, number: signal.Signals
) -> None:
    (measured.folder / "sitecustomize.py").write_text(slow("pssglass.db", "Store.open"))
    monkeypatch.setenv("PYTHONPATH", str(measured.folder))
    arguments = ["campaign.toml"] if command == "simulate" else []
    opening = measured.start(command, *arguments)
    wait_for(measured.folder / "begun", opening)
    opening.send_signal(number)
    stopped(opening)


def wait_until_running(program: Program, samples: int) -> None:
    """Until so many samples are being made."""
    for _ in range(6000):
        time.sleep(0.1)
        if program.states().count("running") == samples:
            time.sleep(1.0)
            return
    raise AssertionError("no sample was started")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_lost_connection_saves_what_is_being_made(pssglass: Program, workers: int) -> None:
    pssglass.write_campaign(FOREVER)
    command = subprocess.Popen(
        pssglass.command("simulate", "campaign.toml", "--workers", workers),
        cwd=pssglass.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until_running(pssglass, samples=max(1, workers))
    for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):  # of the shell, the terminal, the system
        os.killpg(command.pid, number)
        time.sleep(0.1)
    stopped(command)
    assert pssglass.states() == ["pending"] * 4
    saved = {path.parent for path in pssglass.folder.rglob("*.checkpoints/*.gsd")}
    assert len(saved) == max(1, workers)


def test_nohup_lets_a_command_go_on(pssglass: Program) -> None:
    pssglass.write_campaign(FOREVER)
    command = subprocess.Popen(
        ["nohup", *pssglass.command("simulate", "campaign.toml", "--workers", 0)],
        cwd=pssglass.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_running(pssglass, samples=1)
    command.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(timeout=2.0)
    command.terminate()
    stopped(command)


def test_ctrl_c_is_how_one_stops_watching(with_campaign: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    with Store.open(with_campaign.folder / "pssglass.db", create=True) as store:
        pipeline.prepare(store, load_campaign(with_campaign.folder / "campaign.toml"))
    watching = with_campaign.start("status", "--watch")
    assert watching.stdout
    looks = (line for line in watching.stdout if "0 of 4 samples done" in line)
    assert next(looks) == next(looks)
    watching.send_signal(signal.SIGINT)
    _, messages = watching.communicate(timeout=600)
    assert (watching.returncode, messages) == (0, "")
