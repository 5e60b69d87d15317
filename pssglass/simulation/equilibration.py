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

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.analysis import equilibrium
from pssglass.analysis.correlation import RELAXED, blocked_mean, drift, relaxation_time
from pssglass.analysis.displacements import decay_time
from pssglass.analysis.equilibrium import Criterion
from pssglass.base.results import AUTO, Floats, Frames, RunResult, VolumeMoves
from pssglass.simulation.displacements import Displacements, Schedule
from pssglass.simulation.protocol import DEFAULT_N_TAU, Protocol, least_cap
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.recording import Recorder
from pssglass.simulation.size_relaxation import POINTS, SizeRelaxation
from pssglass.simulation.thermal_record import ThermalRecord
from pssglass.simulation.trajectories import FrameKeeper, Keep

INTERVAL = 20
"""Time steps between two recorded values. One costs 1.5 steps, and half a segment is recorded: 4 % in all."""
LEAST_VALUES = 64
EQUILIBRATED = "equilibrated"
CAP_REACHED = "cap reached"


@dataclass(frozen=True)
class EquilibrationOutcome:
    """How the hold at the parent temperature ended.

    Attributes:
        ended: "time over" where the time was given, else "equilibrated" or "cap reached".
        time: at the parent temperature; ``recorded_time``, its recorded last part.
        relaxation_time: when c(t) of the recorded part is down to ``criterion``·c(0); None if it never is.
            The noise of one sample takes it there too soon: by 8(3) % on average in records of 16 τ to 66 τ
            (N = 100, T = 1.5, r_c = 1.5), whether the time was given or found. The mean of c(t) over samples
            has no such error.
        relaxation_times_passed: ``time`` in units of it, or of ``size_relaxation_time`` if that is longer.
        energy_drift: of the potential energy during the recorded part, in standard errors; None if too little
            was recorded.
        missing_correlation: 1 - c(0)/(⟨U_γγ⟩/V), zero in equilibrium; None if too little was recorded.
        missing_correlation_error: its standard error.
        size_relaxation_time: when C_λ(t) of sizes that are exchanged is down to ``criterion``; None if it
            never is, or nothing is exchanged.
        structural_relaxation_time: when F_s(k, t) is down to 1/e; None if it never is, or was not recorded.
        pressure_drift: as that of the energy; None also if it was not recorded.
    """

    ended: str
    time: float
    recorded_time: float
    relaxation_time: float | None
    relaxation_times_passed: float | None
    energy_drift: float | None
    missing_correlation: float | None
    missing_correlation_error: float | None
    criterion: float = RELAXED
    size_relaxation_time: float | None = None
    structural_relaxation_time: float | None = None
    pressure_drift: float | None = None

    def record(self) -> dict[str, Any]:
        """As plain JSON; without the times of sizes and structure where there are none."""
        plain = asdict(self)
        for key in ("size_relaxation_time", "structural_relaxation_time"):
            if plain[key] is None:
                del plain[key]
        return plain


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
        self._recipe, self._volume = recipe, volume
        self._time_step = recipe.time_step(recipe.temperature)
        begun = steps_held(held, self._time_step) if held else 0
        self._segments = segments(ends(recipe.protocol, self._time_step), begun)
        state = state or {"done": begun, "leg": 0, "held_before": False, "recorder": None}
        self._done: int = state["done"]
        self._segment: int = state["leg"]
        self._held_before: bool = state["held_before"]
        self._moves = VolumeMoves(**state.get("volume_moves", {}))
        self._recorder = self._recording(state["recorder"])
        self._sizes = SizeRelaxation(state.get("sizes"))
        # A state that was saved before this was recorded lacks it: nothing is told then.
        is_known = "thermal" in state or not self._recorder.count + self._recorder.pending
        self._thermal = ThermalRecord(state.get("thermal")) if is_known else None
        self._species = species
        self._displacements = self._looking(state.get("displacements"))
        self._keep, self._begin = keep, step - self._done
        self._frames = self._keeping(state.get("frames", 0))

    def _recording(self, state: Mapping[str, Any] | None = None) -> Recorder:
        is_free = self._recipe.protocol.pressure is not None
        return Recorder(state, self._volume if is_free else None)

    def _looking(self, state: Mapping[str, Any] | None = None) -> Displacements | None:
        """None also where an older version has begun the recorded part."""
        if self._species is None or (state is None and self._done > self._middle):
            return None
        schedule = Schedule(self._end - self._middle)
        is_free = self._recipe.protocol.pressure is not None
        volume = self._volume if is_free else None
        return Displacements(schedule, self._recipe.scales, self._species, volume, state)

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
            self._displacements.most_steps if self._displacements else None,
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
        return [one for one in (self._displacements, self._frames) if one is not None]

    def advance(
        self,
        run: RunResult,
        sizes: npt.NDArray[Any] | None = None,
        sizes_before: npt.NDArray[Any] | None = None,
    ) -> None:
        """Take in a run, and the sizes at both ends; at that of a segment, decide whether another follows."""
        if self._is_recorded:
            self._recorder.add(run.series)
            if self._thermal:
                self._thermal.add(run.series)
        self._take(run, sizes, sizes_before)
        self._done += run.steps
        self._moves += run.volume_moves or VolumeMoves()
        if sizes is not None and self._done in self._points:
            self._sizes.add(sizes)
        if self._done < self._end:
            return
        self._recorder.finish()
        outcome = self.outcome()
        if self._segment + 1 < len(self._segments) and outcome.ended != EQUILIBRATED:
            self._segment += 1
            self._held_before = self._criteria_hold(outcome)
            self._recorder, self._sizes = self._recording(), SizeRelaxation()
            self._thermal = ThermalRecord()
            self._displacements = self._looking()
            self._frames = self._keeping()

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
            "recorder": self._recorder.state(),
            **({"thermal": self._thermal.state()} if self._thermal else {}),
            **({} if self._recipe.protocol.swap is None else {"sizes": self._sizes.state()}),
            **({} if self._displacements is None else {"displacements": self._displacements.state()}),
            **({} if self._frames is None else {"frames": self._frames.taken}),
        }

    def outcome(self) -> EquilibrationOutcome:
        """How it ended; to be asked when it is over."""
        time = self._done * self._time_step
        tau = size_tau = structural = energy_drift = missing = missing_error = None
        if self._recorder.count >= LEAST_VALUES:
            tau, size_tau = relaxation_time(*self._correlation(), RELAXED), self._size_relaxation_time()
            structural = self._structural_relaxation_time()
            energy_drift = drift(self._recorder.energies)
            initial = blocked_mean(self._recorder.squared_stress)
            scale = self._volume / self._recipe.temperature / self._recorder.born_shear
            missing, missing_error = 1.0 - scale * initial.mean, scale * initial.standard_error
        found = EquilibrationOutcome(
            ended="time over",
            time=time,
            recorded_time=self._recorder.count * INTERVAL * self._time_step,
            relaxation_time=tau,
            relaxation_times_passed=self._passed(time, tau, size_tau),
            energy_drift=energy_drift,
            missing_correlation=missing,
            missing_correlation_error=missing_error,
            size_relaxation_time=size_tau,
            structural_relaxation_time=structural,
            pressure_drift=self._pressure_drift(),
        )
        if self._recipe.protocol.equilibration_time != AUTO:
            return found
        has_relaxed = _structure_holds(self._recipe.protocol, time, structural)
        is_equilibrated = self._held_before and has_relaxed and self._criteria_hold(found)
        return replace(found, ended=EQUILIBRATED if is_equilibrated else CAP_REACHED)

    def liquid_values(self) -> dict[str, Any]:
        """Values of observables liquid and displacements as plain JSON; empty if too little was recorded."""
        if self._recorder.count < LEAST_VALUES:
            return {}
        outcome = self.outcome()
        lags, correlation = self._correlation()
        energy = blocked_mean(self._recorder.energies)
        values: dict[str, Any] = {
            "liquid_energy": energy.mean / self._recipe.N,
            "liquid_energy_drift": outcome.energy_drift,
            "liquid_born_shear": self._recorder.born_shear,
            "liquid_time": outcome.time,
            "liquid_relaxation_time": outcome.relaxation_time,
            "liquid_relaxation_criterion": outcome.criterion,
            "size_relaxation_time": outcome.size_relaxation_time,
            "correlation_time": lags.tolist(),
            "stress_correlation": correlation.tolist(),
            **self._size_values(),
            **self._thermal_values(),
            **(self._displacements.values(self._time_step) if self._displacements else {}),
            **self._volume_values(energy.mean),
        }
        return {key: value for key, value in values.items() if value is not None}

    def pressure_record(self) -> dict[str, float | None]:
        """How the hold went at constant pressure: what its barostat did, and the trend of the volume."""
        moves = self._moves
        return {
            "pressure": self._recipe.protocol.pressure,
            "acceptance": moves.accepted / moves.moves if moves.moves else None,
            "effective_energy_change": moves.effective_energy_change,
            "moves_cut": moves.cut,
            "volume_drift": self._volume_drift(),
        }

    def _volume_drift(self) -> float | None:
        """Of a volume that varies, in standard errors; None where too little was recorded."""
        if self._recipe.protocol.pressure is None or self._recorder.count < LEAST_VALUES:
            return None
        return drift(self._recorder.volumes)

    def _pressure_drift(self) -> float | None:
        """In standard errors; None where it says nothing, or too little was recorded."""
        is_free = self._recipe.protocol.pressure is not None
        if is_free or self._thermal is None or self._thermal.count < LEAST_VALUES:
            return None
        return drift(self._thermal.pressures)

    def _thermal_values(self) -> dict[str, float | list[float]]:
        """Moments of U/N, and how energy and pressure change in time."""
        if self._thermal is None:
            return {}
        N = self._recipe.N
        _, variance, third = self._thermal.moments
        (early, early_pressure), (late, late_pressure) = self._thermal.thirds.tolist()
        return {
            "liquid_values": self._thermal.count,
            "liquid_energy_variance": variance / N,
            "liquid_energy_third_moment": third / N,
            "liquid_energy_early": early / N,
            "liquid_energy_late": late / N,
            "liquid_pressure_early": early_pressure,
            "liquid_pressure_late": late_pressure,
            "liquid_energies": (self._thermal.energies / N).tolist(),
        }

    def _size_values(self) -> dict[str, list[float]]:
        """C_λ(t) of sizes that are exchanged, where it was recorded."""
        correlation = self._sizes.result()
        if self._recipe.protocol.swap is None or not correlation.size:
            return {}
        return {"size_time": self._size_times().tolist(), "size_correlation": correlation.tolist()}

    def _volume_values(self, energy: float) -> dict[str, float | None]:
        """Values of observable constant_pressure, beside the mean potential energy."""
        pressure, N = self._recipe.protocol.pressure, self._recipe.N
        if pressure is None:
            return {}
        mean, variance = self._recorder.volume
        return {
            "liquid_pressure": pressure,
            "liquid_volume": mean / N,
            "liquid_density": N / mean,
            "liquid_enthalpy": (energy + pressure * mean) / N,
            "liquid_compressibility": variance / (self._recipe.temperature * mean),
            "liquid_volume_drift": self._volume_drift(),
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

    def _correlation(self) -> tuple[Floats, Floats]:
        """Lags, and c(t) = V⟨σ(0)σ(t)⟩/T (paper, Eq. E1)."""
        lags, products = self._recorder.correlation()
        return INTERVAL * self._time_step * lags, self._volume / self._recipe.temperature * products

    def _size_relaxation_time(self) -> float | None:
        """Up to a quarter of the recorded time."""
        correlation = self._sizes.result()
        return relaxation_time(self._size_times(), correlation, RELAXED) if correlation.size else None

    def _size_times(self) -> Floats:
        """Lags of C_λ(t)."""
        times = np.arange(self._sizes.result().size, dtype=np.float64) * self._time_step
        return times * (self._end - self._middle) / POINTS

    def _passed(self, time: float, tau: float | None, size_tau: float | None) -> float | None:
        """Relaxation times in a time: of all that has to relax, None where one does not."""
        taus = [tau, size_tau] if self._recipe.protocol.sizes_count else [tau]
        known = [one for one in taus if one is not None]
        return time / max(known) if len(known) == len(taus) else None

    def _structural_relaxation_time(self) -> float | None:
        """Up to a quarter of the recorded time."""
        values = self._displacements.values(self._time_step) if self._displacements else {}
        return (
            decay_time(np.array(values["displacement_lag"]), np.array(values["self_scattering"]))
            if values
            else None
        )

    def _criteria_hold(self, outcome: EquilibrationOutcome) -> bool:
        """In this segment, as far as one liquid can tell."""
        passed, missing = outcome.relaxation_times_passed, outcome.missing_correlation
        if passed is None or outcome.energy_drift is None or missing is None:
            return False
        drifts = {
            "energy_trend": outcome.energy_drift,
            "pressure_trend": outcome.pressure_drift,
            "volume_trend": self._volume_drift(),
        }
        criteria: list[Criterion] = [
            equilibrium.relaxation_times(passed, self._recipe.protocol.n_tau or DEFAULT_N_TAU),
            *(equilibrium.drifting(name, one) for name, one in drifts.items() if one is not None),
            equilibrium.missing_correlation_of_one(missing, outcome.missing_correlation_error or 0.0),
        ]
        return all(one.holds for one in criteria)


def ends(protocol: Protocol, time_step: float) -> tuple[int, ...]:
    """The time steps at which segments end; with "auto" there are two at least."""
    if protocol.equilibration_time != AUTO:
        return (round(float(protocol.equilibration_time) / time_step),)
    cap = float(protocol.equilibration_cap or 0.0)
    halvings = math.floor(math.log2(cap / least_cap(protocol.n_tau or DEFAULT_N_TAU)))
    # One segment more, before the first time at which equilibration may end.
    return tuple(round(cap / 2**k / time_step) for k in range(halvings + 1, -1, -1))


def _structure_holds(protocol: Protocol, time: float, tau: float | None) -> bool:
    """Whether the structure, where it counts, has relaxed as often as it must."""
    if not protocol.structural_relaxation:
        return True
    needed = protocol.n_tau or DEFAULT_N_TAU
    return tau is not None and bool(equilibrium.structural_relaxation_times(time / tau, needed).holds)


def segments(ends: Sequence[int], begun: int = 0) -> tuple[tuple[int, int], ...]:
    """First recorded and last time step of each segment; of those only that end after ``begun``, if given."""
    every = pairwise((0, *ends))
    return tuple((max((begin + end) // 2, begun), end) for begin, end in every if end > begun or not begun)


def steps_held(held: Mapping[str, Any], time_step: float) -> int:
    """Time steps of a hold whose outcome this is."""
    return round(float(held["time"]) / time_step)


def is_over(recipe: Recipe, held: Mapping[str, Any]) -> bool:
    """Whether a liquid that was held so needs no further time for a protocol."""
    protocol, dt = recipe.protocol, recipe.time_step(recipe.temperature)
    if not segments(ends(protocol, dt), steps_held(held, dt)):
        return True
    if protocol.equilibration_time != AUTO or held["ended"] != EQUILIBRATED:
        return False
    has_passed = held["relaxation_times_passed"] >= (protocol.n_tau or DEFAULT_N_TAU)
    return has_passed and _structure_holds(protocol, held["time"], held.get("structural_relaxation_time"))


def expected_time(protocol: Protocol, time_step: float, tau: float) -> float:
    """Time of a hold of a liquid that relaxes in τ, if nothing else keeps "auto" from ending."""
    times = [step * time_step for step in ends(protocol, time_step)]
    if protocol.equilibration_time != AUTO:
        return times[0]
    needed = (protocol.n_tau or DEFAULT_N_TAU) * tau
    return next((second for first, second in pairwise(times) if first >= needed), times[-1])
