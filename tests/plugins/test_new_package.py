"""``pssglass new`` writes packages in style, whose tests pass at once; bad names are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pssglass.base.errors import ConfigurationError, InputError
from pssglass.plugins.new_package import KINDS, write_package

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(make_environment: Any) -> Any:
    """A package of each kind, installed."""
    made = make_environment()
    for kind in KINDS:
        made.install(write_package(kind, f"my_{kind}", made.folder))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_tests_pass(environment: Any, kind: str) -> None:
    done = environment.run("pytest", "-q", "-p", "no:cacheprovider", f"glass-my-{kind}")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_in_style(tmp_path: Path, kind: str) -> None:
    package = write_package(kind, "mine", tmp_path)
    rules = ["--isolated", "--line-length=110"]
    for command in (["check", *rules, "--select=E,F,I,UP,B,SIM"], ["format", *rules, "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, package], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "complaint"),
    [
        ("observer", "mine", "'observer' is unknown; take one of observable, figure, model, stage"),
        ("observable", "Mine", "'Mine' must be a lower-case identifier"),
        ("model", "my-model", "'my-model' must be a lower-case identifier"),
        ("model", "../x", "must be a lower-case identifier"),
        ("model", "lambda", "must be a lower-case identifier"),
        ("observable", "moduli", "'moduli' is that of an installed observable"),
        ("figure", "fig4", "'fig4' is that of an installed figure"),
        ("stage", "hold", "'hold' is that of an installed stage"),
        ("stage", "swap", "'swap' is that of an installed stage"),
        ("stage", "thermostat", "'thermostat' is that of an installed stage"),
        ("observable", "lowest", "'lowest' is that of an installed observable"),
        ("observable", "x_", "'x_' must be a lower-case identifier"),
        ("model", "model", "'model' would hide Model, which every model needs"),
        ("observable", "column", "'column' would hide Column"),
    ],
)
def test_bad_names_are_refused(tmp_path: Path, kind: str, name: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        write_package(kind, name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    write_package("figure", "mine", tmp_path)
    with pytest.raises(InputError, match="glass-mine is there already; take another name"):
        write_package("model", "mine", tmp_path)
    assert not (tmp_path / "glass-mine" / "tests" / "test_model.py").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"cannot make folder .*file"):
        write_package("model", "mine", tmp_path / "file")
