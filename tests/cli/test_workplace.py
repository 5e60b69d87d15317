"""Where the work is done: options that exclude each other, settings with mistakes, a cluster by address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from distributed import LocalCluster

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
