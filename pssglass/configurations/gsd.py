"""GSD files: what HOOMD-blue, OVITO, freud and MDAnalysis read, with the exact state beside it.

GSD's own positions are single precision, so the exact ones are kept in the log chunks
``particles/pssglass/position`` and ``pssglass/box``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gsd.hoomd  # type: ignore[import-untyped]
import numpy as np

from pssglass.configurations.atomic import write_atomic
from pssglass.configurations.configuration import Configuration, floats, species_indices, wrapped
from pssglass.errors import ConfigurationError
from pssglass.models import canonical_json

BOX = "pssglass/box"
HEADER = "pssglass/metadata"
POSITION = "particles/pssglass/position"
VELOCITY = "particles/pssglass/velocity"
LIST_REFERENCE = "particles/pssglass/list_reference"


def write_gsd(path: Path, configuration: Configuration) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for what is returned and raised."""

    def write(temporary: Path) -> None:
        with gsd.hoomd.open(str(temporary), "w") as trajectory:
            trajectory.append(_frame(configuration))

    return write_atomic(path, write)


def read_gsd(
    path: Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a file of one frame; one not written by this program has single-precision positions.

    Raises:
        ConfigurationError: the file cannot be read, has several frames or unknown species.
    """
    try:
        with gsd.hoomd.open(str(path), "r") as trajectory:
            frames = len(trajectory)
            frame = trajectory[0] if frames else None
    except (OSError, RuntimeError, KeyError) as error:
        raise ConfigurationError(f"cannot read {path} as GSD: {error}") from None
    if frames != 1:
        raise ConfigurationError(f"{path} has {frames} frames; write the one wanted to its own file")
    try:
        return _configuration(frame, species, mapping)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _frame(configuration: Configuration) -> gsd.hoomd.Frame:
    header = {"kind": configuration.kind, "metadata": dict(configuration.metadata)}
    frame = gsd.hoomd.Frame()
    frame.configuration.step = configuration.step
    frame.configuration.box = configuration.box
    frame.particles.N = configuration.N
    frame.particles.types = list(configuration.species_names)
    frame.particles.typeid = configuration.species
    frame.particles.position = wrapped(configuration.positions, configuration.box)
    frame.particles.image = configuration.images
    frame.particles.velocity = configuration.velocities
    frame.log = {
        HEADER: np.frombuffer(canonical_json(header).encode(), dtype=np.uint8),
        BOX: configuration.box,
        POSITION: configuration.positions,
    }
    if configuration.velocities is not None:
        frame.log[VELOCITY] = configuration.velocities
    if configuration.list_reference is not None:
        frame.log[LIST_REFERENCE] = configuration.list_reference
    return frame


def _configuration(
    frame: gsd.hoomd.Frame, species: Sequence[str], mapping: Mapping[str, str] | None
) -> Configuration:
    particles, log = frame.particles, frame.log
    header: dict[str, Any] = {"kind": "liquid", "metadata": {}}
    if HEADER in log:
        header = json.loads(log[HEADER].tobytes())
    symbols = [particles.types[index] for index in particles.typeid]
    return Configuration(
        kind=header["kind"],
        positions=floats(log.get(POSITION, particles.position)),
        box=floats(log.get(BOX, frame.configuration.box)),
        species=species_indices(symbols, species, mapping),
        species_names=tuple(species),
        velocities=floats(log[VELOCITY]) if VELOCITY in log else None,
        images=particles.image,
        step=int(frame.configuration.step),
        list_reference=floats(log[LIST_REFERENCE]) if LIST_REFERENCE in log else None,
        metadata=header["metadata"],
    )
