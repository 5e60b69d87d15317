"""Trajectories on request: at which steps of the recorded part of a hold frames are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pssglass.base.results import Floats, Frames

LOGARITHMIC, LINEAR = "logarithmic", "linear"
DEFAULT_BLOCKS = 10
FRAME_OVERHEAD = 250.0
"""Bytes of a frame in a file beside its particles."""
FRAME_BYTES = 128_000_000
"""Of the frames that one run may hold."""


@dataclass(frozen=True)
class Trajectory:
    """What is kept of a liquid's trajectory.

    Attributes:
        frames: how many at most.
        spacing: "linear", from the beginning of the recorded part to its end; "logarithmic", so anew in each
            of ``blocks`` of equal length, and the end.
        blocks: of logarithmic spacing: each begins with a time origin.
    """

    frames: int
    spacing: str = LOGARITHMIC
    blocks: int | None = DEFAULT_BLOCKS

    def bytes_on_disk(self, N: int, is_exchanged: bool) -> float:
        """About the size of the file: positions and images in single precision, and sizes that change."""
        return self.frames * (FRAME_OVERHEAD + (28.0 if is_exchanged else 24.0) * N)

    def steps(self, length: int) -> list[int]:
        """Steps, ascending, of frames in a part of so many steps; fewer frames where these are too few."""
        if self.spacing == LINEAR:
            return sorted({length * number // (self.frames - 1) for number in range(self.frames)})
        blocks = self.blocks or DEFAULT_BLOCKS
        begins = [length * number // blocks for number in range(blocks + 1)]
        own = logarithmic(max(1, length // blocks), (self.frames - 1) // blocks)
        return sorted({length, *(begin + step for begin in begins[:-1] for step in own)})


def logarithmic(length: int, count: int) -> list[int]:
    """At most ``count`` of 0, 1, 2, … below a length, equally spaced in their logarithm but for rounding."""
    points, steps = count, [0]
    while True:
        chosen = np.unique(np.rint(np.geomspace(1.0, length, points)).astype(int))
        found = [0, *(int(one) for one in chosen if one < length)]
        if len(found) > count:
            return steps
        steps, points = found, points + 1
        if len(found) in (count, length):
            return found


@dataclass(frozen=True)
class KeptFrame:
    """A frame of a trajectory.

    Attributes:
        number: of the frame, from 0.
        step: time step of the liquid.
        box: (6,).
        positions: (N, 3), unwrapped.
        sizes: (N,) species or diameters, where they are exchanged.
    """

    number: int
    step: int
    box: Floats
    positions: Floats
    sizes: npt.NDArray[Any] | None


Keep: TypeAlias = Callable[[KeptFrame], None]


class FrameKeeper:
    """Hands the frames of one recorded part on, in their order.

    Args:
        steps: of the frames, from the beginning of the part.
        begin: step of the liquid at that beginning.
        keep: takes a frame.
        taken: frames that were handed on before.
    """

    def __init__(self, steps: Sequence[int], begin: int, keep: Keep, taken: int = 0) -> None:
        self._steps, self._begin, self._keep = steps, begin, keep
        self.taken = taken

    @property
    def count(self) -> int:
        """Frames of the whole part."""
        return len(self._steps)

    def most_steps(self, N: int) -> int | None:
        """Step of the last frame for which one run of N particles has memory; None where nothing is left."""
        left = self._steps[self.taken :]
        return left[min(max(1, FRAME_BYTES // (24 * N)), len(left)) - 1] if left else None

    def looks(self, until: int) -> list[int]:
        """Steps still to come up to one."""
        return [one for one in self._steps[self.taken :] if one <= until]

    def add(self, frames: Frames, sizes: Sequence[npt.NDArray[Any] | None]) -> None:
        """The next frames, with the sizes of particles at each."""
        for box, positions, own in zip(frames.boxes, frames.positions, sizes, strict=True):
            step = self._begin + self._steps[self.taken]
            self._keep(KeptFrame(self.taken, step, box, positions, own))
            self.taken += 1
