"""Results of the samples of ensembles, read from the database when they are asked for."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

import numpy.typing as npt

from pssglass.base.read_only import LookedUp
from pssglass.base.results import EnsembleData, Floats
from pssglass.db import EnsembleContents, Store
from pssglass.pipeline.outages import through_outages


class SampleReader:
    """Keeps the scalars that it has read, and the arrays of one ensemble: those of all may have no room."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scalars: dict[tuple[str, str], Floats] = {}
        self._lineages: dict[tuple[str, str], npt.NDArray[Any]] = {}
        self._arrays: dict[str, dict[str, tuple[npt.NDArray[Any], ...]]] = {}

    def data(self, contents: EnsembleContents, arrays: Collection[str]) -> EnsembleData:
        """An ensemble without values of its own, with those of its arrays that have these names."""
        summary = contents.summary
        scalars = {key: one.count for key, one in summary.scalars.items()}
        present = {key: count for key, count in contents.arrays.items() if key in arrays}
        lineages = {} if summary.spacing is None else {**scalars, **present}
        return EnsembleData(
            **vars(summary),
            samples=LookedUp(scalars, partial(self._read_scalar, summary.name)),
            arrays=LookedUp(present, partial(self._read_arrays, summary.name)),
            values={},
            lineages=LookedUp(lineages, partial(self._read_lineages, summary.name, present)),
        )

    def _read_scalar(self, ensemble: str, key: str) -> Floats:
        if (ensemble, key) not in self._scalars:
            self._scalars[ensemble, key] = through_outages(self._store.sample_scalars, ensemble, key)
        return self._scalars[ensemble, key]

    def _read_arrays(self, ensemble: str, key: str) -> tuple[npt.NDArray[Any], ...]:
        if ensemble not in self._arrays:
            self._arrays = {ensemble: {}}
        found = self._arrays[ensemble]
        if key not in found:
            found[key] = tuple(through_outages(self._store.sample_arrays, ensemble, key))
        return found[key]

    def _read_lineages(self, ensemble: str, arrays: Collection[str], key: str) -> npt.NDArray[Any]:
        if (ensemble, key) not in self._lineages:
            found = through_outages(self._store.lineages, ensemble, key, arrays=key in arrays)
            self._lineages[ensemble, key] = found
        return self._lineages[ensemble, key]
