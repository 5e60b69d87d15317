"""Equilibration of the parent liquids from the command line, up to the figure of their relaxation."""

from __future__ import annotations

import json
import time

import pytest

from .conftest import Program

GIVEN = "equilibration_time = 0.5"
AUTO = "equilibration_time = 'auto', equilibration_cap = [400.0, 100.0]"
"""Long enough for the hot liquid, which relaxes within 0.2, and not for the one that freezes."""


@pytest.fixture
def automatic(pssglass: Program) -> Program:
    """The program in a folder with a campaign whose equilibration is left to it."""
    pssglass.write_campaign((GIVEN, AUTO), ("[2.6, 1.0]", "[2.6, 0.5]"))
    return pssglass


def test_from_a_campaign_to_the_figure_of_the_relaxation(automatic: Program) -> None:
    automatic("simulate", "campaign.toml", "--workers", 0).done()
    status = json.loads(automatic("status", "--json").done().out)
    assert status["capped"] == {"tiny-rc1.5-T0.5": 2}
    flag = "2 of 2 samples ended at equilibration_cap"
    assert flag in automatic("status").done().out
    automatic("report").done()
    assert flag in (automatic.folder / "report.html").read_text()
    automatic("analyze", "--workers", 0).done()
    sql = "SELECT parent_temperature, mean FROM v_ensembles WHERE key = 'liquid_time' ORDER BY 1"
    times = {row["parent_temperature"]: row["mean"] for row in automatic("sql", sql, "--format", "csv").rows}
    assert float(times["0.5"]) == pytest.approx(100.0, abs=0.01)
    assert float(times["2.6"]) < 400.0
    order = "SELECT min(liquid_q6) AS low, max(liquid_q6) AS high FROM v_samples"
    [row] = automatic("sql", order, "--format", "csv").rows
    assert 0.05 < float(row["low"]) < float(row["high"]) < 0.25
    automatic("plot", "fig18", "--data").done()
    assert {"fig18.png", "fig18.csv"} <= automatic.files()


def recorded(program: Program) -> tuple[str, int]:
    """How the only sample's equilibration ended, and how often its making was interrupted."""
    sql = (
        "SELECT json_extract(record, '$.equilibration') AS ended,"
        " json_array_length(record, '$.resumed') AS times FROM attempt WHERE outcome = 'done'"
    )
    [row] = program("sql", sql, "--format", "csv").done().rows
    return row["ended"], int(row["times"])


def test_stopped_and_resumed_it_ends_like_an_undisturbed_one(pssglass: Program) -> None:
    long = AUTO.replace("[400.0, 100.0]", "600.0")
    pssglass.write_campaign((GIVEN, long), ("[2.6, 1.0]", "[0.5]"), ("samples = 2", "samples = 1"))
    command = pssglass.start("simulate", "campaign.toml", "--workers", 0)
    while pssglass.states() != ["running"]:
        assert command.poll() is None, command.communicate()
        time.sleep(0.02)
    time.sleep(0.2)
    command.terminate()
    command.communicate(timeout=600)
    assert command.returncode == 75
    pssglass("simulate", "campaign.toml", "--workers", 0).done()
    [positions], (ended, times) = pssglass.positions().values(), recorded(pssglass)
    assert json.loads(ended)["ended"] == "cap reached"
    assert times == 1
    for path in pssglass.folder.glob("pssglass.*"):
        path.rename(pssglass.folder / f"disturbed-{path.name}")
    pssglass("simulate", "campaign.toml", "--workers", 0).done()
    [undisturbed] = pssglass.positions().values()
    assert (positions == undisturbed).all()
    assert recorded(pssglass) == (ended, 0)


def test_a_dry_run_tells_the_bound(automatic: Program) -> None:
    out = automatic("simulate", "campaign.toml", "--dry-run").done().out
    assert out.count("≤") == 6
    assert "4 samples to do: at most" in out


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        ("equilibration_time = 'autp'", "did you mean 'auto'"),
        ("equilibration_time = 'auto'", "needs equilibration_cap"),
        ("equilibration_time = 'auto', equilibration_cap = 3", "equilibration_cap = 3 is below 50"),
        ("equilibration_time = 'auto', equilibration_cap = 90, n_tau = 0", "n_tau = 0 must be above 0"),
        ("equilibration_time = 1.0, n_tau = 20", "n_tau goes with equilibration_time = 'auto' only"),
    ],
)
def test_mistakes_are_told_before_any_work(protocol: str, message: str, pssglass: Program) -> None:
    pssglass.write_campaign((GIVEN, protocol))
    pssglass("simulate", "campaign.toml").refused(message)
    assert pssglass.files() == {"campaign.toml"}
