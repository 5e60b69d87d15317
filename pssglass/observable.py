"""What a plugin imports: the protocol of observables, what they are given, and what they may raise."""

from __future__ import annotations

from pssglass.base.checks import Bounds
from pssglass.base.errors import InputError, ObservableFailed
from pssglass.base.results import EnsembleData, Floats, ModelData, Value
from pssglass.plugins.protocol import JSON, LIQUID, LIQUID_KEYS, Column, Level, Observable, Values

__all__ = [
    "JSON",
    "LIQUID",
    "LIQUID_KEYS",
    "Bounds",
    "Column",
    "EnsembleData",
    "Floats",
    "InputError",
    "Level",
    "ModelData",
    "Observable",
    "ObservableFailed",
    "Value",
    "Values",
]
