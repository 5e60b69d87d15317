"""Ensembles sorted into those of one model, and models put into words."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, TypeVar

from pssglass.models import MODELS
from pssglass.results import EnsembleSummary

E = TypeVar("E", bound=EnsembleSummary)


def special_parameters(ensemble: EnsembleSummary) -> dict[str, Any]:
    """The model parameters that are not at their defaults, by name."""
    factory = MODELS.get(ensemble.model)
    accepted = inspect.signature(factory).parameters if factory else {}
    defaults = {name: _plain(parameter.default) for name, parameter in accepted.items()}
    return {
        name: value
        for name, value in sorted(ensemble.parameters.items())
        if name not in defaults or _plain(value) != defaults[name]
    }


def model_label(ensemble: EnsembleSummary) -> str:
    """A model and its special parameters in one line for tables: ``"pss rc=1.5"``."""
    parameters = special_parameters(ensemble)
    return " ".join([ensemble.model, *(f"{name}={_text(value)}" for name, value in parameters.items())])


def by_model(ensembles: Iterable[E]) -> dict[str, list[E]]:
    """Ensembles grouped by model label, each group in ascending order of parent temperature."""
    groups: dict[str, list[E]] = {}
    for ensemble in sorted(ensembles, key=lambda one: (one.parent_temperature, one.N, one.name)):
        groups.setdefault(model_label(ensemble), []).append(ensemble)
    return dict(sorted(groups.items()))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
