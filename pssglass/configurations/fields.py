"""Fields over the particles that stand in a file beside a configuration, such as modes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
MOST_COMPONENTS = 9


def check_fields(fields: object, N: int) -> dict[str, Floats]:
    """Fields by name, each (N, components); None is none.

    Raises:
        ConfigurationError: a name is no word, or an array has another shape or is not real and finite.
    """
    if fields is None:
        return {}
    if not isinstance(fields, Mapping):
        raise ConfigurationError(f"fields must map names to arrays, not be {type(fields).__name__}")
    return {_name(name): _field(name, value, N) for name, value in fields.items()}


def _name(name: object) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ConfigurationError(
            f"a field's name must be made of letters, digits and '_', and begin with a letter, not {name!r}"
        )
    return name


def _field(name: str, value: npt.ArrayLike, N: int) -> Floats:
    if np.ma.is_masked(value):
        raise ConfigurationError(f"field {name} has masked entries; give a number for every particle")
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise ValueError(f"numbers of type {array.dtype}")
    except ValueError as error:
        raise ConfigurationError(f"field {name} must be an array of real numbers: {error}") from None
    columns = array.reshape(N, -1) if array.ndim in (1, 2) and len(array) == N else None
    if columns is None or not 1 <= columns.shape[1] <= MOST_COMPONENTS:
        raise ConfigurationError(
            f"field {name} has shape {array.shape}; give ({N},), or ({N}, components) with at most"
            f" {MOST_COMPONENTS}"
        )
    if not np.isfinite(columns).all():
        raise ConfigurationError(f"field {name} is not finite everywhere; leave out what is undefined")
    return columns.astype(np.float64)
