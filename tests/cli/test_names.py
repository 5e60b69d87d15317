"""Names that are no Unicode, and systems that give few files."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from pssglass.cli import errors

if TYPE_CHECKING:
    from .conftest import Program

NAME = os.fsdecode(b"M\xfc")


@pytest.fixture
def folder(measured: Program) -> Program:
    """The measured campaign in a folder of such a name."""
    folder = measured.folder / NAME
    folder.mkdir()
    for path in [one for one in measured.folder.iterdir() if one != folder]:
        path.rename(folder / path.name)
    return type(measured)(folder)


def test_all_commands_work_in_a_folder_whose_name_is_no_unicode(folder: Program) -> None:
    for command in (
        ("analyze", "--workers", 0),
        ("export", "-o", "out"),
        ("export", "-o", NAME, "--format", "gsd"),
        ("export", "-o", f"{NAME}.csv"),
        ("export", "-o", f"{NAME}.parquet"),
        ("report", "-o", f"{NAME}.html"),
        ("verify",),
        ("status",),
        ("info",),
    ):
        done = folder.alone(*command)
        assert done.code == 0, done.err
    assert "\\xfc" in (folder.folder / f"{NAME}.html").read_text() or "\\udcfc" in done.out
    outside = f"{NAME}/tiny-rc1.5-T2.6-inherent.gsd"
    call = ("import", outside, "--frame", 0, "--ensemble", "o", "--model", "pss", "--set", "rc=1.5")
    call += ("--db", "new.db")
    assert "sample 0 of o" in folder.alone(*call).done().out


def test_a_database_whose_name_is_no_unicode_is_refused_before_work(with_campaign: Program) -> None:
    refused = with_campaign.alone("simulate", "campaign.toml", "--db", f"{NAME}.db")
    refused.refused("is no Unicode; choose another with --db")
    assert with_campaign.files() == {"campaign.toml"}


@pytest.mark.parametrize(
    "command",
    [
        ("db", "describe", NAME, "--parent-temperature", 1),
        ("db", "remove", "--ensemble", NAME, "--dry-run"),
        ("db", "show", NAME),
        ("sql", f"SELECT '{NAME}'"),
    ],
)
def test_texts_that_no_database_holds_are_refused(command: tuple[object, ...], measured: Program) -> None:
    refused = measured(*command)
    assert refused.code == 2
    assert "udcfc" in refused.err
    assert "unexpected" not in refused.err


def test_the_log_of_an_unexpected_error_takes_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told = io.StringIO()
    with mock.patch("sys.argv", ["pssglass", NAME]), contextlib.redirect_stderr(told):
        assert errors.run(fail) == 1
    assert "unexpected RuntimeError" in told.getvalue()
    [log] = tmp_path.iterdir()
    assert log.read_text().startswith("pssglass M\\udcfc\n")


@pytest.mark.parametrize("files", [12, 24])
def test_few_open_files_end_in_one_line(files: int, measured: Program) -> None:
    """Or do, where they are enough."""
    for command in (("analyze", "--workers", 0), ("export", "-o", f"out{files}"), ("verify",)):
        done = subprocess.run(
            ["bash", "-c", f'ulimit -n {files}; exec "$@"', "bash", *measured.command(*command)],
            cwd=measured.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0 or "ulimit -n 256" in done.stderr, done.stderr


def test_workers_that_would_open_too_many_files_are_refused_before_any_work(with_campaign: Program) -> None:
    command = with_campaign.command("simulate", "campaign.toml", "--workers", 1)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -n 24; exec "$@"', "bash", *command],
        cwd=with_campaign.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "1 worker processes need 33 open files, and the system allows 24" in line
    assert line.endswith("`ulimit -n 256` in a new shell, or use --workers 0")
    assert set(with_campaign.states()) == {"pending"}
