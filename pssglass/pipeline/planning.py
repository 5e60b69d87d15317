"""What a campaign would do, and how long it should take on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from pssglass.db import State, Store
from pssglass.liquid import Liquid
from pssglass.models import Model
from pssglass.pipeline.sample import steps_of
from pssglass.results import EnsembleSummary
from pssglass.specs import Campaign, Protocol

BENCHMARK_PARTICLES = 1000
BENCHMARK_STEPS = 100
BENCHMARK_SECONDS = 0.5


@dataclass(frozen=True)
class Speed:
    """What one core does with one model: seconds for a time step, and for a quench, of one particle."""

    step: float
    quench: float


@dataclass(frozen=True)
class StatePoint:
    """One ensemble of a campaign, the samples still to be made, and the cost of each of them on one core."""

    ensemble: EnsembleSummary
    samples: int
    remaining: int
    steps: int
    seconds_per_sample: float

    @property
    def seconds(self) -> float:
        """Cost of all remaining samples on one core."""
        return self.remaining * self.seconds_per_sample


def plan(campaign: Campaign, store: Store | None = None) -> list[StatePoint]:
    """The campaign's ensembles, in its order; samples that are done in the database count as done.

    Takes about a second for each model, in which the engine's speed is measured.
    """
    done = finished_samples(store) if store else {}
    speeds: dict[tuple[str, str, str], Speed] = {}
    points = []
    for spec, samples in campaign.ensembles:
        model = spec.model
        kind = (model.hash, spec.protocol.quench, spec.protocol.precision)
        if kind not in speeds:
            speeds[kind] = measure_speed(model, spec.protocol)
        steps = steps_of(spec)
        seconds = spec.N * (steps * speeds[kind].step + speeds[kind].quench)
        remaining = max(0, samples - done.get(spec.name, 0))
        ensemble = EnsembleSummary(
            spec.name, spec.model_name, spec.parameters, spec.N, spec.parent_temperature, scalars={}
        )
        points.append(StatePoint(ensemble, samples, remaining, steps, seconds))
    return points


def finished_samples(store: Store) -> Mapping[str, int]:
    """Number of samples that each ensemble of the database has done."""
    return {ensemble.name: ensemble.counts.get(State.DONE, 0) for ensemble in store.ensembles()}


def measure_speed(model: Model, protocol: Protocol) -> Speed:
    """Run and quench a small hot liquid; costs grow about linearly with N."""
    N = model.unit * (BENCHMARK_PARTICLES // model.unit)
    temperature = protocol.melt_temperature
    liquid = Liquid.create(model, N, temperature, seed=0, melt_time=0.0, precision=protocol.precision)
    step = model.default_time_step(temperature)
    trial = liquid.run(BENCHMARK_STEPS * step)
    run = liquid.run(BENCHMARK_SECONDS / trial.wall_time * trial.time)
    started = time.perf_counter()
    liquid.quench(method=protocol.quench)
    return Speed(step=1.0 / run.particle_steps_per_second, quench=(time.perf_counter() - started) / N)
