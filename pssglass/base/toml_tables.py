"""Strict tables of TOML files: keys are known, none that is needed is missing, mistakes name their place."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pssglass.base.errors import InputError, suggest
from pssglass.base.files import read_small


def read_toml(path: Path | Traversable, what: str, remedy: str) -> dict[str, Any]:
    """The tables of a file; an InputError that says ``what`` cannot be read, or where it is no TOML."""
    content = read_small(path, what, remedy)
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no valid TOML: {error}; mend it there") from None


def as_table(name: str, value: object) -> Mapping[str, Any]:
    """``value`` as a table, or else an InputError."""
    if not isinstance(value, dict):
        raise InputError(f"{name} = {value!r} must be a table, such as {{ key = value }}")
    return value


def check_keys(table: Mapping[str, Any], known: Collection[str], required: Collection[str] = ()) -> None:
    """InputError for a key that is not known, or one that is missing."""
    for key in table:
        if key not in known:
            raise InputError(f"unknown key '{key}'; {suggest(str(key), known)}")
    for key in required:
        if key not in table:
            raise InputError(f"the key '{key}' is missing; add it")


@contextmanager
def naming(where: str = "", error: type[InputError] = InputError) -> Iterator[None]:
    """Turns any complaint about the input into ``error``, with the place in front of it if one is given."""
    try:
        yield
    except InputError as complaint:
        raise error(f"{where}: {complaint}" if where else f"{complaint}") from None
