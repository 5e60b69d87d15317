"""The steps by which a liquid is made: a class for each, with its keys, number of steps and state."""

from .registry import Stages, installed_stages, origins, own_stages, stages_of
from .running import run_stages, steps_of
from .stage import Progress, Stage, StageInUse, StageRun

__all__ = [
    "Progress",
    "Stage",
    "StageInUse",
    "StageRun",
    "Stages",
    "installed_stages",
    "origins",
    "own_stages",
    "run_stages",
    "stages_of",
    "steps_of",
]
