"""The hold at the parent temperature: when the liquid is recorded, and when it is over.

It is divided into segments, each recorded in its second half. A given time is a single segment. With "auto"
they end at the cap divided by powers of two; at the end of each it is decided whether another one follows.
So decisions fall at time steps that the specification fixes, and depend on nothing but the trajectory.

Where particles exchange sizes, these must have relaxed as well: what counts is the longer of both times.

One sample's c(t) is noisy, and may be down by chance long before the liquid has relaxed: its criteria must
hold in two segments in a row. F_s(k, t) is a mean over all particles and hardly noisy: that the structure has
relaxed is asked at the last end alone. What a single liquid cannot tell, ``observables/equilibrium.py`` asks
of all of an ensemble together, by the same criteria.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base.results import AUTO, Frames, RunResult, VolumeMoves
from pssglass.simulation.displacements import Displacements
from pssglass.simulation.equilibration_outcome import CAP_REACHED, EQUILIBRATED, EquilibrationOutcome
from pssglass.simulation.hold_times import ends, segments, steps_held, structure_holds
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.segment_record import INTERVAL, SegmentRecord
from pssglass.simulation.size_relaxation import POINTS
from pssglass.simulation.trajectories import FrameKeeper, Keep


class Equilibration:
    """The hold of one liquid at its parent temperature, step by step.

    While ``steps_left`` is not zero, run the liquid for at most so many steps with ``sample_every`` and
    ``frames``, and hand the result to ``advance``, with the diameters or species where they are exchanged:
    those at the end of the run, so that a frame of the trajectory ends a run then.
    From ``state`` between two runs a later ``Equilibration`` goes on.

    Args:
        recipe: of the liquid.
        volume: of its box; at constant pressure any near it, the same each time.
        state: of an earlier one; None begins.
        species: (N,) by which displacements are summed; None leaves them out.
        held: outcome, as plain JSON, of an earlier hold that goes on; None begins.
        keep: takes the frames that the protocol asks for; None leaves them out.
        step: of the liquid as it is.
    """

    def __init__(
        self,
        recipe: Recipe,
        volume: float,
        state: Mapping[str, Any] | None = None,
        species: npt.NDArray[np.int32] | None = None,
        held: Mapping[str, Any] | None = None,
        keep: Keep | None = None,
        step: int = 0,
    ) -> None:
        self._recipe, self._volume, self._species = recipe, volume, species
        self._time_step = recipe.time_step(recipe.temperature)
        begun = steps_held(held, self._time_step) if held else 0
        self._segments = segments(ends(recipe.protocol, self._time_step), begun)
        state = state or {"done": begun, "leg": 0, "held_before": False, "recorder": None}
        self._done: int = state["done"]
        self._segment: int = state["leg"]
        self._held_before: bool = state["held_before"]
        self._moves = VolumeMoves(**state.get("volume_moves", {}))
        self._record = self._recording(state)
        self._keep, self._begin = keep, step - self._done
        self._frames = self._keeping(state.get("frames", 0))

    def _recording(self, state: Mapping[str, Any] | None = None) -> SegmentRecord:
        return SegmentRecord(self._recipe, self._volume, self._end - self._middle, self._species, state)

    def _keeping(self, taken: int = 0) -> FrameKeeper | None:
        trajectory = self._recipe.protocol.trajectory
        if self._keep is None or trajectory is None:
            return None
        steps = trajectory.steps(self._end - self._middle)
        return FrameKeeper(steps, self._begin + self._middle, self._keep, taken)

    @property
    def steps_left(self) -> int:
        """Time steps to the next point where something is looked at or decided; 0: it is over."""
        if not self._is_recorded:
            return self._middle - self._done
        left = next((point for point in self._points if point > self._done), self._done) - self._done
        bounds = [
            self._record.displacements.most_steps if self._record.displacements else None,
            self._frames.most_steps(self._recipe.N) if self._frames else None,
        ]
        if self._frames and self._recipe.protocol.swap:
            bounds += [one for one in self._frames.looks(self._end) if one > self._done - self._middle][:1]
        known = [self._middle + one - self._done for one in bounds if one is not None]
        return max(1, min(left, *known)) if known else left

    @property
    def sample_every(self) -> int:
        """Of the next run."""
        return INTERVAL if self._is_recorded else 0

    def frames(self, steps: int) -> list[int]:
        """Steps of the next run, of so many, after which it is to keep positions."""
        if not self._is_recorded:
            return []
        begin = self._done - self._middle
        looks = {look for one in self._takers for look in one.looks(begin + steps)}
        return sorted(look - begin for look in looks)

    @property
    def _takers(self) -> list[Displacements | FrameKeeper]:
        return [one for one in (self._record.displacements, self._frames) if one is not None]

    def advance(
        self,
        run: RunResult,
        sizes: npt.NDArray[Any] | None = None,
        sizes_before: npt.NDArray[Any] | None = None,
    ) -> None:
        """Take in a run, and the sizes at both ends; at that of a segment, decide whether another follows."""
        if self._is_recorded:
            self._record.add(run.series)
        self._take(run, sizes, sizes_before)
        self._done += run.steps
        self._moves += run.volume_moves or VolumeMoves()
        if sizes is not None and self._done in self._points:
            self._record.add_sizes(sizes)
        if self._done < self._end:
            return
        self._record.finish()
        outcome = self.outcome()
        if self._segment + 1 < len(self._segments) and outcome.ended != EQUILIBRATED:
            self._segment += 1
            self._held_before = self._record.criteria_hold(outcome)
            self._record, self._frames = self._recording(), self._keeping()

    def _take(
        self, run: RunResult, sizes: npt.NDArray[Any] | None, sizes_before: npt.NDArray[Any] | None
    ) -> None:
        """Hand the frames of a run to those who asked for them."""
        if run.frames is None:
            return
        begin, steps = self._done - self._middle, self.frames(run.steps)
        for taker in self._takers:
            looks, frames = taker.looks(begin + run.steps), run.frames
            if len(looks) < len(steps):
                own = np.isin(steps, [look - begin for look in looks])
                frames = Frames(frames.positions[own], frames.boxes[own])
            if isinstance(taker, FrameKeeper):
                taker.add(frames, [sizes_before if look == begin else sizes for look in looks])
            elif looks:
                taker.add(frames)

    @property
    def kept_frames(self) -> int | None:
        """Frames that were kept of the last segment; None where none are."""
        return self._frames.count if self._frames else None

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        pressure = self._recipe.protocol.pressure
        return {
            **({} if pressure is None else {"volume_moves": asdict(self._moves)}),
            "done": self._done,
            "leg": self._segment,
            "held_before": self._held_before,
            **self._record.state(),
            **({} if self._frames is None else {"frames": self._frames.taken}),
        }

    def outcome(self) -> EquilibrationOutcome:
        """How it ended; to be asked when it is over."""
        time = self._done * self._time_step
        found = self._record.outcome(time)
        protocol = self._recipe.protocol
        if protocol.equilibration_time != AUTO:
            return found
        has_relaxed = structure_holds(protocol, time, found.structural_relaxation_time)
        is_equilibrated = self._held_before and has_relaxed and self._record.criteria_hold(found)
        return replace(found, ended=EQUILIBRATED if is_equilibrated else CAP_REACHED)

    def liquid_values(self) -> dict[str, Any]:
        """Values of observables liquid and displacements as plain JSON; empty if too little was recorded."""
        return self._record.values(self.outcome())

    def pressure_record(self) -> dict[str, float | None]:
        """How the hold went at constant pressure: what its barostat did, and the trend of the volume."""
        moves = self._moves
        return {
            "pressure": self._recipe.protocol.pressure,
            "acceptance": moves.accepted / moves.moves if moves.moves else None,
            "effective_energy_change": moves.effective_energy_change,
            "moves_cut": moves.cut,
            "volume_drift": self._record.volume_drift(),
        }

    @property
    def _middle(self) -> int:
        """The step at which recording begins in this segment."""
        return self._segments[self._segment][0]

    @property
    def _end(self) -> int:
        """The last step of this segment."""
        return self._segments[self._segment][1]

    @property
    def _points(self) -> list[int]:
        """Steps, ascending, at which sizes are looked at; else only both ends of the recorded part."""
        begin, end = self._middle, self._end
        parts = 1 if self._recipe.protocol.swap is None else POINTS
        return sorted({begin + (end - begin) * part // parts for part in range(parts + 1)})

    @property
    def _is_recorded(self) -> bool:
        return self._done >= self._middle
