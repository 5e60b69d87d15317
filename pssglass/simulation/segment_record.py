"""What is recorded of a liquid in one segment of its hold, and what that says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.analysis import equilibrium
from pssglass.analysis.correlation import RELAXED, blocked_mean, drift, relaxation_time
from pssglass.analysis.displacements import decay_time
from pssglass.analysis.equilibrium import Criterion
from pssglass.base.results import Floats
from pssglass.simulation.displacements import Displacements, Schedule
from pssglass.simulation.equilibration_outcome import EquilibrationOutcome
from pssglass.simulation.protocol import DEFAULT_N_TAU
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.recording import Recorder
from pssglass.simulation.size_relaxation import POINTS, SizeRelaxation
from pssglass.simulation.thermal_record import ThermalRecord

INTERVAL = 20
"""Time steps between two recorded values. One costs 1.5 steps, and half a segment is recorded: 4 % in all."""
LEAST_VALUES = 64


class SegmentRecord:
    """Stress, energies, sizes and displacements of the recorded part of a segment.

    Args:
        recipe: of the liquid.
        volume: of its box; at constant pressure any near it, the same each time.
        steps: of the recorded part.
        species: (N,) by which displacements are summed; None leaves them out.
        state: of an earlier one; None begins.
    """

    def __init__(
        self,
        recipe: Recipe,
        volume: float,
        steps: int,
        species: npt.NDArray[np.int32] | None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        self._recipe, self._volume, self._steps = recipe, volume, steps
        self._time_step = recipe.time_step(recipe.temperature)
        state = state or {"recorder": None}
        free_volume = volume if recipe.protocol.pressure is not None else None
        self._recorder = Recorder(state["recorder"], free_volume)
        self._sizes = SizeRelaxation(state.get("sizes"))
        # A state that was saved before something was recorded lacks it: nothing is told then.
        is_new = not self._recorder.count + self._recorder.pending
        self._thermal = ThermalRecord(state.get("thermal")) if "thermal" in state or is_new else None
        self.displacements: Displacements | None = None
        if species is not None and ("displacements" in state or is_new):
            kept = state.get("displacements")
            self.displacements = Displacements(Schedule(steps), recipe.scales, species, free_volume, kept)

    def add(self, series: Mapping[str, npt.NDArray[Any]]) -> None:
        """The series of the next run."""
        self._recorder.add(series)
        if self._thermal:
            self._thermal.add(series)

    def add_sizes(self, sizes: npt.NDArray[Any]) -> None:
        """Diameters, or species (N,), at the next point."""
        self._sizes.add(sizes)

    def finish(self) -> None:
        """The segment is over."""
        self._recorder.finish()

    def state(self) -> dict[str, Any]:
        """All that it takes to go on, as plain JSON values."""
        return {
            "recorder": self._recorder.state(),
            **({"thermal": self._thermal.state()} if self._thermal else {}),
            **({} if self._recipe.protocol.swap is None else {"sizes": self._sizes.state()}),
            **({} if self.displacements is None else {"displacements": self.displacements.state()}),
        }

    @property
    def is_enough(self) -> bool:
        """Whether enough was recorded to say anything."""
        return bool(self._recorder.count >= LEAST_VALUES)

    def outcome(self, time: float) -> EquilibrationOutcome:
        """As if the hold had ended now because its time was over.

        Args:
            time: at the parent temperature so far.
        """
        tau = size_tau = structural = energy_drift = missing = missing_error = None
        if self.is_enough:
            tau, size_tau = relaxation_time(*self._correlation(), RELAXED), self._size_relaxation_time()
            structural = self._structural_relaxation_time()
            energy_drift = drift(self._recorder.energies)
            initial = blocked_mean(self._recorder.squared_stress)
            scale = self._volume / self._recipe.temperature / self._recorder.born_shear
            missing, missing_error = 1.0 - scale * initial.mean, scale * initial.standard_error
        return EquilibrationOutcome(
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

    def criteria_hold(self, outcome: EquilibrationOutcome) -> bool:
        """In this segment, as far as one liquid can tell."""
        passed, missing = outcome.relaxation_times_passed, outcome.missing_correlation
        if passed is None or outcome.energy_drift is None or missing is None:
            return False
        drifts = {
            "energy_trend": outcome.energy_drift,
            "pressure_trend": outcome.pressure_drift,
            "volume_trend": self.volume_drift(),
        }
        criteria: list[Criterion] = [
            equilibrium.relaxation_times(passed, self._recipe.protocol.n_tau or DEFAULT_N_TAU),
            *(equilibrium.drifting(name, one) for name, one in drifts.items() if one is not None),
            equilibrium.missing_correlation_of_one(missing, outcome.missing_correlation_error or 0.0),
        ]
        return all(one.holds for one in criteria)

    def values(self, outcome: EquilibrationOutcome) -> dict[str, Any]:
        """Values of observables liquid and displacements as plain JSON; empty if too little was recorded."""
        if not self.is_enough:
            return {}
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
            **(self.displacements.values(self._time_step) if self.displacements else {}),
            **self._volume_values(energy.mean),
        }
        return {key: value for key, value in values.items() if value is not None}

    def volume_drift(self) -> float | None:
        """Of a volume that varies, in standard errors; None where too little was recorded."""
        if self._recipe.protocol.pressure is None or not self.is_enough:
            return None
        return drift(self._recorder.volumes)

    def _pressure_drift(self) -> float | None:
        """In standard errors; None where it says nothing, or too little was recorded."""
        is_free = self._recipe.protocol.pressure is not None
        if is_free or self._thermal is None or self._thermal.count < LEAST_VALUES:
            return None
        return drift(self._thermal.pressures)

    def _correlation(self) -> tuple[Floats, Floats]:
        """Lags, and c(t) = V⟨σ(0)σ(t)⟩/T (paper, Eq. E1)."""
        lags, products = self._recorder.correlation()
        return INTERVAL * self._time_step * lags, self._volume / self._recipe.temperature * products

    def _passed(self, time: float, tau: float | None, size_tau: float | None) -> float | None:
        """Relaxation times in a time: of all that has to relax, None where one does not."""
        taus = [tau, size_tau] if self._recipe.protocol.sizes_count else [tau]
        known = [one for one in taus if one is not None]
        return time / max(known) if len(known) == len(taus) else None

    def _structural_relaxation_time(self) -> float | None:
        """Up to a quarter of the recorded time."""
        if not self.displacements or not (values := self.displacements.values(self._time_step)):
            return None
        return decay_time(np.array(values["displacement_lag"]), np.array(values["self_scattering"]))

    def _size_relaxation_time(self) -> float | None:
        """Up to a quarter of the recorded time."""
        correlation = self._sizes.result()
        return relaxation_time(self._size_times(), correlation, RELAXED) if correlation.size else None

    def _size_times(self) -> Floats:
        """Lags of C_λ(t)."""
        times = np.arange(self._sizes.result().size, dtype=np.float64) * self._time_step
        return times * self._steps / POINTS

    def _size_values(self) -> dict[str, list[float]]:
        """C_λ(t) of sizes that are exchanged, where it was recorded."""
        correlation = self._sizes.result()
        if self._recipe.protocol.swap is None or not correlation.size:
            return {}
        return {"size_time": self._size_times().tolist(), "size_correlation": correlation.tolist()}

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
            "liquid_volume_drift": self.volume_drift(),
        }
