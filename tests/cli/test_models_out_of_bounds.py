"""Databases with models that this release refuses, as one with other bounds may have made them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pssglass.base.canonical import canonical_json, digest

if TYPE_CHECKING:
    from .conftest import Program

OWN = """
name = "own"
seed = 5

[models.mine]
form = "inverse-powers"
exponents = [12, 6]
coefficients = [1.0, -2.0]
cutoff = 2.0
density = 0.9

[[ensembles]]
model = "mine"
N = 128
parent_temperatures = [2.0]
samples = 1
protocol = { melt_time = 0.5, equilibration_time = 0.5, quench = "fast" }
"""


def refit(program: Program, key: str, value: float) -> None:
    """Give a parameter another value in all specifications."""
    with closing(sqlite3.connect(program.folder / "pssglass.db")) as database, database:
        for number, text in database.execute("SELECT id, spec FROM ensemble").fetchall():
            spec = json.loads(text)
            spec["parameters"][key] = value
            changed = canonical_json(spec), digest(spec), number
            database.execute("UPDATE ensemble SET spec = ?, spec_hash = ? WHERE id = ?", changed)


@pytest.mark.parametrize(
    ("own", "changed", "reason"),
    [
        (
            False,
            ("rc", 3.0),
            "rc = 3.0 is outside (1, 2.5]; the paper uses 1.1, 1.2, 1.3 and 1.5; install pssglass",
        ),
        (
            True,
            ("cutoff", 20.0),
            "within 0.1 and 10, in units of λ; use the release of pssglass that made its",
        ),
    ],
)
def test_all_but_their_glasses_can_be_used(
    pssglass: Program, own: bool, changed: tuple[str, float], reason: str
) -> None:
    pssglass.write_campaign()
    if own:
        (pssglass.folder / "campaign.toml").write_text(OWN, encoding="utf-8")
    pssglass("simulate", "campaign.toml", "--workers", 0).done()
    pssglass("analyze", "--workers", 0, "--observable", "energetics").done()
    refit(pssglass, *changed)

    query = f"SELECT DISTINCT {changed[0]} AS value FROM v_samples WHERE energy_per_particle IS NOT NULL"
    assert pssglass("sql", query, "--format", "csv").done().rows == [{"value": str(changed[1])}]
    flags = [one["reason"] for one in json.loads(pssglass("status", "--json").done().out)["flags"]]
    assert any(reason in flag for flag in flags)
    pssglass("report", "-o", "report.html").done()
    pssglass("export", "-o", "samples.csv").done()
    verified = pssglass("verify", "--recompute", 1, "--workers", 0)
    assert verified.code == 0
    assert reason in verified.err

    left_out = pssglass("analyze", "--workers", 0, "--observable", "moduli")
    assert left_out.code == 1
    assert reason in left_out.err
    assert "Traceback" not in left_out.err
    pssglass("export", "-o", "files", "--format", "extxyz").refused(
        reason, "or name other ensembles (--ensemble)"
    )
