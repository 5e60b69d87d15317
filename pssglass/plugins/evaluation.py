"""Computing observables: values outside of what an observable declares never leave ``evaluate``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.errors import (
    ENDS,
    DatabaseError,
    InputError,
    Interrupted,
    ObservableFailed,
    ObservableStuck,
    PssglassError,
    one_line,
    suggest,
)
from pssglass.base.time_limits import TimeIsUp, call_within
from pssglass.base.toml_tables import as_table
from pssglass.plugins.protocol import JSON, Column, Observable, Values, bounds_of


def check_values(observable: Observable, values: object) -> Values:
    """The values as floats and contiguous float64 or int64 arrays, if they match the observable's columns.

    Raises:
        ObservableFailed: a key missing or unknown, a value not a number, not finite, or of another shape; or
            masked entries outside of optional columns of tables.
    """
    if not isinstance(values, Mapping):
        raise _failed(observable, f"compute returned {type(values).__name__}, expected a mapping")
    columns = {column.name: column for column in observable.columns}
    missing = [name for name, column in columns.items() if name not in values and not column.optional]
    extra = [str(name) for name in values if name not in columns]
    if missing:
        raise _failed(observable, f"compute did not return {', '.join(missing)}")
    if extra:
        raise _failed(observable, f"compute returned undeclared {extra[0]!r}; {suggest(extra[0], columns)}")
    lengths: dict[str, int] = {}
    returned = [column for name, column in columns.items() if name in values]
    return {column.name: _checked(observable, column, values[column.name], lengths) for column in returned}


def full_parameters(observable: Observable, given: Mapping[str, JSON] | None = None) -> dict[str, JSON]:
    """The observable's default parameters with ``given`` put over them, a copy in depth.

    Raises:
        InputError: an unknown parameter, a value of another type than the default (None has any), or one
            outside of its bounds.
    """
    full = deepcopy(dict(observable.parameters))
    bounds = bounds_of(observable)
    for name, value in (given or {}).items():
        if name not in full:
            hint = suggest(name, full)
            raise InputError(f"observable {observable.name} has no parameter {name!r}: {hint}")
        label, default = f"observable {observable.name}: parameter {name}", full[name]
        full[name] = deepcopy(_like(label, default, value))
        if name in bounds and not (value is default is None):
            checks.within(InputError, label, value, bounds[name])
    return full


def _like(name: str, default: JSON, value: JSON) -> JSON:
    """The value, if it is of the default's type; whole numbers serve as numbers."""
    if isinstance(default, bool):
        return checks.boolean(InputError, name, value)
    if isinstance(default, int):
        return checks.integer(InputError, name, value, at_least=-(2**63))
    if isinstance(default, float):
        return checks.number(InputError, name, value)
    if isinstance(default, str):
        return checks.text(InputError, name, value)
    if isinstance(default, list) and not isinstance(value, list):
        raise InputError(f"{name} = {value!r} must be a list")
    if isinstance(default, dict):
        as_table(name, value)
    return value


def registered_parameters(observable: Observable, full: Mapping[str, JSON]) -> dict[str, JSON]:
    """The parameters that results are known by: all but ``later_parameters`` at their defaults.

    So a parameter that says how, such as the choice of a solver, can be added without making a new version:
    what was measured before stays valid.
    """
    later = getattr(observable, "later_parameters", ())
    return {
        name: value
        for name, value in full.items()
        if name not in later or value != observable.parameters[name]
    }


def evaluate(
    observable: Observable,
    subject: object,
    parameters: Mapping[str, JSON] | None = None,
    time_limit: float | None = None,
    look_up: Callable[[], None] = lambda: None,
) -> Values:
    """Computes an observable and checks the values; whatever goes wrong inside becomes ObservableFailed.

    Args:
        observable: what to compute.
        subject: of the observable's level.
        parameters: where they are not the defaults.
        time_limit: seconds after which it is given up, with ObservableStuck; None waits for ever.
        look_up: called now and then within the time limit; it may raise Interrupted, to give it up as well.
    """
    full = full_parameters(observable, parameters)
    try:
        if time_limit is None:
            values = observable.compute(subject, full)
        else:
            values = call_within(time_limit, lambda: observable.compute(subject, full), look_up)
    except TimeIsUp as error:
        raise ObservableStuck(f"{observable.name}: {error}") from error
    except (ObservableFailed, Interrupted, DatabaseError, *ENDS):  # what it was given may be read as it asks
        raise
    except PssglassError as error:
        raise _failed(observable, str(error)) from error
    except SystemExit as error:
        raise _failed(observable, f"tried to end the program ({one_line(error)})") from error
    except BaseException as error:
        raise _failed(observable, f"{type(error).__name__}: {error}") from error
    return check_values(observable, values)


def _failed(observable: Observable, reason: str) -> ObservableFailed:
    return ObservableFailed(f"{observable.name}: {reason}")


def _checked(
    observable: Observable, column: Column, value: Any, lengths: dict[str, int]
) -> float | npt.NDArray[Any]:
    try:
        array = np.asarray(np.ma.filled(value, 0))
    except ValueError as error:
        raise _failed(observable, f"{column.name} is no array: {error}") from error
    if np.ma.is_masked(value) and not (column.table and column.optional):
        where = "where only an optional column of a table may have such"
        raise _failed(observable, f"{column.name} has masked entries, {where}")
    if array.dtype.kind not in "iuf":
        raise _failed(observable, f"{column.name} has type {array.dtype}, expected real numbers")
    if array.ndim != len(column.shape):
        raise _failed(observable, f"{column.name} has shape {array.shape}, declared {_shape_text(column)}")
    for extent, declared in zip(array.shape, column.shape, strict=True):
        expected = declared if isinstance(declared, int) else lengths.setdefault(declared, extent)
        if extent != expected:
            declaration = f"{_shape_text(column)} with {declared} = {expected}"
            raise _failed(observable, f"{column.name} has shape {array.shape}, declared {declaration}")
    kind = np.int64 if column.shape and array.dtype.kind in "iu" else np.float64
    with np.errstate(over="ignore"):  # of numbers beyond the largest double
        stored = array.astype(kind, order="C")
    if not np.all(np.isfinite(stored)):
        bad = stored[~np.isfinite(stored)].flat[0]
        raise _failed(observable, f"{column.name} is {bad}, expected finite numbers")
    if kind is np.int64 and not np.array_equal(stored, array):
        raise _failed(observable, f"{column.name} has type {array.dtype} with values beyond int64")
    if np.ma.is_masked(value):
        return np.ma.masked_array(stored, np.ma.getmaskarray(value))
    return stored if column.shape else float(stored)


def _shape_text(column: Column) -> str:
    return f"({', '.join(map(str, column.shape))})" if column.shape else "a scalar"
