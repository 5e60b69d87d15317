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


def refit(program: Program, key: str, value: float) -> None:
    """Give a parameter another value in all specifications."""
    with closing(sqlite3.connect(program.folder / "pssglass.db")) as database, database:
        for number, text in database.execute("SELECT id, spec FROM ensemble").fetchall():
            spec = json.loads(text)
            spec["parameters"][key] = value
            changed = canonical_json(spec), digest(spec), number
            database.execute("UPDATE ensemble SET spec = ?, spec_hash = ? WHERE id = ?", changed)


@pytest.mark.parametrize(
    ("campaign", "changed", "reason"),
    [
        (
            "campaign.toml",
            ("rc", 3.0),
            "rc = 3.0 is outside (1, 2.5]; the paper uses 1.1, 1.2, 1.3 and 1.5; install pssglass",
        ),
        (
            "own.toml",
            ("cutoff", 20.0),
            "within 0.1 and 10, in units of λ; use the release of pssglass that made its",
        ),
    ],
)
def test_all_but_their_glasses_can_be_used(
    own: Program, campaign: str, changed: tuple[str, float], reason: str
) -> None:
    own.write_campaign()
    own("simulate", campaign, "--workers", 0).done()
    own("analyze", "--workers", 0, "--observable", "energetics").done()
    refit(own, *changed)

    query = f"SELECT DISTINCT {changed[0]} AS value FROM v_samples WHERE energy_per_particle IS NOT NULL"
    assert own("sql", query, "--format", "csv").done().rows == [{"value": str(changed[1])}]
    flags = [one["reason"] for one in json.loads(own("status", "--json").done().out)["flags"]]
    assert any(reason in flag for flag in flags)
    own("report", "-o", "report.html").done()
    own("export", "-o", "samples.csv").done()
    verified = own("verify", "--recompute", 1, "--workers", 0)
    assert verified.code == 0
    assert reason in verified.err

    left_out = own("analyze", "--workers", 0, "--observable", "moduli")
    assert left_out.code == 1
    assert reason in left_out.err
    assert "Traceback" not in left_out.err
    own("export", "-o", "files", "--format", "extxyz").refused(reason, "or name other ensembles (--ensemble)")
