"""A fresh database for each test, and what can be put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pssglass.db import ConfigurationFile, ObservableInfo, Store

from pssglass.base.results import Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.plugins.aggregation import AggregateResult
from pssglass.plugins.protocol import Column
from pssglass.simulation.protocol import Protocol

PROVENANCE = Provenance(
    software={"version": "0.1.0", "git_revision": "abc", "compiler": "g++ 12", "flags": "-O3"},
    platform={"host": "node1", "cpu": "Zen 4", "simd": "AVX-512"},
    worker="node1:42",
)

MODULI = ObservableInfo(
    name="moduli",
    version="1",
    level="sample",
    parameters={},
    columns=(
        Column("shear_modulus", "epsilon/lambda^3", "G"),
        Column("bulk_modulus", "epsilon/lambda^3", "K"),
        Column("spectrum", "1", "an array", ("n",)),
    ),
    distribution="pssglass",
    distribution_version="0.1.0",
)

VDOS = ObservableInfo(
    name="vdos",
    version="1",
    level="ensemble",
    parameters={"window": 0.7},
    columns=(
        Column("A_g", "time^5", "prefactor of the density of states"),
        Column("A_g_error", "time^5", "its standard error", optional=True),
        Column("vdos_count", "1", "modes in each bin", ("bins",)),
    ),
    distribution="pssglass",
    distribution_version="0.1.0",
)

CROSSOVER = replace(
    VDOS,
    name="crossover",
    level="model",
    columns=(
        Column("T_co_elastic", "epsilon/k_B", "crossover temperature"),
        Column("T_co_elastic_error", "epsilon/k_B", "its standard error", optional=True),
        Column("T_co_elastic_low", "epsilon/k_B", "lower end of an interval", optional=True),
    ),
)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url, create=True) as opened:
        yield opened


@pytest.fixture
def provenance() -> Provenance:
    return PROVENANCE


@pytest.fixture
def moduli() -> ObservableInfo:
    return MODULI


@pytest.fixture
def vdos() -> ObservableInfo:
    return VDOS


@pytest.fixture
def make_spec() -> Callable[..., EnsembleSpec]:
    """Specifications of ensembles: ``make_spec("hot", rc=1.1, parent_temperature=4.0)``."""

    def make(name: str = "cold", rc: float = 1.5, **changes: Any) -> EnsembleSpec:
        parameters = {"rc": rc, "density": 0.6, "composition": [0.5, 0.5]}
        spec = EnsembleSpec(name, "pss", parameters, 3000, 1.0, Protocol(equilibration_time=50.0), seed=11)
        return replace(spec, **changes)

    return make


@pytest.fixture
def finish(store: Store) -> Callable[..., int]:
    """Finishes one sample of an ensemble; returns the id of its inherent configuration."""

    def finish_next(ensemble: str = "cold") -> int:
        ensemble_id = next(record.id for record in store.ensembles() if record.name == ensemble)
        sample = store.unfinished_samples([ensemble_id])[0]
        claim = store.claim_sample(sample.id, PROVENANCE)
        assert claim is not None
        files = [
            ConfigurationFile("inherent", f"{ensemble}/{sample.replica}.gsd", f"{sample.id:064x}", 1),
            ConfigurationFile("liquid", f"{ensemble}/{sample.replica}-liquid.gsd", f"{-sample.id:064x}", 1),
        ]
        assert store.finish_sample(claim, files, {})
        inherent = store.configurations(ensemble, "inherent")
        return next(one.id for one in inherent if one.replica == sample.replica)

    return finish_next


@pytest.fixture
def measured(
    store: Store, make_spec: Callable[..., EnsembleSpec], finish: Callable[..., int]
) -> Mapping[str, list[float]]:
    """Two ensembles with the shear moduli of their samples; returns those."""
    shear = {"cold": [12.0, 12.5, 13.25], "hot": [30.5]}
    store.ensure_ensemble(make_spec("cold"), samples=4)
    store.ensure_ensemble(make_spec("hot", rc=1.1, parent_temperature=6.0), samples=1)
    observable = store.ensure_observable(MODULI)
    for ensemble, values in shear.items():
        for value in values:
            numbers = {"shear_modulus": value, "bulk_modulus": 57.0, "spectrum": [value, 1.0]}
            store.write_analysis(finish(ensemble), observable, numbers, PROVENANCE)
    return shear


AGGREGATES = [
    AggregateResult("vdos", "cold", ("cold",), {"A_g": 2.5, "A_g_error": 0.5, "vdos_count": np.arange(3)}),
    AggregateResult("vdos", "hot", ("hot",), reason="no mode in the window"),
    AggregateResult("crossover", "pss rc=1.5", ("cold",), {"T_co_elastic": 0.6, "T_co_elastic_low": 0.5}),
]


@pytest.fixture
def aggregates(store: Store, measured: Mapping[str, list[float]]) -> Mapping[str, int]:
    """Values of an ensemble, of another that has none, and of a model; returns ids of their observables."""
    ids = {info.name: store.ensure_observable(info) for info in (VDOS, CROSSOVER)}
    store.replace_aggregates(AGGREGATES, ids, PROVENANCE)
    return ids


@pytest.fixture
def judged(store: Store, aggregates: Mapping[str, int]) -> Mapping[str, int]:
    """Besides ``aggregates`` a criterion of equilibrium, and the verdict."""
    criterion = {"energy_trend": 0.1, "energy_trend_error": 0.01, "energy_trend_limit": 0.03}
    values = {"in_equilibrium": 0.0, **criterion, "energy_trend_holds": 0.0}
    columns = tuple(Column(name, "1", "of the liquid", optional=True) for name in values)
    equilibrium = store.ensure_observable(replace(VDOS, name="equilibrium", parameters={}, columns=columns))
    ids = {**aggregates, "equilibrium": equilibrium}
    found = AggregateResult("equilibrium", "cold", ("cold",), values)
    store.replace_aggregates([*AGGREGATES, found], ids, PROVENANCE)
    return ids
