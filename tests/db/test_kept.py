"""Statistics that are kept are those of all samples, and are found anew when these change."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from pssglass.db import Store
from sqlalchemy import text

from pssglass.base.results import Provenance

VIEW = """SELECT ensemble, key, mean, standard_error, std, count, lineages, effective_count
          FROM v_ensembles ORDER BY ensemble, key"""


def change(store: Store, statement: str) -> None:
    with store._writing() as session:
        session.execute(text(statement))


@pytest.fixture
def kept(store: Store, measured: Mapping[str, list[float]]) -> list[tuple[object, ...]]:
    """The view before anything was kept; then it is."""
    found = store.query(VIEW)[1]
    store.keep_statistics()
    return found


def test_the_view_shows_the_same_from_what_is_kept(store: Store, kept: list[tuple[object, ...]]) -> None:
    assert store.query(VIEW)[1] == kept
    assert len(kept) == 4
    change(store, "UPDATE statistic SET mean = mean + 100.0 WHERE mean IS NOT NULL")
    assert [row[2] for row in store.query(VIEW)[1]] == [row[2] + 100.0 for row in kept]
    assert [one.scalars["bulk_modulus"].mean for one in store.summaries()] == [157.0, 157.0]


def test_what_does_not_hold_is_not_shown(
    store: Store, kept, finish: Callable[..., int], moduli, provenance: Provenance
) -> None:
    """A new glass of one ensemble, then a removal."""
    change(store, "UPDATE statistic SET mean = mean + 100.0 WHERE mean IS NOT NULL")
    values = {"shear_modulus": 14.25, "bulk_modulus": 57.0, "spectrum": [1.0]}
    store.write_analysis(finish("cold"), store.ensure_observable(moduli), values, provenance)
    shown = {row[0]: row[2] for row in store.query(VIEW)[1] if row[1] == "shear_modulus"}
    assert shown == {"cold": 13.0, "hot": 130.5}
    assert {one.name: one.scalars["shear_modulus"].mean for one in store.summaries()} == shown
    store.remove_samples("cold", [0], provenance)
    assert [row[2] for row in store.query(VIEW)[1] if row[1] == "bulk_modulus"] == [57.0, 57.0]
    contents = store.keep_statistics()
    assert [one.arrays for one in contents] == [{"spectrum": 3}, {"spectrum": 1}]
    assert store.query("SELECT count(*) FROM statistic")[1] == [(6,)]


def test_the_digest_of_an_ensemble_changes_with_its_own_samples_alone(
    store: Store, kept, finish: Callable[..., int], moduli, provenance: Provenance
) -> None:
    before = {one.summary.name: one.inputs for one in store.contents()}
    values = {"shear_modulus": 14.25, "bulk_modulus": 57.0, "spectrum": [1.0]}
    store.write_analysis(finish("cold"), store.ensure_observable(moduli), values, provenance)
    after = {one.summary.name: one.inputs for one in store.contents()}
    assert after["hot"] == before["hot"]
    assert after["cold"] != before["cold"]
    store.remove_samples("cold", [3], provenance)
    assert {one.summary.name: one.inputs for one in store.contents()}["cold"] not in (
        before["cold"],
        after["cold"],
    )
