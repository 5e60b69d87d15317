"""The stay at the parent temperature: what is recorded of the liquid, and when it is over.

It is divided into legs, each recorded in its second half. A given time is a single leg. With ``"auto"`` the
legs end at the cap divided by powers of two; at the end of each it is decided whether another one follows.
So decisions fall at time steps that the specification fixes, and depend on nothing but the trajectory.

One sample's c(t) is noisy, and a leg of a liquid that relaxes far too slowly may look like equilibrium by
chance: the criteria must hold in two legs in a row. So none of 12 passed at T = 0.7, r_c = 1.5, N = 300, cap
100, and none of 10 at cap 800. Still, do not trust an ensemble with samples at the cap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.analysis.correlation import RELAXED, blocked_mean, drift, relaxation_time
from pssglass.analysis.multiple_tau import Correlator
from pssglass.base.results import Floats, RunResult
from pssglass.models import Model
from pssglass.simulation.protocol import AUTO, DEFAULT_N_TAU, Protocol, least_cap

INTERVAL = 20
"""Time steps between two recorded values. One costs 1.5 steps, and half a leg is recorded: 4 % in all."""
MOST_DRIFT = 3.0
"""Change of the potential energy, in standard errors, that speaks of a trend."""
MOST_MISSING = 2.0
"""Deviation of c(0) from ⟨U_γγ⟩/V, in standard errors; in a glass it is about G. Without this bound a glass
whose frozen stress happens to be small would pass for a liquid, since its c(t) decays."""
LEAST_TOLERANCE = 0.03
"""Deviation that is always allowed, as a part of ⟨U_γγ⟩/V: that of a finite time step."""
LONGEST_LAG = 0.25
"""Part of the recorded time up to which lags are kept."""
LEAST_VALUES = 64
EQUILIBRATED = "equilibrated"
CAP_REACHED = "cap reached"
BLOCK = 256
MOST_MEANS = 1024


@dataclass(frozen=True)
class Outcome:
    """How the stay at the parent temperature ended.

    Attributes:
        ended: "time over" where the time was given, else "equilibrated" or "cap reached".
        time: at the parent temperature; ``recorded_time``, its recorded last part.
        relaxation_time: when c(t) of the recorded part is down to ``criterion``·c(0); None if it never is.
            The noise of one sample takes it there too soon: by 8(3) % on average in records of 16 τ to 66 τ
            (N = 100, T = 1.5, r_c = 1.5), whether the time was given or found. The mean of c(t) over samples
            has no such error.
        relaxation_times_passed: ``time`` in units of it.
        energy_drift: of the potential energy during the recorded part, in standard errors; None if too little
            was recorded.
        missing_correlation: 1 - c(0)/(⟨U_γγ⟩/V), zero in equilibrium; None if too little was recorded.
        missing_correlation_error: its standard error.
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


class Recorder:
    """Stress, potential energy and U_γγ/V of one recorded part, reduced as they come.

    Values are entered in blocks of fixed length: the result is the same, bit by bit, however runs were cut.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {"pending": [], "stress": [], "means": [], "width": 1, "born_shear": [0.0, 0]}
        self._pending = np.array(state["pending"], dtype=np.float64).reshape(-1, 5)
        self._stress = Correlator(3, state["stress"])
        self._means = np.array(state["means"], dtype=np.float64).reshape(-1, 2)
        self._width: int = state["width"]
        self._born_shear, self.count = state["born_shear"]

    def add(self, series: Mapping[str, npt.NDArray[Any]]) -> None:
        """The series of the next run."""
        rows = np.column_stack([series["stress"], series["potential_energy"], series["born_shear"]])
        self._pending = np.concatenate([self._pending, rows])
        while len(self._pending) >= BLOCK:
            self._enter(self._pending[:BLOCK])
            self._pending = self._pending[BLOCK:]

    def finish(self) -> None:
        """Enter the last, incomplete block; nothing may be added after it."""
        self._enter(self._pending)
        self._pending = self._pending[:0]

    def _enter(self, rows: Floats) -> None:
        self._stress.add(rows[:, :3])
        self.count += len(rows)
        self._born_shear += float(np.sum(rows[:, 4]))
        whole = len(rows) // self._width * self._width
        both = np.column_stack([rows[:whole, 3], np.mean(rows[:whole, :3] ** 2, axis=1)])
        self._means = np.concatenate([self._means, both.reshape(-1, self._width, 2).mean(axis=1)])
        if len(self._means) > MOST_MEANS and self._width < BLOCK:
            pairs = self._means[: len(self._means) // 2 * 2].reshape(-1, 2, 2)
            self._means, self._width = pairs.mean(axis=1), 2 * self._width

    @property
    def energies(self) -> Floats:
        """Potential energy, averaged over stretches of equal length."""
        return self._means[:, 0]

    @property
    def squared_stress(self) -> Floats:
        """Mean square of the three stresses, averaged over the same stretches."""
        return self._means[:, 1]

    @property
    def born_shear(self) -> float:
        """Mean of U_γγ/V."""
        return float(self._born_shear / self.count)

    def correlation(self) -> tuple[Floats, Floats]:
        """Lags in units of the spacing, and ⟨σ(0)σ(t)⟩ averaged over the three components."""
        lags, values = self._stress.result()
        kept = lags <= LONGEST_LAG * self.count
        return lags[kept], values[kept]

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "pending": self._pending.tolist(),
            "stress": self._stress.state(),
            "means": self._means.tolist(),
            "width": self._width,
            "born_shear": [self._born_shear, self.count],
        }


class Equilibration:
    """The stay of one sample at its parent temperature, step by step.

    While ``steps_left`` is not zero, run the liquid for at most so many steps with ``sample_every``, and
    hand the result to ``advance``. From ``state`` between two runs a later ``Equilibration`` goes on.

    Args:
        model, N, protocol, parent_temperature: of the sample's ensemble.
        state: of an earlier one; None begins.
    """

    def __init__(
        self,
        model: Model,
        N: int,
        protocol: Protocol,
        parent_temperature: float,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._N, self._protocol, self._temperature = N, protocol, parent_temperature
        self._volume = float(model.box_length(N)) ** 3
        self.time_step = protocol.time_step or model.default_time_step(parent_temperature)
        self._ends = ends(protocol, self.time_step)
        state = state or {"done": 0, "leg": 0, "held_before": False, "recorder": None}
        self._done: int = state["done"]
        self._leg: int = state["leg"]
        self._held_before: bool = state["held_before"]
        self._recorder = Recorder(state["recorder"])

    @property
    def has_begun(self) -> bool:
        """Whether a step has been done."""
        return self._done > 0

    @property
    def steps_left(self) -> int:
        """Time steps to the next point where recording begins or something is decided; 0: it is over."""
        end = self._ends[self._leg]
        return (end if self._is_recorded else self._middle) - self._done

    @property
    def sample_every(self) -> int:
        """Of the next run."""
        return INTERVAL if self._is_recorded else 0

    def advance(self, run: RunResult) -> None:
        """Take in a run; at the end of a leg, decide whether another follows."""
        if self._is_recorded:
            self._recorder.add(run.series)
        self._done += run.steps
        if self._done < self._ends[self._leg]:
            return
        self._recorder.finish()
        outcome = self.outcome()
        if self._leg + 1 < len(self._ends) and outcome.ended != EQUILIBRATED:
            self._leg += 1
            self._held_before = self._criteria_hold(outcome)
            self._recorder = Recorder()

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "done": self._done,
            "leg": self._leg,
            "held_before": self._held_before,
            "recorder": self._recorder.state(),
        }

    def outcome(self) -> Outcome:
        """How it ended; to be asked when it is over."""
        time = self._done * self.time_step
        tau = energy_drift = missing = missing_error = None
        if self._recorder.count >= LEAST_VALUES:
            tau = relaxation_time(*self._correlation(), RELAXED)
            energy_drift = drift(self._recorder.energies)
            initial = blocked_mean(self._recorder.squared_stress)
            scale = self._volume / self._temperature / self._recorder.born_shear
            missing, missing_error = 1.0 - scale * initial.mean, scale * initial.standard_error
        found = Outcome(
            ended="time over",
            time=time,
            recorded_time=self._recorder.count * INTERVAL * self.time_step,
            relaxation_time=tau,
            relaxation_times_passed=None if tau is None else time / tau,
            energy_drift=energy_drift,
            missing_correlation=missing,
            missing_correlation_error=missing_error,
        )
        if self._protocol.equilibration_time != AUTO:
            return found
        is_equilibrated = self._held_before and self._criteria_hold(found)
        return replace(found, ended=EQUILIBRATED if is_equilibrated else CAP_REACHED)

    def liquid_values(self) -> dict[str, float | list[float]]:
        """Values of observable liquid as plain JSON; empty if too little was recorded."""
        if self._recorder.count < LEAST_VALUES:
            return {}
        outcome = self.outcome()
        lags, correlation = self._correlation()
        energy = blocked_mean(self._recorder.energies)
        values = {
            "liquid_energy": energy.mean / self._N,
            "liquid_energy_drift": outcome.energy_drift,
            "liquid_born_shear": self._recorder.born_shear,
            "liquid_time": outcome.time,
            "liquid_relaxation_time": outcome.relaxation_time,
            "liquid_relaxation_criterion": outcome.criterion,
            "correlation_time": lags.tolist(),
            "stress_correlation": correlation.tolist(),
        }
        return {key: value for key, value in values.items() if value is not None}

    @property
    def _middle(self) -> int:
        """The step at which recording begins in this leg."""
        begin = self._ends[self._leg - 1] if self._leg else 0
        return (begin + self._ends[self._leg]) // 2

    @property
    def _is_recorded(self) -> bool:
        return self._done >= self._middle

    def _correlation(self) -> tuple[Floats, Floats]:
        """Lags, and c(t) = V⟨σ(0)σ(t)⟩/T (paper, Eq. E1)."""
        lags, products = self._recorder.correlation()
        return INTERVAL * self.time_step * lags, self._volume / self._temperature * products

    def _criteria_hold(self, outcome: Outcome) -> bool:
        """In this leg."""
        needed = self._protocol.n_tau or DEFAULT_N_TAU
        passed = outcome.relaxation_times_passed
        missing, error = outcome.missing_correlation, outcome.missing_correlation_error
        if passed is None or outcome.energy_drift is None or missing is None or error is None:
            return False
        is_ergodic = abs(missing) < max(MOST_MISSING * error, LEAST_TOLERANCE)
        return passed >= needed and abs(outcome.energy_drift) < MOST_DRIFT and is_ergodic


def ends(protocol: Protocol, time_step: float) -> tuple[int, ...]:
    """The time steps at which legs end; with "auto" there are two at least."""
    if protocol.equilibration_time != AUTO:
        return (round(float(protocol.equilibration_time) / time_step),)
    cap = float(protocol.equilibration_cap or 0.0)
    halvings = math.floor(math.log2(cap / least_cap(protocol.n_tau or DEFAULT_N_TAU)))
    # One leg more, before the first time at which equilibration may end.
    return tuple(round(cap / 2**k / time_step) for k in range(halvings + 1, -1, -1))
