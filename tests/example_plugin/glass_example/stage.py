"""Slow cooling between the melt and the parent temperature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pssglass.models import Model
from pssglass.stage import InputError, Key, Recipe, Stage, StageRun, Table, positive, whole


class Anneal(Stage):
    """Holds one temperature after another, each for the same time."""

    name = "anneal"
    version = "1"
    order = 50  # after the melt at 0, before the hold at the parent temperature at 100
    keys = (
        Key(
            "anneal",
            Table(
                Key("begin", positive, "highest temperature", required=True),
                Key("time", positive, "in all", required=True),
                Key("rungs", whole(1), "number of temperatures", 4),
            ),
            "slow cooling to the parent temperature",
        ),
    )

    def check(self, values: dict[str, Any], model: Model, temperature: float) -> dict[str, Any]:
        """Cooling begins above the parent temperature."""
        begin = values["anneal"]["begin"]
        if begin <= temperature:
            bound = f"the parent temperature {temperature:g}"
            raise InputError(f"anneal: begin = {begin:g} must be above {bound}")
        return values

    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """Time steps of all rungs."""
        return sum(steps for _, steps in _ladder(recipe, values["anneal"]))

    def run(self, run: StageRun) -> None:
        """From rung to rung; ``hold`` pauses, and goes on where it was."""
        end = 0
        for temperature, steps in _ladder(run.recipe, run.values["anneal"]):
            end += steps
            run.hold(temperature, until=end)
        run.progress.record["anneal"] = {"steps": run.done}


def _ladder(recipe: Recipe, table: Mapping[str, Any]) -> Iterator[tuple[float, int]]:
    """Temperatures and their numbers of steps."""
    begin, rungs = table["begin"], table["rungs"]
    for rung in range(rungs):
        temperature = begin + (recipe.temperature - begin) * rung / rungs
        yield temperature, round(table["time"] / rungs / recipe.time_step(temperature))
