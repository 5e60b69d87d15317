"""The views: what a stranger finds with SELECT."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pssglass.db import ConfigurationFile, Store
from pssglass.db.views import NAMES

import pssglass as pg
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.plugins.protocol import Column


def columns(store: Store, view: str) -> list[str]:
    return [name.lower() for name in store.query(f"SELECT * FROM {view} LIMIT 0")[0]]


def test_views_stand_in_an_empty_database(store: Store) -> None:
    for view in NAMES:
        assert store.query(f"SELECT * FROM {view}")[1] == []


def test_one_row_per_sample_with_model_parameters_and_scalars(store: Store, measured) -> None:
    assert columns(store, "v_samples") == [
        *("ensemble", "model", "density", "rc", "n", "parent_temperature"),
        *("replica", "lineage", "glass", "seed", "state", "path", "rattlers", "core_seconds"),
        *("swap_attempts_per_second", "swaps_per_second", "held_time", "extended_from"),
        *("shear_modulus", "bulk_modulus"),
    ]
    sql = (
        "SELECT rc, parent_temperature, N, replica, state, shear_modulus FROM v_samples ORDER BY rc, replica"
    )
    assert store.query(sql)[1] == [
        (1.1, 6.0, 3000, 0, "done", 30.5),
        (1.5, 1.0, 3000, 0, "done", 12.0),
        (1.5, 1.0, 3000, 1, "done", 12.5),
        (1.5, 1.0, 3000, 2, "done", 13.25),
        (1.5, 1.0, 3000, 3, "pending", None),
    ]


def test_swap_moves_have_their_speed(store: Store, make_spec, provenance) -> None:
    store.ensure_ensemble(make_spec(), samples=3)
    ensembles = [one.id for one in store.ensembles()]
    counts = {"attempts": [2**33, 300, *[0] * 8], "accepted": [2**32, 60, *[0] * 8]}
    records = [{"swap": {**counts, "seconds": 0.5}}, {"swap": {**counts, "seconds": 0.0}}, {}]
    for sample, record in zip(store.unfinished_samples(ensembles), records, strict=True):
        claim = store.claim_sample(sample.id, provenance)
        assert claim is not None
        assert store.finish_sample(claim, [ConfigurationFile("inherent", "a", "0" * 64, 1)], record)
    sql = "SELECT swap_attempts_per_second, swaps_per_second FROM v_samples ORDER BY replica"
    assert store.query(sql)[1] == [(2.0**34 + 600, 2.0**33 + 120), (None, None), (None, None)]


def test_parameters_that_are_words_have_columns(store: Store, make_spec) -> None:
    sizes = {"drawing": "random", "largest": 2.22}
    store.ensure_ensemble(replace(make_spec("wide"), model_name="poly-ipl", parameters=sizes), samples=1)
    store.ensure_ensemble(make_spec("hot"), samples=1)
    assert columns(store, "v_samples")[2:6] == ["density", "drawing", "largest", "rc"]
    sql = "SELECT drawing, largest, rc FROM v_samples ORDER BY ensemble"
    assert store.query(sql)[1] == [(None, None, 1.5), ("random", 2.22, None)]


def test_a_word_where_others_have_numbers_makes_words_of_all(store: Store, make_spec, monkeypatch) -> None:
    monkeypatch.setattr(EnsembleSpec, "model", pg.PSS(1.5))  # of no installed package
    for name, value in (("one", 0.5), ("other", "half")):
        store.ensure_ensemble(
            replace(make_spec(name), model_name="mine", parameters={"share": value}), samples=1
        )
    found = store.query("SELECT ensemble, share FROM v_samples ORDER BY ensemble")[1]
    assert [(ensemble, str(share)) for ensemble, share in found] == [("one", "0.5"), ("other", "half")]


def test_statistics_of_ensembles(store: Store, measured) -> None:
    sql = """SELECT mean, standard_error, std, count, unit FROM v_ensembles
             WHERE key = 'shear_modulus' ORDER BY rc"""
    hot, cold = store.query(sql)[1]
    assert hot == (30.5, None, None, 1, "epsilon/lambda^3")
    values = np.array(measured["cold"])
    expected = (values.mean(), values.std(ddof=1) / np.sqrt(3), values.std(ddof=1))
    assert cold[:3] == pytest.approx(expected, rel=1e-14)
    assert cold[3] == 3


def test_the_long_form_has_units(store: Store, measured) -> None:
    sql = """SELECT ensemble, replica, observable, version, key, value, unit, status FROM v_scalars
             WHERE ensemble = 'hot' ORDER BY key"""
    assert store.query(sql)[1] == [
        ("hot", 0, "moduli", "1", "bulk_modulus", 57.0, "epsilon/lambda^3", "ok"),
        ("hot", 0, "moduli", "1", "shear_modulus", 30.5, "epsilon/lambda^3", "ok"),
    ]


def test_a_new_observable_brings_its_columns(store: Store, measured, moduli) -> None:
    order = replace(moduli, name="order", columns=(Column("q6", "1", "bond order"),))
    store.ensure_observable(order)
    assert columns(store, "v_samples")[-3:] == ["shear_modulus", "bulk_modulus", "q6"]


def test_names_that_clash_carry_their_observable(store: Store, measured, moduli) -> None:
    rival = replace(moduli, name="rival", columns=(Column("Shear_Modulus", "1", "G"), Column("rc", "1", "x")))
    store.ensure_observable(rival)
    assert columns(store, "v_samples")[-4:] == [
        "moduli_shear_modulus",
        "bulk_modulus",
        "rival_shear_modulus",
        "rival_rc",
    ]
    assert list(store.sample_scalars("cold", "moduli_shear_modulus")) == measured["cold"]


def test_the_chosen_version_is_shown(store: Store, measured, moduli, provenance) -> None:
    second = store.ensure_observable(replace(moduli, version="2"))
    store.show_observables([second], with_values=True)
    assert store.query("SELECT count(shear_modulus) FROM v_samples")[1] == [(4,)], "it has no values yet"
    for task in store.pending_analyses([second]):
        values = {"shear_modulus": 1.0, "bulk_modulus": 2.0, "spectrum": [0.0]}
        store.write_analysis(task.configuration_id, second, values, provenance)
    assert store.query("SELECT max(shear_modulus) > 12 FROM v_samples")[1] in ([(1,)], [(True,)])
    store.show_observables([second], with_values=True)
    assert [(one.version, one.is_shown) for one in store.status().analyses] == [("1", False), ("2", True)]
    assert store.query("SELECT sum(shear_modulus) FROM v_samples")[1] == [(4.0,)]
    assert store.query("SELECT mean FROM v_ensembles WHERE key = 'shear_modulus' AND ensemble = 'hot'")[
        1
    ] == [(1.0,)]
    both = """SELECT version, value FROM v_scalars
              WHERE key = 'shear_modulus' AND ensemble = 'hot' ORDER BY version"""
    assert store.query(both)[1] == [("1", 30.5), ("2", 1.0)]


def test_capitals_need_no_quotes(store: Store, measured, moduli) -> None:
    store.ensure_observable(replace(moduli, name="vdos", columns=(Column("A_g", "1", "prefactor"),)))
    assert store.query("SELECT N, n, A_g FROM v_samples WHERE N = 3000")[1][0] == (3000, 3000, None)


def test_reserved_words_may_be_names(store: Store, moduli) -> None:
    store.ensure_observable(replace(moduli, columns=(Column("order", "1", "x"), Column("group", "1", "y"))))
    assert store.query('SELECT "order", "group" FROM v_samples')[1] == []


def test_columns_of_other_models_are_empty(store: Store, measured, make_spec) -> None:
    store.ensure_ensemble(make_spec("ka", model_name="kablj", parameters={"mass": 2.5}), samples=1)
    sql = "SELECT model, rc, mass FROM v_samples WHERE replica = 0 ORDER BY model, rc"
    assert store.query(sql)[1] == [("kablj", None, 2.5), ("pss", 1.1, None), ("pss", 1.5, None)]


def test_unchanged_views_are_left_standing(store: Store, measured, make_spec, moduli, monkeypatch) -> None:
    monkeypatch.setattr("pssglass.db.views.drop", lambda connection: pytest.fail("views taken down"))
    store.ensure_ensemble(make_spec("cold"), samples=9)
    store.ensure_observable(moduli)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mean=st.floats(-1e6, 1e6), spread=st.lists(st.floats(-1.0, 1.0), min_size=2, max_size=6))
@example(mean=0.0, spread=[0.0, 1e-200])
@example(mean=0.0, spread=[0.0, 5e-324])
def test_statistics_agree_with_numpy(
    store: Store, make_spec, moduli, finish, provenance, mean, spread
) -> None:
    name = f"ensemble {len(store.ensembles())}"
    store.ensure_ensemble(make_spec(name, seed=int(name.split()[1])), samples=len(spread))
    observable = store.ensure_observable(moduli)
    for offset in spread:
        store.write_analysis(finish(name), observable, {"shear_modulus": mean + offset}, provenance)
    values = store.sample_scalars(name, "shear_modulus")
    (summary,) = (s for s in store.summaries() if s.name == name)
    found = summary.scalars["shear_modulus"]
    assert found.count == len(spread)
    assert found.mean == pytest.approx(values.mean(), rel=1e-14, abs=1e-14)
    assert found.std == pytest.approx(values.std(ddof=1), rel=1e-9, abs=1e-9)
    assert found.standard_error == pytest.approx(found.std / np.sqrt(found.count), rel=1e-12)
