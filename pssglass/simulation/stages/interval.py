"""The time at the parent temperature between one glass of a lineage and the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.simulation import dynamics
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.stage import Stage, StageRun
from pssglass.simulation.stages.swap_record import counted, swap_values


class Interval(Stage):
    """The hold goes on for a given time, of which nothing is recorded: the lineage's first glass has τ."""

    name = "interval"
    order = 100
    keys = ()

    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """As many as the time takes."""
        return round(float(values["time"]) / recipe.time_step(recipe.temperature))

    def run_options(self, protocol: Protocol) -> Mapping[str, Any]:
        """Its barostat and its swap moves."""
        return {**protocol.barostat, "swap": protocol.swap}

    def run(self, run: StageRun) -> None:
        """With the thermostat, the barostat and the swap moves of the hold."""
        recipe, progress, options = run.recipe, run.progress, self.run_options(run.recipe.protocol)
        while steps := min(self.steps(recipe, run.values) - run.done, dynamics.CHUNK):
            result = run.advance(steps, recipe.temperature, **options)
            if result.swap_moves:
                progress.state["swap"] = counted(result.swap_moves, progress.state.get("swap"))
            run.pause()
        if swaps := progress.state.get("swap"):
            progress.record["swap"] = swaps
            progress.liquid |= swap_values(swaps)
