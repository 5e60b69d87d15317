"""Keys of the protocol table of a campaign file: what they may be, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import InputError, suggest
from pssglass.base.toml_tables import as_table, check_keys, naming

Check = Callable[[str, object], Any]
"""Given name and value of a key, returns the value as plain JSON, or raises InputError."""


@dataclass(frozen=True)
class Key:
    """One key of a protocol table.

    Attributes:
        name: in the file.
        check: of a single value.
        doc: what it means, in a few words with its unit.
        default: taken where the key is absent; None for none.
        required: it may not be absent.
        per_temperature: a list gives a value for each parent temperature of the block.
    """

    name: str
    check: Check
    doc: str
    default: Any = None
    required: bool = False
    per_temperature: bool = False


positive: Check = partial(checks.number, InputError, above=0.0)
not_negative: Check = partial(checks.not_negative, InputError)


def whole(at_least: int) -> Check:
    """Whole numbers from a bound on."""
    return partial(checks.integer, InputError, at_least=at_least)


def one_of(*choices: str) -> Check:
    """One of some words."""

    def check(name: str, value: object) -> str:
        word = checks.text(InputError, name, value)
        if word not in choices:
            raise InputError(f"{name} = '{word}' is unknown; {suggest(word, choices)}")
        return word

    return check


class Table:
    """Tables such as { temperature = 2.0, time = 5.0 }, whose defaults are filled in."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def __call__(self, name: str, value: object) -> dict[str, Any]:
        """The table with its defaults.

        Raises:
            InputError: it is none, or one of its keys is unknown, missing or out of bounds.
        """
        table = as_table(name, value)
        with naming(name):
            check_keys(table, [key.name for key in self.keys])
            return filled(self.keys, table)


def filled(keys: tuple[Key, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values of keys, defaults filled in.

    Raises:
        InputError: a key is missing or out of bounds.
    """
    check_keys(given, given, required=[key.name for key in keys if key.required])
    defaults = {key.name: key.default for key in keys if key.default is not None}
    checked = {key.name: key.check(key.name, given[key.name]) for key in keys if key.name in given}
    return {**defaults, **checked}


def described(keys: tuple[Key, ...], prefix: str = "") -> list[tuple[str, str, str]]:
    """Name, default and meaning of each key, and of those inside of tables."""
    rows = []
    for key in keys:
        default = "required" if key.required else "" if key.default is None else f"{key.default}"
        rows.append((f"{prefix}{key.name}", default, key.doc))
        if isinstance(key.check, Table):
            rows += described(key.check.keys, f"{prefix}{key.name}.")
    return rows
