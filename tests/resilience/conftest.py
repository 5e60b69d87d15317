"""A campaign in a folder of its own whose commands are killed, stopped and run again, and what must hold."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from pssglass.db import Store

from pssglass.base.errors import DatabaseError

SERVERS = os.environ.get("PSSGLASS_TEST_POSTGRES", "").split()

CAMPAIGN = """\
name = "tiny"
seed = 11

[[ensembles]]
model = "pss"
parameters = {{ rc = 1.5 }}
N = 100
parent_temperatures = [2.6, 1.0]
{size}
protocol = {{ melt_time = {time}, equilibration_time = {time} }}
"""

SAMPLES = """
SELECT ensemble.name, replica, sample.seed, state, kind, sha256, bytes
FROM sample JOIN ensemble ON ensemble.id = ensemble_id
LEFT JOIN configuration ON configuration.sample_id = sample.id"""
SCALARS = """
SELECT ensemble, replica, observable, version, key, value, unit, status FROM v_scalars"""
ARRAYS = """
SELECT ensemble.name, replica, observable.name, key, data
FROM value_array JOIN observable ON observable.id = observable_id
JOIN configuration ON configuration.id = configuration_id JOIN sample ON sample.id = sample_id
JOIN ensemble ON ensemble.id = ensemble_id"""

SETTLED = "SELECT sample_id, kind, path, sha256 FROM configuration"
MEASURED = "SELECT configuration_id, observable_id, finished_at FROM analysis WHERE state = 'done'"

MUST_BE_EMPTY = {
    "a sample is done with both its files, and only then": """
        SELECT sample.id FROM sample LEFT JOIN configuration ON sample_id = sample.id
        GROUP BY sample.id, state HAVING count(kind) <> CASE state WHEN 'done' THEN 2 ELSE 0 END""",
    "a sample is done by its latest attempt": """
        SELECT sample.id FROM sample LEFT JOIN attempt ON sample_id = sample.id AND outcome = 'done'
        GROUP BY sample.id, state, attempt HAVING count(number) <> CASE state WHEN 'done' THEN 1 ELSE 0 END
        OR max(number) <> sample.attempt""",
    "only the latest attempt runs": """
        SELECT sample_id FROM attempt JOIN sample ON sample.id = sample_id
        WHERE outcome = 'running' AND (number <> attempt OR state <> 'running')""",
    "an analysis is done with all its scalars, and only then": """
        SELECT configuration_id, observable_id FROM analysis
        LEFT JOIN value_scalar USING (configuration_id, observable_id)
        GROUP BY configuration_id, observable_id, state HAVING count(key) <> CASE state WHEN 'done' THEN (
        SELECT count(*) FROM observable_column AS c
        WHERE c.observable_id = analysis.observable_id AND cast(c.shape AS text) = '[]') ELSE 0 END""",
}


@dataclass
class Site:
    """A folder, a database, and commands that work on it as processes of their own."""

    folder: Path
    db: str
    lease: float = 2.0
    checkpoint_every: float = 0.1
    kills: int = 0
    log_folder: Path | None = None
    seen: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)

    def write_campaign(self, samples: int = 2, time: float = 0.3, glasses: int = 0) -> None:
        """campaign.toml: two ensembles of 100 particles; a time of 100 makes a sample take a second.

        With ``glasses`` the samples are as many lineages, each of so many glasses.
        """
        size = f"lineages = {samples}\nglasses = {glasses}" if glasses else f"samples = {samples}"
        (self.folder / "campaign.toml").write_text(CAMPAIGN.format(size=size, time=time))

    def arguments(self, name: str, workers: int | None, *more: object) -> list[str]:
        """Of the command ``simulate`` or ``analyze``; without workers, ``more`` says who works."""
        options = ["--db", self.db, *([] if workers is None else ["--workers", str(workers)])]
        if name == "simulate":
            options += ["--lease", f"{self.lease}", "--checkpoint-every", f"{self.checkpoint_every}"]
            options.append("campaign.toml")
        return [name, *options, *map(str, more)]

    def start(
        self, name: str, workers: int | None, *more: object, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own; it writes to the file ``log``."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "pssglass", *self.arguments(name, workers, *more)],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, name: str, workers: int | None = 0, *more: object) -> None:
        """Run a command to its end, which must be a good one."""
        assert self.start(name, workers, *more).wait(timeout=600) == 0, self.log

    @property
    def log(self) -> str:
        """What the commands have said."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return (self.log_folder or self.folder) / "log"

    def undisturbed(self) -> Site:
        """The same campaign made and measured once, in a folder of its own and on SQLite."""
        whole = Site(self.folder / "undisturbed", "glass.db")
        whole.folder.mkdir()
        shutil.copy(self.folder / "campaign.toml", whole.folder)
        for name in ("simulate", "analyze"):
            whole.run(name, 2)
        return whole

    def kill(self, victim: int) -> None:
        """SIGKILL, if there is anybody left to get it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.kills += 1

    @staticmethod
    def workers_of(command: subprocess.Popen[bytes]) -> list[int]:
        """The worker processes of a command."""
        try:
            children = psutil.Process(command.pid).children(recursive=True)
            return [one.pid for one in children if "spawn_main" in " ".join(one.cmdline())]
        except psutil.Error:
            return []

    @staticmethod
    def wait_for(condition: Any, seconds: float = 600.0) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it took too long"
            time.sleep(0.01)

    def checkpoints(self) -> list[Path]:
        """All checkpoints that are there."""
        return [path for path in self.folder.rglob("*.checkpoints/*.gsd") if path.name[0].isdigit()]

    def expire_leases(self) -> None:
        """As if a minute had passed since the last command was killed."""
        if (self.folder / self.db).exists():
            with contextlib.closing(sqlite3.connect(self.folder / self.db)) as connection, connection:
                connection.execute("UPDATE sample SET lease_until = '2000-01-01 00:00:00.000000'")

    def check(self) -> None:
        """What must hold at any time: no half rows, and whatever was there before still is."""
        if not self.seen and not self.exists():
            return
        with self.open() as store:
            for what, query in MUST_BE_EMPTY.items():
                assert store.query(query)[1] == [], what
            for name, query in (("settled", SETTLED), ("measured", MEASURED)):
                rows = set(store.query(query)[1])
                lost = self.seen.get(name, set()) - rows
                assert not lost, f"acknowledged results were lost: {lost}"
                self.seen[name] = rows
            if store.location.file:
                assert store.query("SELECT * FROM pragma_integrity_check()")[1] == [("ok",)]
                assert store.query("SELECT * FROM pragma_foreign_key_check()")[1] == []

    def check_files(self) -> None:
        """What must hold at the end: all files of the rows as they were written, and no others."""
        with self.open() as store:
            stored = {one.path: one.sha256 for one in store.configurations()}
            there = [path for path in store.folder.rglob("*") if path.is_file()]
        assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in there} == stored

    def exists(self) -> bool:
        """Whether there is a database with its tables."""
        try:
            self.open().close()
        except DatabaseError:
            return False
        return True

    def open(self) -> Store:
        """The database."""
        return Store.open(self.folder / self.db if "://" not in self.db else self.db, read_only=True)

    def content(self) -> dict[str, list[str]]:
        """Everything in the database but times, attempts and who did it."""
        with self.open() as store:
            return {query: sorted(map(repr, store.query(query)[1])) for query in (SAMPLES, SCALARS, ARRAYS)}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.open() as store:
            return store.query(query)[1]

    def states(self) -> list[str]:
        """Of all samples."""
        return [state for (state,) in self.rows("SELECT state FROM sample ORDER BY id")]

    def outcomes(self) -> list[str]:
        """Of all attempts."""
        return [one for (one,) in self.rows("SELECT outcome FROM attempt ORDER BY sample_id, number")]

    def records(self) -> list[dict[str, Any]]:
        """What is stored about the making of each sample."""
        query = "SELECT cast(record AS text) FROM attempt WHERE outcome = 'done'"
        return [json.loads(record) for (record,) in self.rows(query)]

    def is_running(self) -> bool:
        """Whether some sample is being made."""
        return self.exists() and "running" in self.states()


@pytest.fixture(params=["sqlite", *SERVERS], ids=lambda place: place.partition(":")[0])
def site(request: pytest.FixtureRequest, tmp_path: Path, new_database: Any) -> Iterator[Site]:
    """An empty place for a campaign; on each server in PSSGLASS_TEST_POSTGRES, too."""
    if request.param == "sqlite":
        yield Site(tmp_path, "glass.db")
        return
    with new_database(request.param) as url:
        yield Site(tmp_path, url)


@pytest.fixture
def local_site(tmp_path: Path) -> Site:
    """An empty place for a campaign on SQLite."""
    return Site(tmp_path, "glass.db")
