"""Ensembles sorted into those of one model, and models put into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pssglass.base.results import EnsembleSummary
from pssglass.models.registry import default_parameters

E = TypeVar("E", bound=EnsembleSummary)


def special_parameters(ensemble: EnsembleSummary) -> dict[str, Any]:
    """The model parameters that are not at their defaults, by name."""
    defaults = {name: _plain(value) for name, value in default_parameters(ensemble.model_name).items()}
    return {
        name: value
        for name, value in sorted(ensemble.parameters.items())
        if name not in defaults or _plain(value) != defaults[name]
    }


def model_label(ensemble: EnsembleSummary) -> str:
    """A model and its special parameters in one line for tables: ``"pss rc=1.5"``."""
    parameters = special_parameters(ensemble)
    return " ".join([ensemble.model_name, *(f"{name}={_text(value)}" for name, value in parameters.items())])


def by_model(ensembles: Iterable[E]) -> dict[str, list[E]]:
    """Ensembles grouped by model label, in ascending order of parent temperature, unknown ones first."""
    groups: dict[str, list[E]] = {}
    for ensemble in sorted(ensembles, key=lambda one: (one.parent_temperature or 0.0, one.N, one.name)):
        groups.setdefault(model_label(ensemble), []).append(ensemble)
    return dict(sorted(groups.items()))


def by_series(ensembles: Iterable[E]) -> dict[str, list[E]]:
    """Ensembles grouped into curves against parent temperature, in ascending order of it.

    A series is a model. Where a model has several ensembles at one temperature it is divided, by particle
    number (``"pss rc=1.5, N=3000"``) and, if that is the same too, by name.
    """
    series: dict[str, list[E]] = {}
    for label, group in by_model(ensembles).items():
        for variant, members in _divided(group):
            series[f"{label}, {variant}" if variant else label] = members
    return series


def _divided(group: list[E]) -> list[tuple[str, list[E]]]:
    if _distinct_temperatures(group):
        return [("", group)]
    divided: list[tuple[str, list[E]]] = []
    for N in sorted({one.N for one in group}):
        members = [one for one in group if one.N == N]
        if _distinct_temperatures(members):
            divided.append((f"N={N}", members))
        else:
            divided += [(one.name, [one]) for one in members]
    return divided


def _distinct_temperatures(group: Sequence[EnsembleSummary]) -> bool:
    return len({one.parent_temperature for one in group}) == len(group)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
