"""LAMMPS data files; type k is the k-th species of the model, unless labels of types tell their names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats, Integers
from pssglass.configurations.cell import Cell, edge_vectors
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.format import Format
from pssglass.configurations.lammps_sections import DataFile
from pssglass.configurations.source import RESTORE, Source, floats, real
from pssglass.configurations.stated import agreed

ATOM_STYLES = {
    "atomic": ("id", "type", "x", "y", "z"),
    "charge": ("id", "type", "charge", "x", "y", "z"),
    "bond": ("id", "molecule", "type", "x", "y", "z"),
    "angle": ("id", "molecule", "type", "x", "y", "z"),
    "molecular": ("id", "molecule", "type", "x", "y", "z"),
    "full": ("id", "molecule", "type", "charge", "x", "y", "z"),
    "sphere": ("id", "type", "diameter", "density", "x", "y", "z"),
}
"""Columns of section Atoms; three image flags may follow."""
WHOLE = re.compile(r"[+-]?\d+")


def write_lammps_data(path: Path, configuration: Configuration) -> None:
    """Fill a file with one configuration."""
    mass = configuration.mass
    edges = edge_vectors(configuration.box)
    lengths, tilts = edges.diagonal(), (edges[1, 0], edges[2, 0], edges[2, 1])
    lines = [f"pssglass {configuration.kind}, step {configuration.step}", "", f"{configuration.N} atoms"]
    lines += [f"{len(configuration.species_names)} atom types", ""]
    for axis, length in zip("xyz", lengths, strict=True):
        lines.append(f"{-length / 2:.17g} {length / 2:.17g} {axis}lo {axis}hi")
    if any(tilts):
        lines.append(f"{tilts[0]:.17g} {tilts[1]:.17g} {tilts[2]:.17g} xy xz yz")
    style = "atomic"
    if configuration.diameters is None:
        names = enumerate(configuration.species_names, start=1)
        lines += ["", "Masses", "", *(f"{k} {mass:.17g}  # {name}" for k, name in names)]
    else:  # their densities tell the masses of spheres, and LAMMPS refuses to be told twice
        style = "sphere"
    lines += ["", f"Atoms # {style}", ""]
    images = np.zeros((configuration.N, 3), int) if configuration.images is None else configuration.images
    for k in range(configuration.N):
        kind, crossed = configuration.species[k] + 1, " ".join(map(str, images[k].tolist()))
        columns = f"{k + 1} {kind}{_sphere(configuration, k, mass)} {_numbers(configuration.positions[k])}"
        lines.append(f"{columns} {crossed}")
    if configuration.velocities is not None:
        lines += ["", "Velocities", ""]
        turning = " 0 0 0" if style == "sphere" else ""
        lines += [f"{k} {_numbers(row)}{turning}" for k, row in enumerate(configuration.velocities, start=1)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")


def _sphere(configuration: Configuration, particle: int, mass: float) -> str:
    """Diameter and density of a particle, where it has a diameter; the density gives it the mass."""
    if configuration.diameters is None:
        return ""
    diameter = configuration.diameters[particle]
    return f" {diameter:.17g} {6.0 * mass / (math.pi * diameter**3):.17g}"


def read_lammps_data(source: Source) -> Configuration:
    """Read a data file; particles come in the order of their ids, keys of the mapping are types or labels.

    Raises:
        ConfigurationError: no data file, an unknown atom style, or other types.
    """
    if source.frame not in (None, 0, -1):
        source.chosen(1)
    file = DataFile.of_lines(source.lines())
    atoms = _atoms(file)
    cell = Cell.of_edges(file.edges())
    ids = _whole(atoms["id"], "ids")
    order = np.argsort(ids).astype(np.int32)
    if len(np.unique(ids)) != len(ids):
        raise ConfigurationError("ids of atoms must differ")
    velocities = _velocities(file, ids[order])
    images = None
    if "ix" in atoms:
        images = np.stack([_whole(atoms[name], "image flags") for name in ("ix", "iy", "iz")], axis=1)[order]
    numbers = [atoms["type"][k] for k in order.tolist()]
    return Configuration(
        kind="liquid",
        positions=cell.vectors(np.stack([_reals(atoms[name], name) for name in "xyz"], axis=1)[order]),
        box=cell.box,
        species=_species(source, file, numbers),
        species_names=tuple(source.species),
        velocities=None if velocities is None else cell.vectors(velocities),
        images=cell.images(images),
        stated=_stated(file, atoms, order, numbers),
    )


def _atoms(file: DataFile) -> dict[str, list[str]]:
    """Columns of section Atoms by name; ix, iy and iz, if they are there."""
    rows = file.sections.get("Atoms")
    if rows is None:
        raise ConfigurationError("no Atoms section; a LAMMPS data file has one")
    style = (file.comments["Atoms"].split() or ["atomic"])[0]
    if style not in ATOM_STYLES:
        raise ConfigurationError(
            f"atom style {style} is not supported; write one of {', '.join(ATOM_STYLES)}, as in"
            " `Atoms # atomic`"
        )
    names = ATOM_STYLES[style]
    with_images = (*names, "ix", "iy", "iz")
    if file.said("atoms") != str(len(rows)) or not rows:
        raise ConfigurationError(f"the header says {file.said('atoms')} atoms, {len(rows)} lines follow")
    widths = {len(row) for row in rows}
    if widths not in ({len(names)}, {len(with_images)}):
        fitting = [one for one, columns in ATOM_STYLES.items() if widths < {len(columns), len(columns) + 3}]
        others = [one for one in fitting or ATOM_STYLES if one != style]
        raise ConfigurationError(
            f"Atoms need the columns {' '.join(names)} [ix iy iz] of atom style {style}, not {_list(widths)};"
            f" name the style that they are of, one of {', '.join(others)}, as in `Atoms # {others[0]}`"
        )
    return dict(zip(with_images, map(list, zip(*rows, strict=True)), strict=False))


def _whole(values: Sequence[str], what: str) -> Integers:
    """The values as whole numbers: others show that a column is not what it was taken for."""
    wrong = next((value for value in values if not WHOLE.fullmatch(value)), None)
    if wrong is not None:
        raise ConfigurationError(
            f"{what} of atoms must be whole numbers, not {wrong}; for columns of another atom style than"
            " atomic name it, as in `Atoms # charge`"
        )
    numbers = [int(value) for value in values]
    if max(map(abs, numbers)) >= 2**63:
        raise ConfigurationError(f"{what} of atoms must be below 2^63; {RESTORE}")
    return np.array(numbers)


def _reals(values: Sequence[str], what: str) -> Floats:
    return floats([real(value, what) for value in values])


def _velocities(file: DataFile, ids: Integers) -> Floats | None:
    if "Velocities" not in file.sections:
        return None
    rows = file.rows("Velocities", 4)
    own = _whole([row[0] for row in rows], "ids") if rows else ids[:0]
    order = np.argsort(own)
    if not np.array_equal(own[order], ids):
        raise ConfigurationError("Velocities must have one line for each atom, of the same ids")
    columns = [_reals([row[k] for row in rows], "velocity") for k in (1, 2, 3)]
    return floats(np.stack(columns, axis=1)[order])


def _species(source: Source, file: DataFile, types: Sequence[str]) -> Integers:
    """By label where the file has labels, else by number; a mapping may name either."""
    labels = file.labels()
    unlabelled = next((one for one in types if one not in labels.values() and not one.isdecimal()), None)
    if unlabelled is not None:
        raise ConfigurationError(
            f"'{unlabelled[:40]}' is no type of atoms: write its number, or name it in a section Atom Type"
            " Labels"
        )
    if not labels:
        numbered = {str(k): name for k, name in enumerate(source.species, start=1)}
        if not source.mapping:
            _check_comments(source, file, numbered)
        return source.indices(types, {} if source.mapping else numbered)
    by_number = {
        label: source.mapping[number] for number, label in labels.items() if number in source.mapping
    }
    return source.indices([labels.get(one, one) for one in types], by_number)


def _check_comments(source: Source, file: DataFile, numbered: Mapping[str, str]) -> None:
    """Make sure that comments in section Masses call no type by the name of another species.

    Raises:
        ConfigurationError: they do.
    """
    for number, name in file.names_of_types.items():
        taken = numbered.get(number, name)
        if name in source.species and name != taken:
            raise ConfigurationError(
                f"a comment in section Masses calls type {number} {name}, but it would be taken for {taken};"
                f" map the types, as --map {number}={name} or mapping={{'{number}': '{name}'}}"
            )


def _stated(
    file: DataFile, atoms: Mapping[str, list[str]], order: Integers, types: Sequence[str]
) -> dict[str, Floats]:
    """Charges and diameters of atoms, and masses of atoms or of their types."""
    stated = {name: _reals(atoms[name], name)[order] for name in ("charge", "diameter") if name in atoms}
    masses = {}
    if "density" in atoms:
        volume = math.pi / 6.0 * stated["diameter"] ** 3
        density = _reals(atoms["density"], "density")[order]
        masses["density of atoms"] = density * np.where(volume > 0.0, volume, 1.0)
    if "Masses" in file.sections:
        masses["section Masses"] = _masses(file, types)
    if (mass := agreed(masses)) is not None:
        stated["mass"] = mass
    return stated


def _masses(file: DataFile, types: Sequence[str]) -> Floats:
    """Masses (N,) of atoms of these types by section Masses.

    Raises:
        ConfigurationError: it gives a type no mass or two, or one to what is no type.
    """
    numbers = {label: number for number, label in file.labels().items()}
    known = {str(k) for k in range(1, file.count("atom types") + 1)}
    masses: dict[str, float] = {}
    for row in file.rows("Masses", 2):
        one, mass = numbers.get(row[0], row[0]), real(row[1], "mass")
        if one not in known:
            raise ConfigurationError(
                f"section Masses has type {row[0][:40]}, but the header says {file.said('atom types')} atom"
                " types; leave it out or set their number"
            )
        if one in masses:
            raise ConfigurationError(f"section Masses has type {row[0]} twice; leave one out")
        if not 0.0 < mass < math.inf:
            raise ConfigurationError(f"mass {mass} in section Masses must be a finite number above 0")
        masses[one] = mass
    of_types = [numbers.get(one, one) for one in types]
    missing = next((one for one in of_types if one not in masses), None)
    if missing is not None:
        raise ConfigurationError(f"section Masses has no type {missing}; give it the mass of each type")
    return floats([masses[one] for one in of_types])


def _list(widths: set[int]) -> str:
    return " or ".join(map(str, sorted(widths)[:3]))


def _numbers(row: Floats) -> str:
    return " ".join(f"{value:.17g}" for value in row)


FORMAT = Format(
    name="lammps",
    suffixes=(".data", ".lammps"),
    about="LAMMPS data, atom style atomic, or sphere where particles have diameters",
    read=read_lammps_data,
    write=write_lammps_data,
    is_text=True,
)
