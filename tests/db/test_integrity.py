"""Faults in a database: each that is planted is told on both kinds of server, and nothing else."""

from __future__ import annotations

import math

from pssglass.db import Finding, Store
from pssglass.db.integrity import CHECKS
from sqlalchemy import text
from sqlalchemy.orm import Session

FIRST = "(SELECT min(id) FROM configuration WHERE kind = 'inherent')"
MODULI = "(SELECT max(id) FROM observable WHERE name = 'moduli')"
OF_FIRST = f"configuration_id = {FIRST} AND observable_id = {MODULI}"
PLANTED = {
    "values without their analysis": (
        f"DELETE FROM analysis WHERE {OF_FIRST}",
        "key shear_modulus refers to a missing analysis",
    ),
    "no inherent state": (
        f"DELETE FROM configuration WHERE id = {FIRST}",
        "ensemble cold, sample 0 is done without an inherent state",
    ),
    "no liquid": ("DELETE FROM configuration WHERE kind = 'liquid'", "but its liquid is not kept"),
    "a file of a sample to do": ("UPDATE sample SET state = 'pending' WHERE id = 1", "but is not done"),
    "an attempt that failed": (
        "UPDATE attempt SET outcome = 'failed' WHERE sample_id = 1",
        "is done, but not by its latest attempt",
    ),
    "an attempt that nobody counted": (
        "UPDATE sample SET attempt = 2 WHERE id = 1",
        "has another number of attempts than it counts",
    ),
    "a file of another attempt": (
        "UPDATE configuration SET attempt = 2 WHERE sample_id = 1",
        "kind liquid is not the work of the attempt that finished the sample",
    ),
    "running without an attempt": (
        "UPDATE sample SET state = 'running' WHERE id = 1",
        "is running, but its latest attempt is not",
    ),
    "failed without an attempt": (
        "UPDATE sample SET state = 'failed' WHERE id = 1",
        "has failed, but its latest attempt has not",
    ),
    "an attempt that never ended": (
        "UPDATE attempt SET outcome = 'running' WHERE sample_id = 1",
        "attempt 1 runs, but is not what its sample waits for",
    ),
    "values of a failed analysis": (
        f"UPDATE analysis SET state = 'failed' WHERE {OF_FIRST}",
        "observable moduli has failed, but has values",
    ),
    "a scalar that is gone": (
        f"DELETE FROM value_scalar WHERE {OF_FIRST} AND key = 'shear_modulus'",
        "key shear_modulus is done, but lacks this scalar",
    ),
    "an infinite scalar": (
        f"UPDATE value_scalar SET value = :infinity WHERE {OF_FIRST} AND key = 'shear_modulus'",
        "key shear_modulus is not finite",
    ),
    "half an array": ("UPDATE value_array SET shape = '[7]' WHERE key = 'spectrum'", "bytes for shape (7,)"),
    "one file for all": (
        f"UPDATE configuration SET path = (SELECT path FROM configuration WHERE id = {FIRST})",
        "is the file of several configurations",
    ),
    "values of no ensemble": ("DELETE FROM aggregate_member", "belongs to no ensemble"),
    "values of a failed aggregate": (
        "UPDATE aggregate SET state = 'failed' WHERE id IN (SELECT aggregate_id FROM aggregate_scalar)",
        "has values although it failed",
    ),
    "another specification": (
        "UPDATE ensemble SET spec_hash = 'ab' WHERE id = 1",
        "ensemble 1 was changed: its spec do not fit its hash",
    ),
    "another machine": ("UPDATE platform SET hash = 'ab'", "platform 1 was changed: its details do not fit"),
    "another temperature": (
        "UPDATE ensemble SET parent_temperature = 9.0 WHERE id = 1",
        "parent_temperature = 9.0, but 1.0 in its spec",
    ),
    "another seed": (
        "UPDATE sample SET seed = 5 WHERE id = 1",
        "sample 0 has not the seed of its ensemble and replica",
    ),
    "another table": ("ALTER TABLE sample ADD COLUMN remark TEXT", "the tables are not as schema"),
}


def found_after(store: Store, sql: str) -> list[Finding]:
    """All that is found in a transaction that has planted this, and is rolled back."""
    with Session(store._engine) as session:
        on_server = session.get_bind().dialect.name == "postgresql"
        free = (
            "SET LOCAL session_replication_role = replica" if on_server else "PRAGMA defer_foreign_keys = ON"
        )
        session.execute(text(free))
        session.execute(text(sql), {"infinity": math.inf} if ":infinity" in sql else {})
        found = [one for check in CHECKS for one in check(session)]
        session.rollback()
    return found


def test_a_sound_database(store: Store, aggregates, moduli) -> None:
    assert list(store.findings()) == []


def test_every_fault_is_told(store: Store, aggregates) -> None:
    for fault, (sql, message) in PLANTED.items():
        found = found_after(store, sql)
        assert any(message in one.what and one.is_fault for one in found), (fault, found)
    assert list(store.findings()) == []


def test_work_in_progress_is_no_fault(store: Store, aggregates, provenance) -> None:
    sample = store.unfinished_samples([1])[0]
    store.claim_sample(sample.id, provenance)
    assert list(store.findings()) == []


def test_a_lease_that_ran_out_is_told_but_is_no_fault(store: Store, aggregates, provenance) -> None:
    sample = store.unfinished_samples([1])[0]
    store.claim_sample(sample.id, provenance, lease=-1.0)
    what = "ensemble cold, sample 3 was given up by its worker; `pssglass simulate` takes it over"
    assert list(store.findings()) == [Finding(what, is_fault=False)]


def test_damage_does_not_hide_other_faults(store: Store, aggregates) -> None:
    """Where a table is gone, the checks that need it say so, and the others go on."""
    with store._writing() as session:
        views = " CASCADE" if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TABLE aggregate_array{views}"))
        session.execute(text("UPDATE sample SET seed = 5 WHERE id = 1"))
    whats = " ".join(one.what for one in store.findings())
    assert "aggregate_array" in whats
    assert "has not the seed" in whats
