"""The second line of an extended XYZ file: key=value pairs, as its specification and ASE have them.

Specification: https://github.com/libAtoms/extxyz. A value in double quotes may hold anything, with a
backslash before quotes and backslashes; brackets hold lists; a bare value ends at white space. ASE also takes
single quotes, spaces around the equals sign, and a key without a value, which is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations.source import real

BRACKETS = {"[": "]", "{": "}"}
KEYS = ("Lattice", "Properties", "pbc")
LIKE_PBC = ("periodic", "periodicity", "boundary", "boundaries")
TRUE = ("T", "True", "true", "TRUE", "1")
FALSE = ("F", "False", "false", "FALSE", "0")
FORTRAN_EXPONENT = re.compile("(?<=[0-9.])[dD]")
# Of a list or matrix: [1, 2], {1 2}, "1 2", [[1, 0], [0, 1]].
SEPARATORS = re.compile(r"[\s,\[\]{}]+")


@dataclass
class _Reader:
    """Where one is in the line."""

    line: str
    at: int = 0

    @property
    def here(self) -> str:
        """The next character; empty at the end."""
        return self.line[self.at : self.at + 1]

    def skip_space(self) -> None:
        while self.here.isspace():
            self.at += 1

    def word(self, ends: str) -> str:
        """A quoted or bare text; a bare one ends at white space and at these characters."""
        if self.here == '"' or (self.here == "'" and re.search(r"'(\s|=|$)", self.line[self.at + 1 :])):
            return self._quoted()
        if self.here in BRACKETS:
            return self._bracketed()
        found = []
        while self.here and not self.here.isspace() and self.here not in ends:
            found.append(self._escaped())
        return "".join(found)

    def _quoted(self) -> str:
        quote = self.here
        self.at += 1
        found = []
        while self.here != quote:
            self._require(quote)
            found.append(self._escaped())
        self.at += 1
        return "".join(found)

    def _bracketed(self) -> str:
        start, open_ones = self.at, [BRACKETS[self.here]]
        while open_ones:
            self.at += 1
            self._require(open_ones[-1])
            if self.here == open_ones[-1]:
                open_ones.pop()
            elif self.here in BRACKETS:
                open_ones.append(BRACKETS[self.here])
        self.at += 1
        return self.line[start : self.at]

    def _escaped(self) -> str:
        """The next character of the text that is meant, of one or two in the line."""
        is_escape = self.here == "\\" and self.at + 1 < len(self.line)
        self.at += 1 + is_escape
        found = self.line[self.at - 1]
        return "\n" if is_escape and found == "n" else found

    def _require(self, closing: str) -> None:
        if not self.here:
            raise ConfigurationError(f"the second line has no closing {closing}")


def parse_comment_line(line: str) -> dict[str, str]:
    """The key=value pairs of the second line; lists keep their brackets.

    Raises:
        ConfigurationError: a quote or bracket is not closed, or a key has two values.
    """
    reader = _Reader(line)
    pairs: dict[str, str] = {}
    while True:
        reader.skip_space()
        if not reader.here:
            return pairs
        start = reader.at
        key, value = reader.word(ends="="), "T"
        reader.skip_space()
        if reader.here == "=":
            reader.at += 1
            reader.skip_space()
            value = reader.word(ends="")
            if pairs.get(key, value) != value:
                raise ConfigurationError(f"the second line has two values of {key}")
        elif reader.at == start:
            reader.at += 1
        pairs[key] = value


def lattice(pairs: Mapping[str, str]) -> Floats:
    """Edge vectors in rows (3, 3), of a cell that is periodic in all directions.

    Raises:
        ConfigurationError: there is no such cell.
    """
    _require_usual_keys(pairs)
    if "Lattice" not in pairs:
        raise ConfigurationError(
            'no Lattice="ax ay az bx by bz cx cy cz" in the second line; a periodic box is needed'
        )
    said = pairs.get("pbc", "T T T")
    flags = _items(said)
    if len(flags) not in (1, 3) or not set(flags) <= {*TRUE, *FALSE}:
        raise ConfigurationError(f'pbc="{said}" must be one or three of T and F; write pbc="T T T"')
    if not set(flags) <= set(TRUE):
        raise ConfigurationError(f'pbc="{said}" is not periodic in all directions')
    values = _items(pairs["Lattice"])
    if len(values) != 9:
        raise ConfigurationError(f"Lattice has {len(values)} numbers; it must have 9")
    return np.array([real_of_fortran(value, "Lattice") for value in values]).reshape(3, 3)


def _require_usual_keys(pairs: Mapping[str, str]) -> None:
    """Make sure that no key which other programs would not heed means one that they do."""
    usual = {key.lower(): key for key in KEYS} | ({} if "pbc" in pairs else dict.fromkeys(LIKE_PBC, "pbc"))
    for key in pairs:
        meant = usual.get(key.lower(), key)
        if meant != key:
            raise ConfigurationError(f"{key[:40]} of the second line must be written {meant}")


def real_of_fortran(text: str, what: str) -> float:
    """A number, of which the exponent may have the D of Fortran."""
    return real(FORTRAN_EXPONENT.sub("e", text), what)


def _items(value: str) -> list[str]:
    return [item for item in SEPARATORS.split(value) if item]
