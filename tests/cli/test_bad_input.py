"""Bad input ends with one line that names the value, the bound and the remedy, and leaves nothing behind."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program

MISTAKES = {
    "unknown key": ("samples = 2", "samplse = 2", ["samplse", "'samples'"]),
    "unknown protocol key": ("melt_time", "melt_tme", ["melt_tme", "'melt_time'"]),
    "unknown parameter": ("rc = 1.5", "rcc = 1.5", ["rcc", "'rc'"]),
    "unknown model": ('model = "pss"', 'model = "psss"', ["psss", "'pss'"]),
    "text for a number": ("samples = 2", 'samples = "two"', ["samples", "two"]),
    "half a sample": ("samples = 2", "samples = 2.5", ["samples", "2.5"]),
    "cutoff at the minimum": ("rc = 1.5", "rc = 1.0", ["rc = 1.0", "(1, 2.5]"]),
    "zero temperature": ("[2.6, 1.0]", "[2.6, 0.0]", ["temperature", "0"]),
    "negative temperature": ("[2.6, 1.0]", "[-1.0]", ["temperature", "-1.0", "above 0"]),
    "box below two cutoffs": ("N = 100", "N = 32", ["N = 32", "two cutoffs", "or more"]),
    "odd number of particles": ("N = 100", "N = 101", ["N = 101", "nearest"]),
    "no TOML": ("samples = 2", "samples =", ["TOML", "line"]),
    "not a number": ("melt_time = 0.5", "melt_time = nan", ["melt_time", "nan"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_a_campaign(mistake: str, pssglass: Program) -> None:
    before, after, parts = MISTAKES[mistake]
    pssglass.write_campaign((before, after))
    pssglass("simulate", "campaign.toml").refused("campaign.toml", *parts)
    assert pssglass.files() == {"campaign.toml"}


OBSERVABLES = {
    "unknown observable": ('["energetics", "modul"]', ["modul", "'moduli'"]),
    "unknown parameter of an observable": (
        '[{ name = "order", parameters = { neighbor_range = 1.5 } }]',
        ["neighbor_range", "'neighbour_range'"],
    ),
    "parameter of an observable out of its bounds": (
        '[{ name = "dipole_response", parameters = { pairs = -5 } }]',
        ["dipole_response", "pairs = -5", "at least 1"],
    ),
}


@pytest.mark.parametrize("mistake", OBSERVABLES)
@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["simulate", "dry run"])
def test_wrong_observables_are_found_before_the_work(
    mistake: str, options: tuple[str, ...], pssglass: Program
) -> None:
    asked, parts = OBSERVABLES[mistake]
    pssglass.write_campaign(("seed = 11", f"seed = 11\nobservables = {asked}"))
    pssglass("simulate", "campaign.toml", *options).refused(*parts)
    assert pssglass.files() == {"campaign.toml"}


def test_a_campaign_file_or_a_preset(with_campaign: Program) -> None:
    with_campaign("simulate").refused("campaign file", "--preset")
    with_campaign("simulate", "campaign.toml", "--preset", "demo").refused("either")
    with_campaign("simulate", "nothing.toml").refused("nothing.toml", "No such file")
    with_campaign("simulate", "--preset", "table2").refused("table2", "table1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze",),
        ("status",),
        ("sql", "SELECT 1"),
        ("plot", "fig4"),
        ("export", "-o", "out"),
        ("verify",),
        ("db", "upgrade"),
    ],
    ids=" ".join,
)
def test_a_missing_database(arguments: tuple[str, ...], pssglass: Program) -> None:
    pssglass(*arguments).refused("there is no database", "pssglass.db", "--db")
    assert pssglass.files() == set()


def test_a_database_of_a_newer_version(measured: Program) -> None:
    with closing(sqlite3.connect(measured.folder / "pssglass.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for arguments in (("simulate", "campaign.toml"), ("analyze",), ("status",), ("db", "upgrade")):
        measured(*arguments).refused("9999", "upgrade pssglass")


def test_a_file_that_is_no_database(with_campaign: Program) -> None:
    before = (with_campaign.folder / "campaign.toml").read_bytes()
    with_campaign("simulate", "campaign.toml", "--db", "campaign.toml").refused("no pssglass database")
    assert (with_campaign.folder / "campaign.toml").read_bytes() == before


def test_what_is_no_regular_file_is_never_opened(with_campaign: Program) -> None:
    """Each in a process of its own, as a pipe that nobody writes to would stop this one."""
    (with_campaign.folder / "device").symlink_to("/dev/null")
    os.mkfifo(with_campaign.folder / "pipe.toml")
    os.rename(with_campaign.folder / "campaign.toml", with_campaign.folder / "good.toml")
    for command in (
        *(("status", "--db", "pipe.toml"), ("db", "upgrade", "--db", "pipe.toml")),
        *(("simulate", "pipe.toml"), ("simulate", "good.toml", "--db", "pipe.toml")),
        ("plot", "fig2", "--style", "pipe.toml"),
    ):
        with_campaign.alone(*command).refused("it is a pipe, no regular file")
    settings = ("simulate", "good.toml", "--slurm", "x", "--settings", "pipe.toml")
    with_campaign.alone(*settings).refused("it is a pipe, no regular file", "check --settings")
    with_campaign("sql", "SELECT 1", "--db", "device").refused("it is a device, no regular file", "--db")


def test_a_place_that_can_hold_no_database(with_campaign: Program) -> None:
    for place, part in ((".", "is a folder"), ("mysql://host/glass", "no place"), ("x://", "--db")):
        for command in (
            ("simulate", "campaign.toml"),
            ("status",),
            ("simulate", "campaign.toml", "--dry-run"),
        ):
            with_campaign(*command, "--db", place).refused(part if part != "--db" else "postgresql://")
    assert with_campaign.files() == {"campaign.toml"}


def test_a_folder_that_cannot_be_written(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--db", "/proc/glass.db").refused("/proc/glass.db")
    with_campaign("simulate", "campaign.toml", "--db", "nowhere/glass.db").refused("nowhere does not exist")
    with_campaign("demo", "/proc/demo").refused("/proc/demo")
    with_campaign("plot", "fig2", "-o", "/proc/fig2.png").refused("/proc/fig2.png")
    assert with_campaign.files() == {"campaign.toml"}


def test_a_disk_without_room_for_the_database(with_campaign: Program) -> None:
    with_campaign.alone("simulate", "campaign.toml", largest_file=8).refused("pssglass.db", "space", code=1)
    assert with_campaign.files() == {"campaign.toml"}
    with_campaign("simulate", "campaign.toml", "--workers", 0).done()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_disk_without_room_for_configurations(workers: int, measured: Program) -> None:
    measured.write_campaign(
        ("tiny", "large"), ("N = 100", "N = 3000"), ("samples = 2", "samples = 1"), ("[2.6, 1.0]", "[2.6]")
    )
    arguments = ("simulate", "campaign.toml", "--workers", workers)
    measured.alone(*arguments, largest_file=300).refused("cannot write", "large-rc1.5", "space")
    assert measured.states() == ["done"] * 4 + ["pending"]
    assert not list(measured.folder.rglob("*.tmp"))
    measured(*arguments).done()
    assert measured.states() == ["done"] * 5


def test_wrong_usage(pssglass: Program) -> None:
    pssglass("simulat").refused("simulat", "--help")
    pssglass("sql").refused("pssglass sql --help")
    pssglass("db").refused("pssglass db --help")
    pssglass("status", "--dbb", "x").refused("--dbb")
    pssglass("sql", "SELECT 1", "--format", "xml").refused("xml")
    pssglass("simulate", "--workers", "-1").refused("--workers", "greater than or equal to 0")


@pytest.mark.parametrize("option", ["--lease", "--checkpoint-every"])
@pytest.mark.parametrize("value", ["inf", "nan", "-1", "1e9", "soon"])
def test_times_that_are_none(option: str, value: str, with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", option, value).refused(option)
    assert with_campaign.files() == {"campaign.toml"}


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("DROP TABLE sample", "SELECT"),
        ("SELECT 1; SELECT 2", "one"),
        ("SELECT nothing FROM v_samples", "nothing"),
        ("", "SELECT"),
    ],
)
def test_queries_that_are_no_single_select(query: str, part: str, measured: Program) -> None:
    measured("sql", query).refused(part)


def test_no_traceback_for_a_mistake_of_the_program(measured: Program) -> None:
    (measured.folder / "sitecustomize.py").write_text(
        "import pssglass.cli.status as module\nmodule.Store.status = lambda self: 1 / 0\n"
    )
    path = os.pathsep.join([str(measured.folder), os.environ.get("PYTHONPATH", "")])
    done = measured.alone("status", PYTHONPATH=path)
    done.refused("unexpected ZeroDivisionError: division by zero; traceback in ", code=1)
    log = Path(done.err.split()[-1])
    assert "Traceback" in log.read_text()
    log.unlink()


def test_no_traceback_without_room_for_one(measured: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pssglass.cli.status.Store.status", lambda _self: 1 / 0)
        patch.setattr(Path, "write_text", full)
        done = measured("status")
    done.refused(
        "unexpected ZeroDivisionError", "no room for its traceback (No space left on device)", code=1
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:S3cr3t@localhost:abc/db",
        "postgresql://me:my S3cr3t@localhost:abc/db",
        "postgresql://me:S3cr3t@localhost:1/db",
        "postgresql://me:a@S3cr3t@localhost:1/db",
        "postgresql://me@localhost:1/db?password=S3cr3t&bogus=1",
        "mysql://me:S3cr3t@localhost/db",
        "postgresql://me:S3cr3t",
        "postgresql:/me:S3cr3t@localhost/db",
        "mysql:/me:S3cr3t@localhost/db",
        "me:S3cr3t@localhost/db",
        "host=localhost password='my S3cr3t' dbname=db",
        "postgresql://me@localhost:1/db?pasword=S3cr3t",
        "postgresql://me%3AS3cr3t@localhost:1/db",
        "postgresql://me@localhost:1/db?options=-cpassword%3DS3cr3t",
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        *(("status",), ("info",), ("plot", "all"), ("db", "upgrade")),
        ("simulate", "campaign.toml", "--workers", 0),
    ],
)
def test_a_password_is_told_to_nobody(
    command: tuple[object, ...], url: str, with_campaign: Program, caplog: pytest.LogCaptureFixture
) -> None:
    ended = with_campaign(*command, "--db", url)
    assert (ended.code == 0) == (command == ("info",))
    assert "S3cr3t" not in ended.out + ended.err + caplog.text
    assert "***" in ended.out + ended.err


@pytest.mark.parametrize(
    "command", [("export", "-o"), ("plot", "fig2", "-o"), ("plot", "all", "-o"), ("report", "-o"), ("demo",)]
)
def test_a_url_or_a_dash_is_no_place_for_files(command: tuple[str, ...], pssglass: Program) -> None:
    pssglass(*command, "-").refused("'-' is not stdout here; name a file or a folder")
    pssglass(*command, "postgresql://me:S3cr3t@host/db").refused("is a URL; name a file", "me:***@host")
    assert pssglass.files() == set()


@pytest.mark.parametrize("value", ["nan", "[1.0, -inf]", "{ a = 1e400 }", "2026-01-01"])
@pytest.mark.parametrize("command", [("show", "vdos"), ("remove", "--observable", "vdos", "--yes")])
def test_a_parameter_that_no_database_holds(
    command: tuple[str, ...], value: str, with_campaign: Program
) -> None:
    with_campaign("simulate", "campaign.toml", "--workers", 0).done()
    with_campaign("db", *command, "--set", f"window={value}").refused("window", "must be a finite number")


def test_a_password_is_not_in_the_log_of_an_error(
    pssglass: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(url: str, **_options: object) -> None:
        raise RuntimeError(f"no idea what {url} is")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("pssglass.db.Store.open", fail)
    ended = pssglass("status", "--db", "postgresql://me:my S3cr3t@localhost/db")
    [log] = tmp_path.glob("pssglass-error-*.log")
    assert "RuntimeError" in log.read_text()
    assert "S3cr3t" not in log.read_text() + ended.err
