"""Schema versions: migrations make the schema that the tables declare, and upgrades are safe."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pssglass.db import SCHEMA_VERSION, Store, migrate, upgrade
from pssglass.db.engine import connect, locate
from pssglass.db.schema import Base
from pssglass.db.views import NAMES
from sqlalchemy import Engine, MetaData, create_engine, text

from pssglass.base.errors import DatabaseError, DatabaseMissing, SchemaTooNew
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.plugins.aggregation import AggregateResult

OLD_FILES = sorted(Path(__file__).parent.glob("schema-*.sqlite"))
"""A database of each earlier schema: ensemble "cold" of three measured samples and one to do, and "hot"."""
NEXT_MIGRATION = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "0010", "0009"
def upgrade():
    op.add_column("sample", sa.Column("remark", sa.Text))
    op.execute("UPDATE sample SET remark = 'old'")
"""


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this the program of a later release, with one more migration."""

    def install(migration: str) -> None:
        scripts = tmp_path / "migrations"
        shutil.copytree(migrate.SCRIPTS, scripts)
        (scripts / "versions" / "0010_remark.py").write_text(migration)
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)
        monkeypatch.setattr(migrate, "SCHEMA_VERSION", "0010")

    return install


def test_migrations_lead_to_the_declared_tables(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_schema_version_is_that_of_the_last_migration(store: Store) -> None:
    assert ScriptDirectory(str(migrate.SCRIPTS)).get_current_head() == SCHEMA_VERSION == store.schema_version


def test_a_newer_schema_is_refused_with_both_versions(url: str) -> None:
    with Store.open(url, create=True) as store, store._writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0011'"))
    for attempt in (Store.open, upgrade):
        with pytest.raises(SchemaTooNew, match=f"0011 is too new, this program knows up to {SCHEMA_VERSION}"):
            attempt(url)


def test_an_older_schema_asks_for_the_upgrade(url: str, next_release) -> None:
    Store.open(url, create=True).close()
    next_release(NEXT_MIGRATION)
    with pytest.raises(DatabaseError, match=r"0009 is older than 0010.*run `pssglass db upgrade --db"):
        Store.open(url)


def test_an_upgrade_keeps_the_data_and_the_views(url: str, measured, next_release) -> None:
    next_release(NEXT_MIGRATION)
    done = upgrade(url)
    assert (done.before, done.after) == ("0009", "0010")
    with Store.open(url) as store:
        assert store.query("SELECT DISTINCT remark FROM sample")[1] == [("old",)]
        assert store.query("SELECT count(*) FROM v_samples WHERE shear_modulus > 12")[1] == [(3,)]
        assert list(store.sample_scalars("cold", "shear_modulus")) == measured["cold"]


def test_a_sqlite_file_is_copied_before_an_upgrade(tmp_path: Path, make_spec, next_release) -> None:
    path = tmp_path / "glass.db"
    with Store.open(path, create=True) as store:
        store.ensure_ensemble(make_spec(), samples=2)
    next_release(NEXT_MIGRATION)
    backup = upgrade(path).backup
    assert backup == tmp_path / "glass.db.schema-0009.backup"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0009",)
        assert copy.execute("SELECT count(*) FROM v_samples").fetchone() == (2,)


def test_an_earlier_back_up_stays_and_the_new_one_is_on_disk(
    tmp_path: Path, next_release, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, earlier = tmp_path / "glass.db", tmp_path / "glass.db.schema-0009.backup"
    Store.open(path, create=True).close()
    earlier.write_text("of last week")
    next_release(NEXT_MIGRATION)
    synced: list[Path] = []
    monkeypatch.setattr(migrate, "sync", synced.append)
    backup = upgrade(path).backup
    assert backup == tmp_path / "glass.db.schema-0009.backup-2"
    assert earlier.read_text() == "of last week"
    assert synced == [backup.with_name(f"{backup.name}.partial"), tmp_path]


def load(old: Path, url: str) -> None:
    """Put a database of an earlier schema into place; on a server, by its migrations and row by row."""
    location = locate(url)
    if location.file:
        shutil.copy(old, location.file)
        return
    source, target = create_engine(f"sqlite:///{old}"), connect(location)
    with source.connect() as reading, target.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrate.SCRIPTS))
        config.attributes.update(connection=connection, metadata=Base.metadata)
        command.upgrade(config, old.stem.removeprefix("schema-"))
        stored, made = MetaData(), MetaData()
        stored.reflect(reading)
        made.reflect(connection)
        for table in made.sorted_tables:
            rows = [dict(row._mapping) for row in reading.execute(stored.tables[table.name].select())]
            if table.name != "alembic_version" and rows:
                connection.execute(table.insert(), rows)
            if "id" in table.c:
                last = (
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                )
                connection.execute(text(last))
        connection.execute(text("CREATE VIEW v_scalars AS SELECT * FROM value_scalar"))
    target.dispose()


def results_of(engine: Engine) -> MetaData:
    """The tables as they stand, but for what tells of versions and views."""
    tables = MetaData()
    tables.reflect(engine)
    for name in ("alembic_version", "meta"):
        tables.remove(tables.tables[name])
    return tables


def rows(engine: Engine, tables: MetaData) -> dict[str, list[str]]:
    """All that stands in these tables and columns."""
    with engine.connect() as connection:
        return {one.name: sorted(map(repr, connection.execute(one.select()))) for one in tables.sorted_tables}


def dump(path: Path) -> list[str]:
    """All that is in a SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_database_of_every_earlier_schema_is_kept() -> None:
    revisions = {one.revision for one in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()}
    assert {path.stem.removeprefix("schema-") for path in OLD_FILES} == revisions - {SCHEMA_VERSION}


@pytest.mark.parametrize("old", OLD_FILES, ids=lambda path: path.stem)
def test_databases_of_earlier_schemas_can_be_upgraded(url: str, old: Path, provenance, vdos) -> None:
    load(old, url)
    before = old.stem.removeprefix("schema-")
    with pytest.raises(DatabaseError, match="run `pssglass db upgrade"):
        Store.open(url)
    engine = connect(locate(url))
    tables = results_of(engine)
    stored = rows(engine, tables)
    assert len(stored["sample"]) == 5
    done = upgrade(url)
    assert (done.before, done.after) == (before, SCHEMA_VERSION)
    assert rows(engine, tables) == stored
    engine.dispose()
    if "://" not in url:
        assert done.backup == Path(f"{url}.schema-{before}.backup")
        assert dump(done.backup) == dump(old) != dump(Path(url))
    with Store.open(url) as store:
        assert store.folder.name == f"{old.stem}.configurations"
        assert list(store.sample_scalars("cold", "shear_modulus")) == [12.0, 12.5, 13.25]
        assert store.query("SELECT count(*), count(shear_modulus) FROM v_samples")[1] == [(5, 4)]
        assert store.query("SELECT count(*) FROM v_samples WHERE lineage = replica AND glass = 0")[1] == [
            (5,)
        ]
        found = AggregateResult("vdos", "cold", ("cold",), {"A_g": 2.5})
        store.replace_aggregates([found], {"vdos": store.ensure_observable(vdos)}, provenance)
        assert store.query("SELECT ensemble, value FROM v_ensemble_values")[1] == [("cold", 2.5)]
        assert [one for one in store.findings() if "its liquid is not kept" not in one.what] == []
        for view in NAMES:
            store.query(f"SELECT * FROM {view}")


@pytest.mark.parametrize("old", OLD_FILES, ids=lambda path: path.stem)
def test_upgraded_databases_take_files_of_every_kind_and_no_other(url: str, old: Path) -> None:
    load(old, url)
    upgrade(url)
    copied = (
        "INSERT INTO configuration (sample_id, attempt, kind, path, sha256, bytes)"
        " SELECT sample_id, attempt, '{}', '{}', sha256, bytes FROM configuration WHERE kind = 'inherent'"
        " ORDER BY id LIMIT 1"
    )
    with Store.open(url) as store:
        with store._writing() as session:
            session.execute(text(copied.format("trajectory", "a.gsd")))
        with pytest.raises(DatabaseError, match="kind"), store._writing() as session:
            session.execute(text(copied.format("film", "b.gsd")))
        assert not [one for one in store.findings() if "its liquid is not kept" not in one.what]


def test_a_changed_mind_about_the_samples_meets_an_upgraded_database(url: str) -> None:
    """Specifications keep their hash through versions, so that an old campaign can go on."""
    load(OLD_FILES[0], url)
    upgrade(url)
    with Store.open(url) as store:
        cold = next(one for one in store.ensembles() if one.name == "cold")
        spec = EnsembleSpec.from_canonical(cold.spec)
        assert store.ensure_ensemble(spec, samples=9).samples == 9


def test_a_failing_migration_changes_nothing(store: Store, measured, next_release) -> None:
    next_release(NEXT_MIGRATION + "    op.execute('UPDATE no_such_table SET x = 1')\n")
    with pytest.raises(DatabaseError, match="no_such_table"):
        upgrade(store.url)
    assert "remark" not in store.query("SELECT * FROM sample")[0]
    assert store.query("SELECT count(*) FROM v_samples")[1] == [(5,)]
    assert store.query("SELECT version_num FROM alembic_version")[1] == [("0009",)]


def test_nothing_to_upgrade(url: str) -> None:
    Store.open(url, create=True).close()
    done = upgrade(url)
    assert (done.before, done.after, done.backup) == (SCHEMA_VERSION, SCHEMA_VERSION, None)


def test_upgrading_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        upgrade(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseError, match="no tables to upgrade"):
        upgrade(tmp_path / "empty.db")


CREATE = (
    "import sys; from pssglass.db import Store; print(Store.open(sys.argv[1], create=True).schema_version)"
)


def test_processes_may_create_the_same_database_at_once(url: str) -> None:
    command = [sys.executable, "-c", CREATE, url]
    creators = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [creator.communicate(timeout=60)[0].strip() for creator in creators] == [SCHEMA_VERSION] * 4
    with Store.open(url) as store:
        assert store.query("SELECT count(*) FROM meta WHERE key = 'folder'")[1] == [(1,)]
