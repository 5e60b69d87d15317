"""What a campaign would do, how long it should take on this machine, and how much memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pssglass.base.canonical import digest
from pssglass.base.lineages import place_of
from pssglass.base.results import AUTO, EnsembleSummary
from pssglass.campaigns.extension import Resolved
from pssglass.campaigns.reader import DEFAULT_SPACING
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.db import MeasuredRelaxation, State, Store
from pssglass.pipeline.costs import Costs
from pssglass.pipeline.extension import resolved
from pssglass.pipeline.lineages import place_in
from pssglass.pipeline.memory import bytes_in_all, bytes_of_sample
from pssglass.pipeline.sample import recipe_of
from pssglass.simulation.hold_times import expected_time
from pssglass.simulation.lineages import Place, interval_of, lineage_stages, longest_interval
from pssglass.simulation.stages import StageInUse, stages_of, steps_of
from pssglass.simulation.stages.extension import Held

USUAL_GLASSES = 10
"""Of each lineage, where it is told what lineages would cost in place of fresh samples."""


@dataclass(frozen=True)
class Effort:
    """Time steps and core-seconds that one glass takes.

    If ``is_bound``, they are the most, as a stage may end early, or τ is not known; if ``is_estimate``, they
    depend on the measured τ.
    """

    steps: int
    seconds: float
    is_bound: bool = False
    is_estimate: bool = False


@dataclass(frozen=True)
class StatePoint:
    """One ensemble of a campaign, and the samples still to be made, in its own way and in the other.

    Attributes:
        ensemble: the ensemble, without results.
        lineages: how many there are; None of fresh samples.
        samples, remaining: how many are asked for, and are still to be made.
        remaining_firsts: of these, first glasses of lineages; of fresh samples, if they were of lineages.
        fresh: effort of a fresh sample.
        first, further: effort of the first glass of a lineage, and of each after it.
        relaxation_time: measured at this state point; None where it is not known.
        hold_time: at the parent temperature before a fresh sample or a first glass.
        bytes_per_sample: memory of the process that makes one.
        trajectories: files of trajectories that are still to be written, and ``trajectory_bytes`` of each on
            disk.
        longest: time that what is to be made takes at least, however many workers there are.
    """

    ensemble: EnsembleSummary
    lineages: int | None
    samples: int
    remaining: int
    remaining_firsts: int
    fresh: Effort
    first: Effort
    further: Effort
    relaxation_time: float | None
    hold_time: float
    bytes_per_sample: float
    trajectories: int
    trajectory_bytes: float
    longest: float

    @property
    def begun(self) -> Effort:
        """Of a fresh sample, or of the first glass of a lineage."""
        return self.fresh if self.lineages is None else self.first

    @property
    def efforts(self) -> list[Effort]:
        """Of all samples, whatever their places."""
        return [self.fresh] if self.lineages is None else [self.first, self.further]

    @property
    def fresh_seconds(self) -> float:
        """Of all that is still to be made on one core, as fresh samples."""
        return self.remaining * self.fresh.seconds

    @property
    def lineage_seconds(self) -> float:
        """The same as glasses of lineages."""
        others = self.remaining - self.remaining_firsts
        return self.remaining_firsts * self.first.seconds + others * self.further.seconds

    @property
    def seconds(self) -> float:
        """The same as they are asked for."""
        return self.fresh_seconds if self.lineages is None else self.lineage_seconds


def plan(
    campaign: Campaign, store: Store | None = None, retry_failed: bool = False, extend: bool = False
) -> list[StatePoint]:
    """The campaign's ensembles, in its order, with the samples that ``simulate`` would make.

    Before them are the ages with whose liquids extended ones go on.

    Those that are done in the database need not be made, nor those that failed, unless ``retry_failed``.
    Relaxation times are those of its liquids at the same state points. Takes about a second for each model,
    in which the engine's speed is measured, and half a second for each barostat and swap.

    Raises:
        EnsembleConflict: an ensemble of the database has the name and other physics, or cannot be extended.
    """
    found = resolved(store, campaign, extend)
    campaign, missing = found.campaign, _missing(found, store, retry_failed)
    measured = store.relaxation_times() if store else []
    costs: dict[tuple[object, ...], Costs] = {}
    points: list[StatePoint] = []
    reached: dict[int, float] = {}
    for spec, samples in campaign.ensembles:
        protocol = spec.protocol
        kind = (
            *(spec.model.hash, protocol.melt_temperature, protocol.quench, protocol.quench_tolerance),
            protocol.precision,
        )
        if kind not in costs:
            costs[kind] = Costs(spec.model, protocol)
        prospect = _Prospect(spec, relaxation_time(measured, spec), costs[kind])
        reached = reached if spec.hotter and not spec.extended else {}
        points.append(_state_point(campaign, prospect, samples, missing[spec.name], reached))
    return points


def _state_point(
    campaign: Campaign, prospect: _Prospect, samples: int, missing: Collection[int], reached: dict[int, float]
) -> StatePoint:
    """``reached`` tells when each lineage has its first glass at the temperature before, and then at this."""
    spec, remaining = prospect.spec, len(missing)
    lineages, firsts = None, math.ceil(remaining / USUAL_GLASSES)
    longest = prospect.fresh.seconds if missing else 0.0
    if spec.lineage is not None:
        lineages = samples // campaign.glasses[spec.name]
        firsts = sum(place_of(replica)[1] == 0 for replica in missing)
        longest = _longest(prospect, missing, reached)
    trajectory = spec.protocol.trajectory
    recorded = remaining if spec.lineage is None else firsts
    return StatePoint(
        ensemble=EnsembleSummary(
            *(spec.name, spec.model_name, spec.parameters, spec.N, spec.parent_temperature),
            scalars={},
            spacing=spec.lineage.spacing if spec.lineage else None,
        ),
        lineages=lineages,
        samples=samples,
        remaining=remaining,
        remaining_firsts=firsts,
        fresh=prospect.fresh,
        first=prospect.first,
        further=prospect.further,
        relaxation_time=prospect.tau,
        hold_time=prospect.hold_time,
        bytes_per_sample=bytes_of_sample(spec.model, spec.N, spec.protocol),
        trajectories=recorded if trajectory else 0,
        trajectory_bytes=trajectory.bytes_on_disk(spec.N, spec.protocol.swap is not None)
        if trajectory
        else 0.0,
        longest=longest,
    )


def _longest(prospect: _Prospect, missing: Collection[int], reached: dict[int, float]) -> float:
    """Until the last glass of the slowest lineage, of which one begins where another ends."""
    further: dict[int, float] = {}
    for lineage, glass in map(place_of, missing):
        ends, effort = (further, prospect.further) if glass else (reached, prospect.first)
        ends[lineage] = ends.get(lineage, 0.0) + effort.seconds
    lineages = {place_of(replica)[0] for replica in missing}
    return max((reached.get(one, 0.0) + further.get(one, 0.0) for one in lineages), default=0.0)


class _Prospect:
    """What a sample of an ensemble takes, whichever way it is made.

    Args:
        spec: of the ensemble.
        tau: its relaxation time; None, and all times are the most that may be.
        cost: of its model.
    """

    def __init__(self, spec: EnsembleSpec, tau: float | None, cost: Costs) -> None:
        self.spec, self.tau, self._cost = spec, tau, cost
        recipe = recipe_of(spec)
        protocol = spec.protocol
        self.hold_time = protocol.longest_time
        if tau is not None:
            self.hold_time = expected_time(protocol, recipe.time_step(recipe.temperature), tau)
            protocol = replace(
                protocol, equilibration_time=self.hold_time, n_tau=None, equilibration_cap=None
            )
        self._recipe = replace(recipe, protocol=protocol)
        spacing = spec.lineage.spacing if spec.lineage else DEFAULT_SPACING
        interval = longest_interval(recipe, spacing) if tau is None else interval_of(spacing, tau)
        place = place_in(spec, 0) if spec.lineage else Place(0, 0, is_hottest=True)
        begun = self._extension(tau) or lineage_stages(self._recipe, place, {})
        apart = lineage_stages(self._recipe, replace(place, glass=1), {"interval": interval})
        fresh = self._extension(tau) if spec.lineage is None else None
        self.fresh, self.first = self._effort(fresh or stages_of(protocol)), self._effort(begun)
        self.further = replace(self._effort(apart), is_bound=tau is None, is_estimate=tau is not None)

    def _extension(self, tau: float | None) -> list[StageInUse] | None:
        """The stages of one whose hold goes on."""
        if self.spec.earlier is None:
            return None
        before = self.spec.earlier.protocol
        held = before.longest_time if before.equilibration_time != AUTO else 0.0
        if tau is not None:
            held = expected_time(before, self._recipe.time_step(self._recipe.temperature), tau)
        return Held({"time": min(held, self.hold_time)}).stages(self._recipe.protocol)

    def _effort(self, chosen: Sequence[StageInUse]) -> Effort:
        return Effort(
            steps_of(self._recipe, chosen),
            self._cost.of(self._recipe, chosen),
            is_bound=any(stage.may_end_early(values) for stage, values in chosen),
            is_estimate=self.tau is not None and self.spec.protocol.equilibration_time == AUTO,
        )


def relaxation_time(measured: Sequence[MeasuredRelaxation], spec: EnsembleSpec) -> float | None:
    """The median of the liquids at a state point, those that did not relax longer than all others.

    Those of the same N are asked first. None where there are none, or most did not relax.
    """
    alike = [one for one in measured if _state(one.spec) == _state(spec.canonical())]
    same = [one for one in alike if one.spec["N"] == spec.N] or alike
    times = sorted(math.inf if time is None else time for one in same for time in one.times)
    median = times[len(times) // 2] if times else math.inf
    return median if math.isfinite(median) else None


def _state(plain: Mapping[str, Any]) -> str:
    """Digest of what decides how a liquid relaxes, of the specification of its ensemble."""
    of_protocol = [plain["protocol"].get(key) for key in ("pressure", "swap")]
    return digest([plain[key] for key in ("model_name", "parameters", "parent_temperature")] + of_protocol)


def time_of(points: Sequence[StatePoint], workers: int) -> float:
    """Time until all samples are made: what the workers share, but no less than one sample takes."""
    longest = max((point.longest for point in points), default=0.0)
    return max(longest, sum(point.seconds for point in points) / max(1, workers))


def memory_of(points: Sequence[StatePoint], workers: int) -> float:
    """Bytes that the workers need together, at most."""
    return bytes_in_all([(point.bytes_per_sample, point.remaining) for point in points], workers)


def missing_samples(
    campaign: Campaign, store: Store, retry_failed: bool = False, extend: bool = False
) -> list[tuple[EnsembleSpec, int]]:
    """The campaign's ensembles with the number of their samples that are still to be made."""
    found = resolved(store, campaign, extend)
    missing = _missing(found, store, retry_failed)
    return [(spec, len(missing[spec.name])) for spec, _ in found.campaign.ensembles]


def _missing(found: Resolved, store: Store | None, retry_failed: bool) -> dict[str, set[int]]:
    """Numbers of the samples of each ensemble that are still to be made."""
    states = (State.DONE,) if retry_failed else (State.DONE, State.FAILED)
    stored = store.replicas(*states) if store else {}
    settled = {found.renamed.get(name, name): replicas for name, replicas in stored.items()}
    return {name: set(asked) - settled.get(name, set()) for name, asked in found.campaign.replicas.items()}
