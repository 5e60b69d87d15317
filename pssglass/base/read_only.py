"""Values that whoever is given them cannot change under others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

import numpy as np

T = TypeVar("T")


class ReadOnlyDict(dict[str, Any]):
    """A dict that refuses changes; still one for JSON, comparisons and pickle."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping is read-only: change a copy, dict(...)")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyDict], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


class ReadOnlyList(list[Any]):
    """A list that refuses changes; still one for JSON, comparisons and pickle."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this list is read-only: change a copy, list(...)")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = clear = sort = reverse = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyList], tuple[list[Any]]]:
        return type(self), (list(self),)


class LookedUp(Mapping[str, Any]):
    """Sequences under known names and of known ``lengths``, each looked up whenever it is asked for."""

    def __init__(self, lengths: Mapping[str, int], look_up: Callable[[str], Any]) -> None:
        self.lengths = ReadOnlyDict(lengths)
        self._look_up = look_up

    def __getitem__(self, name: str) -> Any:
        if name not in self.lengths:
            raise KeyError(name)
        return read_only(self._look_up(name))

    def __contains__(self, name: object) -> bool:
        return name in self.lengths

    def __iter__(self) -> Iterator[str]:
        return iter(self.lengths)

    def __len__(self) -> int:
        return len(self.lengths)


def read_only(value: T) -> T:
    """The value, where it is an array, mapping, list or tuple, as one that cannot be written to, in depth.

    Arrays are copied once, into memory that stays as it is. Every call gives others, of the same memory: an
    array's shape and type can be changed in place however read-only it is.
    """
    given: Any = value
    frozen = given
    if isinstance(value, np.ndarray):
        frozen = _frozen(given)
    elif isinstance(value, Mapping) and not isinstance(value, LookedUp):
        frozen = ReadOnlyDict({key: read_only(one) for key, one in given.items()})
    elif type(value) in (list, ReadOnlyList):
        frozen = ReadOnlyList(map(read_only, given))
    elif type(value) is tuple:
        frozen = tuple(map(read_only, given))
    result: T = frozen
    return result


def protect(instance: object, *names: str) -> None:
    """Make these attributes of a frozen dataclass read-only."""
    for name in names:
        object.__setattr__(instance, name, read_only(getattr(instance, name)))


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array in memory that nobody can write to: that of a ``bytes``, by no flag of it or of its bases."""
    owner = _owner(array)
    if not isinstance(owner, bytes) or not array.size:
        return np.ndarray(array.shape, array.dtype, array.tobytes())
    offset = _address(array) - _address(np.frombuffer(owner, np.uint8))
    return np.ndarray(array.shape, array.dtype, owner, offset, array.strides)


def _address(array: np.ndarray[Any, Any]) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _owner(array: np.ndarray[Any, Any]) -> object:
    """Whose memory it is."""
    one: object = array
    while isinstance(one, np.ndarray):
        one = one.base
    return one
