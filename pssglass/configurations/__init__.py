"""Reading and writing configurations: GSD (the program's own), extended XYZ and LAMMPS data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pssglass.base.errors import ConfigurationError, InputError
from pssglass.base.files import make_folder, sha256_of, sync, write_atomic
from pssglass.configurations.configuration import Configuration, edge_vectors, model_record, wrapped
from pssglass.configurations.extxyz import read_extxyz, write_extxyz
from pssglass.configurations.gsd import read_gsd, write_gsd, write_gsd_trajectory
from pssglass.configurations.lammps import read_lammps_data, write_lammps_data
from pssglass.models import Model

__all__ = [
    "Configuration",
    "edge_vectors",
    "make_folder",
    "model_record",
    "read_configuration",
    "read_configuration_of",
    "read_extxyz",
    "read_gsd",
    "read_lammps_data",
    "sha256_of",
    "sync",
    "wrapped",
    "write_atomic",
    "write_configuration",
    "write_extxyz",
    "write_gsd",
    "write_gsd_trajectory",
    "write_lammps_data",
]

READERS = {
    ".gsd": read_gsd,
    ".extxyz": read_extxyz,
    ".xyz": read_extxyz,
    ".data": read_lammps_data,
    ".lammps": read_lammps_data,
}
WRITERS = {
    ".gsd": write_gsd,
    ".extxyz": write_extxyz,
    ".xyz": write_extxyz,
    ".data": write_lammps_data,
    ".lammps": write_lammps_data,
}


def read_configuration(
    path: str | Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a configuration in the format that the file's suffix names.

    Args:
        path: file ending in .gsd, .extxyz, .xyz, .data or .lammps.
        species: names of the model's species, in its order.
        mapping: from the names in the file to those of the model, e.g. ``{"Cu": "A", "Zr": "B"}``.

    Raises:
        ConfigurationError: unknown suffix, unreadable file, unknown species, no periodic box.
    """
    return READERS[_suffix(Path(path), READERS)](Path(path), species, mapping)


def read_configuration_of(
    model: Model, path: str | Path, mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a configuration and make sure that it belongs to the model.

    Raises:
        ConfigurationError: see ``read_configuration`` and ``Configuration.check_belongs_to``.
    """
    configuration = read_configuration(path, model.species, mapping)
    try:
        configuration.check_belongs_to(model)
    except InputError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return configuration


def write_configuration(path: str | Path, configuration: Configuration) -> tuple[str, int]:
    """Write a configuration in the format that the file's suffix names.

    Returns:
        SHA-256 of the file in hexadecimal, and its number of bytes.

    Raises:
        ConfigurationError: unknown suffix, or the folder cannot be written.
    """
    return WRITERS[_suffix(Path(path), WRITERS)](Path(path), configuration)


def _suffix(path: Path, known: Collection[str]) -> str:
    if path.suffix not in known:
        raise ConfigurationError(f"{path}: unknown format '{path.suffix}'; use one of {', '.join(known)}")
    return path.suffix
