"""A figure of another distribution arrives wherever figures are; a faulty one harms no other."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from unittest import mock

import pytest
from pssglass.db import Store

from pssglass.cli import main

SOURCE = """
from pssglass.figures import Figure, FigureTable


def tabulate(ensembles):
    return FigureTable.of(["x", "y"], [[1.0, 2.0], [2.0, 4.0]])


def draw(table, panels):
    panels[0].plot(table.numbers("x"), table.numbers("y"))


def fail(table, panels):
    raise KeyError("no such thing")


GOOD = Figure("mine", "a figure of my own", (), tabulate, draw)
BAD = Figure("broken", "a faulty one", (), tabulate, fail)
MISTAKEN = Figure("mistaken", "needs by name alone", ("moduli",), tabulate, draw)
"""
ENTRIES = """\
[pssglass.figures]
mine = glass_figure:GOOD
broken = glass_figure:BAD
mistaken = glass_figure:MISTAKEN
absent = glass_figure:NOTHING
"""


def pssglass(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["pssglass", *map(str, arguments)]),
        pytest.raises(SystemExit) as end,
    ):
        main()
    return int(end.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an empty database, in which a distribution with figures is installed."""
    packages = tmp_path / "packages"
    info = packages / "glass_figure-1.0.dist-info"
    info.mkdir(parents=True)
    (packages / "glass_figure.py").write_text(SOURCE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: glass-figure\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / "pssglass.db", create=True):
        return tmp_path


def test_it_is_listed_and_drawn(folder: Path) -> None:
    code, out, err = pssglass("plot", "--list")
    assert code == 0
    assert "a figure of my own" in out
    assert "glass-figure 1.0" in out
    assert "absent of glass-figure 1.0" in err
    assert "mistaken of glass-figure 1.0 (glass_figure:MISTAKEN): needs = ('moduli',) must be a tuple" in err
    assert pssglass("plot", "mine", "--data")[0] == 0
    assert (folder / "mine.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "mine.csv").read_text() == "x,y\n1.0,2.0\n2.0,4.0\n"


def test_a_faulty_one_is_named_and_the_others_are_drawn(folder: Path) -> None:
    code, out, err = pssglass("plot", "all")
    assert code != 0
    assert "figures/mine.png" in out.split()
    assert "figures/fig2.png" in out.split()
    assert "broken failed: KeyError" in err
    code, _, err = pssglass("plot", "broken")
    assert code == 1
    assert err.startswith("pssglass: error: broken failed: KeyError")


def test_the_report_has_it_and_tells_of_faulty_ones(folder: Path) -> None:
    assert pssglass("report")[0] == 0
    page = (folder / "report.html").read_text()
    assert '<figure id="mine">' in page
    assert "broken failed: KeyError" in page
    assert "absent of glass-figure 1.0" in page
