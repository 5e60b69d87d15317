"""Analyses: values go in exactly, once, and never as NaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pssglass.db import ConfigurationFile, Store

from pssglass.base.errors import BrokenPlugin, DatabaseError, ObservableFailed
from pssglass.plugins.protocol import Column

FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {"shear_modulus": 12.0, "bulk_modulus": 57.0, "spectrum": np.arange(4.0)}


@pytest.fixture
def observable(store: Store, moduli) -> int:
    return store.ensure_observable(moduli)


@pytest.fixture
def glass(store: Store, make_spec, finish: Callable[..., int]) -> int:
    store.ensure_ensemble(make_spec(), samples=1)
    return finish("cold")


def test_an_observable_is_registered_once(store: Store, moduli, observable: int) -> None:
    assert store.ensure_observable(moduli) == observable
    assert store.ensure_observable(replace(moduli, distribution_version="0.2.0")) == observable
    assert store.ensure_observable(replace(moduli, version="2")) != observable
    assert store.ensure_observable(replace(moduli, parameters={"n": 110})) != observable


def test_units_and_documentation_are_kept(store: Store, observable: int) -> None:
    rows = store.query("SELECT key, unit, doc FROM observable_column ORDER BY position")[1]
    assert rows[0] == ("shear_modulus", "epsilon/lambda^3", "G")


def test_other_columns_need_another_version(store: Store, moduli, observable: int) -> None:
    changed = (Column("shear_modulus", "GPa", "G"), *moduli.columns[1:], Column("poisson_ratio", "1", "nu"))
    with pytest.raises(
        BrokenPlugin, match=r"moduli 1: poisson_ratio, shear_modulus changed .* give it a new version"
    ):
        store.ensure_observable(replace(moduli, columns=changed))


def test_glasses_wait_for_their_analysis(
    store: Store, glass: int, observable: int, make_spec, provenance
) -> None:
    (task,) = store.pending_analyses([observable])
    assert (task.configuration_id, task.observable_id) == (glass, observable)
    assert (task.ensemble, task.replica, task.spec["N"]) == ("cold", 0, 3000)
    assert task.path == store.folder / "cold/0.gsd"
    store.write_analysis(glass, observable, VALUES, provenance)
    assert store.pending_analyses([observable]) == []


def test_what_is_settled_of_a_glass(store: Store, glass: int, observable: int, moduli, provenance) -> None:
    newer = store.ensure_observable(replace(moduli, version="2"))
    store.ensure_observable(replace(moduli, version="3"))
    store.write_analysis(glass, observable, VALUES, provenance)
    store.fail_analysis(glass, newer, "it hung", provenance)
    assert store.settled_analyses(glass) == {observable: None, newer: "it hung"}


def test_the_analyses_of_one_glass_follow_each_other(store: Store, moduli, make_spec, finish) -> None:
    store.ensure_ensemble(make_spec(), samples=2)
    glasses = [finish("cold"), finish("cold")]
    ids = [store.ensure_observable(replace(moduli, version=version)) for version in ("1", "2")]
    tasks = [(task.configuration_id, task.observable_id) for task in store.pending_analyses(ids)]
    assert tasks == [(glass, number) for glass in glasses for number in ids]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scalar=FINITE,
    array=arrays.arrays(np.float64, st.integers(0, 20), elements=FINITE)
    | arrays.arrays(np.int64, st.integers(0, 20)),
)
def test_values_come_back_bit_for_bit(
    store: Store, make_spec, moduli, finish, provenance, scalar, array
) -> None:
    name = f"ensemble {len(store.ensembles())}"
    store.ensure_ensemble(make_spec(name, seed=int(name.split()[1])), samples=1)
    observable = store.ensure_observable(moduli)
    values = {"shear_modulus": scalar, "bulk_modulus": 1, "spectrum": array}
    store.write_analysis(finish(name), observable, values, provenance)
    (stored,) = store.sample_arrays(name, "spectrum")
    assert stored.dtype == array.dtype
    assert stored.tobytes() == array.tobytes()
    # The sign of zero is the one bit that is not kept.
    assert store.sample_scalars(name, "shear_modulus").tobytes() == np.array([scalar + 0.0]).tobytes()


def test_arrays_of_any_layout_and_rank(store: Store, glass: int, moduli, provenance) -> None:
    columns = (Column("vectors", "1", "modes", ("k", "N", 3)),)
    observable = store.ensure_observable(replace(moduli, name="modes", columns=columns))
    vectors = np.arange(24.0).reshape(3, 4, 2).T[:, :, :3]
    store.write_analysis(glass, observable, {"vectors": vectors}, provenance)
    np.testing.assert_array_equal(store.sample_arrays("cold", "vectors")[0], vectors)


def test_the_first_commit_wins(store: Store, glass: int, observable: int, provenance) -> None:
    store.write_analysis(glass, observable, VALUES, provenance)
    store.write_analysis(glass, observable, {**VALUES, "shear_modulus": 99.0}, provenance)
    store.fail_analysis(glass, observable, "came later", provenance)
    assert list(store.sample_scalars("cold", "shear_modulus")) == [12.0]
    assert store.failures() == []


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("key", ["shear_modulus", "spectrum"])
def test_no_value_that_is_not_finite_passes(
    store: Store, glass: int, observable: int, provenance, key: str, bad: float
) -> None:
    values = {**VALUES, key: np.array([1.0, bad]) if key == "spectrum" else bad}
    with pytest.raises(ObservableFailed, match=f"'{key}' is {bad}; only finite numbers are stored"):
        store.write_analysis(glass, observable, values, provenance)
    counts = "SELECT (SELECT count(*) FROM analysis), (SELECT count(*) FROM value_scalar)"
    assert store.query(counts)[1] == [(0, 0)]


def test_undeclared_values_and_wrong_shapes_are_refused(
    store: Store, glass: int, observable: int, provenance
) -> None:
    with pytest.raises(
        ObservableFailed, match="does not declare 'shear_modulos'; did you mean 'shear_modulus'"
    ):
        store.write_analysis(glass, observable, {"shear_modulos": 1.0}, provenance)
    with pytest.raises(ObservableFailed, match=r"'shear_modulus' has shape \(2,\), declared \(\)"):
        store.write_analysis(glass, observable, {**VALUES, "shear_modulus": np.ones(2)}, provenance)


def test_a_scalar_that_is_left_out_is_undefined_not_zero(
    store: Store, glass: int, observable: int, provenance
) -> None:
    store.write_analysis(glass, observable, {"bulk_modulus": 57.0}, provenance)
    rows = store.query("SELECT key, value, status FROM v_scalars ORDER BY key")[1]
    assert rows == [("bulk_modulus", 57.0, "ok"), ("shear_modulus", None, "undefined")]
    assert store.sample_scalars("cold", "shear_modulus").size == 0


def test_a_failure_is_kept_until_it_is_asked_for_again(
    store: Store, glass: int, observable: int, provenance
) -> None:
    store.fail_analysis(glass, observable, "moduli: bulk_modulus is nan", provenance)
    (failure,) = store.failures()
    assert (failure.ensemble, failure.replica, failure.observable) == ("cold", 0, "moduli")
    assert failure.reason == "moduli: bulk_modulus is nan"
    assert store.pending_analyses([observable]) == []
    assert len(store.pending_analyses([observable], retry_failed=True)) == 1
    store.write_analysis(glass, observable, VALUES, provenance)
    assert store.failures() == []
    assert store.pending_analyses([observable], retry_failed=True) == []


def test_liquids_are_not_analysed_as_glasses(store: Store, make_spec, moduli, provenance) -> None:
    record = store.ensure_ensemble(make_spec(), samples=1)
    claim = store.claim_sample(store.unfinished_samples([record.id])[0].id, provenance)
    store.finish_sample(claim, [ConfigurationFile("liquid", "cold/0-liquid.gsd", "ab" * 32, 1)], {})
    assert store.pending_analyses([store.ensure_observable(moduli)]) == []


def test_an_unknown_configuration_is_an_error(store: Store, observable: int, provenance) -> None:
    with pytest.raises(DatabaseError, match="no configuration 99"):
        store.write_analysis(99, observable, VALUES, provenance)


def test_every_value_leads_to_who_computed_it(store: Store, glass: int, observable: int, provenance) -> None:
    store.write_analysis(glass, observable, VALUES, provenance)
    sql = """
        SELECT value, worker, software.git_revision, platform.cpu
        FROM value_scalar JOIN analysis USING (configuration_id, observable_id)
        JOIN software ON software.id = software_id JOIN platform ON platform.id = platform_id
        WHERE key = 'shear_modulus'"""
    assert store.query(sql)[1] == [(12.0, "node1:42", "abc", "Zen 4")]
    assert store.query("SELECT (SELECT count(*) FROM software), (SELECT count(*) FROM platform)")[1] == [
        (1, 1)
    ]
