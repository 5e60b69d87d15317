"""The plugin protocol: what an observable declares, what it is given, and how its answers are checked.

An observable is one measured quantity, or a few that share their work. It declares its name, version, level,
what it requires, its parameters and its columns, and computes the columns' values from a subject: a ``Glass``
at level ``sample``, an ``EnsembleData`` at level ``ensemble``, a ``ModelData`` at level ``model``. Values
outside the declaration never leave ``evaluate``.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from pssglass.errors import (
    BrokenPlugin,
    InputError,
    Interrupted,
    ObservableFailed,
    ObservableStuck,
    PssglassError,
    suggest,
)
from pssglass.patience import TimeIsUp, call_within
from pssglass.results import EnsembleSummary

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Value: TypeAlias = "float | int | npt.NDArray[Any]"
Values: TypeAlias = "dict[str, float | npt.NDArray[Any]]"
Level = Literal["sample", "ensemble", "model"]

LEVELS: tuple[Level, ...] = ("sample", "ensemble", "model")
LIQUID = "liquid"
"""The observable that an observable requires when it needs what was recorded from the parent liquid."""
LIQUID_KEYS = ("liquid_born_shear", "correlation_time", "stress_correlation")
"""What it has of every recorded liquid: the scalar ⟨∂²U/∂γ²⟩/V, lags (n,) and c(t) (n,)."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLUMN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Column:
    """One declared result.

    Attributes:
        name: key of the value, and its column in SQL.
        unit: in Lennard-Jones units, such as ``"epsilon/lambda^3"``; ``"1"`` when dimensionless.
        doc: one line for people.
        shape: ``()`` for a scalar; for an array one entry a dimension, an int when fixed or a word when free.
            Dimensions that share a word have the same length in all columns of the observable.
        optional: the value may be left out where it has no meaning (an error bar of one sample).
    """

    name: str
    unit: str
    doc: str
    shape: tuple[str | int, ...] = ()
    optional: bool = False


@runtime_checkable
class Observable(Protocol):
    """What a plugin implements; ``parameters`` holds the defaults."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def level(self) -> Level: ...

    @property
    def requires(self) -> tuple[str, ...]: ...

    @property
    def parameters(self) -> Mapping[str, JSON]: ...

    @property
    def columns(self) -> tuple[Column, ...]: ...

    def compute(self, subject: Any, parameters: Mapping[str, JSON]) -> Mapping[str, Value]:
        """The columns' values for one subject, under a full set of parameters."""


@dataclass(frozen=True)
class EnsembleData(EnsembleSummary):
    """One ensemble with the results of its samples: subject of ensemble observables, input of figures.

    Attributes:
        samples: scalar name -> (samples,), the value of each sample, in order of replica.
        arrays: array name -> one array a sample, in the same order; all names of the same samples.
        values: what ensemble observables of this ensemble, and model observables of its model, have returned.
    """

    samples: Mapping[str, npt.NDArray[np.float64]]
    arrays: Mapping[str, tuple[npt.NDArray[Any], ...]]
    values: Mapping[str, Value]


@dataclass(frozen=True)
class ModelData:
    """The ensembles of one model in ascending order of parent temperature: subject of model observables.

    ``peers`` are the campaign's other models, for observables that compare models; theirs are empty.
    """

    label: str
    ensembles: tuple[EnsembleData, ...]
    peers: tuple[ModelData, ...] = ()


def check_observable(candidate: object) -> None:
    """Raises BrokenPlugin, naming the attribute at fault, unless ``candidate`` follows the protocol."""
    label = f"observable {getattr(candidate, 'name', candidate)!r}"
    missing = [name for name in _ATTRIBUTES if not hasattr(candidate, name)]
    if missing:
        raise BrokenPlugin(f"{label} lacks {', '.join(missing)}: see observables/README.md for the protocol")
    for attribute, (holds, expected) in _ATTRIBUTES.items():
        value = getattr(candidate, attribute)
        if not holds(value):
            raise BrokenPlugin(f"{label}: {attribute} is {value!r}, expected {expected}")


def check_values(observable: Observable, values: object) -> Values:
    """The values as floats and contiguous float64 or int64 arrays, if they match the observable's columns.

    Raises:
        ObservableFailed: a key missing or unknown, a value not a number, not finite, or of another shape.
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
    """The observable's default parameters with ``given`` put over them; InputError for unknown ones."""
    for name in given or {}:
        if name not in observable.parameters:
            hint = suggest(name, observable.parameters)
            raise InputError(f"observable {observable.name} has no parameter {name!r}: {hint}")
    return {**observable.parameters, **(given or {})}


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
    except (ObservableFailed, Interrupted):
        raise
    except PssglassError as error:
        raise _failed(observable, str(error)) from error
    except Exception as error:
        raise _failed(observable, f"{type(error).__name__}: {error}") from error
    return check_values(observable, values)


def _failed(observable: Observable, reason: str) -> ObservableFailed:
    return ObservableFailed(f"{observable.name}: {reason}")


def _checked(
    observable: Observable, column: Column, value: object, lengths: dict[str, int]
) -> float | npt.NDArray[Any]:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise _failed(observable, f"{column.name} is no array: {error}") from error
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
    return stored if column.shape else float(stored)


def _shape_text(column: Column) -> str:
    return f"({', '.join(map(str, column.shape))})" if column.shape else "a scalar"


def _is_json(value: object) -> bool:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        return False
    try:
        json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _are_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)


def _are_columns(value: object) -> bool:
    if not isinstance(value, tuple) or not value or not all(isinstance(item, Column) for item in value):
        return False
    names = [column.name for column in value]
    return len(set(names)) == len(names) and all(_COLUMN_NAME.fullmatch(name) for name in names)


def _takes_two(value: object) -> bool:
    if not callable(value):
        return False
    try:
        inspect.signature(value).bind(object(), {})
    except TypeError:
        return False
    return True


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


_ATTRIBUTES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda value: _matches(_NAME, value), "a lower-case identifier"),
    "version": (lambda value: isinstance(value, str) and value != "", "a version string such as '1'"),
    "level": (lambda value: value in LEVELS, "'sample', 'ensemble' or 'model'"),
    "requires": (_are_names, "a tuple of names of observables, or 'liquid'"),
    "parameters": (_is_json, "a mapping of JSON values"),
    "columns": (_are_columns, "a non-empty tuple of Column with distinct identifiers as names"),
    "compute": (_takes_two, "a method compute(subject, parameters)"),
}
