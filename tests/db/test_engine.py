"""Opening a database: what is missing, foreign or write-protected is said in one line with the remedy."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from pssglass.db import ConfigurationFile, Store, watchdog
from pssglass.db.engine import connect, locate
from pssglass.db.failures import explained
from sqlalchemy import Engine, event, text

from pssglass.base.errors import (
    DatabaseError,
    DatabaseMissing,
    DatabaseNotWritable,
    DatabaseUnreachable,
    NotADatabase,
)

SERVERS = os.environ.get("PSSGLASS_TEST_POSTGRES", "").split()


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match=r"no database .*none\.db; run `pssglass simulate` first"):
        Store.open(tmp_path / "none.db")


def test_a_database_is_made_once_and_then_opened_by_path_or_url(tmp_path: Path) -> None:
    path = tmp_path / "glass.db"
    for where in (path, str(path), f"sqlite:///{path}"):
        with Store.open(where, create=True) as store:
            assert store.url == str(path)
            assert store.folder == tmp_path / "glass.configurations"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (
            "host=localhost password=S3cr3t dbname=g",
            "is how other programs name a database; write postgresql://",
        ),
        ("dbname=g password='my S3cr3t'", "write postgresql://USER@HOST/DB"),
        ("me:S3cr3t@host/db", "'me:***@host/db' is no URL; write postgresql://USER@HOST/DB"),
        ("//me:S3cr3t@host/db", "'//me:***@host/db' is no URL; write postgresql://USER@HOST/DB"),
        ("sqlite:///glass.db;password=S3cr3t", "'glass.db;password=***' is how other programs name a"),
        ("postgresql:me:S3cr3t@host/db", "is no URL; write postgresql://"),
        ("postgres://me:S3cr3t@host/db", "begins with postgres://; write postgresql://"),
        ("postgresql://me:S3cr3t@host/", "lacks the database's name; write postgresql://"),
        (
            "postgresql://me:S3cr3t@host:abc/db",
            "'postgresql://me:***@host:abc/db' has a port that is no number",
        ),
        ("postgresql://me:S3cr3t@host:99999/db", "write one from 1 to 65535"),
        ("postgresql+asyncpg://me:S3cr3t@host/db", "a driver that is not used here; write postgresql://"),
        ("sqlite+aiosqlite:///glass.db", "a driver that is not used here; write sqlite://"),
        ("sqlite:///glass.db?mode=S3cr3t", "has more than a path; write sqlite:///PATH"),
        ("sqlite://", "lacks the database's name; write sqlite:///PATH"),
    ],
)
def test_what_is_no_place_is_refused_without_its_password(place: str, told: str) -> None:
    with pytest.raises(NotADatabase) as caught:
        locate(place)
    assert told in str(caught.value)
    assert "S3cr3t" not in str(caught.value)


@pytest.mark.parametrize("place", ["./me:mine@host.db", "/data/a:b@c.db", "a@b.db", "rc=1.5.db", "10:30.db"])
def test_odd_paths_are_paths(place: str) -> None:
    assert locate(place).file == Path(place).resolve()


def test_odd_characters_in_a_path_are_no_url(tmp_path: Path) -> None:
    path = tmp_path / "50% of r_c=1.5? #1.db"
    Store.open(path, create=True).close()
    with Store.open(path, read_only=True) as store:
        assert store.query("SELECT count(*) FROM sample") == (["count(*)"], [(0,)])
    assert list(tmp_path.iterdir()) == [path]


def test_database_and_configurations_can_move_together(tmp_path: Path) -> None:
    Store.open(tmp_path / "glass.db", create=True).close()
    (tmp_path / "elsewhere").mkdir()
    moved = tmp_path / "elsewhere" / "renamed.db"
    (tmp_path / "glass.db").rename(moved)
    with Store.open(moved) as store:
        assert store.folder == moved.parent / "glass.configurations"


@pytest.mark.parametrize("suffix", [".db", ".sqlite"])
def test_database_and_folder_can_be_renamed_together(
    tmp_path: Path, make_spec, provenance, suffix: str
) -> None:
    file = ConfigurationFile("inherent", "cold/0.gsd", "0" * 64, 1)
    name = "new" if suffix == ".db" else f"new{suffix}"
    with Store.open(tmp_path / "old.db", create=True) as store:
        (store.make_folder() / "cold").mkdir()
        store.import_sample("cold", make_spec(), file, {}, provenance)
        (store.folder / file.path).write_text("x")
    (tmp_path / "old.db").rename(tmp_path / f"new{suffix}")
    (tmp_path / f"{name}.configurations").mkdir()
    with Store.open(tmp_path / f"new{suffix}") as store:
        assert store.make_folder() == tmp_path / "old.configurations", "the other one is another database's"
    (tmp_path / f"{name}.configurations").rmdir()
    (tmp_path / "old.configurations").rename(tmp_path / f"{name}.configurations")
    with Store.open(tmp_path / f"new{suffix}") as store:
        assert store.make_folder() == tmp_path / f"{name}.configurations"
    (tmp_path / f"{name}.configurations").rename(tmp_path / "gone")
    with (
        Store.open(tmp_path / f"new{suffix}") as store,
        pytest.raises(DatabaseError, match=r"its configurations are not in .*old.configurations; move"),
    ):
        store.make_folder()
    assert {path.name for path in tmp_path.iterdir()} == {"gone", f"new{suffix}"}


def test_a_link_leads_to_the_database_and_its_configurations(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "disk" / "glass.db")
    Store.open(tmp_path / "disk" / "glass.db", create=True).close()
    with Store.open(link) as store:
        assert store.folder == tmp_path / "disk" / "glass.configurations"


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotWritable, match="does not exist; create it"):
        Store.open(tmp_path / "none" / "glass.db", create=True)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="is a folder"):
        Store.open(tmp_path, create=True)


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a diary\n" * 100)
    with pytest.raises(DatabaseError, match="no pssglass database"):
        Store.open(path, create=True)
    assert path.read_text() == "a diary\n" * 100


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (title)")
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=r"no pssglass database .*songs"):
        Store.open(path, create=True)
    assert path.read_bytes() == before


def test_an_empty_file_holds_no_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseError, match="no tables"):
        Store.open(tmp_path / "empty.db")
    Store.open(tmp_path / "empty.db", create=True).close()


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://host/base", "sqlite://", "postgresql://host", "http://[oops", "://"),
        *("postgresql:/me@host/db", "postgres:me@host/db"),
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match=r"(give a path, or|write) (postgresql|sqlite)://"):
        Store.open(url, create=True)


def as_nobody(code: str) -> str:
    """Runs Python code as a user without rights (root is never refused) and returns what it prints."""
    drop = "import os; from pssglass.db import Store\nif os.geteuid() == 0: os.setuid(65534)\n"
    result = subprocess.run([sys.executable, "-c", drop + code], capture_output=True, text=True, check=True)
    return result.stdout.strip()


@pytest.mark.parametrize("protected", ["file", "folder"])
def test_write_protection_is_noticed_before_any_work(protected: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "glass.db"
        Store.open(path, create=True).close()
        path.chmod(0o444 if protected == "file" else 0o666)
        folder.chmod(0o555 if protected == "folder" else 0o777)
        attempt = "try: Store.open({!r})\nexcept Exception as error: print(type(error).__name__, error)"
        said = as_nobody(attempt.format(str(path)))
        guilty = path if protected == "file" else folder
        assert said.startswith(f"DatabaseNotWritable {guilty} is not writable; change its permissions, or")
        count = "print(Store.open({!r}, read_only=True).query('SELECT count(*) FROM sample')[1])"
        assert as_nobody(count.format(str(path))) == "[(0,)]"
        folder.chmod(0o755)


def test_a_read_only_store_refuses_to_write(url: str, make_spec) -> None:
    Store.open(url, create=True).close()
    with (
        Store.open(url, read_only=True) as store,
        pytest.raises(DatabaseNotWritable, match="open for reading only"),
    ):
        store.ensure_ensemble(make_spec(), samples=1)


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path, make_spec) -> None:
    with Store.open(tmp_path / "glass.db", create=True) as store:
        limit = store.query("SELECT page_count FROM pragma_page_count()")[1][0][0]
        event.listen(
            store._engine, "connect", lambda base, _: base.execute(f"PRAGMA max_page_count = {limit}")
        )
        with pytest.raises(DatabaseNotWritable, match="the disk is full; free some space"):
            store.ensure_ensemble(make_spec(), samples=10_000)
        assert store.ensembles() == []


def test_a_locked_database_is_explained(tmp_path: Path, make_spec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pssglass.db.engine.BUSY_SECONDS", 0.05)
    path = tmp_path / "glass.db"
    with Store.open(path, create=True) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another process keeps it locked"):
            store.ensure_ensemble(make_spec(), samples=1)


KILLED_WHILE_WRITING = """
import os, signal, sys
from sqlalchemy import text
from pssglass.db import Store
with Store.open(sys.argv[1])._writing() as session:
    # More than SQLite's cache holds, so that part of it has reached the file before the end.
    session.execute(text("INSERT INTO meta VALUES ('big', zeroblob(20000000))"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_transaction_of_a_killed_process_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "glass.db"
    Store.open(path, create=True).close()
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert os.path.getsize(f"{path}-journal") > 0
    with Store.open(path, read_only=True) as store:
        assert store.query("SELECT count(*) FROM meta WHERE key = 'big'")[1] == [(0,)]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_foreign_keys_are_enforced_and_commits_synced(tmp_path: Path) -> None:
    with Store.open(tmp_path / "glass.db", create=True) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"


@pytest.mark.parametrize("name", ["a.gsd", "cold/000001.gsd"])
def test_configurations_are_found_under_the_folder(store: Store, make_spec, provenance, name: str) -> None:
    file = ConfigurationFile("inherent", name, "00" * 32, 10)
    store.import_sample("outside", make_spec("outside"), file, {}, provenance)
    assert [record.path for record in store.configurations()] == [store.folder / name]


def test_a_server_that_accepts_and_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgresql://me@127.0.0.1:{server.getsockname()[1]}/glasses?connect_timeout=2"
        with pytest.raises(DatabaseUnreachable, match=r"timeout expired; check the URL, and that the server"):
            Store.open(url)


@contextmanager
def connections(url: str) -> Iterator[Engine]:
    """An engine whose connections are closed in the end; it takes a server for silent after 0.1 s."""
    engine = connect(locate(url))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watchdog, "ANSWER_SECONDS", 0.1)
        yield engine
    engine.dispose()


def parameters(url: str) -> dict[str, str]:
    """With what an engine connects."""
    with connections(url) as engine, engine.connect() as connection:
        found: dict[str, str] = connection.connection.driver_connection.info.get_parameters()
    return found


@pytest.mark.parametrize("server", SERVERS)
def test_a_url_has_the_last_word_on_connections(server: str) -> None:
    assert parameters(server)["connect_timeout"] == "10"
    chosen = parameters(f"{server}?connect_timeout=3&options=-c%20work_mem=8MB")
    assert (chosen["connect_timeout"], chosen["tcp_user_timeout"]) == ("3", "30000")
    assert chosen["options"].endswith("-c work_mem=8MB")


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_answers_others_may_take_its_time(server: str) -> None:
    with connections(server) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT pg_sleep(1), 7")).one()[1] == 7


@pytest.mark.parametrize("server", SERVERS)
def test_a_connection_to_a_server_that_answers_nobody_is_given_up(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_answers(_where: str) -> None:
        raise psycopg.errors.ConnectionTimeout

    monkeypatch.setattr(psycopg, "connect", nobody_answers)
    with connections(server) as engine:
        with (
            pytest.raises(DatabaseUnreachable, match="has stopped answering; check the URL, and"),
            explained(locate(server)),
            engine.connect() as connection,
        ):
            connection.execute(text("SELECT pg_sleep(60)"))
        with engine.connect() as another:
            assert another.scalar(text("SELECT 7")) == 7
