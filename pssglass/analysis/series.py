"""Ensembles sorted into those of one model, and models put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, takewhile
from typing import Any, TypeVar

from pssglass.base.canonical import digest
from pssglass.base.results import EnsembleSummary
from pssglass.models.registry import default_parameters

E = TypeVar("E", bound=EnsembleSummary)


def special_parameters(ensemble: EnsembleSummary) -> dict[str, Any]:
    """The model parameters that are not at their defaults, by name; of a model as data, a digest of all."""
    if "form" in ensemble.parameters:
        return {"definition": digest(ensemble.parameters)[:6]}
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
    for ensemble in _ascending(ensembles):
        groups.setdefault(model_label(ensemble), []).append(ensemble)
    return dict(sorted(groups.items()))


def by_series(ensembles: Iterable[E]) -> dict[str, list[E]]:
    """Ensembles grouped into curves against parent temperature, in ascending order of it.

    A series is a model. Where a model has several ensembles at one temperature, or such as were quenched in
    different ways, it is divided into what was made together, and each part is named by what sets it apart:
    ``"pss rc=1.5, N=3000"``, ``"pss rc=1.5, equilibration_time=100"``, else by its campaign and block.
    What was imported beside it is ``"pss rc=1.5, imported"``, and changes no other name.
    """
    series: dict[str, list[E]] = {}
    for label, group in by_model(ensembles).items():
        parts = _divided(group)
        for variant, members in zip(_variants(parts), parts, strict=True):
            series[f"{label}, {variant}" if variant else label] = members
    return series


def model_of(label: str) -> str:
    """The label of the model that a series is one of."""
    return label.partition(", ")[0]


def block(ensemble: EnsembleSummary) -> str:
    """Campaign and block of an ensemble: its name without the parent temperature at the end."""
    return ensemble.name.removesuffix(f"-T{ensemble.parent_temperature}")


def _divided(group: list[E]) -> list[list[E]]:
    """Blocks put together again as far as no temperature occurs twice, those of like names first."""
    if _fit_together(group):
        return [group]
    blocks: dict[tuple[str, bool], list[E]] = {}
    for one in group:
        blocks.setdefault((block(one), one.is_imported), []).append(one)
    parts = list(blocks.values())
    while pairs := [(one, other) for one, other in combinations(parts, 2) if _may_join(one, other)]:
        first, second = max(pairs, key=lambda pair: _common(pair[0][0], pair[1][0]))
        parts = [part for part in parts if part is not first and part is not second]
        parts.append(_ascending([*first, *second]))
    return sorted(parts, key=lambda part: (part[0].is_imported, part[0].N, block(part[0])))


def _may_join(one: Sequence[EnsembleSummary], other: Sequence[EnsembleSummary]) -> bool:
    return one[0].N == other[0].N and _fit_together([*one, *other])


def _fit_together(group: Sequence[EnsembleSummary]) -> bool:
    temperatures = {one.parent_temperature for one in group}
    quenches = {one.protocol.get("quench") for one in group}
    return len(temperatures) == len(group) and len(quenches) == 1


def _common(one: EnsembleSummary, other: EnsembleSummary) -> int:
    """Length of what both names begin with."""
    pairs = zip(one.name, other.name, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _ascending(group: Iterable[E]) -> list[E]:
    return sorted(group, key=lambda one: (one.parent_temperature or 0.0, one.N, one.name))


def _variants(parts: Sequence[Sequence[EnsembleSummary]]) -> list[str]:
    """What each part is called, those that were made here before those that were imported."""
    made = [part for part in parts if not part[0].is_imported]
    imported = _distinctions([part for part in parts if part[0].is_imported])
    if made:
        imported = [f"imported {name}".strip() for name in imported]
    return [*_distinctions(made), *imported]


def _distinctions(parts: Sequence[Sequence[EnsembleSummary]]) -> list[str]:
    """The N or the value of a key of the protocol of each part, if that tells all apart, else its block."""
    if len(parts) < 2:
        return [""] * len(parts)
    keys = dict.fromkeys(key for part in parts for one in part for key in one.protocol)
    for key in ("N", *keys):
        values = [{_of(one, key) for one in part} for part in parts]
        if all(len(found) == 1 for found in values) and len(set.union(*values)) == len(parts):
            return [f"{key}={found.pop()}" for found in values]
    return [Counter(block(one) for one in part).most_common(1)[0][0] for part in parts]


def _of(ensemble: EnsembleSummary, key: str) -> str:
    return _text(ensemble.N if key == "N" else ensemble.protocol.get(key))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
