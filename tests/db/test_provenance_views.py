"""Every value leads to the seed, the specification, the program, the machine and the attempt behind it."""

from __future__ import annotations

import json

from pssglass.db import Store

# Each kind of value, and the rows of a view that say where it comes from.
JOINS = {
    "scalars": ("value_scalar", "v_analyses USING (configuration_id, observable_id)"),
    "arrays": ("value_array", "v_analyses USING (configuration_id, observable_id)"),
    "scalars in their view": ("v_scalars", "v_analyses USING (configuration_id, observable_id)"),
    "arrays in their view": (
        "(SELECT * FROM v_arrays WHERE aggregate_id IS NULL)",
        "v_analyses USING (configuration_id, observable_id)",
    ),
    "values of ensembles": ("v_ensemble_values", "v_aggregates USING (aggregate_id)"),
    "values of models": ("v_model_values", "v_aggregates USING (aggregate_id)"),
    "scalars of ensembles and models": ("aggregate_scalar", "v_aggregates USING (aggregate_id)"),
    "arrays of ensembles and models": ("aggregate_array", "v_aggregates USING (aggregate_id)"),
}
COLUMNS = (
    "seed",
    "spec",
    "program_version",
    "git_revision",
    "compiler",
    "flags",
    "host",
    "cpu",
    "simd",
    "worker",
)


def test_no_value_is_without_its_origin(store: Store, aggregates) -> None:
    columns = ", ".join(f"o.{name}" for name in COLUMNS)
    for kind, (values, provenance) in JOINS.items():
        joined = f"{values} AS v JOIN {provenance.replace(' USING', ' AS o USING')}"
        rows = store.query(f"SELECT {columns} FROM {joined}")[1]
        assert len(rows) == store.query(f"SELECT count(*) FROM {values} AS v")[1][0][0] > 0, kind
        for seed, spec, *build in rows:
            assert seed >= 0
            assert json.loads(spec)["name"] in ("cold", "hot")
            assert build == ["0.1.0", "abc", "g++ 12", "-O3", "node1", "Zen 4", "AVX-512", "node1:42"]


def test_a_value_leads_to_the_attempt_that_made_its_sample(store: Store, measured) -> None:
    sql = """SELECT replica, attempt.number, sample_worker, sample_program_version, sample_flags,
                    sample_simd, outcome
             FROM v_analyses JOIN configuration ON configuration.id = configuration_id
             JOIN attempt ON attempt.sample_id = configuration.sample_id AND number = v_analyses.attempt
             WHERE ensemble = 'cold' ORDER BY replica"""
    expected = (1, "node1:42", "0.1.0", "-O3", "AVX-512", "done")
    assert store.query(sql)[1] == [(replica, *expected) for replica in range(3)]


def test_an_ensemble_leads_to_its_samples(store: Store, aggregates) -> None:
    sql = """SELECT count(*) FROM v_aggregates JOIN v_samples USING (ensemble)
             WHERE v_aggregates.observable = 'crossover'"""
    assert store.query(sql)[1] == [(4,)]
