"""A sample that kills whoever makes it fails after a few attempts, and takes no other with it."""

from __future__ import annotations

import os
from typing import Any

from pssglass.db import State
from pssglass.db.claims import MAX_LOST

from pssglass.config import load_campaign, sample_seed

POISON = """\
import os, signal, sys

if any("spawn_main" in one for one in sys.orig_argv):  # a worker
    from pssglass.pipeline import sample

    make_liquid = sample.make_liquid

    def poisonous(spec, seed, journal=None):
        if seed == {seed}:
            os.kill(os.getpid(), signal.SIGSEGV)
        return make_liquid(spec, seed, journal)

    sample.make_liquid = poisonous
"""


def test_a_sample_that_crashes_fails_alone_after_some_attempts(local_site: Any) -> None:
    site = local_site
    site.write_campaign(samples=2, time=1.0)
    (first, _), _ = load_campaign(site.folder / "campaign.toml").ensembles
    poison = site.folder / "poison"
    poison.mkdir()
    # Python imports a module of this name in every process that it starts.
    (poison / "sitecustomize.py").write_text(POISON.format(seed=sample_seed(first.seed, replica=0)))
    path = os.pathsep.join([str(poison), os.environ.get("PYTHONPATH", "")])
    assert site.start("simulate", 2, PYTHONPATH=path).wait(timeout=120) == 1, site.log
    assert sorted(site.states()) == [State.DONE] * 3 + [State.FAILED]
    assert [one for one in site.outcomes() if one != "done"] == ["lost"] * (MAX_LOST - 1) + ["failed"]
    [(reason,)] = site.rows("SELECT reason FROM attempt WHERE outcome = 'failed'")
    assert reason.startswith("the worker process died while running this task")
    assert reason.endswith(f", as {MAX_LOST} times in a row")
    assert "sample 0 of tiny-rc1.5-T2.6 failed: the worker process died" in site.log
    site.check()
    site.run("simulate", 0, "--retry-failed")
    assert site.states() == [State.DONE] * 4
    site.check_files()
