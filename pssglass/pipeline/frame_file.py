"""Frames of a trajectory in the making, on disk beside the checkpoints of its sample.

They are records of equal length, each at a place of its own: whoever goes on from an older checkpoint, or
makes the sample at the same time, writes the same bytes there again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pssglass.base.errors import ConfigurationError, system_reason
from pssglass.base.files import make_folder
from pssglass.pipeline.checkpoint import UnreadableCheckpoint
from pssglass.simulation.trajectories import KeptFrame

NAME = "frames.bin"


class FrameFile:
    """The frames of one sample.

    Args:
        folder: of its checkpoints.
        N: number of particles.
        sizes: type of what is exchanged, species or diameters; None where nothing is.
    """

    def __init__(self, folder: Path, N: int, sizes: type[np.generic] | None) -> None:
        own = [] if sizes is None else [("sizes", sizes, (N,))]
        self._type = np.dtype([("step", "<i8"), ("box", "<f8", (6,)), ("positions", "<f8", (N, 3)), *own])
        self._path = folder / NAME
        self._descriptor: int | None = None

    def keep(self, frame: KeptFrame) -> None:
        """Write a frame.

        Raises:
            ConfigurationError: the folder cannot be written, or is full.
        """
        record = np.zeros((), self._type)
        record["step"], record["box"], record["positions"] = frame.step, frame.box, frame.positions
        if frame.sizes is not None:
            record["sizes"] = frame.sizes
        data = record.tobytes()
        try:
            descriptor, place = self._opened(), frame.number * len(data)
            while data:
                written = os.pwrite(descriptor, data, place)
                data, place = data[written:], place + written
        except OSError as error:
            reason, _ = system_reason(error, "")
            raise ConfigurationError(f"cannot write {self._path} ({reason})") from None

    def sync(self) -> None:
        """Make sure that what was written is on disk, as a checkpoint is to count on it."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def require(self, count: int) -> None:
        """Make sure that so many frames are there.

        Raises:
            UnreadableCheckpoint: they are not.
        """
        there = self._path.stat().st_size if self._path.exists() else 0
        if there < count * self._type.itemsize:
            raise self._lost()

    def frames(self, count: int) -> Iterator[KeptFrame]:
        """So many frames in their order, one by one.

        Raises:
            UnreadableCheckpoint: they are not there.
        """
        last = -1
        for number in range(count):
            data = os.pread(self._opened(), self._type.itemsize, number * self._type.itemsize)
            if len(data) < self._type.itemsize:
                raise self._lost()
            record = np.frombuffer(data, self._type)[0]
            if record["step"] <= last:
                raise self._lost()
            last = int(record["step"])
            yield KeptFrame(number, last, record["box"], record["positions"], self._sizes(record))

    def close(self) -> None:
        """Give the file back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _sizes(self, record: np.void) -> npt.NDArray[np.generic] | None:
        return record["sizes"] if "sizes" in (self._type.names or ()) else None

    def _opened(self) -> int:
        """It stays open, as another process, done with the sample, may remove the folder."""
        if self._descriptor is None:
            make_folder(self._path.parent)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        return self._descriptor

    def _lost(self) -> UnreadableCheckpoint:
        return UnreadableCheckpoint(
            f"{self._path} lacks frames of the trajectory; remove {self._path.parent} to begin the sample"
            " again"
        )
