"""Extended XYZ files, as ASE, OVITO and MDAnalysis read and write them, with every number at 17 digits.

Species keep the names of the model; where these are no chemical elements, a column Z of 1, 2, … stands beside
them, by which ASE takes A for H, and B for He.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations.cell import Cell, edge_vectors
from pssglass.configurations.comment_line import lattice, parse_comment_line, real
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.elements import ELEMENTS
from pssglass.configurations.format import Format
from pssglass.configurations.header import RENAMED, header_of, parse_header
from pssglass.configurations.source import Source, floats

DEFAULT_PROPERTIES = "species:S:1:pos:R:3"
TYPES = "RISL"
VELOCITIES = ("velo", "vel", "velocity", "velocities")
MOMENTA = ("momenta", "momentum")
# Names in files, and how often the property goes into what the column holds.
STATED_NAMES = {
    "mass": {"mass": 1.0, "masses": 1.0},
    "diameter": {"diameter": 1.0, "diameters": 1.0, "radius": 2.0, "radii": 2.0},
    "charge": {"charge": 1.0, "charges": 1.0, "initial_charges": 1.0},
}
COUNT = re.compile(r"\s*\d+\s*")


def write_extxyz(path: Path, configuration: Configuration) -> None:
    """Fill a file with one configuration."""
    names = configuration.species_names
    columns, properties = [configuration.positions], DEFAULT_PROPERTIES
    if configuration.velocities is not None:
        columns.append(configuration.velocities)
        properties += ":velo:R:3"
    ends = [""] * len(names)
    if not set(names) <= set(ELEMENTS):
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
    stated = {name: values for name in STATED_NAMES if (values := table.stated(name)) is not None}
    velocities = table.vectors(VELOCITIES)
    if velocities is None and (momenta := table.vectors(MOMENTA)) is not None:
        velocities = momenta / stated.get("mass", np.full(len(rows), source.mass))[:, np.newaxis]
    return Configuration(
        kind=header["kind"],
        positions=cell.vectors(table.numbers("pos", 3)),
        box=cell.box,
        species=source.indices(table.names(), renamed),
        species_names=tuple(source.species),
        velocities=None if velocities is None else cell.vectors(velocities),
        step=header["step"],
        metadata=header["metadata"],
        stated=stated,
    )


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
        N, comment = int(first), next(lines, "")
        rows = list(islice(lines, N))
        while rows and len(rows) < N and not rows[-1].strip():
            rows.pop()
        if not N or len(rows) != N:
            raise ConfigurationError(f"{len(rows)} particle lines, but the first line says {N}")
        yield comment, rows
        number += 1
    if any(line.strip() for line in lines):
        raise ConfigurationError(f"an empty line stands before the end of the file, after frame {number - 1}")
    if not number:
        raise ConfigurationError("no extended XYZ: the first line must be the number of particles")


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

    def numbers(self, name: str, count: int) -> Floats:
        """A property (N, count).

        Raises:
            ConfigurationError: it is not there, or has another number of columns.
        """
        first = self._first(name, count)
        return floats([[real(text) for text in row[first : first + count]] for row in self.rows])

    def vectors(self, names: tuple[str, ...]) -> Floats | None:
        """The first of these properties that is there."""
        found = next((name for name in names if name in self.columns), None)
        return self.numbers(found, 3) if found else None

    def stated(self, name: str) -> Floats | None:
        """A property that the model has, too, under any of its names."""
        factors: Mapping[str, float] = STATED_NAMES[name]
        found = next((column for column in factors if column in self.columns), None)
        return factors[found] * self.numbers(found, 1)[:, 0] if found else None

    def names(self) -> list[str]:
        """Names of the particles' species, those of chemical elements where there are only their numbers."""
        if "species" not in self.columns and "Z" in self.columns:
            first = self._first("Z", 1)
            return [ELEMENTS[int(row[first])] for row in self.rows]
        first = self._first("species", 1)
        return [row[first] for row in self.rows]

    def _first(self, name: str, count: int) -> int:
        first, there = self.columns.get(name, (0, 0))
        if there != count:
            raise ConfigurationError(f"Properties={self.properties} must have {name} with {count} column(s)")
        return first


def _columns(properties: str) -> tuple[dict[str, tuple[int, int]], int]:
    """First column and number of columns of each property, and the number of columns of all."""
    parts = properties.split(":")
    columns: dict[str, tuple[int, int]] = {}
    width = 0
    if len(parts) % 3:
        raise ConfigurationError(f"Properties={properties} must be made of name:type:columns")
    for name, kind, count in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if kind not in TYPES or len(kind) != 1 or not count.isdecimal() or int(count) < 1 or name in columns:
            raise ConfigurationError(
                f"Properties={properties}: {name}:{kind}:{count} must be a new name, one of"
                f" {', '.join(TYPES)}, and at least 1 column"
            )
        columns[name] = width, int(count)
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
    is_text=True,
)
