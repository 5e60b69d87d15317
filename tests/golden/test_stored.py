"""A database and checkpoints of an older program are read, and samples that were stopped go on."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest


def test_a_stored_database_is_read(golden: ModuleType, comparison: ModuleType, stored: Path) -> None:
    for part, value in golden.reading_of(stored).items():
        assert comparison.differences(comparison.recorded(f"stored/{part}"), value) == [], part


def test_sql_finds_what_is_stored(golden: ModuleType, comparison: ModuleType, stored: Path) -> None:
    query = "SELECT ensemble, replica, seed, state, shear_modulus FROM v_samples ORDER BY ensemble, replica"
    rows = json.loads(golden.pssglass(stored, "sql", query, "--format", "json"))
    samples = comparison.recorded("stored/found")["v_samples"]
    recorded = [dict(zip(samples["columns"], row, strict=True)) for row in samples["rows"]]
    assert comparison.differences([{key: row[key] for key in rows[0]} for row in recorded], rows) == []


def test_nothing_is_wrong_with_it(golden: ModuleType, stored: Path) -> None:
    found = json.loads(golden.pssglass(stored, "verify", "--recompute", 1, "--workers", 0, "--json"))
    assert found["complete"]
    assert found["files"]["checked"] == found["files"]["sound"] > 0
    # The program that made it ended melts otherwise, and had other moduli: told, and no fault.
    assert found["faults"] == []
    other_version = [f"{one} is not measured again" for one in ("liquid 2", "moduli 1")]
    explained = ("other bits are possible, since git_revision was", *other_version)
    assert all(any(reason in remark for reason in explained) for remark in found["remarks"])


@pytest.mark.parametrize("campaign", ["liquid", "quench"])
def test_a_stopped_sample_ends_as_if_it_was_made_in_one_go(
    golden: ModuleType, comparison: ModuleType, stored: Path, campaign: str
) -> None:
    golden.pssglass(stored, "simulate", f"{campaign}.toml", "--workers", 0)
    recorded = {
        name: positions
        for name, positions in comparison.recorded("stored/in-one-go").items()
        if name.startswith(campaign)
    }
    resumed = {
        name.replace("-2-", "-1-"): positions  # the number of the attempt is part of a file's name
        for name, positions in golden.positions_of(stored).items()
        if name.startswith(campaign)
    }
    assert len(recorded) == 2
    assert comparison.differences(recorded, resumed) == []
