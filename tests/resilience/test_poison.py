"""A sample that kills whoever makes it fails after some attempts, and takes no other with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from pssglass.db import State
from pssglass.db.claims import MAX_DEATHS

from pssglass.campaigns.reader import load_campaign
from pssglass.campaigns.specification import sample_seed

POISON = """\
import os, signal, sys

if {victim}:
    from pssglass.pipeline import sample

    make_liquid = sample.make_liquid

    def poisonous(spec, seed, *others):
        if seed == {seed}:
            os.kill(os.getpid(), signal.SIGSEGV)
        return make_liquid(spec, seed, *others)

    sample.make_liquid = poisonous
"""
WORKER = 'any("spawn_main" in one for one in sys.orig_argv)'
COMMAND = 'sys.orig_argv[1:3] == ["-m", "pssglass"]'
IMPATIENT = """
    from pssglass.db import claims

    claims.MAX_LOST = 3
"""


@pytest.fixture
def poisoned(local_site: Any) -> Callable[..., tuple[Any, str]]:
    """A site of four samples, the first of which kills a victim; and the PYTHONPATH that makes it do so."""

    def prepare(victim: str, more: str = "") -> tuple[Any, str]:
        local_site.write_campaign(samples=2, time=1.0)
        (first, _), _ = load_campaign(local_site.folder / "campaign.toml").ensembles
        poison = local_site.folder / "poison"
        poison.mkdir()
        code = POISON.format(victim=victim, seed=sample_seed(first.seed, replica=0)) + more
        # Python imports a module of this name in every process that it starts.
        (poison / "sitecustomize.py").write_text(code)
        return local_site, os.pathsep.join([str(poison), os.environ.get("PYTHONPATH", "")])

    return prepare


def test_a_sample_that_crashes_fails_alone_after_some_attempts(poisoned: Any) -> None:
    site, path = poisoned(WORKER)
    assert site.start("simulate", 2, PYTHONPATH=path).wait(timeout=600) == 1, site.log
    assert sorted(site.states()) == [State.DONE] * 3 + [State.FAILED]
    assert [one for one in site.outcomes() if one != "done"] == ["lost"] * (MAX_DEATHS - 1) + ["failed"]
    [(reason,)] = site.rows("SELECT reason FROM attempt WHERE outcome = 'failed'")
    assert reason.startswith("the worker process died while running this task")
    assert f", as {MAX_DEATHS} times in a row" in reason
    assert "sample 0 of tiny-rc1.5-T2.6 failed: the worker process died" in site.log
    site.check()
    site.run("simulate", 0, "--retry-failed")
    assert site.states() == [State.DONE] * 4
    site.check_files()


def test_a_sample_that_crashes_the_command_fails_after_some_commands(poisoned: Any) -> None:
    site, path = poisoned(COMMAND, IMPATIENT)
    site.lease = 0.5
    codes = [site.start("simulate", 0, PYTHONPATH=path).wait(timeout=600) for _ in range(4)]
    assert codes == [-signal.SIGSEGV] * 3 + [1], site.log
    assert sorted(site.states()) == [State.DONE] * 3 + [State.FAILED]
    assert "sample 0 of tiny-rc1.5-T2.6 failed: the worker let its lease run out" in site.log
    site.check()
    site.run("simulate", 1, "--retry-failed")
    assert site.states() == [State.DONE] * 4
    site.check_files()
