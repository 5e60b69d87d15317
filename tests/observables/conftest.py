"""A small real glass, and ensembles whose answers are known because they were made up so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData
from pssglass.mechanics.inherent_states import mechanics_of

MakeEnsemble = Callable[..., EnsembleData]
WithLiquid = Callable[[Mapping[str, Any]], pg.Glass]


@pytest.fixture(scope="session")
def glass() -> pg.Glass:
    """An inherent state of 256 sticky spheres."""
    liquid = pg.Liquid.create(pg.PSS(rc=1.5), N=256, temperature=1.0, seed=5)
    liquid.run(time=2.0)
    return liquid.quench()


@pytest.fixture
def with_liquid(glass: pg.Glass) -> WithLiquid:
    """The glass with something else recorded of its liquid."""

    def told(record: Mapping[str, Any]) -> pg.Glass:
        metadata = {**glass.configuration.metadata, "liquid": record}
        configuration = replace(glass.configuration, metadata=metadata)
        return pg.Glass(
            glass.model, configuration, glass.quench_record, mechanics_of(glass.model, configuration)
        )

    return told


@pytest.fixture(scope="session")
def make_ensemble() -> MakeEnsemble:
    """Builds an ensemble from the scalars and arrays of its samples."""

    def make(
        samples: Mapping[str, Sequence[float]],
        arrays: Mapping[str, Sequence[Any]] | None = None,
        *,
        N: int = 3000,
        temperature: float = 1.0,
        rc: float = 1.5,
    ) -> EnsembleData:
        return EnsembleData(
            name=f"rc{rc}-T{temperature}",
            model_name="pss",
            parameters={"rc": rc},
            N=N,
            parent_temperature=temperature,
            scalars={key: summarize(values) for key, values in samples.items()},
            samples={key: np.asarray(values, dtype=np.float64) for key, values in samples.items()},
            arrays={key: tuple(np.asarray(one) for one in values) for key, values in (arrays or {}).items()},
            values={},
        )

    return make
