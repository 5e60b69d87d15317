"""GSD files: what HOOMD-blue, OVITO, freud and MDAnalysis read, with the exact state beside it.

GSD's own positions are single precision, so the exact ones are kept in the log chunks
``particles/pssglass/position`` and ``pssglass/box``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gsd.fl  # type: ignore[import-untyped]
import gsd.hoomd  # type: ignore[import-untyped]
import numpy as np

from pssglass.base import checks
from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.base.results import Floats
from pssglass.configurations.cell import Cell, edge_vectors, wrapped
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.format import Format
from pssglass.configurations.header import RENAMED, header_of, parse_header
from pssglass.configurations.source import RESTORE, Source, floats, reading
from pssglass.configurations.stated import STATED

BOX = "pssglass/box"
REPLICA = "pssglass/replica"
HEADER = "pssglass/metadata"
POSITION = "particles/pssglass/position"
VELOCITY = "particles/pssglass/velocity"
LIST_REFERENCE = "particles/pssglass/list_reference"
OURS = (BOX, POSITION)

# Some times the spacing of single-precision numbers.
ROUNDING = 1e-6

OPEN_FILES = Path("/proc/self/fd")
IN_MEMORY = hasattr(os, "memfd_create") and OPEN_FILES.is_dir()
"""Whether files can be made in memory: on Linux, but for a Python that knows only old C libraries."""


def write_gsd(path: Path, configuration: Configuration, replace: bool = True) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for arguments, what is returned and raised."""
    return write_atomic(path, lambda file: fill_gsd(file, configuration), replace)


def fill_gsd(path: Path, configuration: Configuration) -> None:
    """Fill a file with one configuration."""

    def write(file: Path) -> None:
        with gsd.hoomd.open(str(file), "w") as trajectory:
            trajectory.append(_frame(configuration))

    if IN_MEMORY:
        _through_memory(write, path)
    else:
        write(path)


def _through_memory(write: Callable[[Path], None], path: Path) -> None:
    """Write the same bytes at once: the library waits for the disk five times for each file."""
    with os.fdopen(os.memfd_create("gsd"), "rb") as memory:
        write(OPEN_FILES / str(memory.fileno()))
        path.write_bytes(memory.read())


def fill_gsd_trajectory(path: Path, samples: Iterable[tuple[int, Configuration]]) -> None:
    """Fill a file with one frame for each sample, with its replica number in ``log/pssglass/replica``.

    Frames are taken one by one, so that memory stays flat.
    """
    with _name_in_utf8(path, os.O_RDWR) as name, gsd.hoomd.open(name, "w") as trajectory:
        for replica, configuration in samples:
            frame = _frame(configuration)
            frame.log[REPLICA] = np.array([replica])
            trajectory.append(frame)


@contextmanager
def _name_in_utf8(path: Path, flags: int) -> Iterator[str]:
    """A name of an existing file that the library, which knows UTF-8 alone, can open."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        descriptor = os.open(path, flags)
        try:
            yield str(OPEN_FILES / str(descriptor))
        finally:
            os.close(descriptor)
    else:
        yield str(path)


def read_gsd(
    path: Path, species: Sequence[str] = ("A", "B"), mapping: Mapping[str, str] | None = None
) -> Configuration:
    """Read a file of one frame; one not written by this program has single-precision positions.

    Raises:
        ConfigurationError: see ``read_source``.
    """
    with reading(path):
        return read_source(Source(path, species, checks.names(ConfigurationError, "mapping", mapping)))


def read_source(source: Source) -> Configuration:
    """Read one frame.

    Raises:
        ConfigurationError: no frame of the schema hoomd, unknown species, or a file of this program that
            another one has changed.
    """
    with _name_in_utf8(source.path, os.O_RDONLY) as name, gsd.fl.open(name, "r") as file:
        if file.schema != "hoomd":
            raise ConfigurationError(f"its schema is {file.schema!r}, not 'hoomd'; {RESTORE}")
        return _configuration(_Chunks(file, source.chosen(file.nframes)), source)


def _frame(configuration: Configuration) -> gsd.hoomd.Frame:
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
        HEADER: np.frombuffer(header_of(configuration, step=False).encode(), dtype=np.uint8),
        BOX: configuration.box,
        POSITION: configuration.positions,
    }
    if configuration.velocities is not None:
        frame.log[VELOCITY] = configuration.velocities
    if configuration.list_reference is not None:
        frame.log[LIST_REFERENCE] = configuration.list_reference
    return frame


class _Chunks:
    """What is written in one frame, or in the first for all of as many particles.

    Nothing is filled in for what is not, as a damaged number of particles would fill the memory with it.
    """

    def __init__(self, file: gsd.fl.GSDFile, frame: int) -> None:
        self._file = file
        self._frames = [frame]
        number = "particles/N"
        if not file.chunk_exists(frame, number) or not frame:
            self._frames.append(0)
        elif file.chunk_exists(0, number):
            self._frames += [0] * np.array_equal(file.read_chunk(frame, number), file.read_chunk(0, number))

    def has(self, name: str) -> bool:
        """Whether the frame holds this chunk."""
        return any(self._file.chunk_exists(frame, name) for frame in self._frames)

    def get(self, name: str, default: Any = None) -> Any:
        """The chunk as an array, or the default."""
        found = (frame for frame in self._frames if self._file.chunk_exists(frame, name))
        return next((self._file.read_chunk(frame, name) for frame in found), default)


def _configuration(chunks: _Chunks, source: Source) -> Configuration:
    ours = chunks.has(f"log/{HEADER}")
    for name in ("particles/position", "configuration/box", *(f"log/{name}" for name in OURS if ours)):
        if not chunks.has(name):
            raise ConfigurationError(f"it has no {name}; {RESTORE}")
    if chunks.get("configuration/dimensions", [3])[0] != 3:
        raise ConfigurationError("it has two dimensions; configurations have three")
    step = int(chunks.get("configuration/step", [0])[0])
    header = parse_header(chunks.get(f"log/{HEADER}").tobytes() if ours else "{}", step)
    renamed = header["metadata"].pop(RENAMED, {})
    types = [bytes(row).partition(b"\0")[0].decode() for row in chunks.get("particles/types", [b"A"])]
    kinds = chunks.get("particles/typeid", np.zeros(len(chunks.get("particles/position")), int))
    if len(kinds) and kinds.max() >= len(types):
        raise ConfigurationError(
            f"particles/typeid has {kinds.max()}, but particles/types names {len(types)} type(s) only,"
            f" {', '.join(types)}; write the names of all types"
        )
    rest = _exact(chunks) if ours else _rounded(chunks)
    return Configuration(
        kind=header["kind"],
        species=source.indices([types[kind] for kind in kinds], renamed),
        species_names=tuple(source.species),
        step=header["step"],
        metadata=header["metadata"],
        stated={
            name: floats(chunks.get(f"particles/{name}"))
            for name in STATED
            if chunks.has(f"particles/{name}")
        },
        **rest,
    )


def _rounded(chunks: _Chunks) -> dict[str, Any]:
    """What other programs see, as they wrote it."""
    cell = Cell.of_edges(edge_vectors(floats(chunks.get("configuration/box"))))
    velocities = chunks.get("particles/velocity")
    return {
        "positions": cell.vectors(floats(chunks.get("particles/position"))),
        "box": cell.box,
        "velocities": None if velocities is None else cell.vectors(floats(velocities)),
        "images": cell.images(chunks.get("particles/image")),
    }


def _exact(chunks: _Chunks) -> dict[str, Any]:
    """What this program wrote, which must be what other programs see.

    Raises:
        ConfigurationError: another program has changed it.
    """
    box, positions = floats(chunks.get(f"log/{BOX}")), floats(chunks.get(f"log/{POSITION}"))
    velocities, reference = chunks.get(f"log/{VELOCITY}"), chunks.get(f"log/{LIST_REFERENCE}")
    seen = floats(chunks.get("configuration/box"))
    _require_unchanged("configuration/box", seen - box, np.abs(box).max())
    there = chunks.get("particles/position")
    if there.shape != positions.shape:
        raise ConfigurationError(f"particles/position {there.shape} are not those of the log; {RESTORE}")
    _require_unchanged("particles/position", wrapped(there - positions, box), box[:3].max())
    seen_velocities = chunks.get("particles/velocity")
    if velocities is None:
        velocities = seen_velocities
    else:
        if seen_velocities is None:
            seen_velocities = np.zeros(positions.shape)  # what GSD does not store is zero
        if seen_velocities.shape != velocities.shape:
            raise ConfigurationError(
                f"particles/velocity {seen_velocities.shape} are not those of the log; {RESTORE}"
            )
        scale = float(np.abs(velocities).max(initial=1.0))
        _require_unchanged("particles/velocity", seen_velocities - velocities, scale)
    return {
        "positions": positions,
        "box": box,
        "velocities": None if velocities is None else floats(velocities),
        "images": chunks.get("particles/image"),
        "list_reference": None if reference is None else floats(reference),
    }


def _require_unchanged(name: str, difference: Floats, scale: float) -> None:
    """``difference`` from the exact values must be the rounding to single precision."""
    largest = float(np.abs(difference).max(initial=0.0))
    if not largest <= ROUNDING * scale:
        raise ConfigurationError(
            f"{name} was changed by another program, by up to {largest:.3g}, but log/pssglass/* holds the"
            " exact values from before; remove these chunks with that program, or let it write extended XYZ"
        )


FORMAT = Format(
    name="gsd",
    suffixes=(".gsd",),
    about="GSD, for OVITO, freud and HOOMD-blue",
    read=read_source,
    write=fill_gsd,
    write_samples=fill_gsd_trajectory,
)
