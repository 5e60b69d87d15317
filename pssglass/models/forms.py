"""The forms that models as data choose from: what each is made of, by the names of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import ModelError
from pssglass.models.contacts import contacts
from pssglass.models.form import PairForm
from pssglass.models.points import (
    PotentialPoints,
    check_smoothing,
    checked_points,
    numbers_at_places,
    read_csv,
    sampled_points,
    squares,
)
from pssglass.models.smoothing import inverse_powers, sticky_powers
from pssglass.models.tabulation import table_through

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class FormOfData:
    """A form as campaign files name it.

    Attributes:
        build: makes it of plain values; its signature states the parameters, its docstring the meaning.
        resolve: turns what may be given besides, such as a file, into those values; and the folder that
            relative paths begin at.
        others: names of what may be given besides.
        measured: parameters that ``resolve`` finds out.
        melt_temperature: of a melt, where a model names none, given the form's values.
    """

    build: Callable[..., PairForm]
    resolve: Callable[[Settings, Path], Settings] = lambda settings, folder: settings
    others: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    melt_temperature: Callable[[Settings], float] = lambda settings: 4.0

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything that may be given."""
        return (*inspect.signature(self.build).parameters, *self.others)

    def settings(self, given: Settings, folder: Path) -> dict[str, Any]:
        """Plain values that make the form, defaults filled in."""
        resolved = self.resolve(given, folder)
        filled = {}
        for name, parameter in inspect.signature(self.build).parameters.items():
            if name not in resolved and parameter.default is parameter.empty:
                raise ModelError(f"the key '{name}' is missing; add it")
            value = resolved.get(name, parameter.default)
            if value is not None:
                filled[name] = value
        return filled


def _inverse_powers(
    exponents: object,
    coefficients: object,
    cutoff: object = None,
    sticky: object = None,
    smoothing: object = 2,
) -> PairForm:
    """Sum of coefficients times x^-exponents, smoothed to this order at the cutoff, or by a sticky taper."""
    if (cutoff is None) == (sticky is None):
        raise ModelError("give either 'cutoff' or 'sticky', the cutoff over the distance of the minimum")
    arguments: dict[str, Any] = {"smoothing": smoothing}
    if sticky is None:
        return inverse_powers(exponents, coefficients, cutoff=cutoff, **arguments)  # type: ignore[arg-type]
    return sticky_powers(exponents, coefficients, rc=sticky, **arguments)  # type: ignore[arg-type]


def _hertzian(alpha: object = 2.5, prefactor: object = 1.0) -> PairForm:
    """prefactor (1 - x)^alpha where spheres overlap; alpha is 2.5 or 2."""
    return contacts(prefactor, alpha)


def _table(
    q: Any, phi: Any, smoothing: Any = None, force_error: float = 0.0, stiffness_error: float = 0.0
) -> PairForm:
    """Values phi at q = x², or at x, or from a file of such columns; smoothed at the end if asked to."""
    return table_through(tuple(q), tuple(phi), smoothing)


def _points(given: Settings, folder: Path) -> Settings:
    """The points of a table from where they are, and what it may be wrong by."""
    smoothing = given.get("smoothing")
    check_smoothing(smoothing)
    if "force_error" in given and "stiffness_error" in given:  # measured before
        numbers_at_places(given.get("q"), given.get("phi"))
        return given
    points = _found(given, smoothing, folder)
    return {
        "q": list(points.q),
        "phi": list(points.phi),
        "smoothing": smoothing,
        "force_error": float(f"{points.errors.force:.1e}"),
        "stiffness_error": float(f"{points.errors.stiffness:.1e}"),
    }


POINTS_HAVE = {"file": {"cutoff", "phi"}, "x": {"cutoff"}, "q": {"cutoff"}, "x_first": set[str]()}
"""Keys that say again what the points of a table say, by where these come from."""


def _found(given: Settings, smoothing: int | None, folder: Path) -> PotentialPoints:
    sources = [key for key in ("file", "x", "q", "x_first") if key in given]
    if len(sources) != 1:
        told = f"; given are {', '.join(sources)}: leave out all but one" if sources else ""
        raise ModelError(
            f"a table needs one of 'file', 'x' with 'phi', 'q' with 'phi', and in Python 'x_first'{told}"
        )
    for key in POINTS_HAVE[sources[0]] & given.keys():
        raise ModelError(f"'{key}' does not go with '{sources[0]}', whose points tell it; leave it out")
    if sources == ["file"]:
        path = folder / checks.path(ModelError, "file", given["file"])
        return checked_points(*read_csv(path), smoothing, f"table {path}")
    for key in ("phi", *(["cutoff"] if sources == ["x_first"] else [])):
        if key not in given:
            raise ModelError(f"the key '{key}' is missing; add it")
    if sources == ["x_first"]:
        return sampled_points(given["phi"], given["x_first"], given["cutoff"], smoothing)
    places = squares(given["x"]) if sources == ["x"] else given["q"]
    return checked_points(places, given["phi"], smoothing)


FORMS: Mapping[str, FormOfData] = {
    "hertzian": FormOfData(_hertzian, melt_temperature=lambda own: 0.02 * own["prefactor"]),
    "inverse-powers": FormOfData(_inverse_powers),
    "table": FormOfData(
        _table, _points, ("file", "x", "x_first", "cutoff"), ("force_error", "stiffness_error")
    ),
}
"""By the name that a campaign file gives."""
