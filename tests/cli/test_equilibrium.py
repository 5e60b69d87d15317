"""The certificate of ensembles from the command line: a hot liquid passes, a cold one held briefly fails."""

from __future__ import annotations

import json

import pytest

from .conftest import Program

HOT, COLD = "tiny-rc1.5-T2.6", "tiny-rc1.5-T0.6"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Six liquids at each temperature: for 70 τ, and for a small part of τ."""
    program = Program(tmp_path_factory.mktemp("held"))
    program.write_campaign(
        ("[2.6, 1.0]", "[2.6, 0.6]"),
        ("samples = 2", "samples = 6"),
        ("seed = 11", 'seed = 11\nobservables = ["equilibrium", "moduli"]'),
        ("equilibration_time = 0.5", "equilibration_time = [20.0, 14.0]"),
        ("melt_time = 0.5", "melt_time = 2.0"),
    )
    program("simulate", "campaign.toml", "--workers", 0).done()
    program("analyze", "campaign.toml", "--workers", 0).done()
    return program


def test_the_verdicts_are_in_status(held: Program) -> None:
    told = {one["ensemble"]: one for one in json.loads(held("status", "--json").done().out)["equilibrium"]}
    assert told[HOT]["verdict"] == "in equilibrium"
    assert told[HOT]["relaxation_times_passed"] > 20.0
    assert told[COLD]["verdict"] == "not in equilibrium"
    assert any("relaxation times passed: below" in reason for reason in told[COLD]["fails"])
    shown = held("status").done().out
    assert "equilibrium of the liquids" in shown
    assert "not in equilibrium: relaxation times passed: below" in shown


def test_the_verdicts_are_in_sql_with_numbers_and_limits(held: Program) -> None:
    sql = (
        "SELECT v.ensemble, v.key, v.value, v.error, l.value AS bound, h.value AS holds"
        " FROM v_ensemble_values v"
        " JOIN v_ensemble_values l ON l.ensemble = v.ensemble AND l.key = v.key || '_limit'"
        " LEFT JOIN v_ensemble_values h ON h.ensemble = v.ensemble AND h.key = v.key || '_holds'"
    )
    rows = {(row["ensemble"], row["key"]): row for row in held("sql", sql, "--format", "csv").done().rows}
    times = rows[COLD, "relaxation_times_passed"]
    assert (float(times["bound"]), float(times["holds"])) == (20.0, 0.0)
    assert float(times["value"]) < 20.0
    trend = rows[HOT, "energy_trend"]
    assert abs(float(trend["value"])) < float(trend["bound"])
    assert float(trend["error"]) > 0.0


def test_the_verdicts_are_in_figures_and_in_the_report(held: Program) -> None:
    held("plot", "fig5", "--data").done()
    assert "in_equilibrium" in (held.folder / "fig5.csv").read_text().splitlines()[0]
    held("report").done()
    page = (held.folder / "report.html").read_text()
    assert ">in equilibrium</td>" in page
    assert ">not in equilibrium</td>" in page


def test_a_hotter_ensemble_that_comes_later_is_a_neighbour_then(pssglass: Program) -> None:
    longer = ("samples = 2", "samples = 4"), ("equilibration_time = 0.5", "equilibration_time = 20.0")
    hot = ("[2.6, 1.0]", "[2.6, 1.5]")

    def values(name: str) -> list[dict[str, str]]:
        pssglass("analyze", "--observable", "equilibrium", "--workers", 0, "--db", name)
        query = "SELECT ensemble, key, value, error FROM v_ensemble_values ORDER BY ensemble, key"
        return pssglass("sql", query, "--db", name, "--format", "csv").done().rows

    pssglass.write_campaign(*longer, ("[2.6, 1.0]", "[1.5]"))
    pssglass("simulate", "campaign.toml", "--workers", 0, "--db", "later.db").done()
    alone = values("later.db")
    pssglass.write_campaign(*longer, hot)
    for name in ("later.db", "fresh.db"):
        pssglass("simulate", "campaign.toml", "--workers", 0, "--db", name).done()
    assert values("later.db") == values("fresh.db")
    keys = {row["key"] for row in values("fresh.db") if row["ensemble"] == "tiny-rc1.5-T1.5"}
    assert keys - {row["key"] for row in alone} >= {"heat_capacity_mismatch"}
