"""What ``pssglass simulate --dry-run`` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pssglass import pipeline
from pssglass.analysis.series import model_label
from pssglass.base.errors import DatabaseMissing
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.cli.output import duration, show_table
from pssglass.db import Store
from pssglass.execution import Workers as WorkersOrCluster
from pssglass.execution import memory_of_workers, number_of_workers

BOUND, ESTIMATE = "≤ ", "≈ "
IN_WORDS = {BOUND: "at most ", ESTIMATE: "about ", "": ""}


def show_plan(
    campaign: Campaign, db: str, machine: WorkersOrCluster, retry_failed: bool, extend: bool = False
) -> None:
    """What is to be done, how long it should take, and how much memory; of lineages, beside fresh samples."""
    workers = number_of_workers(machine)
    try:
        with Store.open(db, read_only=True) as store:
            campaign, points = (
                pipeline.resolved(store, campaign, extend).campaign,
                pipeline.plan(campaign, store, retry_failed, extend),
            )
    except DatabaseMissing:
        points = pipeline.plan(campaign)
    rows = [
        [
            *_named(point),
            point.ensemble.N,
            point.samples,
            point.remaining,
            f"{_about(point.begun)}{point.begun.steps}",
            f"{_about(point.begun)}{duration(point.begun.seconds)}",
            f"{_about(*point.efforts)}{duration(pipeline.time_of([point], workers))}",
            pipeline.gigabytes(point.bytes_per_sample),
        ]
        for point in points
    ]
    columns = ["model", "T_p", "N", "samples", "to do", "steps", "per sample", "in all", "memory per sample"]
    show_table(columns, rows, title=f"campaign {campaign.name}")
    _show_lineages(points)
    _show_costs(points)
    samples = sum(point.remaining for point in points)
    mark = _about(*(effort for point in points for effort in point.efforts))
    print(
        f"{len(points)} state points, {samples} samples to do:"
        f" {IN_WORDS[mark]}{duration(pipeline.time_of(points, workers))} with {workers}"
        f" workers, {pipeline.gigabytes(pipeline.memory_of(points, workers))} of memory in all"
    )
    _show_trajectories(points)
    remaining = [(spec, point.remaining) for (spec, _), point in zip(campaign.ensembles, points, strict=True)]
    require_memory(remaining, machine)


def _show_trajectories(points: Sequence[pipeline.StatePoint]) -> None:
    """Their size on disk, where any are asked for."""
    count = sum(point.trajectories for point in points)
    if count:
        size = sum(point.trajectories * point.trajectory_bytes for point in points)
        print(f"{count} trajectories, about {pipeline.gigabytes(size)} on disk")


def require_memory(wanted: Sequence[tuple[EnsembleSpec, int]], workers: WorkersOrCluster) -> None:
    """InputError, or a warning, where there is not enough for the workers."""
    if any(samples for _, samples in wanted):
        pipeline.require_memory(wanted, memory_of_workers(workers))


def _named(point: pipeline.StatePoint) -> list[object]:
    return [model_label(point.ensemble), point.ensemble.parent_temperature]


def _about(*efforts: pipeline.Effort) -> str:
    """How sure a number is that these efforts have a part in."""
    if any(effort.is_bound for effort in efforts):
        return BOUND
    return ESTIMATE if any(effort.is_estimate for effort in efforts) else ""


def _show_lineages(points: Iterable[pipeline.StatePoint]) -> None:
    """Of state points with lineages, what each further glass takes."""
    rows = [
        [
            *_named(point),
            point.lineages,
            point.samples // point.lineages,
            f"{point.ensemble.spacing:g} τ",
            f"{_about(point.first)}{point.first.steps}",
            f"{_about(point.further)}{point.further.steps}",
            f"{_about(point.further)}{duration(point.further.seconds)}",
        ]
        for point in points
        if point.lineages
    ]
    if rows:
        columns = ["model", "T_p", "lineages", "glasses of each", "apart", "steps to the first"]
        show_table([*columns, "to each further", "time of each further"], rows, title="lineages")


def _show_costs(points: Sequence[pipeline.StatePoint]) -> None:
    """Core time of what is to be done in either way, where lineages are asked for or τ is known."""
    if not any(point.lineages or point.relaxation_time for point in points):
        return
    rows = []
    for point in points:
        tau, hold = point.relaxation_time, point.hold_time
        known = ["–", "–"] if tau is None else [f"{tau:.3g}", f"{hold / tau:.3g} τ"]
        rows.append([*_named(point), *known, point.remaining, *_costs([point])])
    rows.append(["all", "", "", "", sum(point.remaining for point in points), *_costs(points)])
    columns = ["model", "T_p", "τ", "equilibration", "to do", "fresh samples", "lineages"]
    show_table(columns, rows, title="core time of what is to do")


def _costs(points: Sequence[pipeline.StatePoint]) -> list[str]:
    """Core time as fresh samples, and as glasses of lineages."""
    fresh, first, further = ([vars(one)[key] for one in points] for key in ("fresh", "first", "further"))
    seconds = (sum(one.fresh_seconds for one in points), sum(one.lineage_seconds for one in points))
    return [_about(*fresh) + duration(seconds[0]), _about(*first, *further) + duration(seconds[1])]
