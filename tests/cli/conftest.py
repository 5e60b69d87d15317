"""The program run as its users run it, in a folder of its own, on a campaign that takes a second."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from pssglass.cli import main
from pssglass.configurations import read_gsd

CAMPAIGN = """\
name = "tiny"
seed = 11

[[ensembles]]
model = "pss"
parameters = { rc = 1.5 }
N = 100
parent_temperatures = [2.6, 1.0]
samples = 2
protocol = { melt_temperature = 4.0, melt_time = 0.5, equilibration_time = 0.5 }
"""


OWN_MODEL = """
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
"""A campaign of one glass of a model that its file defines."""

BLOWING_UP = """\
[[ensembles]]
model = "pss"
parameters = { rc = 1.1 }
N = 100
parent_temperatures = [1.0]
samples = 1
protocol = { melt_temperature = 1e5, melt_time = 0.5, equilibration_time = 0.5, time_step = 0.004 }

"""
"""An ensemble whose only sample diverges."""


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """The CSV on stdout."""
        return list(csv.DictReader(io.StringIO(self.out)))

    def done(self) -> Result:
        """The command succeeded and had nothing to complain about."""
        assert self.code == 0, self.err
        assert self.err == ""
        return self

    def refused(self, *parts: str, code: int = 2) -> None:
        """The command ended with this code and one line on stderr that has all these parts."""
        assert self.code == code, self.err
        assert self.out == ""
        assert self.err.startswith("pssglass: error: "), self.err
        assert self.err.count("\n") == 1, self.err
        for part in parts:
            assert part in self.err


@dataclass(frozen=True)
class Program:
    """The program in one folder, with its default database."""

    folder: Path

    def __call__(self, *arguments: object) -> Result:
        """Run a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(sys, "argv", ["pssglass", *map(str, arguments)]),
            pytest.raises(SystemExit) as end,
        ):
            main()
        return Result(int(end.value.code or 0), out.getvalue(), err.getvalue())

    def alone(self, *arguments: object, largest_file: int | None = None, **environment: object) -> Result:
        """Run a command in a process of its own; files end at ``largest_file`` KiB, as on a full disk."""
        variables = {**os.environ, **{key: str(value) for key, value in environment.items()}}
        limit = ["bash", "-c", f'ulimit -f {largest_file}; exec "$@"', "bash"] if largest_file else []
        done = subprocess.run(
            [*limit, *self.command(*arguments)],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def command(*arguments: object) -> list[str]:
        return [sys.executable, "-m", "pssglass", *map(str, arguments)]

    def write_campaign(self, *changes: tuple[str, str], failing: bool = False) -> None:
        """The tiny campaign as campaign.toml, with some text replaced; maybe after an ensemble that fails."""
        text = CAMPAIGN.replace("[[ensembles]]", f"{BLOWING_UP}[[ensembles]]") if failing else CAMPAIGN
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (self.folder / "campaign.toml").write_text(text)

    def positions(self) -> dict[str, np.ndarray]:
        """Of all inherent states, by ensemble and replica."""
        found = sorted((self.folder / "pssglass.configurations").rglob("*-inherent.gsd"))
        return {f"{path.parent.name}/{path.name[:5]}": read_gsd(path).positions for path in found}

    def states(self) -> list[str]:
        """Of all samples; empty as long as there is no database."""
        if not (self.folder / "pssglass.db").exists():
            return []
        with contextlib.closing(sqlite3.connect(self.folder / "pssglass.db")) as connection:
            try:
                return [state for (state,) in connection.execute("SELECT state FROM sample ORDER BY id")]
            except sqlite3.OperationalError:  # the tables are not there yet
                return []

    def files(self) -> set[str]:
        """Names of what is in the folder."""
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def pssglass(memory_folder: Path) -> Program:
    """The program in an empty folder."""
    return Program(memory_folder)


@pytest.fixture
def with_campaign(pssglass: Program) -> Program:
    """The program in a folder with campaign.toml: two ensembles of two samples of 100 particles."""
    pssglass.write_campaign()
    return pssglass


@pytest.fixture(scope="session")
def _measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = Program(tmp_path_factory.mktemp("measured"))
    program.write_campaign()
    program("simulate", "campaign.toml", "--workers", 0).done()
    program("analyze", "--workers", 0).done()
    return program.folder


@pytest.fixture
def measured(_measured: Path, pssglass: Program) -> Program:
    """The program in a folder where this campaign is simulated and analysed."""
    shutil.copytree(_measured, pssglass.folder, dirs_exist_ok=True)
    return pssglass


@pytest.fixture
def own(pssglass: Program) -> Program:
    """With ``own.toml``, whose model is its own."""
    (pssglass.folder / "own.toml").write_text(OWN_MODEL, encoding="utf-8")
    return pssglass
