"""What a distribution imports that adds a step to the protocol: see ``Stage``."""

from __future__ import annotations

from pssglass.base.errors import InputError
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.keys import Key, Table, not_negative, one_of, positive, whole
from pssglass.simulation.stages.stage import Stage, StageRun

__all__ = [
    "InputError",
    "Key",
    "Recipe",
    "Stage",
    "StageRun",
    "Table",
    "not_negative",
    "one_of",
    "positive",
    "whole",
]
