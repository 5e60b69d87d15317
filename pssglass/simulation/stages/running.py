"""A liquid taken through the stages of its protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.stage import Progress, StageInUse, StageRun
from pssglass.simulation.trajectories import Keep

if TYPE_CHECKING:
    from pssglass.simulation.liquid import Liquid


def run_stages(
    liquid: Liquid,
    recipe: Recipe,
    stages: Sequence[StageInUse],
    progress: Progress | None = None,
    pause: Callable[[], None] = lambda: None,
    keep: Keep | None = None,
) -> Progress:
    """Take a liquid through stages, going on with the one that it is on.

    Args:
        liquid: it is changed.
        recipe: what it is made of, and how.
        stages: see ``stages_of``.
        progress: it is changed; None begins.
        pause: called every few thousand steps at least, where liquid and progress fit together; what it
            raises ends the run.
        keep: takes frames of the trajectory that the protocol asks for; None leaves them out.

    Returns:
        The progress, with what the stages have recorded.

    Raises:
        TrajectoryDiverged: the liquid blew up.
    """
    progress = progress or Progress()
    names = [stage.name for stage, _ in stages]
    begin = names.index(progress.stage) if progress.stage else 0
    for stage, values in stages[begin:]:
        if stage.name != progress.stage:
            progress.stage, progress.state = stage.name, {}
        stage.run(StageRun(liquid, recipe, values, progress, pause, keep))
    return progress


def steps_of(recipe: Recipe, stages: Sequence[StageInUse]) -> int:
    """Number of time steps that the stages take, at most."""
    return sum(stage.steps(recipe, values) for stage, values in stages)
