"""Arrays that users give: forces and pairs, checked before the engine sees them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.base.results import Floats, Integers

DIPOLES = 110


def forces(b: npt.ArrayLike, N: int) -> Floats:
    """``b`` as floats whose last axes are (3N,) or (N, 3)."""
    given = _array(b, "b")
    if given.dtype.kind not in "biuf" or not np.all(np.isfinite(given)):
        raise InputError("b must be made of finite real numbers")
    if given.shape[-1:] != (3 * N,) and given.shape[-2:] != (N, 3):
        raise InputError(f"b of shape {given.shape} holds no forces; its last axes must be (3N,) or (N, 3)")
    return np.ascontiguousarray(given, dtype=np.float64)


def pairs(given: npt.ArrayLike, N: int) -> Integers:
    """``given`` as indices (k, 2) of particles, in range."""
    indices = _array(given, "pairs")
    if indices.dtype.kind not in "iu":
        raise InputError(f"pairs are {indices.dtype}, no indices; give whole numbers of shape (k, 2)")
    if indices.ndim != 2 or indices.shape[1] != 2:
        raise InputError(f"pairs have shape {indices.shape}; give (k, 2)")
    # Compared in the type given: casting to the engine's 32 bits first would wrap.
    outside = np.flatnonzero(np.any((indices < 0) | (indices >= N), axis=1))
    if outside.size:
        i, j = indices[outside[0]].tolist()
        raise InputError(
            f"pair {outside[0]} is ({i}, {j}): give two different particles between 0 and {N - 1}"
        )
    return np.ascontiguousarray(indices, dtype=np.int32)


def drawn_pairs(interacting: Integers, n: int | None, seed: int) -> Integers:
    """``n`` of the interacting pairs without repetition; None draws 110, or all where there are fewer."""
    seed = checks.integer(InputError, "seed", seed, at_least=0)
    count = min(DIPOLES, len(interacting)) if n is None else checks.integer(InputError, "n", n, at_least=1)
    if count > len(interacting):
        raise InputError(f"n = {count} must not exceed the number of interacting pairs, {len(interacting)}")
    return interacting[np.random.default_rng(seed).permutation(len(interacting))[:count]]


def _array(value: npt.ArrayLike, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(value)
    except ValueError:
        raise InputError(f"{name} must be an array: its rows have different lengths") from None
