"""The benchmarks run, and both sides of each compute the same, at sizes where the times mean nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {
    "md", "md-mixed", "md-sticky", "md-large", "md-samples", "md-cost", "md-threads",
    "md-poly", "md-poly-mixed", "swap-species", "swap-sizes", "table-double", "table-mixed",
    "md-cost-million", "md-threads-million", "campaign", "quench-fast", "quench-faithful",
    "hessian", "moduli", "modes", "modes-ordered", "dipoles", "analysis", "analysis-ordered", "dipole-huge",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one small run of everything left its results."""
    output = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, str(Path(__file__).parent), "--smoke", "--huge", "--scaling"]
    # Threads that wait without working, as others of the test suite want the cores.
    environment = os.environ | {"OMP_WAIT_POLICY": "passive"}
    done = subprocess.run(
        [*command, "--output", str(output)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return output


def test_every_comparison_is_of_the_same_physics(folder: Path) -> None:
    comparisons = json.loads((folder / "results.json").read_text())["comparisons"]
    assert {row["key"] for row in comparisons} == KEYS
    for row in comparisons:
        assert row["checks"], f"{row['key']} checks nothing"
        assert row["same_physics"], row
        assert all(seconds > 0 for seconds in row["ours"] + row["theirs"])


def test_tables_and_figure_are_written(folder: Path) -> None:
    assert len((folder / "results.md").read_text().splitlines()) > len(KEYS)
    assert (folder / "scaling.png").stat().st_size > 0


def test_both_eigensolvers_find_the_same(folder: Path) -> None:
    command = [sys.executable, str(Path(__file__).parent / "eigensolvers.py"), "--output", str(folder)]
    sizes = ["--particles", "256", "--modes", "10", "40", "--repeats", "1"]
    done = subprocess.run([*command, *sizes], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [row.split("|")[1:3] for row in done.stdout.splitlines()[2:]] == [
        [" 256 ", " 10 "],
        [" 256 ", " 40 "],
    ]


def test_two_installs_do_the_same_work_in_turns() -> None:
    command = [sys.executable, str(Path(__file__).parent / "versions.py"), sys.executable, sys.executable]
    options = ["--repeats", "1", "--only", "MD r_c 1.1, double", "110 dipoles"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [row.split("|") for row in done.stdout.splitlines()[2:]]
    assert [row[1] for row in rows] == ["MD r_c 1.1, double", "110 dipoles"]
    assert all(float(row[column]) > 0 for row in rows for column in (2, 3))
