"""The model's pair potential in the two forms that LAMMPS takes: tables and formulas."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pssglass.models import Contacts, InversePowers, Model

Floats = npt.NDArray[np.float64]

# Nearest distance over λ that a table covers; pairs of a T = 6 liquid stay above 0.75.
TABLE_START = 0.6


def pair_function(model: Model, x: Floats, order: int = 0) -> Floats:
    """φ of the model, or its first or second derivative, at x = r/λ, in units of ε."""
    q = x * x
    result = np.zeros_like(q)
    form = model.form
    if isinstance(form, InversePowers):
        return _sum_of_powers(form, x, order)
    near = q < form.x_join**2
    for inside, coefficients in ((near, form.inner), (~near & (q < form.x_cut**2), form.outer)):
        result[inside] = _piece(coefficients, q[inside], order)
    return result


def _sum_of_powers(form: InversePowers, x: Floats, order: int) -> Floats:
    if form.x_join is not None:
        raise ValueError("the table of a form with a joint is not written")
    total = np.zeros_like(x)
    for n, c in _smoothed_terms(form):
        total += c * math.prod(n - k for k in range(order)) * x ** float(n - order)
    return np.where(x < form.x_cut, total, 0.0)


def _smoothed_terms(form: InversePowers) -> list[tuple[int, float]]:
    """Powers of x and their coefficients, of the piece that ends at the cutoff."""
    inverse = [(-n, a) for n, a in zip(form.exponents, form.coefficients, strict=True)]
    return inverse + [(2 * half, c) for half, c in enumerate(form.polynomial)]


def _piece(coefficients: tuple[float, ...], q: Floats, order: int) -> Floats:
    a, b, c0, c2, c4, c6 = coefficients
    i1 = 1.0 / q
    i3 = i1 * i1 * i1
    if order == 0:
        return i3 * (a * i3 - b) + c0 + q * (c2 + q * (c4 + q * c6))
    if order == 1:
        return np.sqrt(q) * (i1 * i3 * (6.0 * b - 12.0 * a * i3) + 2.0 * c2 + q * (4.0 * c4 + 6.0 * c6 * q))
    return i1 * i3 * (156.0 * a * i3 - 42.0 * b) + 2.0 * c2 + q * (12.0 * c4 + 30.0 * c6 * q)


def table(model: Model, a: int, b: int, points: int) -> str:
    """Table of one pair of species, section PHI, on a regular grid in r², as the table styles use it."""
    length, energy = model.lengths[a][b], model.energies[a][b]
    low, high = TABLE_START * length, model.form.x_cut * length
    r = np.sqrt(np.linspace(low**2, high**2, points))
    potential = energy * pair_function(model, r / length)
    force = -energy / length * pair_function(model, r / length, 1)
    rows = zip(range(1, points + 1), r, potential, force, strict=True)
    lines = "\n".join(f"{k} {x:.17g} {u:.17g} {f:.17g}" for k, x, u, f in rows)
    return f"PHI\nN {points} RSQ {low:.17g} {high:.17g}\n\n{lines}\n"


def formula(model: Model, a: int, b: int) -> str:
    """The potential of one pair of species in the language of `pair_style lepton`."""
    length, energy = model.lengths[a][b], model.energies[a][b]
    return f'"{energy!r}*({_in_q(model)});q=r*r/{length * length!r}"'


def formula_of_radii(model: Model) -> str:
    """The potential of continuous sizes in the language of `pair_style lepton/sphere`."""
    assert model.sizes is not None
    # The style ends at one distance for all pairs: the potential itself must end where it does.
    inside = f"step({model.form.x_cut**2!r}-q)"
    length = f"(radi+radj)*(1-({2.0 * model.sizes.nonadditivity!r})*abs(radi-radj))"
    return f'"{model.energies[0][0]!r}*{inside}*({_in_q(model)});q=r*r/(l*l);l={length}"'


def _in_q(model: Model) -> str:
    """φ of the model below its cutoff, of q = x²."""
    form = model.form
    if isinstance(form, Contacts):
        return f"({form.prefactor!r})*abs(1-sqrt(q))^{form.alpha!r}"
    if isinstance(form, InversePowers):
        outer = _powers_of_q(_smoothed_terms(form))
        if form.x_join is None:
            return outer
        core = zip(form.exponents, form.inner_coefficients, strict=True)
        inner = _powers_of_q([(-n, a) for n, a in core])
    else:
        inner, outer = (
            _powers_of_q(zip((-12, -6, 0, 2, 4, 6), (c[0], -c[1], *c[2:]), strict=True))
            for c in (form.inner, form.outer)
        )
    return f"select(step(q-{form.x_join**2!r}),{outer},{inner})"


def _powers_of_q(terms: Iterable[tuple[int, float]]) -> str:
    """Σ c x^n of powers n of x and their coefficients."""
    return "+".join(f"({c!r})*q^({n // 2})" for n, c in terms if c)
