"""What one core takes for samples, measured on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from pssglass.models import Model
from pssglass.simulation.barostat import DEFAULT_RELAXATION_TIME, FACTOR
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import StageInUse

BENCHMARK_PARTICLES = 1000
BENCHMARK_STEPS = 100
BENCHMARK_SECONDS = 0.5
VERY_SLOW = FACTOR * DEFAULT_RELAXATION_TIME
"""Relaxation time of a volume that hardly changes while a cost is measured."""


class Costs:
    """What one core takes with one model: seconds for a quench and for a time step, of one particle.

    Measured with a small hot liquid; costs grow about linearly with N.
    """

    def __init__(self, model: Model, protocol: Protocol) -> None:
        N = model.unit * (BENCHMARK_PARTICLES // model.unit)
        temperature = protocol.melt_temperature
        self._liquid = Liquid.create(
            *(model, N, temperature, 0),
            melt_temperature=temperature,
            melt_time=0.0,
            precision=protocol.precision,
        )
        self._steps: dict[str, float] = {}
        self.step({})
        started = time.perf_counter()
        self._liquid.quench(method=protocol.quench, tolerance=protocol.quench_tolerance)
        self.quench = (time.perf_counter() - started) / N

    def of(self, recipe: Recipe, chosen: Sequence[StageInUse]) -> float:
        """Seconds for a sample after these stages."""
        dynamics = sum(
            stage.steps(recipe, values) * self.step(stage.run_options(recipe.protocol))
            for stage, values in chosen
        )
        return recipe.N * (dynamics + self.quench)

    def step(self, options: Mapping[str, Any]) -> float:
        """Of a run with these options, moves of a barostat and of swap Monte Carlo included."""
        tried = {key: value for key, value in options.items() if value is not None}
        if "pressure" in tried:
            # At that of a colder liquid this one would fly apart, and a move costs the same however small.
            tried |= {"pressure": 1.0, "barostat_relaxation_time": VERY_SLOW}
            tried.pop("compressibility", None)
        kind = repr(sorted(tried.items()))
        if kind not in self._steps:
            step = self._liquid.model.default_time_step(self._liquid.target_temperature)
            trial = self._liquid.run(BENCHMARK_STEPS * step, **tried)
            run = self._liquid.run(BENCHMARK_SECONDS / trial.wall_time * trial.time, **tried)
            self._steps[kind] = 1.0 / run.particle_steps_per_second
        return self._steps[kind]
