"""LAMMPS data files, atom style atomic; type k is the k-th species of the model."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.base.results import Floats
from pssglass.configurations.configuration import Configuration, edge_vectors, floats, species_indices
from pssglass.configurations.reading import reading

SECTION = re.compile(r"^([A-Z][A-Za-z ]*?)\s*(?:#\s*(\w+))?$")


def write_lammps_data(path: Path, configuration: Configuration) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for what is returned and raised.

    The mass is that of the model it was made with, or else of the file it was read from; 1 if neither tells.
    """
    masses = configuration.metadata.get("masses") or [1.0]
    mass = configuration.metadata.get("model", {}).get("parameters", {}).get("mass", masses[0])
    edges = edge_vectors(configuration.box)
    lengths, tilts = edges.diagonal(), (edges[1, 0], edges[2, 0], edges[2, 1])
    lines = [f"pssglass {configuration.kind}, step {configuration.step}", "", f"{configuration.N} atoms"]
    lines += [f"{len(configuration.species_names)} atom types", ""]
    for axis, length in zip("xyz", lengths, strict=True):
        lines.append(f"{-length / 2:.17g} {length / 2:.17g} {axis}lo {axis}hi")
    if any(tilts):
        lines.append(f"{tilts[0]:.17g} {tilts[1]:.17g} {tilts[2]:.17g} xy xz yz")
    lines += ["", "Masses", ""]
    lines += [f"{k} {mass:.17g}  # {name}" for k, name in enumerate(configuration.species_names, start=1)]
    lines += ["", "Atoms # atomic", ""]
    images = np.zeros((configuration.N, 3), int) if configuration.images is None else configuration.images
    for k in range(configuration.N):
        kind, crossed = configuration.species[k] + 1, " ".join(map(str, images[k].tolist()))
        lines.append(f"{k + 1} {kind} {_numbers(configuration.positions[k])} {crossed}")
    if configuration.velocities is not None:
        lines += ["", "Velocities", ""]
        lines += [f"{k} {_numbers(row)}" for k, row in enumerate(configuration.velocities, start=1)]
    text = "\n".join([*lines, ""])
    return write_atomic(path, text.encode())


def read_lammps_data(
    path: Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a data file of atom style atomic; particles come in the order of their ids.

    Args:
        path: file.
        species: names of the model's species, in its order.
        mapping: from atom types to them, ``{"1": "A", "2": "B"}`` if not given.

    Raises:
        ConfigurationError: the file cannot be read, has another atom style or other types.
    """
    with reading(path):
        return _parse(path.read_text(encoding="utf-8").splitlines(), species, mapping)


def _parse(lines: list[str], species: Sequence[str], mapping: Mapping[str, str] | None) -> Configuration:
    header, sections = _split(lines[1:])
    if "Atoms" not in sections:
        raise ConfigurationError("no Atoms section; a LAMMPS data file of atom style atomic is needed")
    box = _box(header)
    atoms = floats([line.split() for line in sections["Atoms"]])
    if atoms.ndim != 2 or atoms.shape[1] not in (5, 8):
        raise ConfigurationError("Atoms need the columns id type x y z [ix iy iz] of atom style atomic")
    if header.get("atoms") != [str(len(atoms))] or len(np.unique(atoms[:, 0])) != len(atoms):
        said = " ".join(header.get("atoms", ["no"]))
        raise ConfigurationError(f"the header says {said} atoms, {len(atoms)} lines follow; ids must differ")
    atoms = atoms[np.argsort(atoms[:, 0])]
    names = mapping or {str(k): name for k, name in enumerate(species, start=1)}
    types = [f"{kind:g}" for kind in atoms[:, 1]]
    velocities = None
    if "Velocities" in sections:
        rows = floats([line.split() for line in sections["Velocities"]])
        rows = rows[np.argsort(rows[:, 0])]
        if not np.array_equal(rows[:, 0], atoms[:, 0]):
            raise ConfigurationError("Velocities must have one line for each atom, of the same ids")
        velocities = floats(rows[:, 1:4])
    return Configuration(
        kind="liquid",
        positions=floats(atoms[:, 2:5]),
        box=box,
        species=species_indices(types, species, names),
        species_names=tuple(species),
        velocities=velocities,
        images=atoms[:, 5:8].astype(np.int32) if atoms.shape[1] == 8 else None,
        metadata={"masses": _masses(sections)} if "Masses" in sections else {},
    )


def _split(lines: list[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Header entries by keyword, and the lines of each section."""
    header: dict[str, list[str]] = {}
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        if section := SECTION.match(line.strip()):
            if section[1] == "Atoms" and section[2] not in (None, "atomic"):
                raise ConfigurationError(f"atom style {section[2]} is not supported; write atom style atomic")
            current = sections.setdefault(section[1], [])
        elif content := line.partition("#")[0].strip():
            if current is not None:
                current.append(content)
            else:
                words = content.split()
                numbers = [word for word in words if not word[0].isalpha()]
                header[" ".join(words[len(numbers) :])] = numbers
    return header, sections


def _masses(sections: Mapping[str, list[str]]) -> list[float]:
    """The masses that occur, in ascending order."""
    masses = sorted({float(line.split()[1]) for line in sections["Masses"]})
    for mass in masses:
        if not 0.0 < mass < math.inf:
            raise ConfigurationError(f"mass {mass} in section Masses must be a finite number above 0")
    return masses


def _box(header: dict[str, list[str]]) -> Floats:
    lengths = []
    for axis in "xyz":
        bounds = header.get(f"{axis}lo {axis}hi")
        if bounds is None or len(bounds) != 2:
            raise ConfigurationError(f"no '{axis}lo {axis}hi' line in the header; a periodic box is needed")
        lengths.append(float(bounds[1]) - float(bounds[0]))
        if not lengths[-1] > 0.0:
            raise ConfigurationError(f"'{axis}lo {axis}hi' must be two numbers in ascending order")
    Lx, Ly, Lz = lengths
    xy, xz, yz = (float(value) for value in header.get("xy xz yz", ("0", "0", "0")))
    return np.array([Lx, Ly, Lz, xy / Ly, xz / Lz, yz / Lz])


def _numbers(row: Floats) -> str:
    return " ".join(f"{value:.17g}" for value in row)
