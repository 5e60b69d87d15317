"""Glasses from elsewhere: which are there already, and what is known of their liquids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import pssglass as pg
from pssglass.configurations import read_configuration_of

if TYPE_CHECKING:
    from .conftest import Program, Result

MODEL = ("--model", "pss", "--set", "rc=1.5")


def imported(program: Program, file: object, *options: object, name: str = "outside") -> Result:
    return program("import", file, "--ensemble", name, *MODEL, *options)


@pytest.fixture
def exported(measured: Program) -> Path:
    measured("export", "-o", "out").done()
    return measured.folder / "out/tiny-rc1.5-T2.6/00000-inherent.extxyz"


def foreign(file: Path, decimals: int) -> Path:
    """The glass of a file as another program has it: other digits, origin and order."""
    glass = read_configuration_of(pg.PSS(rc=1.5), file)
    order = np.random.default_rng(1).permutation(glass.N)
    copy = file.with_name(f"foreign{decimals}.extxyz")
    positions = glass.positions[order] + 3.0
    L = glass.box[0]
    rows = [
        f"{glass.symbols[k]} {x:.{decimals}f} {y:.{decimals}f} {z:.{decimals}f}"
        for k, (x, y, z) in zip(order, positions, strict=True)
    ]
    lattice = f'Lattice="{L:.10f} 0 0 0 {L:.10f} 0 0 0 {L:.10f}" pbc="T T T"'
    copy.write_text("\n".join([str(glass.N), f"{lattice} Properties=species:S:1:pos:R:3", *rows, ""]))
    return copy


@pytest.mark.parametrize("decimals", [6, 10])
def test_a_glass_with_other_digits_is_the_same_glass(
    decimals: int, measured: Program, exported: Path
) -> None:
    file, options = foreign(exported, decimals), () if decimals > 8 else ("--quench",)
    imported(measured, file, *options).refused("sample 0 of ensemble 'tiny-rc1.5-T2.6'", "count twice")
    elsewhere = ("--db", f"new{decimals}.db")
    assert imported(measured, exported, *elsewhere).done().out.endswith("sample 0 of outside\n")
    again = imported(measured, file, *options, *elsewhere).done()
    assert again.out.endswith("sample 0 of outside, which was there already: nothing is added\n")
    [row] = measured("sql", "SELECT count(*) AS n FROM sample", "--format", "csv", *elsewhere).rows
    assert row == {"n": "1"}


def test_a_glass_that_is_imported_and_then_made_is_flagged(
    measured: Program, exported: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = ("--db", "new.db")
    imported(measured, foreign(exported, 10), "--parent-temperature", 2.6, *elsewhere).done()
    measured("simulate", "campaign.toml", "--workers", 0, *elsewhere).done()
    assert "sample 0 of tiny-rc1.5-T2.6 was imported before, as sample 0 of outside" in caplog.text
    flagged = "is the glass that was imported as sample 0 of outside, and counts twice with it"
    assert flagged in measured("status", *elsewhere).done().out
    measured("report", *elsewhere).done()
    assert flagged in (measured.folder / "report.html").read_text()
    assert measured("db", "remove", "--ensemble", "outside", "--yes", *elsewhere).code == 0
    assert flagged not in measured("status", *elsewhere).done().out


def test_a_parent_temperature_may_be_told_later(measured: Program, exported: Path) -> None:
    elsewhere = ("--db", "new.db")
    imported(measured, exported, *elsewhere).done()
    measured("analyze", "--workers", 0, *elsewhere).done()
    assert (
        "`pssglass db describe outside --parent-temperature T`" in measured("status", *elsewhere).done().out
    )
    measured("plot", "fig4", *elsewhere).refused("fig4")
    told = ("--parent-temperature", 2.6, "--equilibration-time", 500)
    done = measured("db", "describe", "outside", *told, *elsewhere).done()
    assert done.out == "outside: parent temperature 2.6, equilibration time 500.0\n"
    assert measured("plot", "fig4", "--data", *elsewhere).code == 0
    assert "outside" in (measured.folder / "fig4.csv").read_text()
    assert "db describe" not in measured("status", *elsewhere).done().out
    measured("verify", *elsewhere).done()
    imported(measured, exported, *told, *elsewhere).done()
    imported(measured, exported, "--parent-temperature", 1.0, *elsewhere).refused(
        "`pssglass db describe outside`"
    )
    [row] = measured("sql", "SELECT what, details FROM removal", "--format", "csv", *elsewhere).rows
    assert row["what"] == "specification of ensemble outside"
    assert json.loads(row["details"])["spec"]["parent_temperature"] is None


def test_what_cannot_be_described(measured: Program) -> None:
    describe = ("db", "describe")
    measured(*describe, "outside", "--parent-temperature", 1.0).refused("no ensemble 'outside'")
    measured(*describe, "tiny-rc1.5-T2.6", "--parent-temperature", 1.0).refused("made here at T_p = 2.6")
    measured(*describe, "tiny-rc1.5-T2.6").refused("give --parent-temperature")
    measured(*describe, "tiny-rc1.5-T2.6", "--equilibration-time", "-3").refused("-3")
