"""What a campaign would do, how long it should take on this machine, and how much memory."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pssglass.base.results import EnsembleSummary
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.db import State, Store
from pssglass.models import Model
from pssglass.pipeline.memory import bytes_in_all, bytes_of_sample
from pssglass.pipeline.sample import recipe_of
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.stages import stages_of, steps_of

BENCHMARK_PARTICLES = 1000
BENCHMARK_STEPS = 100
BENCHMARK_SECONDS = 0.5
VERY_SLOW = 1e9
"""Relaxation time of a volume that stays as it is."""


@dataclass(frozen=True)
class StatePoint:
    """One ensemble of a campaign, the samples still to be made, and the cost of each of them on one core.

    If ``is_bound``, a stage may end early, as with equilibration "auto"; steps and all times are the most.
    ``bytes_per_sample`` is the memory of the process that makes it.
    """

    ensemble: EnsembleSummary
    samples: int
    remaining: int
    steps: int
    seconds_per_sample: float
    is_bound: bool
    bytes_per_sample: float

    @property
    def seconds(self) -> float:
        """Cost of all remaining samples on one core."""
        return self.remaining * self.seconds_per_sample


def plan(campaign: Campaign, store: Store | None = None, retry_failed: bool = False) -> list[StatePoint]:
    """The campaign's ensembles, in its order, with the samples that ``simulate`` would make.

    Those that are done in the database need not be made, nor those that failed, unless ``retry_failed``.
    Takes about a second for each model, in which the engine's speed is measured, and half a second for each
    barostat and swap.

    Raises:
        EnsembleConflict: an ensemble of the database has the name and other physics.
    """
    if store:
        store.check_ensembles(spec for spec, _ in campaign.ensembles)
    settled = settled_samples(store, retry_failed) if store else {}
    costs: dict[tuple[object, ...], Costs] = {}
    points = []
    for spec, samples in campaign.ensembles:
        model, protocol = spec.model, spec.protocol
        kind = (
            *(model.hash, protocol.melt_temperature, protocol.quench, protocol.quench_tolerance),
            protocol.precision,
        )
        if kind not in costs:
            costs[kind] = Costs(model, protocol)
        recipe, chosen = recipe_of(spec), stages_of(protocol)
        steps = steps_of(recipe, chosen)
        dynamics = sum(
            stage.steps(recipe, values) * costs[kind].step(stage.run_options(protocol))
            for stage, values in chosen
        )
        seconds = spec.N * (dynamics + costs[kind].quench)
        remaining = max(0, samples - settled.get(spec.name, 0))
        ensemble = EnsembleSummary(
            spec.name, spec.model_name, spec.parameters, spec.N, recipe.temperature, scalars={}
        )
        is_bound = any(stage.may_end_early(values) for stage, values in chosen)
        memory = bytes_of_sample(model, spec.N)
        points.append(StatePoint(ensemble, samples, remaining, steps, seconds, is_bound, memory))
    return points


def time_of(points: Sequence[StatePoint], workers: int) -> float:
    """Time until all samples are made: what the workers share, but no less than one sample takes."""
    longest = max((point.seconds_per_sample for point in points if point.remaining), default=0.0)
    return max(longest, sum(point.seconds for point in points) / max(1, workers))


def memory_of(points: Sequence[StatePoint], workers: int) -> float:
    """Bytes that the workers need together, at most."""
    return bytes_in_all([(point.bytes_per_sample, point.remaining) for point in points], workers)


def missing_samples(
    campaign: Campaign, store: Store, retry_failed: bool = False
) -> list[tuple[EnsembleSpec, int]]:
    """The campaign's ensembles with the number of their samples that are still to be made."""
    settled = settled_samples(store, retry_failed)
    return [(spec, max(0, samples - settled.get(spec.name, 0))) for spec, samples in campaign.ensembles]


def settled_samples(store: Store, retry_failed: bool) -> Mapping[str, int]:
    """Number of samples of each ensemble of the database that are not to be made any more."""
    states = (State.DONE,) if retry_failed else (State.DONE, State.FAILED)
    return {one.name: sum(one.counts.get(state, 0) for state in states) for one in store.ensembles()}


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

    def step(self, options: Mapping[str, Any]) -> float:
        """Of a run with these options, moves of a barostat and of swap Monte Carlo included."""
        tried = {key: value for key, value in options.items() if value is not None}
        if "pressure" in tried:
            # At that of a colder liquid this one would fly apart, and a move costs the same however small.
            tried |= {"pressure": 1.0, "compressibility": 1.0, "barostat_relaxation_time": VERY_SLOW}
        kind = repr(sorted(tried.items()))
        if kind not in self._steps:
            step = self._liquid.model.default_time_step(self._liquid.target_temperature)
            trial = self._liquid.run(BENCHMARK_STEPS * step, **tried)
            run = self._liquid.run(BENCHMARK_SECONDS / trial.wall_time * trial.time, **tried)
            self._steps[kind] = 1.0 / run.particle_steps_per_second
        return self._steps[kind]
