"""LAMMPS data files cut into their header and their sections.

https://docs.lammps.org/read_data.html: a title, header lines that end in keywords, then sections, each begun
by a line that starts as a name and has no numbers, maybe with a comment. Rows start with a number, or
with the label of a type before one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations.source import REAL, real

WORDS = re.compile(r"""(?P<comment>#.*)|(["'])(?P<quoted>.+?)\2(?=[\s#]|$)|(?P<bare>[^\s#]+)""")
"""Labels of types may stand in quotes, and then hold a #."""
KEPT = {"Atoms": "atoms", "Velocities": "atoms", "Masses": "atom types", "Atom Type Labels": "atom types"}
"""The sections that say something of positions and particles, and the header's word for how many lines."""
RESTRICTED_BOX = ("xlo xhi", "ylo yhi", "zlo zhi", "xy xz yz")
GENERAL_BOX = ("avec", "bvec", "cvec")
LONGEST_HEADER = 1000


@dataclass
class DataFile:
    """Entries of the header by their keywords, and the rows of the sections that are kept.

    Attributes:
        header: numbers, as texts, by the words that follow them.
        sections: rows of each section.
        comments: that beside the name of a section; of Atoms it is the atom style.
        names_of_types: what comments in section Masses call each type, as many programs write it.
    """

    header: dict[str, list[str]] = field(default_factory=dict)
    sections: dict[str, list[list[str]]] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    names_of_types: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_lines(cls, lines: Iterator[str]) -> DataFile:
        """Read a file; what is kept of it is bounded by what its header says.

        Raises:
            ConfigurationError: a section has more rows than the header says, or something is said twice.
        """
        file = cls()
        next(lines, "")
        current: str | None = None
        for line in lines:
            words, comment = _words(line)
            if not words:
                continue
            if words[0][0].isidentifier() and not any(map(REAL.fullmatch, words)):
                current = " ".join(words)
                file._begin(current, comment)
                continue
            file._take(current, words)
            if current == "Masses":
                file.names_of_types[words[0]] = comment
        return file

    def _begin(self, section: str, comment: str) -> None:
        if section in self.sections:
            raise ConfigurationError(f"it has two sections {section}")
        meant = next((kept for kept in KEPT if kept.lower() == section.lower()), section)
        if section != meant:
            raise ConfigurationError(f"section {section[:40]} must be written {meant}")
        if section in KEPT:
            self.comments[section], self.sections[section] = comment, []

    def _take(self, section: str | None, words: list[str]) -> None:
        if section is None:
            numbers = [word for word in words if not word[0].isalpha()]
            keyword = " ".join(words[len(numbers) :])
            if keyword and keyword in self.header:
                raise ConfigurationError(f"the header has two lines of '{keyword[:40]}'; leave one out")
            self.header[keyword] = numbers
            if len(self.header) > LONGEST_HEADER:
                raise ConfigurationError("no section begins; a LAMMPS data file has a section Atoms")
        elif section in KEPT:
            rows = self.sections[section]
            rows.append(words)
            if len(rows) > self.count(KEPT[section]):
                said = f"the header says {self.said(KEPT[section])} {KEPT[section]}"
                raise ConfigurationError(f"{said}, more lines follow in section {section}")

    def said(self, keyword: str) -> str:
        """A number of the header, in words."""
        return " ".join(self.header.get(keyword, ["no"]))

    def count(self, keyword: str) -> int:
        """A number of the header; 0 if there is none."""
        said = self.said(keyword)
        return int(said) if said.isdecimal() else 0

    def edges(self) -> Floats:
        """Edge vectors in rows (3, 3), of a restricted or a general triclinic box.

        Raises:
            ConfigurationError: the header tells no periodic box.
        """
        restricted = [one for one in RESTRICTED_BOX if one in self.header]
        general = [one for one in GENERAL_BOX if one in self.header]
        if restricted and general:
            raise ConfigurationError(
                f"the header has '{general[0]}' and '{restricted[0]}', which are two ways to tell the box;"
                " leave one out"
            )
        if general:
            return np.array([self._numbers(name, 3) for name in GENERAL_BOX])
        lengths = []
        for axis in "xyz":
            low, high = self._numbers(f"{axis}lo {axis}hi", 2)
            lengths.append(high - low)
            if not lengths[-1] > 0.0:
                raise ConfigurationError(f"'{axis}lo {axis}hi' must be two numbers in ascending order")
        Lx, Ly, Lz = lengths
        xy, xz, yz = self._numbers("xy xz yz", 3) if "xy xz yz" in self.header else (0.0, 0.0, 0.0)
        return np.array([[Lx, 0.0, 0.0], [xy, Ly, 0.0], [xz, yz, Lz]])

    def _numbers(self, keyword: str, count: int) -> list[float]:
        values = self.header.get(keyword, [])
        if len(values) != count:
            for words in (one for one in self.header if one.endswith(keyword)):
                line = " ".join([*self.header[words], words])
                raise ConfigurationError(
                    f"'{line[:80]}' in the header must be {count} numbers and '{keyword}'"
                )
            raise ConfigurationError(f"no '{keyword}' line in the header; a periodic box is needed")
        return [real(value, keyword) for value in values]

    def labels(self) -> Mapping[str, str]:
        """The name of each atom type, by its number.

        Raises:
            ConfigurationError: there are names, but not one for each type.
        """
        if "Atom Type Labels" not in self.sections:
            return {}
        rows = self.rows("Atom Type Labels", 2)
        labels = {row[0]: row[1] for row in rows}
        types = [str(k) for k in range(1, self.count("atom types") + 1)]
        if sorted(labels) != sorted(types) or len(set(labels.values())) != len(rows):
            raise ConfigurationError(
                f"section Atom Type Labels names the types {', '.join(labels)}; each of the"
                f" {len(types)} atom types of the header needs a name of its own"
            )
        return labels

    def rows(self, section: str, width: int) -> list[list[str]]:
        """The rows of a section, of so many columns at least.

        Raises:
            ConfigurationError: a row has fewer.
        """
        rows = self.sections[section]
        short = next((row for row in rows if len(row) < width), None)
        if short is not None:
            raise ConfigurationError(
                f"section {section}: '{' '.join(short)[:40]}' has {len(short)} columns, not {width}"
            )
        return rows


def _words(line: str) -> tuple[list[str], str]:
    """The words of a line, and the comment behind them."""
    found = list(WORDS.finditer(line))
    words = [one["quoted"] or one["bare"] for one in found if not one["comment"]]
    return words, "".join(one["comment"][1:].strip() for one in found if one["comment"])
