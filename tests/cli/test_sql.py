"""``pssglass sql``: rows as a table, CSV or JSON, with all their digits."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program

ENERGY = "SELECT ensemble, replica, energy_per_particle AS u FROM v_samples ORDER BY ensemble, replica"


def test_sql_as_csv_json_and_table(measured: Program) -> None:
    table = measured("sql", ENERGY).done().out
    rows = measured("sql", ENERGY, "--format", "csv").done().rows
    records = json.loads(measured("sql", ENERGY, "--format", "json").done().out)
    assert len(rows) == len(records) == 4
    assert [float(row["u"]) for row in rows] == [record["u"] for record in records], "with all digits"
    assert all(row["ensemble"] in table for row in rows)


def test_json_holds_nothing_that_is_no_json(measured: Program) -> None:
    query = "SELECT 9e999 AS large, -9e999 AS small, NULL AS none, x'00ff' AS bytes"
    out = measured("sql", query, "--format", "json").done().out
    records = json.loads(out, parse_constant=pytest.fail)
    assert records == [{"large": None, "small": None, "none": None, "bytes": "AP8="}]


def test_wide_rows_are_shown_as_records(measured: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = "SELECT * FROM v_samples ORDER BY ensemble, replica"
    out = measured("sql", everything).done().out
    [expected, *_] = json.loads(measured("sql", everything, "--format", "json").done().out)
    first = dict(line.split(maxsplit=1) for line in out.partition("-[ 2 ]-")[0].splitlines()[1:])
    assert list(first) == list(expected)
    assert first["ensemble"] == expected["ensemble"]
    assert float(first["shear_modulus"]) == pytest.approx(expected["shear_modulus"], rel=1e-5)
    assert out.endswith("4 rows\n")
    # What fits is a table.
    assert "-[ 1 ]-" not in measured("sql", ENERGY).done().out


def test_controls_in_a_text_do_not_pass_for_rows_or_colours(measured: Program) -> None:
    out = measured("sql", "SELECT 'a\nb' || char(27) AS \"x\r\", 'c' AS y").done().out
    assert [line.split() for line in out.splitlines() if line.strip()][0::2] == [
        ["x\\r", "y"],
        ["a\\nb\\x1b", "c"],
    ]


def test_a_query_from_stdin(measured: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT count(*) AS n\nFROM sample\n"))
    assert measured("sql", "-", "--format", "csv").done().rows == [{"n": "4"}]


def test_the_schema_is_listed(measured: Program) -> None:
    rows = measured("sql", "--schema", "--format", "csv").done().rows
    units = {(row["relation"], row["column"]): row["unit"] for row in rows}
    assert units["v_samples", "shear_modulus"] == "epsilon/lambda^3"
    assert ("sample", "replica") in units
    measured("sql", "--schema", "SELECT 1").refused("--schema")
