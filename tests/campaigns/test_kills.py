"""Commands killed at random moments, drivers and workers, and given again until all is done."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from typing import Any

import pytest

LONGEST_LIFE = 6.0


def run_under_fire(site: Any, name: str, chance: random.Random) -> None:
    """The same command again and again until it succeeds, while its processes are killed.

    An observable whose worker is killed is recorded as its killer, and asked for again.
    """
    options, codes = ((), (0, -9)) if name == "simulate" else (("--retry-failed",), (0, 1, -9))
    for _ in range(200):
        command = site.start(name, chance.choice([0, 2]), *options)
        while command.poll() is None:
            try:
                command.wait(timeout=chance.uniform(0.0, LONGEST_LIFE))
            except subprocess.TimeoutExpired:
                site.kill(chance.choice([command.pid, *site.workers_of(command)]))
        site.check()
        assert command.returncode in codes, site.log
        if command.returncode == 0:
            return
    raise AssertionError("200 times were not enough")


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_nothing_is_lost_or_doubled(site: Any, kills: int) -> None:
    chance = random.Random(kills)
    samples = 0
    while site.kills < kills:
        samples += 2
        site.write_campaign(samples, time=100.0)
        run_under_fire(site, "simulate", chance)
        run_under_fire(site, "analyze", chance)
    site.check_files()
    whole = replace(site, folder=site.folder / "whole", db="whole.db")
    whole.folder.mkdir()
    whole.write_campaign(samples, time=100.0)
    whole.run("simulate", 2)
    whole.run("analyze", 2)
    assert site.content() == whole.content()
    print(f"{site.kills} kills survived with {2 * samples} glasses")
