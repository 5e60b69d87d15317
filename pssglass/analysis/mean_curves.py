"""Numbers read from the mean of many curves, with bootstrap errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pssglass.analysis.statistics import bootstrap, interval
from pssglass.base.results import Floats, Value


def numbers_of_mean(
    names: Sequence[str],
    curves: Floats,
    numbers: Callable[[Floats], Sequence[float]],
    lineages: npt.ArrayLike | None,
    resamples: int,
    seed: int,
) -> dict[str, Value]:
    """Numbers of the mean curve under their names, with errors and 95 % intervals where there are any.

    Args:
        names: of the numbers.
        curves: (samples, places).
        numbers: of one curve (places,).
        lineages: (samples,) of each curve, whose glasses are drawn together; None if all are independent.
        resamples: of the bootstrap.
        seed: of the bootstrap.
    """
    values: dict[str, Value] = dict(zip(names, numbers(curves.mean(axis=0)), strict=True))
    if np.unique(np.arange(len(curves)) if lineages is None else np.asarray(lineages)).size < 2:
        return values

    def resampled(chosen: npt.NDArray[np.intp]) -> Floats:
        return np.array(numbers(curves[chosen].mean(axis=0)))

    drawn = bootstrap(len(curves), resampled, resamples, seed, lineages)
    for name, distribution in zip(names, drawn.T, strict=True):
        values |= interval(distribution).named(name)
    return values
