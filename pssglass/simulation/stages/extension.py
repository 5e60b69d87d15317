"""The hold of a liquid goes on that was held at its parent temperature before, and became a glass then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pssglass.simulation.hold_times import is_over, steps_held
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.hold import Hold
from pssglass.simulation.stages.stage import StageInUse, StageRun


@dataclass(frozen=True)
class Held:
    """A hold that goes on, as plain JSON values.

    Attributes:
        equilibration: how it ended.
        liquid: what was measured of the liquid.
    """

    equilibration: Mapping[str, Any]
    liquid: Mapping[str, Any] = field(default_factory=dict)

    def stages(self, protocol: Protocol) -> list[StageInUse]:
        """By which it goes on to the end that a protocol tells."""
        time = protocol.equilibration_time
        held = {"held": self.equilibration, "liquid": self.liquid}
        return [(Extension(), {"equilibration_time": time, **held})]


class Extension(Hold):
    """To the end that the protocol tells, or not at all where the liquid has been held for as long."""

    name = "extension"
    keys = ()

    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """Those that the hold has not had."""
        held = steps_held(values["held"], recipe.time_step(recipe.temperature))
        return max(0, super().steps(recipe, values) - held)

    def run(self, run: StageRun) -> None:
        """From there on bit by bit as if the hold had not ended."""
        recipe, held = run.recipe, run.values["held"]
        if not is_over(recipe, held):
            super().run(run)
            return
        run.progress.record["equilibration"] = dict(held)
        run.progress.liquid |= run.values["liquid"]
