"""Inverse powers that end smoothly: the coefficients that do it, exactly, and what cannot be asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from pssglass.base import checks
from pssglass.base.errors import ModelError
from pssglass.models.inverse_powers import InversePowers, first_minimum
from pssglass.models.linear import solve

MOST_POWERS, MOST_TERMS, LARGEST_EXPONENT = 4, 8, 64
"""What the engine holds."""
MOST_ORDERS = 6
SHORTEST_CUTOFF, LONGEST_CUTOFF = 0.1, 10.0
DIGITS = 60
JUMP = 1e-12
"""Of the force at the cutoff, over the size of its terms: no more than round-off."""


def inverse_powers(
    exponents: Sequence[int], coefficients: Sequence[float], *, cutoff: float | str, smoothing: int = 2
) -> InversePowers:
    """Σ a_k x^(-n_k), with c_2l x^(2l) added so that φ and its first derivatives vanish at the cutoff.

    Args:
        exponents: even numbers n_k from 2 to 64, up to four.
        coefficients: a_k, one for each; that of the largest exponent above zero.
        cutoff: x_c; or "minimum", that of Σ a_k x^(-n_k).
        smoothing: order q: the derivatives that vanish besides φ itself.

    Raises:
        ModelError: a value is out of bounds, there is no minimum, or the force would jump at the cutoff.
    """
    powers = _checked_powers(exponents, coefficients)
    q = checks.integer(ModelError, "smoothing", smoothing, at_least=0, below=MOST_ORDERS + 1)
    if cutoff == "minimum":
        x_cut = float(_minimum(powers, "cutoff = 'minimum'").sqrt())
    else:
        x_cut = checks.number(ModelError, "cutoff", cutoff, above=0.0)
        if not SHORTEST_CUTOFF <= x_cut <= LONGEST_CUTOFF:
            raise ModelError(
                f"cutoff = {x_cut:g} must be within {SHORTEST_CUTOFF:g} and {LONGEST_CUTOFF:g}, in units of λ"
            )
    polynomial = _polynomial(powers, x_cut, q)
    if q == 0:
        _refuse_jump(powers, x_cut)
    return InversePowers(*_columns(powers), polynomial, x_cut)


def sticky_powers(
    exponents: Sequence[int], coefficients: Sequence[float], *, rc: float, smoothing: int = 2
) -> InversePowers:
    """Σ a_k x^(-n_k) up to its minimum, then a taper of the same powers and an even polynomial.

    φ and its first q derivatives are continuous at the minimum and vanish at rc times it. With exponents
    12 and 6 and q = 2 these are the sticky spheres of Phys. Rev. E 103, 022606 (2021), Eq. 1.

    Args:
        exponents, coefficients: as in ``inverse_powers``.
        rc: cutoff over the distance of the minimum, in (1, 2.5].
        smoothing: q.

    Raises:
        ModelError: a value is out of bounds, or there is no minimum.
    """
    powers = _checked_powers(exponents, coefficients)
    rc = checks.number(ModelError, "sticky", rc)
    if not 1.0 < rc <= 2.5:
        raise ModelError(f"sticky = {rc} is outside (1, 2.5]: the cutoff over the distance of the minimum")
    most = (MOST_TERMS + len(powers)) // 2 - 1
    q = checks.integer(ModelError, "smoothing", smoothing, at_least=2, below=most + 1)
    return _sticky(tuple(powers), rc, q)


@lru_cache
def _sticky(powers: tuple[tuple[int, float], ...], rc: float, q: int) -> InversePowers:
    with localcontext() as context:
        context.prec = DIGITS
        q_join = _minimum(powers, f"sticky = {rc:g}")
        q_cut = q_join * Decimal(repr(rc)) ** 2
        inner = [(-n // 2, Decimal(repr(a))) for n, a in powers]
        halves = [half for half, _ in inner] + list(range(2 * q + 2 - len(powers)))
        rows = [[_derivative(half, at, k) for half in halves] for at in (q_join, q_cut) for k in range(q + 1)]
        matching = [_sum(inner, q_join, k) for k in range(q + 1)]
        solution = [float(one) for one in solve(rows, [*matching, *[Decimal(0)] * (q + 1)])]
        exponents, coefficients = _columns(powers)
        split = len(powers)
        return InversePowers(
            exponents,
            tuple(solution[:split]),
            tuple(solution[split:]),
            float(q_cut.sqrt()),
            coefficients,
            float(q_join.sqrt()),
        )


def _derivative(half: int, q: Decimal, k: int) -> Decimal:
    """The k-th derivative of q^half."""
    factor = math.prod(half - j for j in range(k))
    return factor * q ** (half - k) if factor else Decimal(0)


def _sum(terms: Sequence[tuple[int, Decimal]], q: Decimal, k: int) -> Decimal:
    """The k-th derivative of Σ a q^half."""
    return sum((a * _derivative(half, q, k) for half, a in terms), Decimal(0))


def _polynomial(powers: Sequence[tuple[int, float]], x_cut: float, q: int) -> tuple[float, ...]:
    """c_0, c_2, … of the smoothing of order q, each the exact value rounded once.

    c_2l = Σ_k a_k (-1)^(l+1) (n+2q)!! x_c^-(n+2l) / [(2q-2l)!! (2l)!! (n-2)!! (n+2l)], n = n_k.
    """
    x = Fraction(repr(x_cut))
    return tuple(
        float(
            sum(
                Fraction((-1) ** (half + 1) * _double_factorial(n + 2 * q))
                * Fraction(repr(a))
                / (
                    x ** (n + 2 * half)
                    * (_double_factorial(2 * q - 2 * half) * _double_factorial(2 * half))
                    * (_double_factorial(n - 2) * (n + 2 * half))
                )
                for n, a in powers
            )
        )
        for half in range(q + 1)
    )


def _double_factorial(n: int) -> int:
    return math.prod(range(n, 0, -2))


def _minimum(powers: Sequence[tuple[int, float]], asked: str) -> Decimal:
    """x² of the first minimum of Σ a_k x^(-n_k), by Newton's method from a rough one."""
    rough = first_minimum([(-n, a) for n, a in powers], LONGEST_CUTOFF)
    if rough is None:
        raise ModelError(
            f"{asked}: {_shown(powers)} has no minimum to begin at; give a cutoff, or add an attraction,"
            " a negative coefficient of a lower exponent"
        )
    with localcontext() as context:
        context.prec = DIGITS
        q = Decimal(rough) ** 2
        terms = [(-n // 2, Decimal(repr(a))) for n, a in powers]
        for _ in range(8):
            q -= _sum(terms, q, 1) / _sum(terms, q, 2)
        return +q


def _refuse_jump(powers: Sequence[tuple[int, float]], x_cut: float) -> None:
    slopes = [-n * a * x_cut ** (-n - 1) for n, a in powers]
    if abs(sum(slopes)) > JUMP * sum(map(abs, slopes)):
        raise ModelError(
            f"smoothing = 0 at cutoff = {x_cut:g} lets the force jump by {abs(sum(slopes)):.3g}; give"
            " smoothing = 2, or cutoff = 'minimum'"
        )


def _checked_powers(exponents: object, coefficients: object) -> list[tuple[int, float]]:
    """Pairs of exponent and coefficient, by rising exponent."""
    given = checks.sequence(ModelError, "exponents", exponents)
    if len(given) > MOST_POWERS:
        raise ModelError(f"exponents = {given} are {len(given)}, more than {MOST_POWERS}; give a table")
    most = LARGEST_EXPONENT + 1
    whole = [checks.integer(ModelError, "exponents", n, at_least=2, below=most) for n in given]
    for n in whole:
        if n % 2 or whole.count(n) > 1:
            problem = "is not even" if n % 2 else "stands there twice"
            raise ModelError(f"exponents = {whole}: {n} {problem}; give even ones, each once, or a table")
    numbers = checks.sequence(ModelError, "coefficients", coefficients, len(whole))
    powers = sorted(
        (n, checks.number(ModelError, "coefficients", a)) for n, a in zip(whole, numbers, strict=True)
    )
    n, a = powers[-1]
    if a <= 0.0:
        raise ModelError(f"coefficients: that of x^-{n} is {a:g}; it must be above 0, or particles coincide")
    return powers


def _columns(powers: Sequence[tuple[int, float]]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    return tuple(n for n, _ in powers), tuple(a for _, a in powers)


def _shown(powers: Sequence[tuple[int, float]]) -> str:
    return " + ".join(f"{a:g} x^-{n}" for n, a in reversed(powers))
