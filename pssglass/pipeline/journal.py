"""The journal of a sample in the making: what is saved of it, when, and on whose work it builds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pssglass.base.errors import Interrupted, PssglassError
from pssglass.base.results import Descent
from pssglass.configurations import Configuration
from pssglass.execution import check_interrupted
from pssglass.pipeline import provenance
from pssglass.pipeline.checkpoint import Checkpoint, Checkpoints
from pssglass.pipeline.frame_file import FrameFile
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.stages import Progress

WORTH_SAVING = 10.0
"""A liquid is saved before its quench if this much time would be lost with it, in seconds."""


class ClaimLost(PssglassError, RuntimeError):
    """Another process has taken the sample over, and makes it."""


class Journal:
    """Saves a sample in the making, and knows of the earlier attempts on which it builds."""

    def __init__(self, checkpoints: Checkpoints, every: float, frames: FrameFile | None = None) -> None:
        self._checkpoints = checkpoints
        self.frames = frames
        """Of the trajectory, where one is asked for."""
        self._every = every
        self._begun = self._saved = time.perf_counter()
        self._cpu_begun = time.thread_time()
        self._cpu_before = 0.0
        self._quench_begun: float | None = None
        self._seconds_before = {"dynamics": 0.0, "quench": 0.0}
        self._saved_progress = -1
        self.resumed: list[dict[str, Any]] = []
        self.progress = Progress()
        """How far the liquid has come."""
        self.descent: Descent | None = None
        """How far the quench has come; None before its first segment is over."""

    def load(self) -> Configuration | None:
        """The liquid as it was saved last, if it was."""
        found = self._checkpoints.load()
        if found is None:
            return None
        history = found.history
        self._seconds_before = {"dynamics": history["seconds"], "quench": history.get("quench_seconds", 0.0)}
        self._cpu_before = history.get(
            "core_seconds", history["seconds"] + history.get("quench_seconds", 0.0)
        )
        self._saved_progress = found.progress
        self.descent = found.descent
        self.resumed = [*history["resumed"], history["made_by"]]
        self.progress = _progress_in(history, found.liquid.step)
        if self.frames:
            self.frames.require(self.progress.state.get("frames", 0))
        return found.liquid

    def look_up(self, liquid: Liquid) -> None:
        """Save what is reached if it is time, or if a stop is requested, which is passed on.

        Raises:
            Interrupted: a stop is requested.
            ClaimLost: the sample is another's by now.
        """
        if self._checkpoints.is_disowned:
            raise ClaimLost("another process has taken the sample over")
        try:
            check_interrupted()
        except Interrupted:
            self._save(liquid)
            raise
        if time.perf_counter() - self._saved >= self._every:
            self._save(liquid)

    def look_up_in_quench(self, liquid: Liquid, descent: Descent) -> None:
        """The same during the quench."""
        self.descent = descent
        self.look_up(liquid)

    def begin_quench(self, liquid: Liquid) -> None:
        """Save the liquid if it takes longer to come here again than to write a file."""
        if time.perf_counter() - self._saved >= min(self._every, WORTH_SAVING):
            self._save(liquid)
        self._quench_begun = time.perf_counter()

    def seconds(self) -> dict[str, float]:
        """Time that the dynamics and the quench took over all attempts."""
        now = time.perf_counter()
        end = self._quench_begun or now
        spent = {"dynamics": end - self._begun, "quench": now - end}
        return {part: self._seconds_before[part] + spent[part] for part in spent}

    @property
    def core_seconds(self) -> float:
        """Time that a core was at work over all attempts, each of which takes one thread."""
        return self._cpu_before + time.thread_time() - self._cpu_begun

    def _save(self, liquid: Liquid) -> None:
        reached = Checkpoint(liquid.configuration, self._history(liquid.step), self.descent)
        self._saved = time.perf_counter()
        if reached.progress > self._saved_progress:  # else whoever comes next would not get further
            if self.frames:
                self.frames.sync()
            self._checkpoints.save(reached)
            self._saved_progress = reached.progress

    def _history(self, step: int) -> dict[str, Any]:
        now = provenance.current()
        worker = {
            "until_step": step,
            "worker": now.worker,
            "git_revision": now.software["git_revision"],
            "simd": now.platform["simd"],
        }
        seconds = self.seconds()
        return {
            "seconds": seconds["dynamics"],
            "quench_seconds": seconds["quench"],
            "core_seconds": self.core_seconds,
            "resumed": self.resumed,
            "made_by": worker,
            "progress": asdict(self.progress),
        }


def _progress_in(history: Mapping[str, Any], steps: int) -> Progress:
    """Older checkpoints hold the state of the hold, or None while the liquid is still melting."""
    if "progress" in history:
        return Progress(**history["progress"])
    state = history["equilibration"]
    return Progress("hold", state) if state else Progress("melt", {"done": steps})
