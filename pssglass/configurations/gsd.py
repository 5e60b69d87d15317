"""GSD files: what HOOMD-blue, OVITO, freud and MDAnalysis read, with the exact state beside it.

GSD's own positions are single precision, so the exact ones are kept in the log chunks
``particles/pssglass/position`` and ``pssglass/box``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gsd.fl  # type: ignore[import-untyped]
import gsd.hoomd  # type: ignore[import-untyped]
import numpy as np

from pssglass.base.canonical import canonical_json
from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.configurations.configuration import Configuration, floats, species_indices, wrapped
from pssglass.configurations.reading import RESTORE, parse_header, reading

BOX = "pssglass/box"
REPLICA = "pssglass/replica"
HEADER = "pssglass/metadata"
POSITION = "particles/pssglass/position"
VELOCITY = "particles/pssglass/velocity"
LIST_REFERENCE = "particles/pssglass/list_reference"

OPEN_FILES = Path("/proc/self/fd")
IN_MEMORY = hasattr(os, "memfd_create") and OPEN_FILES.is_dir()
"""Whether files can be made in memory: on Linux, but for a Python that knows only old C libraries."""


def write_gsd(path: Path, configuration: Configuration, replace: bool = True) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for arguments, what is returned and raised."""

    def write(file: Path) -> None:
        with gsd.hoomd.open(str(file), "w") as trajectory:
            trajectory.append(_frame(configuration))

    return write_atomic(path, _through_memory(write) if IN_MEMORY else write, replace)


def _through_memory(write: Callable[[Path], None]) -> Callable[[Path], None]:
    """Write the same bytes at once: the library waits for the disk five times for each file."""

    def write_at_once(file: Path) -> None:
        with os.fdopen(os.memfd_create("gsd"), "rb") as memory:
            write(OPEN_FILES / str(memory.fileno()))
            file.write_bytes(memory.read())

    return write_at_once


def write_gsd_trajectory(path: Path, samples: Iterable[tuple[int, Configuration]]) -> tuple[str, int]:
    """Write one frame for each sample, with its replica number in ``log/pssglass/replica``.

    Frames are taken one by one, so that memory stays flat. See ``write_atomic`` for what is returned and
    raised.
    """

    def write(temporary: Path) -> None:
        with gsd.hoomd.open(str(temporary), "w") as trajectory:
            for replica, configuration in samples:
                frame = _frame(configuration)
                frame.log[REPLICA] = np.array([replica])
                trajectory.append(frame)

    return write_atomic(path, write)


def read_gsd(
    path: Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a file of one frame; one not written by this program has single-precision positions.

    Raises:
        ConfigurationError: the file cannot be read, has several frames or unknown species.
    """
    with reading(path), gsd.fl.open(str(path), "r") as file:
        if file.schema != "hoomd":
            raise ConfigurationError(f"its schema is {file.schema!r}, not 'hoomd'; {RESTORE}")
        if file.nframes != 1:
            raise ConfigurationError(f"{file.nframes} frames; write the one wanted to its own file")
        return _configuration(_Chunks(file), species, mapping)


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


class _Chunks:
    """What is written in a file's only frame.

    Nothing is filled in for what is not, as a damaged number of particles would fill the memory with it.
    """

    def __init__(self, file: gsd.fl.GSDFile) -> None:
        self._file = file

    def has(self, name: str) -> bool:
        """Whether the frame holds this chunk."""
        return bool(self._file.chunk_exists(0, name))

    def get(self, name: str, default: Any = None) -> Any:
        """The chunk as an array, or the default."""
        return self._file.read_chunk(0, name) if self.has(name) else default


def _configuration(
    chunks: _Chunks, species: Sequence[str], mapping: Mapping[str, str] | None
) -> Configuration:
    ours = chunks.has(f"log/{HEADER}")
    for name in ("particles/position", *(f"log/{name}" for name in (BOX, POSITION) if ours)):
        if not chunks.has(name):
            raise ConfigurationError(f"it has no {name}; {RESTORE}")
    step = int(chunks.get("configuration/step", [0])[0])
    header = parse_header(chunks.get(f"log/{HEADER}").tobytes() if ours else "{}", step)
    rounded = chunks.get("particles/position")
    velocities, reference = chunks.get(f"log/{VELOCITY}"), chunks.get(f"log/{LIST_REFERENCE}")
    types = [bytes(row).partition(b"\0")[0].decode() for row in chunks.get("particles/types", [b"A"])]
    kinds = chunks.get("particles/typeid", np.zeros(len(rounded), int))
    return Configuration(
        kind=header["kind"],
        positions=floats(chunks.get(f"log/{POSITION}", rounded)),
        box=floats(chunks.get(f"log/{BOX}", chunks.get("configuration/box"))),
        species=species_indices([types[kind] for kind in kinds], species, mapping),
        species_names=tuple(species),
        velocities=None if velocities is None else floats(velocities),
        images=chunks.get("particles/image"),
        step=header["step"],
        list_reference=None if reference is None else floats(reference),
        metadata=header["metadata"],
    )
