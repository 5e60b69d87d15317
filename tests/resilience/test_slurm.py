"""A real SLURM of one node: jobs are cancelled and run out of time, and the campaign goes on in new ones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from pssglass.db import State

from .conftest import SERVERS

SCRIPT = Path(__file__).parents[1] / "slurm.sh"
pytestmark = pytest.mark.servers

PROFILE = """\
[slurm.two]
jobs = 2
walltime = "00:10:00"
memory = "500MB"
grace = 0

[slurm.one]
jobs = 1
walltime = "00:10:00"
memory = "500MB"

[slurm.brief]
jobs = 1
walltime = "00:01:00"
memory = "500MB"
grace = 10
"""


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SLURM on this machine, as long as the test lasts."""
    command = ["bash", str(SCRIPT), "sh", "-c", "echo $SLURM_CONF; read -r _"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdin
        monkeypatch.setenv("SLURM_CONF", server.stdout.readline().strip())
        yield
        server.stdin.close()


def called(*command: str) -> list[str]:
    """Words that a command of SLURM prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def jobs(state: str = "PENDING,RUNNING,COMPLETING") -> list[str]:
    """Numbers of all jobs in one of these states."""
    return called("squeue", "--noheader", "--format=%i", f"--states={state}")


def kill_a_worker(jobs: list[str]) -> None:
    """As if the node of one of these jobs had lost its power."""
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            if "pssglass.execution.worker" in one.cmdline() and one.environ().get("SLURM_JOB_ID") in jobs:
                for process in (one, *one.children()):
                    process.kill()
                return
    raise AssertionError("no job has a worker")


@pytest.mark.usefixtures("slurm")
def test_a_campaign_outlives_its_jobs(local_site: Any) -> None:
    site = local_site
    (site.folder / "machine.toml").write_text(PROFILE)
    queue = ("--slurm", "two", "--settings", "machine.toml")
    site.write_campaign(samples=2, time=4000.0)
    command = site.start("simulate", None, *queue)
    site.wait_for(lambda: len({path.parent for path in site.checkpoints()}) == 2)
    first = jobs("RUNNING")
    kill_a_worker(first)
    called("scancel", *first)
    site.wait_for(lambda: len(jobs("RUNNING")) == 2 and not set(first) & set(jobs("RUNNING")))
    late, _ = jobs("RUNNING")
    called("scontrol", "update", f"JobId={late}", "EndTime=now+1")
    site.wait_for(lambda: late in jobs("TIMEOUT"))
    command.terminate()
    assert command.wait(timeout=600) == 75, site.log
    assert jobs("RUNNING") == []
    assert site.outcomes().count("lost") == 1, "workers that are told to leave hand their samples back"
    assert State.PENDING in site.states()
    site.run("simulate", None, *queue)
    site.wait_for(lambda: not jobs())
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * 4
    assert any(record["resumed"] for record in site.records())


@pytest.mark.usefixtures("slurm")
@pytest.mark.parametrize(
    "site", SERVERS[:1] or ["sqlite"], indirect=True, ids=lambda url: url.partition(":")[0]
)
def test_the_job_of_a_killed_command_ends_and_disturbs_no_other(site: Any) -> None:
    (site.folder / "machine.toml").write_text(PROFILE)
    queue = ("--slurm", "one", "--settings", "machine.toml")
    site.write_campaign(samples=1, time=1200.0)
    command = site.start("simulate", None, *queue)
    site.wait_for(site.checkpoints)
    site.kill(command.pid)
    assert command.wait() == -9
    site.run("simulate", None, *queue)
    site.wait_for(lambda: not jobs())
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * 2
    assert any(record["resumed"] for record in site.records())


@pytest.mark.slow
@pytest.mark.usefixtures("slurm")
def test_a_job_hands_its_sample_back_before_its_time_is_over(local_site: Any) -> None:
    site = local_site
    (site.folder / "machine.toml").write_text(PROFILE)
    site.checkpoint_every = 600.0  # so that a checkpoint is one of a worker that leaves
    site.write_campaign(samples=1, time=4000.0)
    site.run("simulate", None, "--slurm", "brief", "--settings", "machine.toml")
    site.check()
    site.check_files()
    assert jobs("COMPLETED"), "no job was told to leave"
    assert jobs("TIMEOUT") == []
    assert site.outcomes() == ["done"] * 2
    assert any(record["resumed"] for record in site.records())
