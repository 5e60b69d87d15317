"""What a campaign would do, how long it should take on this machine, and how much memory."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pssglass.base.lineages import place_of, replica_of
from pssglass.base.results import EnsembleSummary
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.db import State, Store
from pssglass.models import Model
from pssglass.pipeline.memory import bytes_in_all, bytes_of_sample
from pssglass.pipeline.sample import recipe_of, stages_of_sample
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import StageInUse, steps_of

BENCHMARK_PARTICLES = 1000
BENCHMARK_STEPS = 100
BENCHMARK_SECONDS = 0.5
VERY_SLOW = 1e9
"""Relaxation time of a volume that stays as it is."""


@dataclass(frozen=True)
class Further:
    """Glasses of lineages after the first ones, at most so dear: lineages, and what is still to be made."""

    lineages: int
    remaining: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class StatePoint:
    """One ensemble of a campaign, the samples still to be made, and the cost of each of them on one core.

    If ``is_bound``, a stage may end early, as with equilibration "auto"; steps and all times are the most.
    ``bytes_per_sample`` is the memory of the process that makes it. Of lineages ``steps`` and
    ``seconds_per_sample`` are those of the first glass, ``further`` those of the others, and
    ``seconds_before`` what a lineage takes at the hotter temperatures.
    """

    ensemble: EnsembleSummary
    samples: int
    remaining: int
    steps: int
    seconds_per_sample: float
    is_bound: bool
    bytes_per_sample: float
    further: Further | None = None
    seconds_before: float = 0.0

    @property
    def seconds(self) -> float:
        """Cost of all remaining samples on one core."""
        if self.further is None:
            return self.remaining * self.seconds_per_sample
        first = self.remaining - self.further.remaining
        return first * self.seconds_per_sample + self.further.remaining * self.further.seconds

    @property
    def longest(self) -> float:
        """Time that the remaining samples take at least, however many workers there are."""
        if self.further is None or not self.remaining:
            return self.seconds_per_sample if self.remaining else 0.0
        one = self.further.remaining / self.further.lineages * self.further.seconds
        begins = self.remaining > self.further.remaining
        return one + (self.seconds_before + self.seconds_per_sample if begins else 0.0)


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
    missing = _missing(campaign, store, retry_failed)
    costs: dict[tuple[object, ...], Costs] = {}
    points: list[StatePoint] = []
    for spec, samples in campaign.ensembles:
        model, protocol = spec.model, spec.protocol
        kind = (
            *(model.hash, protocol.melt_temperature, protocol.quench, protocol.quench_tolerance),
            protocol.precision,
        )
        if kind not in costs:
            costs[kind] = Costs(model, protocol)
        recipe, chosen = recipe_of(spec), stages_of_sample(spec)
        steps = steps_of(recipe, chosen)
        seconds = costs[kind].of(recipe, chosen)
        remaining = len(missing[spec.name])
        before = points[-1] if points and spec.hotter is not None else None
        ensemble = EnsembleSummary(
            spec.name,
            spec.model_name,
            spec.parameters,
            spec.N,
            recipe.temperature,
            scalars={},
            spacing=spec.lineage.spacing if spec.lineage else None,
        )
        is_bound = any(stage.may_end_early(values) for stage, values in chosen)
        memory = bytes_of_sample(model, spec.N)
        points.append(
            StatePoint(
                *(ensemble, samples, remaining, steps, seconds, is_bound, memory),
                further=_further(campaign, spec, samples, missing[spec.name], costs[kind]),
                seconds_before=before.seconds_before + before.seconds_per_sample if before else 0.0,
            )
        )
    return points


def _further(
    campaign: Campaign, spec: EnsembleSpec, samples: int, missing: Collection[int], cost: Costs
) -> Further | None:
    if spec.lineage is None:
        return None
    recipe, chosen = recipe_of(spec), stages_of_sample(spec, replica_of(0, 1))
    return Further(
        lineages=samples // campaign.glasses[spec.name],
        remaining=sum(place_of(replica)[1] > 0 for replica in missing),
        steps=steps_of(recipe, chosen),
        seconds=cost.of(recipe, chosen),
    )


def time_of(points: Sequence[StatePoint], workers: int) -> float:
    """Time until all samples are made: what the workers share, but no less than one sample takes."""
    longest = max((point.longest for point in points), default=0.0)
    return max(longest, sum(point.seconds for point in points) / max(1, workers))


def memory_of(points: Sequence[StatePoint], workers: int) -> float:
    """Bytes that the workers need together, at most."""
    return bytes_in_all([(point.bytes_per_sample, point.remaining) for point in points], workers)


def missing_samples(
    campaign: Campaign, store: Store, retry_failed: bool = False
) -> list[tuple[EnsembleSpec, int]]:
    """The campaign's ensembles with the number of their samples that are still to be made."""
    missing = _missing(campaign, store, retry_failed)
    return [(spec, len(missing[spec.name])) for spec, _ in campaign.ensembles]


def _missing(campaign: Campaign, store: Store | None, retry_failed: bool) -> dict[str, set[int]]:
    """Numbers of the samples of each ensemble that are still to be made."""
    states = (State.DONE,) if retry_failed else (State.DONE, State.FAILED)
    settled = store.replicas(*states) if store else {}
    return {name: set(asked) - settled.get(name, set()) for name, asked in campaign.replicas.items()}


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
            tried |= {"pressure": 1.0, "compressibility": 1.0, "barostat_relaxation_time": VERY_SLOW}
        kind = repr(sorted(tried.items()))
        if kind not in self._steps:
            step = self._liquid.model.default_time_step(self._liquid.target_temperature)
            trial = self._liquid.run(BENCHMARK_STEPS * step, **tried)
            run = self._liquid.run(BENCHMARK_SECONDS / trial.wall_time * trial.time, **tried)
            self._steps[kind] = 1.0 / run.particle_steps_per_second
        return self._steps[kind]
