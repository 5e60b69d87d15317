"""Glass formers as data: forms of pair potentials, the Model, and the library of models."""

from __future__ import annotations

from pssglass.models.library import KABLJ, MODELS, PSS, build_model
from pssglass.models.model import Model

__all__ = ["KABLJ", "MODELS", "PSS", "Model", "build_model"]
