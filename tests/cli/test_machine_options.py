"""Where the work is done: options that exclude each other, settings with mistakes, a cluster by address."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from distributed import Client, LocalCluster

if TYPE_CHECKING:
    from .conftest import Program


def test_options_that_exclude_each_other(with_campaign: Program) -> None:
    run = ("simulate", "campaign.toml")
    with_campaign(*run, "--workers", 2, "--slurm", "night").refused(
        "--workers and --slurm exclude each other"
    )
    both = ("--scheduler", "tcp://127.0.0.1:1", "--slurm", "night")
    with_campaign(*run, *both).refused("--scheduler and --slurm exclude each other")
    with_campaign(*run, "--settings", "machine.toml").refused("--settings goes with --scheduler or --slurm")
    assert with_campaign.files() == {"campaign.toml"}


def test_mistakes_in_settings_are_told_before_any_work(with_campaign: Program) -> None:
    settings = with_campaign.folder / "machine.toml"
    settings.write_text('[slurm.night]\njobs = 1\nwalltime = "01:00:00"\npartitoin = "long"\n')
    run = ("simulate", "campaign.toml", "--settings", "machine.toml", "--slurm")
    with_campaign(*run, "night").refused("[slurm.night]: unknown key 'partitoin'; did you mean 'partition'?")
    settings.write_text('[slurm.night]\njobs = 1\nwalltime = "01:00:00"\n')
    with_campaign(*run, "nihgt").refused("did you mean 'night'?")
    assert with_campaign.files() == {"campaign.toml", "machine.toml"}


@pytest.mark.parametrize(
    "address", ["localhost:8786", "tcp://localhost", "tcp://", "tcp://localhost:abc", "tls://localhost:99999"]
)
def test_addresses_that_are_none(address: str, with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--scheduler", address).refused(
        f"--scheduler {address}: write it as tcp://HOST:PORT"
    )
    assert with_campaign.files() == {"campaign.toml"}


def test_a_network_interface_that_is_not_there(with_campaign: Program) -> None:
    settings = with_campaign.folder / "machine.toml"
    settings.write_text('[slurm.night]\njobs = 1\nwalltime = "01:00:00"\ninterface = "ib9"\n')
    run = ("simulate", "campaign.toml", "--settings", "machine.toml", "--slurm", "night")
    with_campaign(*run).refused("profile night in machine.toml: interface = 'ib9'", "lo")
    assert with_campaign.files() == {"campaign.toml", "machine.toml"}


@pytest.mark.parametrize("where", [("--slurm", "night"), ("--scheduler", "tls://127.0.0.1:1")])
def test_certificates_that_are_none(where: tuple[str, str], with_campaign: Program) -> None:
    settings = with_campaign.folder / "machine.toml"
    names = ("ca_file", "certificate", "key")
    tls = "[tls]\n" + "".join(f'{name} = "campaign.toml"\n' for name in names)
    settings.write_text(f'{tls}[slurm.night]\njobs = 1\nwalltime = "01:00:00"\n')
    run = ("simulate", "campaign.toml", "--settings", "machine.toml", *where)
    with_campaign(*run).refused("[tls]", "campaign.toml", "PEM")
    assert with_campaign.files() == {"campaign.toml", "machine.toml"}


CLUSTER = """\
from distributed import LocalCluster
cluster = LocalCluster(
    n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
)
print(cluster.scheduler_address, flush=True)
input()
"""


def test_a_scheduler_that_is_lost(pssglass: Program) -> None:
    pssglass.write_campaign(("equilibration_time = 0.5", "equilibration_time = 1e6"))
    command = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as cluster:
        assert cluster.stdout
        address = cluster.stdout.readline().strip()
        driver = pssglass.start("simulate", "campaign.toml", "--scheduler", address)
        with Client(address) as watcher:
            for _ in range(6000):
                time.sleep(0.1)
                if any(watcher.processing().values()):
                    break
        cluster.kill()
    _, messages = driver.communicate(timeout=600)
    assert messages == f"pssglass: error: lost the scheduler {address}; the same command resumes\n"
    assert driver.returncode == 1
    assert pssglass.states() == ["pending"] * 4


def test_without_slurm_a_profile_is_of_no_use(
    with_campaign: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (with_campaign.folder / "machine.toml").write_text('[slurm.night]\njobs = 1\nwalltime = "01:00:00"\n')
    monkeypatch.setenv("PATH", "/nowhere")
    run = ("simulate", "campaign.toml", "--settings", "machine.toml", "--slurm", "night")
    with_campaign(*run).refused("cannot run sbatch", "check profile night in machine.toml")
    assert with_campaign.states() == ["pending"] * 4


def test_a_running_cluster_does_all_the_work(with_campaign: Program) -> None:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        where = ("--scheduler", cluster.scheduler_address)
        plan = with_campaign("simulate", "campaign.toml", "--dry-run", *where).done().out
        assert "with 2 workers" in plan
        with_campaign("simulate", "campaign.toml", *where).done()
        with_campaign("analyze", "--observable", "energetics", *where).done()
    assert with_campaign.states() == ["done"] * 4
    [row] = with_campaign(
        "sql", "SELECT count(energy_per_particle) AS n FROM v_samples", "--format", "csv"
    ).rows
    assert row == {"n": "4"}


TEAM = """\
from dataclasses import dataclass

from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.execution import Machine
from pssglass.execution.local import LocalWorkers


@dataclass(frozen=True)
class Profile:
    processes: int
    walltime: float = 1.0

    def __post_init__(self):
        checks.integer(InputError, "processes", self.processes, at_least=1)


class Team(LocalWorkers):
    def __init__(self, value, settings):
        super().__init__(settings.profile("team", value).processes)


TEAM = Machine("team", "PROFILE", "Work in a team.", Team, Profile)
"""


@pytest.fixture
def team(with_campaign: Program) -> str:
    """PYTHONPATH of a distribution that adds a kind of machine, and another that is none."""
    folder = with_campaign.folder / "acme"
    record = folder / "acme-2.0.dist-info"
    record.mkdir(parents=True)
    (folder / "acme_machines.py").write_text(TEAM)
    entries = ("team = acme_machines:TEAM", "profile = acme_machines:Profile")
    (record / "entry_points.txt").write_text("\n".join(["[pssglass.machines]", *entries]))
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 2.0\n")
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


@pytest.mark.parametrize("command", ["simulate", "analyze"])
def test_an_installed_kind_of_machine_is_in_the_help(command: str, team: str, with_campaign: Program) -> None:
    shown = with_campaign.alone(command, "--help", PYTHONPATH=team)
    for line in ("--team PROFILE", "Work in a team.", "--slurm PROFILE", "--scheduler tcp://HOST:PORT"):
        assert line in shown.out
    assert "pssglass.machines: profile of acme 2.0" in shown.err


def test_an_installed_kind_of_machine_has_its_settings_and_runs_tasks(
    team: str, with_campaign: Program
) -> None:
    settings = with_campaign.folder / "machine.toml"
    run = ("simulate", "campaign.toml", "--settings", "machine.toml", "--team")
    for text, complaint in (
        ("[team.red]\nproceses = 2", "[team.red]: unknown key 'proceses'; did you mean 'processes'?"),
        ("[team.red]\nprocesses = 0", "[team.red]: processes = 0 must be at least 1"),
        ("[team.red]\nprocesses = 2\nwalltime = 'long'", "walltime = 'long' must be a finite number"),
        ("[team.blue]\nprocesses = 2", "--team red: machine.toml has no such profile; known: blue"),
    ):
        settings.write_text(text)
        refused = with_campaign.alone(*run, "red", PYTHONPATH=team)
        assert (refused.code, complaint in refused.err) == (2, True), refused.err
    settings.write_text("[team.red]\nprocesses = 2")
    both = with_campaign.alone(*run, "red", "--slurm", "night", PYTHONPATH=team)
    assert "--slurm and --team exclude each other" in both.err
    assert with_campaign.alone(*run, "red", PYTHONPATH=team).code == 0
    assert with_campaign.states() == ["done"] * 4
