"""``pssglass verify``: what was planted is told, on SQLite and on each server, and nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pssglass.db import Store
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from pssglass import pipeline
from pssglass.base.canonical import digest
from pssglass.base.errors import EXIT_INTERRUPTED
from pssglass.configurations import read_gsd, write_gsd
from pssglass.pipeline import provenance, verification

from .conftest import Program

if TYPE_CHECKING:
    from .conftest import Result

SERVERS = os.environ.get("PSSGLASS_TEST_POSTGRES", "").split()
FIRST_SAMPLE = ("--recompute", 1, "--seed", 2, "--workers", 0)
IN_ORDER = "8 of 8 files are as they were written\nthe database is sound\n"


@dataclass(frozen=True)
class Site:
    """A measured campaign of four samples, and its database, in which anything can be changed."""

    program: Program
    db: str
    engine: Engine

    def change(self, sql: str, **values: Any) -> None:
        """Run statements that no constraint stops."""
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            for statement in filter(None, sql.split(";")):
                connection.execute(text(statement), values)

    def verify(self, *options: object) -> Result:
        """Run the command."""
        return self.program("verify", "--db", self.db, *options)

    def file(self, kind: str = "inherent", replica: int = 0) -> Path:
        """A configuration of the hot ensemble."""
        with Store.open(self.program.folder / self.db if "://" not in self.db else self.db) as store:
            found = store.configurations("tiny-rc1.5-T2.6", kind)
        return next(one.path for one in found if one.replica == replica)


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[..., Any]
) -> Iterator[Callable[[str], str]]:
    """Makes the measured campaign once on each server; the name of its database there."""
    with contextlib.ExitStack() as stack:

        @cache
        def make(server: str) -> str:
            program = Program(tmp_path_factory.mktemp("template"))
            program.write_campaign()
            place = stack.enter_context(new_database(server))
            program("simulate", "campaign.toml", "--workers", 0, "--db", place).done()
            program("analyze", "--workers", 0, "--db", place).done()
            return str(make_url(place).database)

        yield make


@pytest.fixture(params=["sqlite", *SERVERS], ids=lambda place: place.partition(":")[0])
def site(
    request: pytest.FixtureRequest,
    measured: Program,
    template: Callable[[str], str],
    new_database: Callable[..., Any],
) -> Iterator[Site]:
    """A copy of the measured campaign."""
    if request.param == "sqlite":
        engine = create_engine(f"sqlite:///{measured.folder}/pssglass.db", poolclass=NullPool)
        yield Site(measured, "pssglass.db", engine)
        return
    with new_database(request.param, template(request.param)) as place:
        engine = create_engine(make_url(place).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        copy = Site(measured, place, engine)
        with engine.connect() as connection:
            folder = connection.execute(text("SELECT value FROM meta WHERE key = 'folder'")).scalar_one()
        shutil.copytree(folder, measured.folder / "server")
        copy.change("UPDATE meta SET value = :it WHERE key = 'folder'", it=str(measured.folder / "server"))
        yield copy


OF_FIRST = """observable_id = (SELECT max(id) FROM observable WHERE name = 'moduli')
AND configuration_id = (SELECT min(id) FROM configuration WHERE kind = 'inherent')"""


def remarks(result: Result) -> str:
    """What a command that succeeded has remarked."""
    assert result.code == 0
    assert "fault" not in result.err
    return result.err


def test_a_campaign_in_order(site: Site) -> None:
    assert site.verify().done().out == IN_ORDER


def test_a_fault_between_rows(site: Site) -> None:
    site.change("DELETE FROM configuration WHERE kind = 'liquid'")
    done = site.verify()
    assert done.code == 1
    assert "the database has 4 faults" in done.out
    assert "fault: ensemble tiny-rc1.5-T2.6, sample 0 was made, but its liquid is not kept\n" in done.err


def test_what_the_database_knows_of_its_damage(site: Site) -> None:
    if site.db.startswith("postgresql"):
        site.change("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'uq_ensemble_name'::regclass")
    else:
        site.change(
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
            " WHERE name = 'sqlite_autoindex_sample_1') WHERE name = 'sqlite_autoindex_platform_1'"
        )
    done = site.verify()
    assert done.code == 1
    assert ("index uq_ensemble_name is not valid" if "://" in site.db else "fault: SQLite: ") in done.err


def test_files_that_are_missing_changed_or_cut(site: Site) -> None:
    missing, changed, cut = (site.file("inherent"), site.file("liquid"), site.file("inherent", 1))
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    cut.write_bytes(cut.read_bytes()[:-1])
    missing.unlink()
    done = site.verify()
    assert done.code == 1
    assert "5 of 8 files are as they were written\nthe database is sound\n" in done.out
    assert f"fault: cannot read {missing} (No such file or directory); restore it" in done.err
    for path in (changed, cut):
        assert f"fault: {path} is damaged: its SHA-256 is not the recorded one" in done.err


def test_unknown_files_and_stopped_samples_are_no_faults(site: Site) -> None:
    stranger = site.file().with_name("notes.txt")
    stranger.write_text("a diary")
    site.change(
        "UPDATE attempt SET outcome = 'running' WHERE sample_id = 1;"
        "UPDATE sample SET state = 'running', lease_until = '2000-01-01 00:00:00.000000' WHERE id = 1;"
        "DELETE FROM value_scalar WHERE configuration_id <= 2;"
        "DELETE FROM value_array WHERE configuration_id <= 2;"
        "DELETE FROM analysis WHERE configuration_id <= 2;"
        "DELETE FROM configuration WHERE sample_id = 1"
    )
    out = remarks(site.verify())
    assert f"remark: {stranger} is not in the database" in out
    assert "remark: ensemble tiny-rc1.5-T2.6, sample 0 was given up by its worker" in out


def test_older_views_are_no_fault(site: Site) -> None:
    site.change(
        "UPDATE meta SET value = 'old' WHERE key = 'views';"
        "DROP VIEW v_samples; CREATE VIEW v_samples AS SELECT state FROM sample"
    )
    query = ("sql", "SELECT max(rattlers) FROM v_samples", "--db", site.db)
    # SQLite and PostgreSQL have their own words for a column that is missing.
    site.program(*query).refused(
        "rattlers", "; the views are those of another version; `pssglass db upgrade` makes them anew"
    )
    assert "remark: the views are those of another version; `pssglass db upgrade`" in remarks(site.verify())
    site.program("db", "upgrade", "--db", site.db).done()
    site.program(*query).done()
    assert site.verify().done().out == IN_ORDER


def test_samples_are_made_again_bit_for_bit(site: Site) -> None:
    report = json.loads(site.verify("--recompute", 9, "--workers", 0, "--json").done().out)
    assert report["complete"]
    assert report["files"] == {"checked": 8, "sound": 8}
    assert (report["faults"], report["remarks"]) == ([], [])
    assert len(report["recomputed"]) == 4, "as many as there are"
    for one in report["recomputed"]:
        assert one["identical"]
        assert {"liquid", "inherent", "moduli.shear_modulus", "modes.frequency"} < set(one["compared"])


def test_the_seed_chooses_the_samples(measured: Program) -> None:
    def chosen(seed: int) -> list[tuple[str, int]]:
        out = measured("verify", "--recompute", 1, "--seed", seed, "--workers", 0, "--json").done().out
        return [(one["ensemble"], one["replica"]) for one in json.loads(out)["recomputed"]]

    assert chosen(2) == chosen(2) == [("tiny-rc1.5-T2.6", 0)]
    assert chosen(0) != chosen(2)


def swap_positions(site: Site) -> None:
    """Put a file into the place of another that differs in the last bit of one number, hash and all."""
    path = site.file()
    state = read_gsd(path)
    positions = state.positions.copy()
    positions[7, 1] = np.nextafter(positions[7, 1], np.inf)
    sha256, size = write_gsd(path, replace(state, positions=positions))
    site.change(
        "UPDATE configuration SET sha256 = :sha256, bytes = :size WHERE path = :path",
        sha256=sha256,
        size=size,
        path=f"{path.parent.name}/{path.name}",
    )


def test_one_bit_of_one_position_is_a_fault(site: Site) -> None:
    swap_positions(site)
    assert site.verify().code == 0, "its hash is right"
    done = site.verify(*FIRST_SAMPLE)
    assert done.code == 1
    assert "fault: ensemble tiny-rc1.5-T2.6, sample 0: positions of the inherent differ by up to" in done.err


def test_one_bit_of_one_value_is_a_fault(site: Site) -> None:
    site.change(f"UPDATE value_scalar SET value = value * (1 + 4e-16) WHERE {OF_FIRST}")
    done = site.verify(*FIRST_SAMPLE)
    assert done.code == 1
    assert "sample 0: moduli.shear_modulus is stored as" in done.err
    assert "with the same program on the same kind of machine" in done.err


def test_one_bit_of_one_array_is_a_fault(site: Site) -> None:
    where = f"key = 'frequency' AND {OF_FIRST.replace('moduli', 'modes')}"
    with site.engine.connect() as connection:
        data = connection.execute(text(f"SELECT data FROM value_array WHERE {where}")).scalar_one()
    site.change(f"UPDATE value_array SET data = :data WHERE {where}", data=bytes([data[0] ^ 1]) + data[1:])
    done = site.verify(*FIRST_SAMPLE)
    assert done.code == 1
    assert "sample 0: modes.frequency is another array of shape" in done.err


def test_another_machine_explains_other_bits(site: Site) -> None:
    swap_positions(site)
    site.change(f"UPDATE value_scalar SET value = value * (1 + 4e-16) WHERE {OF_FIRST}")
    other = {**provenance.current().platform, "simd": "AVX7"}
    sql = "UPDATE platform SET hash = :hash, details = "
    sql += ":details" if "://" not in site.db else "CAST(:details AS json)"
    site.change(sql, hash=digest(other), details=json.dumps(other))
    out = remarks(site.verify(*FIRST_SAMPLE))
    assert "remark: ensemble tiny-rc1.5-T2.6, sample 0: positions of the inherent differ" in out
    assert "moduli.shear_modulus is stored as" in out
    assert f"since simd was AVX7 and is {provenance.current().platform['simd']}" in out


def test_what_cannot_be_measured_again_is_said(site: Site) -> None:
    site.change("UPDATE observable SET version = '0' WHERE name = 'moduli'")
    site.program("db", "upgrade", "--db", site.db).done()
    out = remarks(site.verify("--recompute", 1, "--workers", 0))
    assert "moduli 0 is not measured again: it is now of version" in out


def test_a_sample_whose_file_is_damaged_is_compared_as_far_as_it_goes(site: Site) -> None:
    site.file().unlink()
    done = site.verify(*FIRST_SAMPLE)
    assert done.code == 1
    assert "sample 0: energetics cannot be measured again: cannot read" in done.err


def test_an_observable_that_does_not_end_in_time_is_no_fault(
    measured: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object) -> None:
        while True:
            time.sleep(0.01)

    monkeypatch.setattr(type(pipeline.registry().observables["energetics"]), "compute", hang)
    out = remarks(measured("verify", *FIRST_SAMPLE, "--time-limit", 2))
    late = "energetics is not measured again: it did not end within --time-limit 2 s"
    assert f"remark: ensemble tiny-rc1.5-T2.6, sample 0: {late}\n" in out


@pytest.fixture
def stopped_after_one(measured: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A measured campaign; whoever makes a second of its samples again is told to stop."""
    reproduce = verification.reproduce
    tasks: list[verification.ReproductionTask] = []

    def reproduce_one(task: verification.ReproductionTask) -> pipeline.Reproduction:
        tasks.append(task)
        if len(tasks) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return reproduce(task)

    monkeypatch.setattr(verification, "reproduce", reproduce_one)
    return measured


def test_whoever_is_stopped_has_told_what_was_compared(stopped_after_one: Program) -> None:
    stopped = stopped_after_one("verify", "--recompute", 4, "--workers", 0)
    assert stopped.code == EXIT_INTERRUPTED
    *before, compared = stopped.out.splitlines(keepends=True)
    assert "".join(before) == IN_ORDER
    assert compared.startswith("sample 0 of tiny-rc1.5-T2.6, computed again: ")


def test_programs_are_told_what_was_compared_before_a_stop(stopped_after_one: Program) -> None:
    stopped = stopped_after_one("verify", "--recompute", 4, "--workers", 0, "--json")
    assert stopped.code == EXIT_INTERRUPTED
    report = json.loads(stopped.out)
    assert not report["complete"]
    assert [one["identical"] for one in report["recomputed"]] == [True]
    assert (report["faults"], report["remarks"]) == ([], [])
