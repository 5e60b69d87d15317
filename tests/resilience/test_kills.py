"""Commands killed at random moments, drivers and workers, and given again until all is done."""

from __future__ import annotations

import random
import re
import signal
import subprocess
from typing import Any

import pytest
from pssglass.db import State

LONGEST_LIFE = 6.0
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SHOWN = re.compile(r"simulate\W+(\d+)/\d+")
"""Number of samples done, in the progress bar."""


def shown_as_done(output: str) -> int:
    """How many samples a command has told to be done."""
    return max((int(number) for number in SHOWN.findall(ESCAPE.sub("", output))), default=0)


def done(site: Any) -> int:
    """Number of samples done by the database."""
    return site.states().count(State.DONE) if site.exists() else 0


def run_under_fire(site: Any, name: str, chance: random.Random, kills: int) -> None:
    """The same command again and again until it succeeds, while its processes are killed, so often at most.

    No command shows more samples as done than it made, and one that comes to its end shows all of them.
    """
    last = site.kills + kills
    for _ in range(2 * kills):
        before, said = done(site), len(site.log) if site.exists() else 0
        command = site.start(name, chance.choice([0, 2]))
        while command.poll() is None:
            try:
                life = chance.uniform(0.0, LONGEST_LIFE)
                command.wait(timeout=life if site.kills < last else 300.0)
            except subprocess.TimeoutExpired:
                assert site.kills < last, "left alone, it does not end"
                site.check()  # what is there now must be there afterwards
                site.kill(chance.choice([command.pid, *site.workers_of(command)]))
        site.check()
        made, shown = done(site) - before, shown_as_done(site.log[said:])
        assert made >= shown
        assert command.returncode in (0, -signal.SIGKILL), site.log
        if command.returncode == 0:
            assert made == shown or name != "simulate", site.log[said:]
            return
    raise AssertionError("it never succeeds")


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_nothing_is_lost_or_doubled(site: Any, kills: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a progress bar without a terminal
    chance = random.Random(kills)
    samples = 0
    while site.kills < kills:
        samples += 2
        site.write_campaign(samples, time=100.0)
        run_under_fire(site, "simulate", chance, kills // 2)
        run_under_fire(site, "analyze", chance, kills // 2)
    site.check_files()
    whole = site.undisturbed()
    assert shown_as_done(whole.log) == 2 * samples, "the bar is not read"
    assert site.content() == whole.content()
    print(f"{site.kills} kills survived with {2 * samples} glasses")


def test_lineages_go_on_where_they_were(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While they are extended, too; at the end they are what they are without any of that."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    chance = random.Random(3)
    for lineages, glasses in ((1, 2), (2, 3)):
        site.write_campaign(lineages, time=60.0, glasses=glasses)
        run_under_fire(site, "simulate", chance, 3)
    run_under_fire(site, "analyze", chance, 1)
    site.check_files()
    assert site.content() == site.undisturbed().content()
    assert len(site.states()) == 2 * 2 * 3
