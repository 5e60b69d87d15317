"""Steps of a lineage: a liquid that goes on from an earlier one, at a lower temperature or at the same.

At each parent temperature the first glass comes after the whole hold, without a melt, from the first liquid
of the next hotter one; each further glass some relaxation times after the one before. So neither the number
of glasses nor that of lineages has a part in any of them. What a liquid hands on is kept in its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pssglass.simulation.protocol import SHORTEST_RELAXATION_TIME
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.recording import LONGEST_LAG
from pssglass.simulation.stages import Progress, stages_of
from pssglass.simulation.stages.interval import Interval
from pssglass.simulation.stages.melt import Melt
from pssglass.simulation.stages.stage import StageInUse

HANDED_ON = "lineage"
"""Key of a liquid's metadata."""


@dataclass(frozen=True)
class Place:
    """Which glass of its lineage a liquid is for, and whether at the temperature at which that began."""

    lineage: int
    glass: int
    is_hottest: bool

    @property
    def is_first(self) -> bool:
        """At this temperature."""
        return self.glass == 0


def lineage_stages(recipe: Recipe, place: Place, handed_on: Mapping[str, Any]) -> list[StageInUse]:
    """The stages by which the liquid for one glass is made from the one before."""
    if not place.is_first:
        return [(Interval(), {"time": handed_on["interval"]})]
    chosen = stages_of(recipe.protocol)
    return chosen if place.is_hottest else [one for one in chosen if not isinstance(one[0], Melt)]


def longest_interval(recipe: Recipe, spacing: float) -> float:
    """Bound of the time between two glasses: τ is known up to the longest lag only."""
    return interval_of(spacing, _longest_lag(recipe.protocol.longest_time))


def interval_of(spacing: float, tau: float) -> float:
    """Time between two glasses of a liquid that relaxes in τ."""
    return spacing * max(tau, SHORTEST_RELAXATION_TIME)


def hand_on(
    recipe: Recipe, place: Place, spacing: float, progress: Progress, before: Mapping[str, Any]
) -> dict[str, Any]:
    """What the liquid of a glass hands on, as plain JSON values; its record is completed.

    τ is that of the hold of this lineage at this temperature: an average over lineages would depend on
    their number. Where something has not relaxed, or was not recorded, it is an eighth of the hold's time.
    How equilibration ended is told of all glasses that follow at the same temperature; colder ones are
    judged by their own hold.
    """
    if place.is_first:
        equilibration = progress.record["equilibration"]
        tau = _relaxation_time(recipe, equilibration) or _longest_lag(equilibration["time"])
        dt = recipe.time_step(recipe.temperature)
        interval = max(1, round(interval_of(spacing, tau) / dt)) * dt
    else:
        interval = before["interval"]
        equilibration = _later(before["equilibration"], interval)
        progress.record["equilibration"] = equilibration
        progress.liquid["liquid_time"] = equilibration["time"]
    return {
        "lineage": place.lineage,
        "glass": place.glass,
        "interval": interval,
        "equilibration": equilibration,
    }


def _relaxation_time(recipe: Recipe, equilibration: Mapping[str, Any]) -> float | None:
    """Of all that has to relax: of the stress, and of sizes that are exchanged; None if one does not."""
    keys = ["relaxation_time", *(["size_relaxation_time"] if recipe.protocol.swap else [])]
    known = [equilibration.get(key) for key in keys]
    return None if None in known else max(filter(None, known), default=None)


def _longest_lag(time: float) -> float:
    """Up to which c(t) of a hold would be known whose second half is recorded."""
    return 0.5 * LONGEST_LAG * time


def _later(equilibration: Mapping[str, Any], interval: float) -> dict[str, Any]:
    """The outcome of a hold that has gone on for a while, unrecorded."""
    before, passed = equilibration["time"], equilibration["relaxation_times_passed"]
    time = before + interval
    nothing = ("energy_drift", "pressure_drift", "missing_correlation", "missing_correlation_error")
    return {
        **equilibration,
        **dict.fromkeys(nothing),
        "time": time,
        "recorded_time": 0.0,
        "relaxation_times_passed": None if passed is None else passed * time / before,
    }
