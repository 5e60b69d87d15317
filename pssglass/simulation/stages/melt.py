"""The melt, which forgets how the particles were placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.base.errors import InputError
from pssglass.models import Model
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.keys import Key, not_negative, positive
from pssglass.simulation.stages.stage import Stage, StageRun


class Melt(Stage):
    """A given time at a high temperature, at the end of which velocities are scaled."""

    name = "melt"
    order = 0
    keys = (
        Key("melt_temperature", positive, "temperature of the melt; by default the model's"),
        Key("melt_time", not_negative, "time at this temperature", Protocol.melt_time),
    )

    def check(self, values: dict[str, Any], model: Model, temperature: float) -> dict[str, Any]:
        """A melt is no colder than the liquid that follows."""
        hot = values.get("melt_temperature", model.melt_temperature)
        if hot < temperature:
            raise InputError(
                f"melt_temperature = {hot:g} is below the parent temperature {temperature:g}; raise it"
            )
        return {**values, "melt_temperature": hot}

    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """As many as the time takes."""
        protocol = recipe.protocol
        return round(protocol.melt_time / recipe.time_step(protocol.melt_temperature))

    def run(self, run: StageRun) -> None:
        """Hold the temperature; what follows begins with velocities of the parent temperature."""
        run.hold(run.recipe.protocol.melt_temperature, self.steps(run.recipe, run.values))
        run.liquid.scale_velocities(run.recipe.temperature)
