"""Signals: the first one saves the work and frees the samples, the second one ends the command at once."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from pssglass.db import State


@pytest.mark.parametrize("workers", [0, 2], ids=["inline", "processes"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_campaign_goes_on_from_its_checkpoints(site: Any, workers: int, number: int) -> None:
    begun = max(1, workers)
    # One worker may start long after the other, which must not be done by then.
    site.write_campaign(samples=1, time=300.0 if begun == 1 else 1000.0)
    command = site.start("simulate", workers)
    site.wait_for(lambda: len({path.parent for path in site.checkpoints()}) == begun)
    os.kill(command.pid, number)
    assert command.wait(timeout=600) == 75, site.log
    assert set(site.states()) == {State.PENDING}
    site.run("simulate", workers)
    site.check_files()
    assert sum(bool(record["resumed"]) for record in site.records()) == begun


def test_a_signal_saves_what_was_done_since_the_last_checkpoint(site: Any) -> None:
    site.checkpoint_every = 3600.0
    site.write_campaign(samples=1, time=300.0)
    command = site.start("simulate", 0)
    site.wait_for(site.is_running)
    time.sleep(1.0)
    command.terminate()
    assert command.wait(timeout=600) == 75, site.log
    assert len(site.checkpoints()) == 1


def test_a_second_signal_ends_the_command_at_once(site: Any) -> None:
    site.write_campaign(samples=1, time=10_000.0)
    command = site.start("simulate", 0)
    site.wait_for(site.is_running)
    command.send_signal(signal.SIGSTOP)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        command.send_signal(number)
    assert command.wait(timeout=600) == 75
    assert "running" in site.states()
