"""Reading results back: summaries, values, progress, and SQL from users."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pssglass.db import Recipe, State, Store, cookbook, recipes
from pssglass.db.engine import locate

from pssglass.base.errors import MissingData, QueryError


def test_summaries_hold_what_was_asked_and_measured(store: Store, measured) -> None:
    cold, hot = store.summaries()
    assert (cold.name, cold.model_name, cold.N, cold.parent_temperature) == ("cold", "pss", 3000, 1.0)
    assert cold.parameters["rc"] == 1.5
    assert list(cold.scalars) == ["shear_modulus", "bulk_modulus"]
    assert cold.scalars["shear_modulus"].mean == pytest.approx(np.mean(measured["cold"]), rel=1e-15)
    assert cold.scalars["bulk_modulus"].std == 0.0
    assert hot.scalars["shear_modulus"].count == 1
    assert math.isnan(hot.scalars["shear_modulus"].standard_error)


def test_an_ensemble_without_results_has_no_scalars(store: Store, make_spec) -> None:
    store.ensure_ensemble(make_spec(), samples=1)
    assert dict(store.summaries()[0].scalars) == {}


def test_values_come_in_order_of_replica(store: Store, measured) -> None:
    assert list(store.sample_scalars("cold", "shear_modulus")) == measured["cold"]
    assert [array[0] for array in store.sample_arrays("cold", "spectrum")] == measured["cold"]


def test_unknown_names_suggest_known_ones(store: Store, measured) -> None:
    with pytest.raises(MissingData, match=r"no ensemble 'cald'; did you mean 'cold'\?"):
        store.sample_scalars("cald", "shear_modulus")
    with pytest.raises(MissingData, match=r"no values of 'sheer_modulus'; did you mean 'shear_modulus'\?"):
        store.sample_scalars("cold", "sheer_modulus")
    with pytest.raises(MissingData, match="no values of 'shear_modulus'; known: spectrum"):
        store.sample_arrays("cold", "shear_modulus")


def test_status_tells_progress_and_failures(store: Store, measured, provenance) -> None:
    sample = store.unfinished_samples([1])[0]
    store.fail_sample(store.claim_sample(sample.id, provenance), "trajectory diverged")
    status = store.status()
    cold, hot = status.ensembles
    assert cold.counts == {State.DONE: 3, State.FAILED: 1}
    assert hot.counts == {State.DONE: 1}
    assert cold.seconds_per_sample >= 0.0
    (moduli,) = status.analyses
    assert (moduli.observable, moduli.done, moduli.failed, moduli.pending) == ("moduli", 4, 0, 0)
    assert [(f.ensemble, f.replica, f.observable, f.reason) for f in status.failures] == [
        ("cold", 3, None, "trajectory diverged")
    ]
    assert status.schema_version == store.schema_version


def test_a_sample_whose_worker_is_silent_does_not_count_as_running(
    store: Store, make_spec, provenance
) -> None:
    store.ensure_ensemble(make_spec(), samples=3)
    for sample, lease in zip(store.unfinished_samples([1]), (60.0, -1.0), strict=False):
        store.claim_sample(sample.id, provenance, lease=lease)
    assert store.status().ensembles[0].counts == {State.RUNNING: 1, State.PENDING: 2}


def test_status_counts_the_liquids_that_reached_their_cap(store: Store, make_spec, provenance) -> None:
    store.ensure_ensemble(make_spec(), samples=3)
    for sample, ended in zip(store.unfinished_samples([1]), ("cap reached", "equilibrated"), strict=False):
        claim = store.claim_sample(sample.id, provenance)
        assert store.finish_sample(claim, [], {"equilibration": {"ended": ended}})
    assert store.status().capped == {"cold": 1}


def test_a_password_is_never_shown() -> None:
    assert str(locate("postgresql://user:secret@host/base")) == "postgresql://user:***@host/base"
    assert locate("postgresql://user:secret@host/base").address == "postgresql://user:secret@host/base"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM sample",
        "  select count(*) from sample ; ",
        "-- how many?\nSELECT count(*) FROM sample -- all; of them",
        "/* ; */ SELECT count(*) FROM sample WHERE state <> ';'",
        "WITH s AS (SELECT * FROM sample) SELECT count(*) FROM s",
        "SELECT count(*) FROM sample WHERE state LIKE '%' OR state = ':x'",
    ],
)
def test_reading_statements_run(store: Store, measured, sql: str) -> None:
    assert store.query(sql)[1] == [(5,)]


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("DELETE FROM sample", "'DELETE' does not read"),
        ("DROP VIEW v_samples", "'DROP' does not read"),
        ("PRAGMA user_version = 3", "'PRAGMA' does not read"),
        ("ATTACH DATABASE 'x' AS x", "'ATTACH' does not read"),
        ("SELECT 1; DELETE FROM sample", "several statements"),
        ("SELECT 1 /* ' */; DELETE FROM sample -- '", "several statements"),
        ("WITH s AS (SELECT 1) DELETE FROM sample", "."),
        ("WITH s AS (SELECT 1) INSERT INTO meta VALUES ('a', 'b')", "."),
        ("SELECT nonsense FROM sample", r"nonsense(\" does not exist)?; `pssglass sql --schema` lists views"),
        (
            "SELECT s.shear_modlus FROM v_samples s",
            r"; did you mean 'shear_modulus'\? `pssglass sql --schema`",
        ),
        ("SELECT 1 FROM v_sampels", r"; did you mean 'v_samples'\? `pssglass sql --schema`"),
        ("", "does not read"),
        (";", "does not read"),
        ("SELECT '\0'", "NUL"),
        ("SELECT '\ud800'", "."),
    ],
)
def test_everything_else_is_refused_and_changes_nothing(
    store: Store, measured, sql: str, complaint: str
) -> None:
    with pytest.raises(QueryError, match=complaint):
        store.query(sql)
    assert store.query("SELECT count(*) FROM sample")[1] == [(5,)]
    assert store.query("SELECT count(*) FROM v_samples")[1] == [(5,)]


CALLS = {
    "sqlite": [
        "SELECT load_extension('x')",
        "SELECT * FROM pragma_wal_checkpoint",
        "SELECT writefile('x', 'y')",
        "SELECT edit('x')",
    ],
    "postgresql": [
        "SELECT lo_create(77)",
        'SELECT "lo_create"(77)',
        "SELECT pg_catalog . LO_CREATE /* */ (77)",
        "SELECT 1 AS a$$, lo_create(77) AS b$$",
        "SELECT date'2020-01-01\\', lo_create(77), ''",
        "SELECT E'\\'', lo_create(77), ' '",
        "SELECT 1 -- \r , lo_create(77)",
        'SELECT U&"\\006co_create"(77)',
        'SELECT 1 AS "\'", lo_create(77) AS "\'"',
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
        "SELECT lo_export(1, '/tmp/x')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_reload_conf()",
        "SELECT nextval('sample_id_seq')",
        "SELECT query_to_xml('DELETE FROM meta', true, true, '')",
        "SELECT * INTO copy FROM meta",
        "SELECT * FROM meta FOR UPDATE",
        "COPY meta TO PROGRAM 'true'",
        "COPY meta TO STDOUT",
        "WITH gone AS (DELETE FROM meta RETURNING key) SELECT * FROM gone",
    ],
}


def test_functions_that_do_more_than_read_are_refused(store: Store, measured) -> None:
    with store._engine.connect() as connection:
        server = connection.dialect.name
    for sql in CALLS[server]:
        with pytest.raises(QueryError):
            store.query(sql)
    if server == "postgresql":
        assert store.query("SELECT count(*) FROM pg_catalog.pg_largeobject_metadata")[1] == [(0,)]
    assert store.query("SELECT count(*) FROM sample")[1] == [(5,)]


def test_functions_that_read_are_allowed(store: Store, measured) -> None:
    sql = """SELECT count(*), abs(max(shear_modulus)), 'lo_create(1)' AS "lo_create(1)"
             FROM v_samples WHERE random() IS NOT NULL -- lo_create(1)"""
    assert store.query(sql)[1] == [(5, 30.5, "lo_create(1)")]


def test_every_query_of_the_cookbook_is_a_recipe_with_a_name_of_its_own() -> None:
    assert cookbook().count("```sql") == len({one.name for one in recipes()}) >= 20


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_the_recipes_of_the_cookbook_work(store: Store, judged, provenance, recipe: Recipe) -> None:
    sample = store.unfinished_samples([1])[0]
    store.fail_sample(store.claim_sample(sample.id, provenance), "trajectory diverged")
    names, rows = store.query(recipe.sql)
    assert names
    assert rows


def test_summaries_know_the_verdict(store: Store, judged) -> None:
    verdicts = {one.name: one.in_equilibrium for one in store.summaries()}
    assert verdicts["cold"] is False
    assert verdicts["hot"] is None
