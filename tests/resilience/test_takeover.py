"""Several commands on one database: each sample counts once, whoever stops, wakes up or hurries."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

from pssglass.db import State


def send(command: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """A signal to a command and its workers."""
    os.killpg(command.pid, number)


def freeze(command: subprocess.Popen[bytes], site: Any) -> None:
    """Stop a command, but not within a transaction on SQLite, whose lock nobody could break."""
    while True:
        send(command, signal.SIGSTOP)
        os.waitid(os.P_PID, command.pid, os.WSTOPPED | os.WNOWAIT)
        if "://" in site.db or is_free(site.folder / site.db):
            return
        send(command, signal.SIGCONT)
        time.sleep(0.05)


def is_free(database: Path) -> bool:
    """Whether nobody is writing to an SQLite database."""
    with contextlib.closing(sqlite3.connect(database, timeout=0.0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


def test_a_command_that_was_taken_for_dead_is_refused(site: Any) -> None:
    site.write_campaign(samples=1, time=300.0)
    zombie = site.start("simulate", 2)
    site.wait_for(site.checkpoints)
    freeze(zombie, site)
    site.run("simulate")
    site.check()
    content = site.content()
    send(zombie, signal.SIGCONT)
    assert zombie.wait(timeout=600) == 0, site.log
    site.check()
    site.check_files()
    assert site.content() == content
    assert "lost" in site.outcomes()


def test_a_command_that_wakes_up_leaves_its_sample_to_the_one_at_work(local_site: Any) -> None:
    site = local_site
    site.write_campaign(samples=1, time=1000.0)
    zombie = site.start("simulate", 0)
    site.wait_for(site.checkpoints)
    freeze(zombie, site)
    other = site.start("simulate", 0)
    site.wait_for(lambda: site.outcomes().count("lost") == 1)
    send(zombie, signal.SIGCONT)
    site.wait_for(lambda: list(site.folder.rglob("lost-1")))  # what stops its worker
    assert other.poll() is None, "the one at work has more to do"
    assert [command.wait(timeout=600) for command in (zombie, other)] == [0, 0], site.log
    site.check()
    site.check_files()
    assert sorted(site.outcomes()) == ["done", "done", "lost"]
    assert sum(bool(record["resumed"]) for record in site.records()) == 1


def test_eight_identical_commands_at_once_share_the_samples(site: Any) -> None:
    site.lease = 30.0  # eight on two cores are slow
    site.write_campaign(samples=12, time=5.0)
    for name, options in (("simulate", ()), ("analyze", ("--observable", "energetics"))):
        commands = [site.start(name, workers, *options) for workers in (0, 0, 0, 0, 0, 0, 0, 2)]
        assert [command.wait(timeout=600) for command in commands] == [0] * 8, site.log
        site.check()
    site.check_files()
    assert site.states() == [State.DONE] * 24
    assert site.outcomes() == ["done"] * 24
