"""What flags are made from is read from the views, of each observable what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pssglass.db import ObservableInfo, Store, ensembles

from pssglass.base.results import Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.plugins.protocol import Column


@pytest.mark.usefixtures("aggregates")
def test_values_come_with_their_errors(store: Store) -> None:
    evidence = store.evidence()
    assert evidence.values == {"cold": {"A_g": 2.5, "A_g_error": 0.5}}
    assert evidence.models == {"pss rc=1.5": {"T_co_elastic": 0.6}}
    assert evidence.done == {"cold": 3, "hot": 1}
    assert evidence.measured == {"cold": {"moduli": 3}, "hot": {"moduli": 1}}
    assert {one.name: one.parent_temperature for one in evidence.ensembles} == {"cold": 1.0, "hot": 6.0}


def test_of_several_versions_the_one_that_is_shown_counts(
    store: Store,
    make_spec: Callable[..., EnsembleSpec],
    finish: Callable[..., int],
    moduli: ObservableInfo,
    provenance: Provenance,
) -> None:
    store.ensure_ensemble(make_spec("cold"), samples=2)
    glasses = [finish(), finish()]
    column = Column("q6", "1", "bond order")
    for version, measured in (("1", glasses), ("2", glasses[:1])):
        order = replace(moduli, name="order", version=version, columns=(column,))
        number = store.ensure_observable(order)
        for glass in measured:
            store.write_analysis(glass, number, {"q6": 0.1 * int(version)}, provenance)
        store.show_observables([number])
    evidence = store.evidence()
    assert evidence.samples == {"cold": {0: {"q6": 0.2}, 1: {"q6": 0.1}}}
    assert evidence.measured == {"cold": {"order": 1}}


def test_ensembles_of_the_same_samples_are_found(
    store: Store, make_spec: Callable[..., EnsembleSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As earlier versions of the program let them be made."""
    monkeypatch.setattr(ensembles, "_refuse_repetition", lambda *_: None)
    cold = make_spec("cold")
    for name in ("cold", "again", "and-again"):
        store.ensure_ensemble(replace(cold, name=name), samples=1)
    for name in ("outside", "elsewhere"):
        imported = replace(cold, name=name, protocol=replace(cold.protocol, quench="imported"))
        store.ensure_ensemble(imported, samples=0)
    assert store.evidence().repetitions == {"again": "cold", "and-again": "cold"}


def test_an_empty_database_has_none(store: Store) -> None:
    evidence = store.evidence()
    assert (evidence.ensembles, evidence.samples, evidence.values) == ([], {}, {})
