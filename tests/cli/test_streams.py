"""Commands end well whatever stdout can show, and whether it is there at all."""

from __future__ import annotations

import doctest
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from pssglass.cli import streams

if TYPE_CHECKING:
    from .conftest import Program

ASCII = {"PYTHONIOENCODING": "ascii"}
C_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


def test_examples_in_the_documentation() -> None:
    found = doctest.testmod(streams)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("χ² = 4 ≤ 5", "chi2 = 4 <= 5"),
        ("⟨∂²U/∂γ²⟩/V", "<d2U/dgamma2>/V"),
        ("Ω ∼ ω_g⁻³ …", "Omega ~ omega_g-3 ..."),
        ("日", "\\u65e5"),
        ("\udcff", "\\udcff"),
    ],
)
def test_texts_in_ascii(text: str, expected: str) -> None:
    assert streams.plain(text) == expected


@pytest.mark.parametrize("environment", [ASCII, C_LOCALE], ids=["ascii", "C locale"])
def test_what_stdout_cannot_show_is_written_in_ascii(measured: Program, environment: dict[str, str]) -> None:
    measured.alone("observables", **environment).done()
    table = measured.alone("sql", "SELECT 'ν ± 1' AS χ", **environment).done().out
    assert "chi" in table
    assert "nu +- 1" in table
    assert measured.alone("sql", "--format", "csv", "SELECT 'ν' AS n", **environment).done().out == "n\nnu\n"
    found = measured.alone("sql", "--format", "json", "SELECT 'ν' AS n", **environment).done().out
    assert json.loads(found) == [{"n": "ν"}]
    assert measured.alone("status", **environment).done().out.isascii()


def test_columns_stay_as_wide_as_they_look(measured: Program) -> None:
    query = "SELECT 'ν' AS a, 'x' AS b UNION SELECT 'no', 'y'"
    lines = measured.alone("sql", query, **ASCII).done().out.splitlines()
    [nu], [no] = ([line for line in lines if text in line] for text in ("nu", "no"))
    assert nu.index("x") == no.index("y")
    assert len(nu) == len(no)


def test_a_closed_stdout_is_no_fault(measured: Program) -> None:
    for redirection in (">&-", "2>&-", ">&- 2>&-"):
        command = " ".join(map(str, measured.command("sql", "'SELECT 1'")))
        done = subprocess.run(
            ["bash", "-c", f"{command} {redirection}"],
            cwd=measured.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    # The database is not what was written to in place of stdout.
    measured("verify").done()


def test_a_stderr_that_takes_nothing_hides_no_exit_code(pssglass: Program) -> None:
    command = " ".join(map(str, pssglass.command("simulate", "absent.toml")))
    done = subprocess.run(
        ["bash", "-c", f"{command} 2>/dev/full"], cwd=pssglass.folder, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
