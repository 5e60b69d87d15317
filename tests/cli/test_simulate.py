"""``pssglass simulate``: campaigns become glasses, once, whatever happens in between."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

from pssglass.campaigns.reader import PRESETS, load_campaign

if TYPE_CHECKING:
    from .conftest import Program

WorkersOf = Callable[[int], list[psutil.Process]]
SLOWLY = ("equilibration_time = 0.5", "equilibration_time = 3000.0")
FOREVER = ("equilibration_time = 0.5", "equilibration_time = 1e6")


def test_a_campaign_becomes_certified_glasses(with_campaign: Program) -> None:
    done = with_campaign.alone("simulate", "campaign.toml").done()
    assert "tiny-rc1.5-T2.6" in done.out
    assert with_campaign.states() == ["done"] * 4
    assert len({array.tobytes() for array in with_campaign.positions().values()}) == 4


def test_the_same_command_again_changes_nothing(measured: Program) -> None:
    before = {path: path.stat().st_mtime_ns for path in measured.folder.rglob("*.gsd")}
    measured("simulate", "campaign.toml").done()
    assert {path: path.stat().st_mtime_ns for path in measured.folder.rglob("*.gsd")} == before
    attempts = measured("sql", "SELECT max(number) AS n FROM attempt", "--format", "csv")
    assert attempts.rows == [{"n": "1"}]


def test_worker_processes_make_the_same_glasses(measured: Program, with_campaign: Program) -> None:
    inline = measured.positions()
    for path in measured.folder.glob("pssglass.*"):
        path.rename(measured.folder / f"inline-{path.name}")
    with_campaign.alone("simulate", "campaign.toml", "--workers", 2).done()
    processes = with_campaign.positions()
    assert inline.keys() == processes.keys()
    for name, array in inline.items():
        np.testing.assert_array_equal(array, processes[name])


def test_more_samples_extend_a_campaign(measured: Program) -> None:
    before = measured.positions()
    measured.write_campaign(("samples = 2", "samples = 3"))
    measured("simulate", "campaign.toml", "--workers", 0).done()
    after = measured.positions()
    assert len(after) == 6
    assert all((after[name] == array).all() for name, array in before.items())


def test_a_longer_time_extends_what_is_there(measured: Program) -> None:
    before = measured.positions()
    measured.write_campaign(("equilibration_time = 0.5", "equilibration_time = 1.5"))
    measured("simulate", "campaign.toml").refused("by `simulate --extend`")
    plan = ("simulate", "campaign.toml", "--extend", "--dry-run")
    assert "4 state points, 4 samples to do" in measured(*plan).done().out
    done = measured("simulate", "campaign.toml", "--extend", "--workers", 0).done()
    assert "tiny-rc1.5-T2.6-after-0.5" in done.out
    measured("simulate", "campaign.toml", "--workers", 0).done()
    after = measured.positions()
    assert len(after) == 8
    assert all((after[name] == array).all() for name, array in before.items())
    measured("analyze", "campaign.toml", "--workers", 0).done()
    held = "SELECT held_time, extended_from, count(shear_modulus) AS n FROM {} GROUP BY 1, 2"
    newest = measured("sql", held.format("v_samples"), "--format", "csv").rows
    earlier = measured("sql", held.format("v_earlier_samples"), "--format", "csv").rows
    assert newest == [{"held_time": "1.5", "extended_from": "0.5", "n": "4"}]
    assert earlier == [{"held_time": "0.5", "extended_from": "", "n": "4"}]
    measured("verify").done()


def test_other_physics_under_the_same_name_is_refused(measured: Program) -> None:
    measured.write_campaign(("melt_time = 0.5", "melt_time = 0.7"))
    measured("simulate", "campaign.toml").refused("protocol.melt_time: stored 0.5, now 0.7")
    assert measured.states() == ["done"] * 4


def test_a_trajectory_that_blows_up_fails_alone(pssglass: Program) -> None:
    pssglass.write_campaign(
        ("samples = 2", "samples = 1"),
        ("parent_temperatures = [2.6, 1.0]", "parent_temperatures = [2.6]"),
        failing=True,
    )
    done = pssglass("simulate", "campaign.toml", "--workers", 0)
    assert done.code == 1
    assert "step" in done.err
    assert "particle" in done.err
    assert pssglass.states() == ["failed", "done"]
    assert "diverged" in pssglass("status").done().out
    again = pssglass("simulate", "campaign.toml", "--workers", 0)
    assert again.code == 1, "a failed sample is neither forgotten nor tried again unasked"
    assert "diverged" not in again.err
    plan = ("simulate", "campaign.toml", "--dry-run")
    assert "2 state points, 0 samples to do" in pssglass(*plan).done().out
    assert "2 state points, 1 samples to do" in pssglass(*plan, "--retry-failed").done().out
    retried = pssglass("simulate", "campaign.toml", "--workers", 0, "--retry-failed")
    assert retried.code == 1
    assert "diverged" in retried.err


def test_samples_that_are_not_done_are_no_success(
    with_campaign: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pssglass.pipeline.simulate", lambda *_, **__: None)
    done = with_campaign("simulate", "campaign.toml")
    assert done.code == 1
    assert done.err == "pssglass: 4 samples are not done; the same command goes on with them\n"


def test_a_dry_run_writes_nothing(with_campaign: Program) -> None:
    done = with_campaign("simulate", "campaign.toml", "--dry-run").done()
    assert "2 state points, 4 samples to do" in done.out
    assert with_campaign.files() == {"campaign.toml"}


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_more_memory_than_there_is_is_refused_at_once(options: tuple[str, ...], pssglass: Program) -> None:
    pssglass.write_campaign(("N = 100", "N = 1_000_000_000"))
    done = pssglass("simulate", "campaign.toml", "--workers", 2, *options)
    assert done.code == 2
    assert "of N = 1000000000 needs about " in done.err
    assert "use a machine that has more" in done.err
    assert pssglass.states() == []
    assert ("GB of memory in all" in done.out) == bool(options)


def test_a_dry_run_counts_what_is_done(measured: Program) -> None:
    assert "2 state points, 0 samples to do" in measured("simulate", "campaign.toml", "--dry-run").done().out


def test_the_table_of_the_paper_has_forty_state_points(pssglass: Program) -> None:
    done = pssglass("simulate", "--preset", "table1", "--dry-run").done()
    rows = [line.split() for line in done.out.splitlines() if "pss rc=" in line]
    assert len(rows) == 40
    assert sum("10000" in row and "3000" in row for row in rows) == 7


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_printed_to_be_changed(pssglass: Program, preset: str) -> None:
    text = pssglass("simulate", "--preset", preset, "--print").done().out
    (pssglass.folder / "copy.toml").write_text(text, encoding="utf-8")
    assert load_campaign(pssglass.folder / "copy.toml") == load_campaign(preset)
    assert not (pssglass.folder / "pssglass.db").exists()


def test_a_file_is_not_printed(pssglass: Program) -> None:
    pssglass.write_campaign()
    pssglass("simulate", "campaign.toml", "--print").refused("--print is for a preset: give --preset NAME")


@pytest.mark.parametrize("preset", ["kablj", "hertzian", "poly-ipl", "poly-pss"])
def test_the_preset_of_a_model_tells_how_long_it_takes(preset: str, pssglass: Program) -> None:
    done = pssglass("simulate", "--preset", preset, "--dry-run", "--workers", "2").done()
    ensembles = load_campaign(preset).ensembles
    samples = sum(count for _, count in ensembles)
    head = f"{len(ensembles)} state points, {samples} samples to do"
    told = rf"{head}: (at most )?[\d.]+ (s|min|h) with 2 workers"
    assert re.search(told, done.out)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_gives_the_claims_back(workers: int, number: signal.Signals, pssglass: Program) -> None:
    pssglass.write_campaign(FOREVER)
    driver = pssglass.start("simulate", "campaign.toml", "--workers", workers)
    wait_until_running(pssglass, driver, samples=max(1, workers))
    driver.send_signal(number)
    _, messages = driver.communicate(timeout=600)
    assert driver.returncode == 75, messages
    assert messages == "pssglass: error: stopped by a signal; the same command resumes\n"
    assert pssglass.states() == ["pending"] * 4


def wait_until_running(program: Program, driver: subprocess.Popen[str], samples: int) -> None:
    """Until so many samples are being made."""
    for _ in range(6000):
        time.sleep(0.1)
        assert driver.poll() is None, driver.communicate()
        if program.states().count("running") == samples:
            time.sleep(1.0)
            return
    raise AssertionError("no sample was started")


def test_an_interrupted_campaign_ends_like_an_undisturbed_one(measured: Program) -> None:
    undisturbed = measured.positions()
    for path in measured.folder.glob("pssglass.*"):
        path.rename(measured.folder / f"undisturbed-{path.name}")
    for delay in (2.0, 3.0):
        driver = measured.start("simulate", "campaign.toml", "--workers", 1)
        try:
            driver.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            driver.send_signal(signal.SIGTERM)
            driver.communicate(timeout=600)
        assert driver.returncode in (0, 75, -signal.SIGTERM)
    measured.alone("simulate", "campaign.toml").done()
    resumed = measured.positions()
    assert resumed.keys() == undisturbed.keys()
    assert all((resumed[name] == array).all() for name, array in undisturbed.items())


def test_a_killed_worker_costs_only_time(pssglass: Program, workers_of: WorkersOf) -> None:
    pssglass.write_campaign(SLOWLY)
    driver = pssglass.start("simulate", "campaign.toml", "--workers", 2)
    wait_until_running(pssglass, driver, samples=2)
    workers_of(driver.pid)[0].kill()
    _, messages = driver.communicate(timeout=600)
    assert driver.returncode == 0, messages
    assert pssglass.states() == ["done"] * 4
