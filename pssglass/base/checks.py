"""Checks of single values given by the user: each returns the value, or raises one clear line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar

from pssglass.base.errors import InputError, suggest

T = TypeVar("T")
C = TypeVar("C", bound=Callable[..., None] | None)
LONGEST = 1024
"""Bits of whole numbers that messages show digit by digit; floats have no more."""


@dataclass(frozen=True)
class Bounds:
    """What a value may be: a number in a range, a whole one if ``whole``; one of some texts, or a list."""

    at_least: float = -math.inf
    above: float = -math.inf
    below: float = math.inf
    at_most: float = math.inf
    whole: bool = False
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()


def number(error: type[InputError], name: str, value: object, *, above: float = -math.inf) -> float:
    """``value`` as a finite float greater than ``above``."""
    if isinstance(value, bool) or not isinstance(value, Real) or not _is_finite(value):
        raise error(f"{name} = {_shown(value)} must be a finite number")
    if value <= above:
        raise error(f"{name} = {value} must be above {above:g}")
    return float(value) + 0.0  # -0.0 and 0.0 are one value


def not_negative(error: type[InputError], name: str, value: object) -> float:
    """``value`` as a finite float, zero or greater."""
    checked = number(error, name, value)
    if checked < 0.0:
        raise error(f"{name} = {value} must not be negative")
    return checked


def integer(error: type[InputError], name: str, value: object, *, at_least: int, below: int = 2**63) -> int:
    """``value`` as an int in [at_least, below)."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise error(f"{name} = {value!r} must be a whole number")
    whole = int(value)
    if whole < at_least:
        raise error(f"{name} = {_shown(whole)} must be at least {at_least}")
    if whole >= below:
        raise error(f"{name} = {_shown(whole)} must be below {below}")
    return whole


def within(error: type[InputError], name: str, value: object, bounds: Bounds) -> None:
    """Refuse a value outside of its bounds."""
    if bounds.one_of:
        _known(error, name, value, bounds.one_of)
        return
    if bounds.some_of:
        _some(error, name, value, bounds.some_of)
        return
    found = number(error, name, value, above=bounds.above)
    if bounds.whole and not isinstance(value, Integral):
        raise error(f"{name} = {value!r} must be a whole number")
    if found < bounds.at_least:
        raise error(f"{name} = {value} must be at least {bounds.at_least:g}")
    if found > bounds.at_most:
        raise error(f"{name} = {value} must be at most {bounds.at_most:g}")
    if found >= bounds.below:
        raise error(f"{name} = {value} must be below {bounds.below:g}")


def _known(error: type[InputError], name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise error(f"{name} = {value!r}: {suggest(str(value), known)}")


def _some(error: type[InputError], name: str, value: object, known: Sequence[str]) -> None:
    """Refuse what is no list, and a list that is empty, or that names one twice."""
    if not isinstance(value, list) or not value:
        raise error(f"{name} = {value!r} must be a list of some of {', '.join(known)}")
    for one in value:
        _known(error, name, one, known)
        if value.count(one) > 1:
            raise error(f"{name} = {value!r} has {one!r} {value.count(one)} times; name each once")


def boolean(error: type[InputError], name: str, value: object) -> bool:
    """``value`` as true or false."""
    if not isinstance(value, bool):
        raise error(f"{name} = {value!r} must be true or false")
    return value


def text(error: type[InputError], name: str, value: object) -> str:
    """``value`` as a string."""
    if not isinstance(value, str):
        raise error(f"{name} = {value!r} must be a string")
    return value


def path(error: type[InputError], name: str, value: object) -> Path:
    """``value``, a string or a path, as a path."""
    if not isinstance(value, str | Path):
        raise error(f"{name} = {value!r} must be a path, or a string")
    if "\0" in str(value):
        raise error(f"{name} = {str(value)!r} has a character of code zero, which no path has; leave it out")
    return Path(value)


def instance(error: type[InputError], name: str, value: object, kind: type[T]) -> T:
    """``value`` as an object of that class."""
    if not isinstance(value, kind):
        raise error(f"{name} = {value!r} must be a {kind.__name__}")
    return value


def callback(error: type[InputError], name: str, value: C) -> C:
    """``value`` as a function, or None."""
    if value is not None and not callable(value):
        raise error(f"{name} = {value!r} must be a function, or None")
    return value


def names(error: type[InputError], name: str, value: object) -> dict[str, str]:
    """``value`` as a mapping from names to names; None is an empty one."""
    mapping = {} if value is None else value
    if not isinstance(mapping, Mapping) or not all(
        isinstance(one, str) for item in mapping.items() for one in item
    ):
        raise error(f"{name} = {value!r} must be a mapping between names, as {{'Cu': 'A', 'Zr': 'B'}}")
    return dict(mapping)


def identifier(error: type[InputError], name: str, value: object) -> str:
    """``value`` as a string that can name an ensemble, its folder and its files."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text(error, name, value)):
        raise error(f"{name} = {value!r} must be made of letters, digits, '.', '_' and '-'")
    return str(value)


def sequence(error: type[InputError], name: str, value: object, length: int | None = None) -> list[object]:
    """``value`` as a list that is not empty, of the given length if there is one."""
    wanted = f"a list of {length} values" if length else "a list with at least one value"
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or len(value) != (length or max(len(value), 1))
    ):
        raise error(f"{name} = {value!r} must be {wanted}")
    return list(value)


def _is_finite(value: Real) -> bool:
    """Whether it has a place among floats; whole numbers and fractions may be too large."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _shown(value: object) -> str:
    """How a message shows a value; a number of hundreds of digits by its size."""
    if isinstance(value, int) and value.bit_length() > LONGEST:
        return f"{'-' if value < 0 else ''}2^{value.bit_length() - 1} or more"
    return repr(value)
