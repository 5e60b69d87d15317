"""Shear is measured where it is asked for, and nowhere else; its events are rows and its curves a figure."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from .conftest import Program

ASKED = ("--observable", "shear", "--observable", "mean_shear")
SHORT = ("--set", "shear.step=0.02", "--set", "shear.max_strain=0.1", "--set", "shear.resolution=0.001")


@pytest.fixture(scope="module")
def sheared(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("sheared"))
    program.write_campaign()
    program("simulate", "campaign.toml", "--workers", 0).done()
    program("analyze", "--observable", "moduli", "--workers", 0).done()
    return program


def rows(program: Program, query: str) -> list[dict[str, str]]:
    return program("sql", query, "--format", "csv").rows


def test_it_waits_for_a_request(sheared: Program) -> None:
    before = json.loads(sheared("status", "--json").done().out)
    assert not [one for one in before["without_values"] if "shear" in one["observable"]]
    sheared("analyze", *ASKED, *SHORT, "--workers", 0).done()
    measured = rows(sheared, "SELECT DISTINCT observable FROM v_scalars")
    assert {row["observable"] for row in measured} == {"moduli", "shear"}


def test_events_are_rows(sheared: Program) -> None:
    sheared("analyze", *ASKED, *SHORT, "--workers", 0).done()
    samples = rows(sheared, "SELECT ensemble, replica, shear_event_count AS n FROM v_samples")
    events = rows(sheared, "SELECT ensemble, replica, event_strain, event_energy_drop FROM v_shear_events")
    assert len(samples) == 4
    assert events
    for one in samples:
        own = [row for row in events if all(row[key] == one[key] for key in ("ensemble", "replica"))]
        assert len(own) == float(one["n"])
        assert all(0.0 < float(row["event_strain"]) <= 0.1 for row in own)


def test_mean_curves_are_drawn(sheared: Program, tmp_path: Path) -> None:
    sheared("analyze", *ASKED, *SHORT, "--workers", 0).done()
    sheared("plot", "shear", "--output", tmp_path / "shear.png", "--data").done()
    drawn = list(csv.DictReader((tmp_path / "shear.csv").read_text().splitlines()))
    assert [float(row["strain"]) for row in drawn[:6]] == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08, 0.1])
    assert len(drawn) == 12


def test_wrong_parameters_are_refused_before_any_work(sheared: Program) -> None:
    for setting, message in (("plane=zx", "plane"), ("step=0", "step"), ("max_strain=-1", "max_strain")):
        sheared("analyze", "--observable", "shear", "--set", setting).refused(message)
