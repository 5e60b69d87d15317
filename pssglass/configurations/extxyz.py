"""Extended XYZ files of one frame, as ASE and OVITO read and write them, with every number at 17 digits."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pssglass.base.canonical import canonical_json
from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.base.results import Floats
from pssglass.configurations.configuration import (
    Configuration,
    box_of_edges,
    edge_vectors,
    floats,
    species_indices,
)
from pssglass.configurations.reading import parse_header, reading

DEFAULT_PROPERTIES = "species:S:1:pos:R:3"
VELOCITY_NAMES = ("velo", "vel", "velocities")
TRUE = ("T", "True", "true", "1")


def write_extxyz(path: Path, configuration: Configuration) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for what is returned and raised."""
    columns, properties = [configuration.positions], DEFAULT_PROPERTIES
    if configuration.velocities is not None:
        columns.append(configuration.velocities)
        properties += ":velo:R:3"
    lattice = " ".join(_digits(value) for value in edge_vectors(configuration.box).ravel())
    comment = f'Lattice="{lattice}" Properties={properties} pbc="T T T" pssglass="{_header(configuration)}"'
    rows = zip(configuration.symbols, np.hstack(columns).tolist(), strict=True)
    lines = [f"{symbol} {' '.join(map(_digits, numbers))}" for symbol, numbers in rows]
    text = "\n".join([str(configuration.N), comment, *lines, ""])
    return write_atomic(path, text.encode())


def read_extxyz(
    path: Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a periodic configuration; cells in any orientation are rotated so that a ∥ x and b lies in x-y.

    Args:
        path: file of one frame.
        species: names of the model's species, in its order.
        mapping: from the names in the file to those of the model, e.g. ``{"Cu": "A", "Zr": "B"}``.

    Raises:
        ConfigurationError: the file cannot be read, is not periodic, or has other species.
    """
    with reading(path):
        return _parse(path.read_text(encoding="utf-8").splitlines(), species, mapping)


def _parse(lines: list[str], species: Sequence[str], mapping: Mapping[str, str] | None) -> Configuration:
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) < 3 or not lines[0].strip().isdigit():
        raise ConfigurationError("no extended XYZ: the first line must be the number of particles")
    N = int(lines[0])
    if len(lines) != N + 2:
        raise ConfigurationError(
            f"{len(lines) - 2} particle lines, but the first line says {N}; give one whole frame"
        )
    info = _info(lines[1])
    box, rotation = box_of_edges(_lattice(info))
    columns, width = _columns(info.get("Properties", DEFAULT_PROPERTIES))
    table = [line.split() for line in lines[2:]]
    for number, row in enumerate(table, start=3):
        if len(row) != width:
            raise ConfigurationError(f"line {number} has {len(row)} columns, but Properties say {width}")

    def vectors(name: str) -> Floats:
        first = columns[name][0]
        values = floats([row[first : first + 3] for row in table])
        return values if rotation is None else floats(values @ rotation.T)

    velocity = next((name for name in VELOCITY_NAMES if name in columns), None)
    header = parse_header(info.get("pssglass", "{}"))
    return Configuration(
        kind=header["kind"],
        positions=vectors("pos"),
        box=box,
        species=species_indices([row[columns["species"][0]] for row in table], species, mapping),
        species_names=tuple(species),
        velocities=vectors(velocity) if velocity else None,
        step=header["step"],
        metadata=header["metadata"],
    )


def _header(configuration: Configuration) -> str:
    """What only this program knows, as JSON with its quotes escaped."""
    header = {
        "kind": configuration.kind,
        "step": configuration.step,
        "metadata": dict(configuration.metadata),
    }
    return canonical_json(header).replace("\\", "\\\\").replace('"', '\\"')


def _info(comment: str) -> dict[str, str]:
    """The key=value pairs of the second line."""
    pairs = (token.partition("=") for token in shlex.split(comment))
    return {key: value for key, equals, value in pairs if equals}


def _lattice(info: Mapping[str, str]) -> Floats:
    """Edge vectors in rows, of a cell periodic in all directions."""
    if "Lattice" not in info:
        raise ConfigurationError(
            'no Lattice="ax ay az bx by bz cx cy cz" in the second line; a periodic box is needed'
        )
    if not all(flag in TRUE for flag in info.get("pbc", "T T T").split()):
        raise ConfigurationError(f'pbc="{info["pbc"]}" is not periodic in all directions')
    values = info["Lattice"].split()
    if len(values) != 9:
        raise ConfigurationError(f"Lattice has {len(values)} numbers; it must have 9")
    return floats(values).reshape(3, 3)


def _columns(properties: str) -> tuple[dict[str, tuple[int, int]], int]:
    """First column and number of columns of each property, and the number of columns of all."""
    parts = properties.split(":")
    columns: dict[str, tuple[int, int]] = {}
    width = 0
    for name, _, count in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if int(count) < 1:
            raise ConfigurationError(
                f"Properties={properties}: {name} has {count} columns; at least 1 is needed"
            )
        columns[name] = width, int(count)
        width += int(count)
    for name, needed in (("species", 1), ("pos", 3)):
        if columns.get(name, (0, 0))[1] != needed:
            raise ConfigurationError(f"Properties={properties} must have {name} with {needed} column(s)")
    return columns, width


def _digits(value: float) -> str:
    return f"{value:.17g}"
