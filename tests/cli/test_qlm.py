"""Quasilocalised modes of a campaign, as its page tells: rows in SQL, their density, and a figure."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from pssglass.campaigns.reader import parse_campaign

from .conftest import Program

PAGE = (Path(__file__).parents[2] / "docs" / "quasilocalised-modes.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Two tiny glasses, measured with the observables of the page's campaign."""
    program = Program(tmp_path_factory.mktemp("searched"))
    [campaign] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert parse_campaign(tomllib.loads(campaign)).ensembles
    [observables] = re.findall(r"^observables = .*\n", campaign, re.MULTILINE)
    program.write_campaign()
    file = program.folder / "campaign.toml"
    text = file.read_text(encoding="utf-8").replace("[[ensembles]]", f"{observables}\n[[ensembles]]")
    file.write_text(text.replace("2.6, 1.0", "1.0"), encoding="utf-8")
    program("simulate", "campaign.toml", "--workers", 0).done()
    few = ("--set", "qlm.starts=12", "--set", "qlm.store_vectors=true", "--set", "qlm_vdos.window=3")
    named = ("--observable", "qlm", "--observable", "qlm_vdos")
    program("analyze", "campaign.toml", *named, *few, "--workers", 0).done()
    return program


def rows(program: Program, query: str) -> list[dict[str, str]]:
    return program("sql", query, "--format", "csv").done().rows


@pytest.mark.parametrize("query", QUERIES, ids=("modes", "completeness", "laws"))
def test_the_queries_of_the_page_work(searched: Program, query: str) -> None:
    assert rows(searched, query)


def test_a_row_a_mode_and_no_number_that_is_none(searched: Program) -> None:
    samples = rows(searched, "SELECT replica, qlm_count AS n, qlm_lowest_frequency AS low FROM v_samples")
    modes = rows(searched, "SELECT * FROM v_qlm ORDER BY replica, position")
    for one in samples:
        own = [row for row in modes if row["replica"] == one["replica"]]
        assert len(own) == float(one["n"])
        assert own[0]["qlm_frequency"] == one["low"]
    assert {row["qlm_decay_exponent"] for row in modes} == {""}, "boxes so small say nothing of the decay"
    assert not [row for row in modes if "nan" in row.values()]
    vectors = rows(searched, "SELECT shape FROM v_arrays WHERE key = 'qlm_vector' ORDER BY replica")
    assert [row["shape"] for row in vectors] == [f"[{float(one['n']):.0f},100,3]" for one in samples]
    searched("verify").done()


def test_columns_with_gaps_are_measured_again(searched: Program) -> None:
    again = ("verify", "--recompute", 1, "--seed", 0, "--workers", 0)
    [one] = json.loads(searched(*again, "--json").done().out)["recomputed"]
    assert one["identical"]
    assert {"qlm.qlm_barrier", "qlm.qlm_decay_exponent"} < set(one["compared"])
    entry = f"""FROM configuration c JOIN sample s ON s.id = c.sample_id JOIN observable o ON o.name = 'qlm'
        WHERE c.kind = 'inherent' AND s.replica = {one["replica"]}"""
    with closing(sqlite3.connect(searched.folder / "pssglass.db")) as database:
        database.execute(f"INSERT INTO value_entry SELECT c.id, o.id, 'qlm_decay_exponent', 0, 2.5 {entry}")
        database.commit()
        failed = searched(*again)
        database.execute("DELETE FROM value_entry WHERE key = 'qlm_decay_exponent'")
        database.commit()
    assert failed.code == 1
    assert "qlm.qlm_decay_exponent is stored as 2.5 in row 0, and is now none" in failed.err


def test_both_densities_are_drawn(searched: Program, tmp_path: Path) -> None:
    searched("plot", "qlm", "--output", tmp_path / "qlm.png", "--data").done()
    drawn = list(csv.DictReader((tmp_path / "qlm.csv").read_text().splitlines()))
    assert {row["modes"] for row in drawn} == {"quasilocalised", "harmonic"}


def test_wrong_parameters_are_refused_before_any_work(searched: Program) -> None:
    searched("analyze", "--observable", "qlm", "--set", 'qlm.kinds=["local", "dipols"]').refused(
        "kinds = 'dipols'"
    )
