"""Extended XYZ files, as ASE, OVITO and MDAnalysis read and write them, with every number at 17 digits.

Species keep the names of the model; where these are no chemical elements, a column Z of 1, 2, … stands beside
them, by which ASE takes A for H, and B for He.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations.cell import Cell, edge_vectors
from pssglass.configurations.comment_line import (
    FALSE,
    FORTRAN_EXPONENT,
    TRUE,
    lattice,
    parse_comment_line,
    real_of_fortran,
)
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.elements import ELEMENTS
from pssglass.configurations.format import Format
from pssglass.configurations.header import RENAMED, header_of, parse_header
from pssglass.configurations.source import REAL, Source, floats
from pssglass.configurations.stated import agreed

DEFAULT_PROPERTIES = "species:S:1:pos:R:3"
WHOLE = re.compile(r"[+-]?[0-9]+")
TYPES: dict[str, tuple[str, Callable[[str], object]]] = {
    "R": ("a number", lambda text: REAL.fullmatch(FORTRAN_EXPONENT.sub("e", text))),
    "I": ("a whole number", WHOLE.fullmatch),
    "S": ("text", lambda _: True),
    "L": ("T or F", {*TRUE, *FALSE}.__contains__),
}
"""What stands in a column of each type, and what tests it."""
NUMERIC = ("R", "I")
ATOMIC_NUMBERS = ("Z", "numbers")
SPECIES = ("species", "symbols", "symbol", "element", "elements", "type", "types")
# The empty name stands for the columns x, y and z.
POSITIONS = dict.fromkeys(("pos", "positions", "position", ""), 1.0)
# Names in files, as ``_plain`` makes them, and how often the property goes into what the column holds.
VELOCITIES = dict.fromkeys(("velo", "velos", "vel", "vels", "velocity", "velocities", "v"), 1.0)
MOMENTA = dict.fromkeys(("momenta", "momentum", "p"), 1.0)
STATED_NAMES = {
    "mass": dict.fromkeys(("mass", "masses", "m"), 1.0),
    "diameter": {
        **dict.fromkeys(("diameter", "diameters", "sigma"), 1.0),
        **dict.fromkeys(("radius", "radii"), 2.0),
    },
    "charge": dict.fromkeys(("charge", "charges", "q"), 1.0),
}
OF_PARTICLES = re.compile("^(particle|atomic|atom|initial)[ _.-]")
"""What names of columns may begin with."""
AMBIGUOUS = ("v", "p", "m", "q", "sigma")
"""They are these properties only where they have as many columns of numbers."""
BEFORE_AXIS = ("", "_", ".")
"""Between the name of a vector and x, y or z, where each of these has a column of its own."""
TAKEN = {
    *(*SPECIES, *POSITIONS, *VELOCITIES, *MOMENTA, *map(str.lower, ATOMIC_NUMBERS)),
    *(name for names in STATED_NAMES.values() for name in names),
    *(
        f"{stem}{between}{axis}"
        for stem in (*POSITIONS, *VELOCITIES, *MOMENTA)
        for between in BEFORE_AXIS
        for axis in "xyz"
    ),
}
"""Names of columns, as ``_plain`` makes them, that are no fields."""
COUNT = re.compile(r"\s*\d+\s*")
MOST_DIGITS = 18


def write_extxyz(
    path: Path, configuration: Configuration, fields: Mapping[str, Floats] = MappingProxyType({})
) -> None:
    """Fill a file with one configuration, and fields (N, components) over its particles.

    Raises:
        ConfigurationError: a field has a name by which readers know something else.
    """
    names = configuration.species_names
    columns, properties = [configuration.positions], DEFAULT_PROPERTIES
    if configuration.velocities is not None:
        columns.append(configuration.velocities)
        properties += ":velo:R:3"
    if configuration.diameters is not None:
        columns.append(configuration.diameters[:, None])
        properties += ":diameter:R:1"
    if configuration.mass != 1.0:
        columns.append(np.full((configuration.N, 1), configuration.mass))
        properties += ":masses:R:1"
    for name, values in fields.items():
        if _plain(name) in TAKEN:
            raise ConfigurationError(f"field {name}: extended XYZ means something else by it; rename it")
        columns.append(values)
        properties += f":{name}:R:{values.shape[1]}"
    ends = [""] * len(names)
    if not set(configuration.symbols) <= set(ELEMENTS):
        properties += ":Z:I:1"
        ends = [f" {number}" for number in range(1, len(names) + 1)]
    box = " ".join(_digits(value) for value in edge_vectors(configuration.box).ravel())
    header = header_of(configuration).replace("\\", "\\\\").replace('"', '\\"')
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{configuration.N}\n")
        file.write(f'Lattice="{box}" Properties={properties} pbc="T T T" pssglass="{header}"\n')
        for kind, numbers in zip(configuration.species, np.hstack(columns).tolist(), strict=True):
            file.write(f"{names[kind]} {' '.join(map(_digits, numbers))}{ends[kind]}\n")


def read_extxyz(source: Source) -> Configuration:
    """Read one frame of a periodic configuration; cells of any orientation are turned, skew ones reduced.

    Raises:
        ConfigurationError: not periodic, other species, or no extended XYZ.
    """
    comment, rows = _frame(source)
    pairs = parse_comment_line(comment)
    cell = Cell.of_edges(lattice(pairs))
    table = _Table(pairs.get("Properties"), rows)
    header = parse_header(pairs.get("pssglass", "{}"))
    renamed = header["metadata"].pop(RENAMED, {})
    stated = {
        name: values[:, 0]
        for name, factors in STATED_NAMES.items()
        if (values := agreed(table.statements(factors, 1))) is not None
    }
    names = table.names()
    positions = agreed(table.statements(POSITIONS, 3))
    velocities = agreed(_velocities(table, names, stated.get("mass"), source.mass))
    return Configuration(
        kind=header["kind"],
        positions=cell.vectors(table.numbers("pos", 3) if positions is None else positions),
        box=cell.box,
        species=source.indices(names, renamed),
        species_names=tuple(source.species),
        velocities=None if velocities is None else cell.vectors(velocities),
        step=header["step"],
        metadata=header["metadata"],
        stated=stated,
    )


def _velocities(table: _Table, names: Sequence[str], masses: Floats | None, mass: float) -> dict[str, Floats]:
    """What the file says of velocities, by column.

    Raises:
        ConfigurationError: momenta of chemical elements without masses; ASE means those of the elements.
    """
    momenta = table.statements(MOMENTA, 3)
    if momenta and masses is None and set(names) <= set(ELEMENTS):
        raise ConfigurationError(
            f"it has {next(iter(momenta))} of chemical elements ({', '.join(sorted(set(names)))}) and no"
            " masses to divide them by; write a column masses:R:1, or velo:R:3 in place of momenta"
        )
    each = np.full(len(names), mass) if masses is None else masses
    return table.statements(VELOCITIES, 3) | {
        name: values / each[:, np.newaxis] for name, values in momenta.items()
    }


def _frame(source: Source) -> tuple[str, list[str]]:
    """The second line and the particle lines of the frame that is to be read."""
    count = sum(1 for _ in _frames(source))
    return next(islice(_frames(source), source.chosen(count), None))


def _frames(source: Source) -> Iterator[tuple[str, list[str]]]:
    """The frames of a file, one in memory at a time: the second line and as many lines as the first says."""
    lines = source.lines()
    number = 0
    for first in lines:
        if not first.strip():
            break
        if not COUNT.fullmatch(first):
            where = f"'{first[:40]}' follows frame {number - 1}" if number else "no extended XYZ"
            raise ConfigurationError(f"{where}: the first line must be the number of particles")
        said = first.strip()
        N, comment = int(said) if len(said) <= MOST_DIGITS else sys.maxsize, next(lines, "")
        rows = list(islice(lines, N))
        while rows and len(rows) < N and not rows[-1].strip():
            rows.pop()
        if not N or len(rows) != N:
            raise ConfigurationError(f"{len(rows)} particle lines, but the first line says {said[:40]}")
        yield comment, rows
        number += 1
    if any(line.strip() for line in lines):
        if not number:
            raise ConfigurationError("the first line is empty; it must be the number of particles")
        raise ConfigurationError(f"an empty line stands before the end of the file, after frame {number - 1}")
    if not number:
        raise ConfigurationError("no extended XYZ: the first line must be the number of particles")


@dataclass(frozen=True)
class _Column:
    """A property of the particle lines: its first column, their number and their type."""

    first: int
    count: int
    kind: str

    @property
    def texts(self) -> slice:
        """Of a line that was split."""
        return slice(self.first, self.first + self.count)


class _Table:
    """The columns of the particle lines."""

    def __init__(self, properties: str | None, rows: list[str]) -> None:
        self.properties = properties or DEFAULT_PROPERTIES
        self.columns, width = _columns(self.properties)
        self.rows = [row.split() for row in rows]
        for number, row in enumerate(self.rows, start=3):
            # Columns that no Properties announce are a comment.
            if len(row) < width or (properties and len(row) > width):
                raise ConfigurationError(f"line {number} of the frame has {len(row)} columns, not {width}")
        for name, column in self.columns.items():
            self._check_type(name, column)

    def _check_type(self, name: str, column: _Column) -> None:
        what, holds = TYPES[column.kind]
        for number, row in enumerate(self.rows, start=3):
            wrong = next((text for text in row[column.texts] if not holds(text)), None)
            if wrong is not None:
                raise ConfigurationError(
                    f"line {number} of the frame: {name}:{column.kind}:{column.count} must be {what},"
                    f" not '{wrong[:40]}'; mend the value or the type in Properties"
                )

    def numbers(self, name: str, count: int) -> Floats:
        """A property (N, count).

        Raises:
            ConfigurationError: it is not there, has another number of columns, or is no number.
        """
        column = self._column(name, count)
        if column.kind not in NUMERIC:
            raise ConfigurationError(
                f"Properties={self.properties}: {name} must be of numbers, type R, not {column.kind}"
            )
        return floats([[real_of_fortran(text, name) for text in row[column.texts]] for row in self.rows])

    def statements(self, factors: Mapping[str, float], count: int) -> dict[str, Floats]:
        """What all columns of these names, in any case, say of one property (N, count).

        A vector may have a column for each axis, as vx, vy and vz.
        """
        found = {
            name: factors[_plain(name)] * self.numbers(name, count)
            for name, column in self.columns.items()
            if _plain(name) in factors
            and (_plain(name) not in AMBIGUOUS or (column.count == count and column.kind in NUMERIC))
        }
        for name in factors if count == len("xyz") else ():
            for separator in BEFORE_AXIS if name else BEFORE_AXIS[:1]:
                found |= self._by_axis(f"{name}{separator}", factors[name])
        return found

    def _by_axis(self, stem: str, factor: float) -> dict[str, Floats]:
        """What three columns of one number each say together, if they are there.

        Raises:
            ConfigurationError: one is there, and another is not.
        """
        # By themselves in small letters only, as Z is an atomic number.
        names = {_plain(name) if stem else name: name for name in self.columns}
        axes = [f"{stem}{axis}" for axis in "xyz"]
        present = [names[axis] for axis in axes if axis in names]
        if len(present) == len(axes):
            return {", ".join(present): factor * np.hstack([self.numbers(name, 1) for name in present])}
        if present and stem:
            raise ConfigurationError(
                f"it has {present[0]}, but not all of {', '.join(axes)}; write all three, or none"
            )
        return {}

    def names(self) -> list[str]:
        """Names of the particles' species, those of chemical elements where there are only their numbers.

        Raises:
            ConfigurationError: names of elements and their numbers contradict each other.
        """
        columns = [name for name in ATOMIC_NUMBERS if name in self.columns]
        said = {}
        if kinds := self._kinds() or ([] if columns else ["species"]):
            said[kinds[0]] = self._texts(kinds[0])
            for other in kinds[1:]:
                _require_one_to_one(kinds[0], said[kinds[0]], other, self._texts(other))
            if not set(said[kinds[0]]) <= set(ELEMENTS):
                columns = []  # numbers beside other names are those of our own files
        said |= {name: [_element(name, text) for text in self._texts(name)] for name in columns}
        return _agreed_names(said)

    def _kinds(self) -> list[str]:
        """The columns that tell the kinds of particles, in any case, that of the specification first."""
        found = [
            name for name, column in self.columns.items() if _plain(name) in SPECIES and column.count == 1
        ]
        return sorted(found, key=lambda name: SPECIES.index(_plain(name)))

    def _texts(self, name: str) -> list[str]:
        """A property (N,) as it stands in the file."""
        first = self._column(name, 1).first
        return [row[first] for row in self.rows]

    def _column(self, name: str, count: int) -> _Column:
        column = self.columns.get(name)
        if column is None or column.count != count:
            raise ConfigurationError(f"Properties={self.properties} must have {name} with {count} column(s)")
        return column


def _agreed_names(said: Mapping[str, list[str]]) -> list[str]:
    """The names (N,) that columns that must say the same say."""
    (column, names), *others = said.items()
    for other, again in others:
        for line, (one, two) in enumerate(zip(names, again, strict=True), start=3):
            if one != two:
                raise ConfigurationError(
                    f"line {line} of the frame: {column} and {other} contradict each other, {one} and {two};"
                    " leave one out"
                )
    return names


def _plain(name: str) -> str:
    """The name of a column without capitals and without saying that it is of particles."""
    return OF_PARTICLES.sub("", name.lower(), count=1)


def _require_one_to_one(name: str, kinds: list[str], other: str, again: list[str]) -> None:
    """Make sure that two columns divide the particles into the same kinds, whatever they call them."""
    for one, two in ((kinds, again), (again, kinds)):
        meant: dict[str, str] = {}
        for line, (kind, also) in enumerate(zip(one, two, strict=True), start=3):
            if meant.setdefault(kind, also) != also:
                raise ConfigurationError(
                    f"line {line} of the frame: {name} and {other} divide the particles into other kinds;"
                    " leave one out"
                )


def _element(column: str, number: str) -> str:
    """The symbol of an atomic number."""
    if not WHOLE.fullmatch(number) or not 0 <= int(number) < len(ELEMENTS):
        raise ConfigurationError(
            f"{column} = {number[:40]} must be an atomic number, 0 to {len(ELEMENTS) - 1}"
        )
    return ELEMENTS[int(number)]


def _columns(properties: str) -> tuple[dict[str, _Column], int]:
    """Each property by its name, and the number of columns of all."""
    parts = properties.split(":")
    columns: dict[str, _Column] = {}
    width = 0
    if len(parts) % 3:
        raise ConfigurationError(f"Properties={properties} must be made of name:type:columns")
    for name, kind, count in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if kind not in TYPES or not count.isdecimal() or int(count) < 1 or name in columns:
            raise ConfigurationError(
                f"Properties={properties}: {name}:{kind}:{count} must be a new name, one of"
                f" {', '.join(TYPES)}, and at least 1 column"
            )
        columns[name] = _Column(width, int(count), kind)
        width += int(count)
    return columns, width


def _digits(value: float) -> str:
    return f"{value:.17g}"


FORMAT = Format(
    name="extxyz",
    suffixes=(".extxyz", ".xyz"),
    about="extended XYZ, for ASE, OVITO and MDAnalysis",
    read=read_extxyz,
    write=write_extxyz,
    write_fields=write_extxyz,
    is_text=True,
)
