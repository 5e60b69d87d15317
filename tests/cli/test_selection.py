"""Commands that are told which campaigns, ensembles and models they are about."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program

OTHER = (
    ('name = "tiny"', 'name = "other"'),
    ("rc = 1.5", "rc = 1.1"),
    ("[2.6, 1.0]", "[1.0]"),
    ("samples = 2", "samples = 1"),
)


@pytest.fixture
def two(measured: Program) -> Program:
    """A measured campaign, and glasses of another that are not measured yet."""
    measured.write_campaign(*OTHER)
    (measured.folder / "campaign.toml").rename(measured.folder / "other.toml")
    measured("simulate", "other.toml", "--workers", 0).done()
    return measured


def ensembles_of(path: Path) -> set[str]:
    with path.open() as stream:
        return {row["ensemble"] for row in csv.DictReader(stream)}


def test_analyze_measures_everything_in_the_glasses_of_a_campaign_and_of_no_other(two: Program) -> None:
    two.write_campaign(("samples = 2", "samples = 3"))
    two("simulate", "campaign.toml", "--workers", 0).done()
    done = two("analyze", "other.toml", "--workers", 0)
    assert done.code == 0, done.err
    query = "SELECT ensemble, max(replica) AS last, count(DISTINCT key) AS n FROM v_scalars GROUP BY ensemble"
    rows = {row["ensemble"]: row for row in two("sql", query, "--format", "csv").done().rows}
    assert {name: row["last"] for name, row in rows.items()} == {
        **{"other-rc1.1-T1.0": "0", "tiny-rc1.5-T1.0": "1", "tiny-rc1.5-T2.6": "1"}
    }
    assert rows["other-rc1.1-T1.0"]["n"] == rows["tiny-rc1.5-T1.0"]["n"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"other-rc1.1-T1.0", "tiny-rc1.5-T1.0", "tiny-rc1.5-T2.6"}),
        (("--campaign", "tiny"), {"tiny-rc1.5-T1.0", "tiny-rc1.5-T2.6"}),
        (("--campaign", "other.toml"), {"other-rc1.1-T1.0"}),
        (("--model", "pss rc=1.1"), {"other-rc1.1-T1.0"}),
        (("--model", "pss", "--ensemble", "tiny-rc1.5-T2.6"), {"tiny-rc1.5-T2.6"}),
        (
            ("--ensemble", "other-rc1.1-T1.0", "--ensemble", "tiny-rc1.5-T2.6"),
            {"other-rc1.1-T1.0", "tiny-rc1.5-T2.6"},
        ),
    ],
)
def test_figures_tables_and_reports_of_what_is_chosen(
    two: Program, options: tuple[str, ...], expected: set[str]
) -> None:
    two("analyze", "--observable", "energetics", "--observable", "moduli", "--workers", 0).done()
    assert two("plot", "fig5", "--data", *options).code == 0
    assert ensembles_of(two.folder / "fig5.csv") == expected
    two("export", "-o", "values.csv", *options).done()
    assert ensembles_of(two.folder / "values.csv") == expected
    two("export", "-o", "files", *options).done()
    assert {path.name for path in (two.folder / "files").iterdir()} == expected


def test_the_report_is_about_what_is_chosen(two: Program) -> None:
    two("analyze", "--observable", "energetics", "--workers", 0).done()
    two("report", "--campaign", "other").done()
    page = (two.folder / "report.html").read_text()
    assert "other-rc1.1-T1.0" in page
    assert "tiny" not in page
    assert "Only of campaign other: " in page
    rows = re.findall(r"<td class=\"text\">energetics</td>.*?<td>yes</td><td>(\d+)</td><td>(\d+)</td>", page)
    assert rows == [("1", "0")]


def test_flags_of_a_chosen_few_are_those_of_fits_to_them(two: Program) -> None:
    two("analyze", "--workers", 0).done()
    with closing(sqlite3.connect(two.folder / "pssglass.db")) as connection, connection:
        connection.executescript(
            "".join(
                f"INSERT INTO aggregate_scalar SELECT id, '{key}', {value} FROM aggregate WHERE subject ="
                " 'pss rc=1.1' AND observable_id = (SELECT id FROM observable WHERE name = 'power_laws');"
                for key, value in (
                    *(("A_g_exponent", -6.9), ("A_g_exponent_error", 21.0)),
                    ("A_g_exponent_supported", 0.0),
                )
            )
        )
    assert "A_g_exponent = -6.9 ± 21 says nothing" in two("status").done().out
    two("report", "--campaign", "other").done()
    page = (two.folder / "report.html").read_text()
    assert "Not fitted" in page
    assert "A_g_exponent" not in page


def test_analyze_counts_what_it_was_asked_for(two: Program) -> None:
    def told(*options: str) -> dict[str, list[str]]:
        out = two("analyze", "--observable", "energetics", "--workers", 0, *options).done().out
        return {line.split()[0]: line.split()[2:] for line in out.splitlines() if line.strip()}

    assert told("--campaign", "other")["energetics"] == ["1", "0", "0"]
    assert told("--ensemble", "tiny-rc1.5-T1.0")["energetics"] == ["2", "0", "0"]
    assert told()["energetics"] == ["5", "0", "0"]


def test_status_lists_registrations_of_all_levels(two: Program) -> None:
    asked = 'observables = [{ name = "averages", parameters = { resamples = 50 } }]'
    two.write_campaign(("seed = 11", f"seed = 11\n{asked}"))
    two("analyze", "campaign.toml", "--workers", 0).done()
    lines = [
        line.split() for line in two("status").done().out.splitlines() if line.split()[:1] == ["averages"]
    ]
    assert [line[2] for line in lines] == ["ensembles"] * 2
    assert ["resamples=50" in line for line in lines] == [False, True]
    assert [line[-4:] for line in lines] == [["no", "0", "0", "0"], ["yes", "2", "0", "1"]]
    report = json.loads(two("status", "--json").done().out)
    assert {"crossover", "averages"} <= {one["observable"] for one in report["aggregates"]}


def test_what_is_not_there_is_told(two: Program) -> None:
    two("plot", "fig5", "--ensemble", "tiny-rc1.5-T2").refused(
        "has no ensemble 'tiny-rc1.5-T2'; did you", code=2
    )
    two("export", "-o", "x", "--model", "pss rc=1.4").refused(
        "has no ensemble of model 'pss rc=1.4'", "'pss rc=1.5'", code=2
    )
    two("report", "--campaign", "tin").refused("campaign 'tin'", code=2)
    two("analyze", "--campaign", "tiny", "--model", "pss rc=1.1").refused("options together", code=2)


def test_observables_of_ensembles_and_models_are_shown(two: Program) -> None:
    done = two("analyze", "--observable", "crossover", "--observable", "averages", "--workers", 0)
    assert done.code == 0
    lines = {line.split()[0]: line.split() for line in done.out.splitlines() if line.strip()}
    # One model each, with too few temperatures; averages of three ensembles.
    assert lines["crossover"][2:] == ["0", "2", "0"]
    assert lines["averages"][2:] == ["3", "0", "0"]
    assert "crossover of pss rc=1.1 failed: " in done.err


def test_only_a_registration_with_values_is_shown(measured: Program) -> None:
    """Of samples: more pairs than any glass has fail; of ensembles: a window that holds no mode."""
    few, many = (
        f'{{ name = "dipole_response", parameters = {{ pairs = {count} }} }}' for count in (5, 10**9)
    )
    narrow = '{ name = "vdos", parameters = { window = 1e-9 } }'
    for asked, code in ((few, 0), (f"{many}, {narrow}", 1)):
        measured.write_campaign(("seed = 11", f"seed = 11\nobservables = [{asked}]"))
        assert measured("analyze", "campaign.toml", "--workers", 0).code == code
    shown = ("sql", "SELECT mean FROM v_ensembles WHERE key = 'omega_g'", "--format", "csv")
    before = measured(*shown).rows
    measured("db", "show", "dipole_response", "--set", f"pairs={10**9}").refused("no values", "1000000000")
    measured("db", "show", "vdos", "--set", "window=1e-9").refused("no values", "1e-09")
    measured("db", "show", "dipole_response").refused(
        "with pairs=110 seed=0; pairs=5 seed=0; choose one by --set KEY=VALUE"
    )
    measured("db", "show", "nope").refused("observable nope is not known here; known: averages")
    measured("db", "remove", "--observable", "modul").refused("not known here; did you mean 'moduli'?")
    assert "pairs=5 " in measured("db", "show", "dipole_response", "--set", "pairs=5").done().out
    assert len(before) == 2
    assert measured(*shown).rows == before
    assert "pairs=110 " in measured("db", "show", "dipole_response", "--set", "pairs=110").done().out
    assert measured(*shown).rows != before
    assert "window=0.7" in measured("db", "show", "vdos", "--set", "window=0.7").done().out
