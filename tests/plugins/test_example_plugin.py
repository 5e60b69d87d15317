"""A package of others with a plugin of each kind: built, installed, and used by the commands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "example_plugin"


@pytest.fixture(scope="module")
def environment(make_environment: Any) -> Any:
    """Where alone the package is installed, in a folder with its campaign."""
    made = make_environment()
    made.install(shutil.copytree(PACKAGE, made.folder / "glass-example"))
    shutil.copy(PACKAGE / "campaign.toml", made.folder)
    return made


def test_each_kind_is_found_under_its_name(environment: Any) -> None:
    for command in ("observables stress_anisotropy", "models", "stages", "plot --list"):
        done = environment.run("pssglass", *command.split())
        assert done.returncode == 0, done.stderr
        assert "glass-example 1.2" in done.stdout, command
        assert done.stderr == ""


def test_its_values_are_in_the_database_and_its_figure_is_drawn(environment: Any) -> None:
    for command in ("simulate campaign.toml", "analyze campaign.toml", "plot stress -o stress.svg --data"):
        workers = [] if command.startswith("plot") else ["--workers", "0"]
        done = environment.run("pssglass", *command.split(), *workers)
        assert done.returncode == 0, (command, done.stderr)
    query = "SELECT n, equivalent_stress, pressure_over_bulk_modulus FROM v_samples"
    rows = json.loads(environment.run("pssglass", "sql", query, "--format", "json").stdout)
    assert len(rows) == 4
    assert {row["n"] for row in rows} == {12}
    assert all(row["equivalent_stress"] > 0.0 for row in rows)


def test_results_of_other_parameters_stand_side_by_side(environment: Any) -> None:
    again = ("analyze", "--observable", "stress_anisotropy", "--set", "diagonal=true", "--workers", "0")
    assert environment.run("pssglass", *again).returncode == 0
    query = "SELECT DISTINCT parameters FROM v_scalars WHERE key = 'equivalent_stress' ORDER BY parameters"
    rows = json.loads(environment.run("pssglass", "sql", query, "--format", "json").stdout)
    assert [json.loads(row["parameters"])["diagonal"] for row in rows] == [False, True]


@pytest.mark.usefixtures("environment")
def test_elsewhere_it_is_not_installed() -> None:
    command = [sys.executable, "-P", "-m", "pssglass", "observables", "stress_anisotropy"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
