"""The plugin protocol: what an observable declares, what it is given, and how its answers are checked.

An observable is one measured quantity, or a few that share their work. It declares its name, version, level,
what it requires, its parameters and its columns, and computes the columns' values from a subject: a ``Glass``
at level ``sample``, an ``EnsembleData`` at level ``ensemble``, a ``ModelData`` at level ``model``.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.checks import Bounds
from pssglass.base.errors import BrokenPlugin, InputError
from pssglass.base.results import Value

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Values: TypeAlias = "dict[str, float | npt.NDArray[Any]]"
Level = Literal["sample", "ensemble", "model"]

LEVELS: tuple[Level, ...] = ("sample", "ensemble", "model")
LIQUID = "liquid"
"""The observable that an observable requires when it needs what was recorded from the parent liquid."""
LIQUID_KEYS = ("liquid_born_shear", "correlation_time", "stress_correlation")
"""What it has of every recorded liquid: the scalar ⟨∂²U/∂γ²⟩/V, lags (n,) and c(t) (n,)."""
LIQUID_ORDER = "liquid_q6"
"""A scalar that it has of every liquid that was made here, recorded or not."""

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
        table: of an array with one free dimension, of a sample: the table that it is a column of, which SQL
            reads as the view ``v_<table>``, one row for each entry. All columns of a table have the same
            dimension, and the first is not optional. Entries of an optional one that have no value are masked
            (``numpy.ma``).
    """

    name: str
    unit: str
    doc: str
    shape: tuple[str | int, ...] = ()
    optional: bool = False
    table: str = ""


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
    if not _are_bounds(bounds_of(candidate), candidate):
        expected = "a mapping from names of parameters, whose defaults lie within, to Bounds"
        raise BrokenPlugin(f"{label}: bounds is {bounds_of(candidate)!r}, expected {expected}")
    check_tables(label, candidate)
    if not isinstance(is_on_request(candidate), bool):
        raise BrokenPlugin(f"{label}: on_request is {is_on_request(candidate)!r}, expected true or false")
    if not _are_names(used_by(candidate)):
        raise BrokenPlugin(
            f"{label}: uses is {used_by(candidate)!r}, expected a tuple of names of observables"
        )


def check_tables(label: str, observable: Any) -> None:
    """Raises BrokenPlugin unless the columns of each table can be those of one."""
    tables: dict[str, list[Column]] = {}
    for column in observable.columns:
        if column.table != "":
            tables.setdefault(column.table, []).append(column)
    for table, columns in tables.items():
        dimension = columns[0].shape[0] if columns[0].shape else None
        if not _matches(_NAME, table):
            raise BrokenPlugin(f"{label}: table is {table!r}, expected a lower-case identifier")
        if observable.level != "sample":
            raise BrokenPlugin(
                f"{label}: table {table!r} is of level {observable.level!r}, expected 'sample'"
            )
        for column in columns:
            if not isinstance(dimension, str) or column.shape != (dimension,):
                raise BrokenPlugin(
                    f"{label}: {column.name} of table {table!r} has shape {column.shape!r},"
                    " expected one free dimension, the same in all columns of the table"
                )
        if columns[0].optional:
            raise BrokenPlugin(
                f"{label}: {columns[0].name}, the first column of table {table!r}, is optional, expected one"
                " that is not"
            )


def bounds_of(observable: Any) -> Mapping[str, Bounds]:
    """What values its parameters may take, where it tells: ``bounds`` may be left out."""
    stated: Mapping[str, Bounds] = getattr(observable, "bounds", {})
    return stated


def is_on_request(observable: Any) -> bool:
    """Whether it is measured only where it is named: ``on_request`` may be left out."""
    stated: bool = getattr(observable, "on_request", False)
    return stated


def used_by(observable: Any) -> tuple[str, ...]:
    """Observables that it takes values of where there are any: ``uses`` may be left out."""
    stated: tuple[str, ...] = getattr(observable, "uses", ())
    return stated


def _are_bounds(value: object, observable: Any) -> bool:
    if not isinstance(value, Mapping) or not all(isinstance(one, Bounds) for one in value.values()):
        return False
    try:
        for name, one in value.items():
            default = observable.parameters[name]
            if default is not None:
                checks.within(InputError, name, default, one)
    except (KeyError, InputError):
        return False
    return True


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
