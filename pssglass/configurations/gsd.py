"""GSD files: what HOOMD-blue, OVITO, freud and MDAnalysis read, with the exact state beside it.

GSD's own positions are single precision, so the exact ones are kept in the log chunks
``particles/pssglass/position`` and ``pssglass/box``.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gsd.fl  # type: ignore[import-untyped]
import gsd.hoomd  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.base.results import Floats, Integers
from pssglass.configurations.cell import Cell, edge_vectors, wrapped
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.format import Format
from pssglass.configurations.header import RENAMED, header_of, parse_header
from pssglass.configurations.source import RESTORE, Source, floats, reading
from pssglass.configurations.stated import STATED, agreed

BOX = "pssglass/box"
REPLICA = "pssglass/replica"
HEADER = "pssglass/metadata"
POSITION = "particles/pssglass/position"
VELOCITY = "particles/pssglass/velocity"
LIST_REFERENCE = "particles/pssglass/list_reference"
DIAMETER = "particles/pssglass/diameter"
LIST_BOX = "pssglass/list_box"
OURS = (BOX, POSITION)
SHAPES: dict[str, tuple[int | str, ...]] = {
    "configuration/step": (1,),
    "configuration/dimensions": (1,),
    "configuration/box": (6,),
    "particles/N": (1,),
    "particles/types": ("types", "letters"),
    "particles/type_shapes": ("types", "letters"),
    "particles/typeid": ("N",),
    "particles/position": ("N", 3),
    "particles/velocity": ("N", 3),
    "particles/image": ("N", 3),
    **{f"particles/{name}": ("N",) for name in STATED},
    f"log/{HEADER}": ("letters",),
    f"log/{BOX}": (6,),
    f"log/{POSITION}": ("N", 3),
    f"log/{VELOCITY}": ("N", 3),
    f"log/{LIST_REFERENCE}": ("N", 3),
    f"log/{DIAMETER}": ("N",),
    f"log/{LIST_BOX}": (6,),
}
"""Of the chunks that are read: N is the number of particles, other words stand for any."""
WHOLE = (
    "configuration/step",
    "configuration/dimensions",
    "particles/N",
    "particles/typeid",
    "particles/image",
)
"""The chunks of whole numbers."""

# Some times the spacing of single-precision numbers.
ROUNDING = 1e-6

OPEN_FILES = Path("/proc/self/fd")
IN_MEMORY = hasattr(os, "memfd_create") and OPEN_FILES.is_dir()
"""Whether files can be made in memory: on Linux, but for a Python that knows only old C libraries."""


def write_gsd(path: Path, configuration: Configuration, replace: bool = True) -> tuple[str, int]:
    """Write one configuration; see ``write_atomic`` for arguments, what is returned and raised."""
    return write_atomic(path, lambda file: fill_gsd(file, configuration), replace)


def fill_gsd(
    path: Path, configuration: Configuration, fields: Mapping[str, Floats] = MappingProxyType({})
) -> None:
    """Fill a file with one configuration, and fields (N, components), which stand in ``log/particles``."""
    frame = _frame(configuration)
    for name, values in fields.items():
        frame.log[f"particles/{name}"] = values if values.shape[1] > 1 else values[:, 0]

    def write(file: Path) -> None:
        with gsd.hoomd.open(str(file), "w") as trajectory:
            trajectory.append(frame)

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


def fill_gsd_frames(path: Path, frames: Iterable[Configuration]) -> None:
    """Fill a file with a trajectory, as other programs read it: single precision, wrapped, with images.

    Positions may be unwrapped. What all frames share stands in the first; they are taken one by one.
    """
    with _name_in_utf8(path, os.O_RDWR) as name, gsd.hoomd.open(name, "w") as trajectory:
        for configuration in frames:
            trajectory.append(_plain_frame(configuration))


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


def _plain_frame(configuration: Configuration) -> gsd.hoomd.Frame:
    frame = gsd.hoomd.Frame()
    frame.configuration.step = configuration.step
    frame.configuration.box = configuration.box
    frame.particles.N = configuration.N
    frame.particles.types = list(configuration.species_names)
    frame.particles.typeid = configuration.species
    frame.particles.diameter = configuration.diameters
    frame.particles.mass = np.full(configuration.N, configuration.mass)
    inside = wrapped(configuration.positions, configuration.box)
    frame.particles.position = inside
    edges = edge_vectors(configuration.box)
    frame.particles.image = np.rint((configuration.positions - inside) @ np.linalg.inv(edges)).astype(
        np.int32
    )
    return frame


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
    frame.particles.diameter = configuration.diameters
    frame.particles.mass = np.full(configuration.N, configuration.mass)  # 1 is what it leaves out
    frame.log = {
        HEADER: np.frombuffer(header_of(configuration, step=False).encode(), dtype=np.uint8),
        BOX: configuration.box,
        POSITION: configuration.positions,
    }
    if configuration.velocities is not None:
        frame.log[VELOCITY] = configuration.velocities
    if configuration.diameters is not None:
        frame.log[DIAMETER] = configuration.diameters
    if configuration.list_reference is not None:
        frame.log[LIST_REFERENCE] = configuration.list_reference
    if configuration.list_box is not None:
        frame.log[LIST_BOX] = configuration.list_box
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
        self._sizes: dict[int | str, int] = {}
        if self.has(number):
            self._sizes["N"] = int(self.get(number)[0])
        elif self.has("particles/position"):
            self._sizes["N"] = len(self.get("particles/position"))

    def has(self, name: str) -> bool:
        """Whether the frame holds this chunk."""
        return any(self._file.chunk_exists(frame, name) for frame in self._frames)

    def get(self, name: str, default: Any = None) -> Any:
        """The chunk as an array, or the default.

        Raises:
            ConfigurationError: it is not of the shape and kind that the schema gives it.
        """
        for frame in self._frames:
            if self._file.chunk_exists(frame, name):
                return self._checked(name, np.atleast_1d(self._file.read_chunk(frame, name)))
        return default

    def _checked(self, name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        shape = tuple(self._sizes.get(size, size) for size in SHAPES[name])
        sizes = zip(values.shape, shape, strict=False)
        if values.ndim != len(shape) or any(one != size for one, size in sizes if isinstance(size, int)):
            raise ConfigurationError(
                f"{name} has {_times(values.shape)} values, not {_times(shape)}; {RESTORE}"
            )
        if values.dtype.kind not in "iuf":
            raise ConfigurationError(f"{name} must be of numbers, not of type {values.dtype}; {RESTORE}")
        return _whole(name, values) if name in WHOLE else values


def _times(sizes: tuple[int | str, ...]) -> str:
    return " × ".join(map(str, sizes))


def _whole(name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values, of a type of whole numbers."""
    if values.dtype.kind != "f":
        return values
    broken = ~((np.abs(values) < 2.0**63) & (values == np.rint(values)))
    if broken.any():
        raise ConfigurationError(f"{name} has {values[broken][0]:g}; it must hold whole numbers; {RESTORE}")
    return values.astype(np.int64)


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
    types = [_text(row) for row in chunks.get("particles/types", [b"A"])]
    kinds = chunks.get("particles/typeid", np.zeros(len(chunks.get("particles/position")), int))
    nameless = kinds[(kinds < 0) | (kinds >= len(types))]
    if len(nameless):
        raise ConfigurationError(
            f"particles/typeid has {nameless[0]}, but particles/types names {len(types)} type(s) only, from"
            f" 0: {', '.join(types)}; write the names of all types"
        )
    rest = _exact(chunks) if ours else _rounded(chunks)
    return Configuration(
        kind=header["kind"],
        species=source.indices([types[kind] for kind in kinds], renamed),
        species_names=tuple(source.species),
        step=header["step"],
        metadata=header["metadata"],
        stated=_stated(chunks, kinds),
        **rest,
    )


def _text(row: Any) -> str:
    """A row of the chunks of texts, which end in zeros."""
    return bytes(row).partition(b"\0")[0].decode()


def _stated(chunks: _Chunks, kinds: Integers) -> dict[str, Floats]:
    """Masses, charges and diameters; those are in the shapes of types, too."""
    stated = {}
    for name in STATED:
        chunk = f"particles/{name}"
        statements = {chunk: floats(chunks.get(chunk))} if chunks.has(chunk) else {}
        if name == "diameter":
            statements |= _spheres(chunks, kinds)
        if (values := agreed(statements)) is not None:
            stated[name] = values
    return stated


def _spheres(chunks: _Chunks, kinds: Integers) -> dict[str, Floats]:
    """Diameters by the shapes of the types, if the types of all particles are spheres."""
    name = "particles/type_shapes"
    diameters = dict(enumerate(_diameter(json.loads(_text(row))) for row in chunks.get(name, [])))
    values = floats([diameters.get(kind, math.nan) for kind in kinds.tolist()])
    return {} if np.isnan(values).any() else {name: values}


def _diameter(shape: object) -> float:
    """That of a shape {"type": "Sphere", "diameter": …}; nan for others."""
    if not isinstance(shape, dict) or shape.get("type") != "Sphere":
        return math.nan
    diameter = shape.get("diameter")
    return float(diameter) if isinstance(diameter, int | float) else math.nan


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
    list_box = chunks.get(f"log/{LIST_BOX}")
    seen = floats(chunks.get("configuration/box"))
    _require_unchanged("configuration/box", seen - box, np.abs(box).max())
    shift = chunks.get("particles/position") - positions
    _require_unchanged("particles/position", wrapped(shift, box), box[:3].max())
    seen_velocities = chunks.get("particles/velocity")
    if velocities is None:
        velocities = seen_velocities
    else:
        if seen_velocities is None:
            seen_velocities = np.zeros(positions.shape)  # what GSD does not store is zero
        scale = float(np.abs(velocities).max(initial=1.0))
        _require_unchanged("particles/velocity", seen_velocities - velocities, scale)
    diameters = chunks.get(f"log/{DIAMETER}")
    if diameters is not None:
        seen_diameters = chunks.get("particles/diameter", np.ones(len(positions)))
        _require_unchanged(
            "particles/diameter", seen_diameters - diameters, float(diameters.max(initial=0.0))
        )
    return {
        "positions": positions,
        "box": box,
        "diameters": None if diameters is None else floats(diameters),
        "velocities": None if velocities is None else floats(velocities),
        "images": chunks.get("particles/image"),
        "list_reference": None if reference is None else floats(reference),
        "list_box": None if list_box is None else floats(list_box),
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
    write_fields=fill_gsd,
    write_samples=fill_gsd_trajectory,
)
