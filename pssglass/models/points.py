"""Potentials at points, from lists, a CSV file or a function: checked, and measured before they are used."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.base import checks
from pssglass.base.errors import ModelError, one_line
from pssglass.base.files import read_small
from pssglass.base.toml_tables import naming
from pssglass.models.interpolation import Array, derivatives
from pssglass.models.smoothing import LONGEST_CUTOFF, SHORTEST_CUTOFF
from pssglass.models.tabulation import (
    LARGEST_FORCE_ERROR,
    LARGEST_STIFFNESS_ERROR,
    PIECES,
    Errors,
    cut_at_end,
    difference,
    divided,
    largest_moderate,
    left_out,
    table_through,
)

LEAST_POINTS, MOST_POINTS = 50, 20_000
MOST_ORDERS = 3
NEAR_CORE = 0.1
"""Of the range of a function, where a steep core may be what points cannot follow."""
GAP, JUMP = 4.0, 4.0
"""Times what the neighbours are apart, or differ in slope."""


@dataclass(frozen=True)
class PotentialPoints:
    """φ at points q = x², ascending, and what a table through them may be wrong by."""

    q: tuple[float, ...]
    phi: tuple[float, ...]
    errors: Errors


def checked_points(q: object, phi: object, smoothing: int | None, name: str = "table") -> PotentialPoints:
    """Points from outside.

    Raises:
        ModelError: too few points, not in order, no numbers; a gap, a jump, an end that is not zero, or
            larger errors than a table may have.
    """
    places, values = numbers_at_places(q, phi, name)
    _check_steps(np.sqrt(places), values, name)
    check_smoothing(smoothing)
    _check_ends(places, values, smoothing, name)
    points = tuple(places.tolist()), tuple(values.tolist())
    finest, table = divided(places, values, smoothing, PIECES[-1]), table_through(*points, smoothing)
    errors = left_out(places, values, smoothing) + difference(table, finest)
    _check_errors(errors, f"{name} of {len(places)} points", "more points or more digits there")
    return PotentialPoints(*points, errors | _checked_end(*points, smoothing, name))


def sampled_points(
    phi: Callable[[float], float], x_first: float, cutoff: float, smoothing: int | None
) -> PotentialPoints:
    """Points of a function, as many as it takes; the errors are those against four times as many.

    Raises:
        ModelError: the function raises, returns no number, does not end at zero, or has a kink or a jump.
    """
    x_first = checks.not_negative(ModelError, "x_first", x_first)
    cutoff = checks.number(ModelError, "cutoff", cutoff, above=x_first)
    _check_cutoff("cutoff", cutoff)
    if not callable(phi):
        raise ModelError(f"phi = {phi!r} must be a function of x, or a list with 'x' or 'q'")
    check_smoothing(smoothing)
    tried: list[PotentialPoints] = []
    for pieces in PIECES[1:]:
        fine = np.linspace(x_first**2, cutoff**2, 4 * pieces + 1)
        exact = np.array([_called(phi, math.sqrt(q)) for q in fine])
        _check_ends(fine, exact, smoothing, "phi")
        q, values = tuple(fine[::4].tolist()), tuple(exact[::4].tolist())
        errors = difference(table_through(q, values, smoothing), divided(fine, exact, smoothing, 4 * pieces))
        tried.append(PotentialPoints(q, values, errors))
        if errors.small:
            break
    found = tried[-1]
    if found.errors.worst > 1.0:  # round-off of the highest derivative at the end grows with ever more points
        found = min(tried, key=lambda one: one.errors.worst)
    remedy = "a smoother function"
    if found.errors.force_at < x_first + NEAR_CORE * (cutoff - x_first):
        remedy += ", or begin at a larger x_first"
    _check_errors(found.errors, f"phi at {len(found.q)} points", remedy)
    return replace(found, errors=found.errors | _checked_end(found.q, found.phi, smoothing, "phi"))


def read_csv(path: Path) -> tuple[list[float], list[float]]:
    """q = x² and φ of a file with a header, ``x,phi`` or ``q,phi``; lines that begin with # are comments.

    Raises:
        ModelError: it cannot be read, has another header, or a line is no pair of numbers.
    """
    remedy = "give a CSV file of numbers"
    with naming(error=ModelError):
        content = read_small(path, f"table {path}", remedy)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError(f"table {path} is no text; {remedy}") from None
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    header = [name.strip() for name in lines[0][1].split(",")] if lines else []
    if header not in (["x", "phi"], ["q", "phi"]):
        begin = ",".join(header)[:40]
        raise ModelError(f"table {path} begins with '{begin}'; its first line must be x,phi or q,phi")
    rows = []
    for number, line in lines[1:]:
        try:
            place, phi = map(float, line.split(","))
        except ValueError:
            raise ModelError(f"{path}, line {number}: {line.strip()!r} must be two numbers") from None
        if place < 0.0:
            raise ModelError(f"{path}, line {number}: {header[0]} = {place:g} must not be negative")
        rows.append((place if header[0] == "q" else place * place, phi))
    return [q for q, _ in rows], [phi for _, phi in rows]


def squares(x: object) -> list[float]:
    """q = x² of distances from outside."""
    given = checks.sequence(ModelError, "x", x)
    distances = [checks.not_negative(ModelError, "x", one) for one in given]
    _check_cutoff("the largest x", max(distances))
    return [one**2 for one in distances]


def check_smoothing(smoothing: int | None) -> None:
    """Refuse an order that a table cannot have; None means none."""
    if smoothing is not None:
        checks.integer(ModelError, "smoothing", smoothing, at_least=1, below=MOST_ORDERS + 1)


def numbers_at_places(q: object, phi: object, name: str = "table") -> tuple[Array, Array]:
    """Both as arrays, the places in order.

    Raises:
        ModelError: too few points, not in order, no numbers, or a gap.
    """
    places, values = _numbers(f"{name}: q", q), _numbers(f"{name}: phi", phi)
    _check_places(places, len(values), name)
    return places, values


def _numbers(name: str, values: object) -> Array:
    if isinstance(values, np.ndarray):
        values = values.tolist()
    given = checks.sequence(ModelError, name, values)
    return np.array([checks.number(ModelError, f"{name}[{k}]", one) for k, one in enumerate(given)])


def _check_places(q: Array, values: int, name: str) -> None:
    count = len(q)
    if count != values:
        raise ModelError(f"{name}: {count} places and {values} values of phi; give one for each")
    if not LEAST_POINTS <= count <= MOST_POINTS:
        raise ModelError(f"{name} has {count} points; give {LEAST_POINTS} to {MOST_POINTS}")
    if q[0] < 0.0:
        raise ModelError(f"{name} begins at q = {q[0]:g}; q = x² must not be negative")
    back = np.flatnonzero(np.diff(q) <= 0.0)
    if len(back):
        k = back[0]
        last, this = math.sqrt(q[k]), math.sqrt(max(q[k + 1], 0.0))
        raise ModelError(f"{name}: x = {this:.6g} comes after {last:.6g}; sort by x, each once")
    x = np.sqrt(q)
    _check_cutoff(f"the last x of {name}", float(x[-1]))
    steps = np.diff(x)
    beside = np.maximum(np.r_[steps[1], steps[:-1]], np.r_[steps[1:], steps[-2]])
    wide = np.flatnonzero(steps > GAP * beside)
    if len(wide):
        k = wide[0]
        raise ModelError(f"{name} has a gap between x = {x[k]:.6g} and {x[k + 1]:.6g}; add points there")


def _check_cutoff(name: str, x: float) -> None:
    if not SHORTEST_CUTOFF <= x <= LONGEST_CUTOFF:
        raise ModelError(
            f"{name} = {x:g} must be within {SHORTEST_CUTOFF:g} and {LONGEST_CUTOFF:g}, in units of λ"
        )


def _check_steps(x: Array, phi: Array, name: str) -> None:
    """Refuse a step between two points that neither neighbour's slope nor its change explains."""
    slopes = np.diff(phi) / np.diff(x)
    before, step, after = slopes[:-2], slopes[1:-1], slopes[2:]
    usual = JUMP * np.abs(after - before) + np.maximum(np.abs(before), np.abs(after))
    surprise = np.abs(step - 0.5 * (before + after)) - usual - 1e-9 * np.abs(slopes).max()
    if surprise.max() > 0.0:
        k = int(surprise.argmax()) + 1
        raise ModelError(
            f"{name} jumps from {phi[k]:.6g} to {phi[k + 1]:.6g} between x = {x[k]:.6g} and {x[k + 1]:.6g};"
            " give a continuous potential"
        )


def _check_ends(q: Array, phi: Array, smoothing: int | None, name: str) -> None:
    """Refuse a potential without a core, or one that does not vanish at its last point."""
    found = derivatives(q, phi, max(2, smoothing or 0))
    if q[0] > 0.0 and not (found[1, 0] < 0.0 < found[2, 0]):
        raise ModelError(
            f"{name} begins at x = {math.sqrt(q[0]):.6g} without a repulsive core that flattens outwards;"
            " begin nearer to x = 0"
        )
    if smoothing is not None:
        return
    x = math.sqrt(q[-1])
    bounds = [LARGEST_FORCE_ERROR * largest_moderate(one, phi) for one in (phi, found[1])]
    remedy = "give smoothing = 2, or points up to where it ends"
    if not abs(phi[-1]) <= bounds[0]:
        raise ModelError(f"{name} ends at x = {x:.6g} with phi = {phi[-1]:.4g}, not 0; {remedy}")
    if not abs(found[1, -1]) <= bounds[1]:
        raise ModelError(
            f"{name} ends at x = {x:.6g} with a slope of {2.0 * x * found[1, -1]:.4g}, not 0; {remedy}"
        )


def _check_errors(errors: Errors, what: str, remedy: str) -> None:
    for name, error, at, bound in (
        ("force", errors.force, errors.force_at, LARGEST_FORCE_ERROR),
        ("stiffness", errors.stiffness, errors.stiffness_at, LARGEST_STIFFNESS_ERROR),
    ):
        if not error <= bound:
            raise ModelError(
                f"{what}: the {name} may be wrong by {error:.2g} of it near x = {at:.4g}, above {bound:g};"
                f" give {remedy}"
            )


def _checked_end(q: tuple[float, ...], phi: tuple[float, ...], smoothing: int | None, name: str) -> Errors:
    """What is wrong at the end only."""
    cut = cut_at_end(np.array(q), np.array(phi), smoothing, table_through(q, phi, smoothing))
    _check_errors(cut, name, "smoothing = 2, which ends the stiffness, too")
    return cut


def _called(phi: Callable[[float], Any], x: float) -> float:
    try:
        value = float(phi(x))
    except Exception as error:
        raise ModelError(
            f"phi({x:.6g}) raised {type(error).__name__}: {one_line(error)}; it must give a number"
        ) from error
    if not math.isfinite(value):
        raise ModelError(f"phi({x:.6g}) = {value}; it must be a finite number")
    return value
