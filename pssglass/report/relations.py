"""Power laws between the results of ensembles, as observable ``power_laws`` fitted them, for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pssglass.analysis.power_laws import EXPONENTS, LAWS
from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleData, Value

OBSERVABLE = "power_laws"


@dataclass(frozen=True)
class Relation:
    """An exponent: of which quantity, from which models, and beside that of the paper."""

    quantity: str
    models: tuple[str, ...]
    exponent: float
    error: float
    points: int
    expected: float
    is_weak: bool

    @property
    def deviation(self) -> float:
        """Distance of the exponent from the expected one, in standard errors."""
        return (self.exponent - self.expected) / self.error


def relations(ensembles: Sequence[EnsembleData]) -> list[Relation]:
    """Of each quantity those of all models together, without the stickiest, and of each alone."""
    models = _fitted(ensembles)
    others = [label for label in models if not models[label]["stickiest"]]
    groups = [("_of_all", list(models)), ("_without_stickiest", others)]
    found = []
    for quantity, key in EXPONENTS.items():
        for suffix, labels in [*groups, *(("", [label]) for label in models)]:
            found += [
                _relation(quantity, key + suffix, labels, models[one])
                for one in labels[:1]
                if key + suffix in models[one]
            ]
    return found


def _fitted(ensembles: Sequence[EnsembleData]) -> dict[str, Mapping[str, Value]]:
    """The values of each model that has any: some of its ensembles may be without, and take no part."""
    found: dict[str, Mapping[str, Value]] = {}
    for label, members in by_series(ensembles).items():
        for one in members:
            if "stickiest" in one.values:
                found.setdefault(label, one.values)
    return found


def _relation(quantity: str, key: str, models: Sequence[str], values: Mapping[str, Value]) -> Relation:
    return Relation(
        quantity=quantity,
        models=tuple(models),
        exponent=float(values[key]),
        error=float(values[f"{key}_error"]),
        points=int(values[f"{key}_points"]),
        expected=LAWS[quantity],
        is_weak=not values[f"{key}_supported"],
    )
