"""Coefficients that make a potential end smoothly: the conditions that physics demands, solved exactly.

Near r_c = 1 the continuity conditions are ill-conditioned, so they are solved in decimals of 60 digits and
rounded once: every coefficient is right to its last bit.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache

from pssglass.models.linear import solve
from pssglass.models.tapered_lj import LENNARD_JONES, POWERS, SIGNS, TaperedLJ

DIGITS = 60


@lru_cache
def sticky(rc: float) -> TaperedLJ:
    """Lennard-Jones up to its minimum, then the taper of sticky spheres up to ``rc`` times it (paper, Eq. 1).

    Computed once for all samples of an ensemble.
    """
    x_min, x_cut, solution = exact_sticky_taper(rc)
    a, b, c0, c2, c4, c6 = (float(value) for value in solution)
    return TaperedLJ(LENNARD_JONES, (a, b, c0, c2, c4, c6), float(x_min), float(x_cut))


def exact_sticky_taper(rc: float) -> tuple[Decimal, Decimal, tuple[Decimal, ...]]:
    """x_min, x_c and the coefficients to ``DIGITS`` digits, less those that cancel.

    φ, φ′ and φ″ equal those of Lennard-Jones at x_min = 2^(1/6) and vanish at x_c = rc·x_min. Derivatives in
    q = x² say the same as derivatives in x.
    """
    with localcontext() as context:
        context.prec = DIGITS
        q_min = Decimal(2) ** (Decimal(1) / 3)
        q_cut = q_min * Decimal(repr(rc)) ** 2
        rows = [_derivatives(q) for q in (q_min, q_cut)]
        matching = [4 * row[0] + 4 * row[1] for row in rows[0]]
        solution = solve([*rows[0], *rows[1]], [*matching, Decimal(0), Decimal(0), Decimal(0)])
        return q_min.sqrt(), q_cut.sqrt(), tuple(solution)


def smoothed(x_cut: float, a: float = 4.0, b: float = 4.0) -> TaperedLJ:
    """a x⁻¹² - b x⁻⁶ + c0 + c2 x² + c4 x⁴ such that φ, φ′ and φ″ vanish at ``x_cut``; b may be zero."""
    with localcontext() as context:
        context.prec = DIGITS
        rows = _derivatives(Decimal(repr(x_cut)) ** 2)
        powers = [Decimal(a) * row[0] + Decimal(b) * row[1] for row in rows]
        c0, c2, c4 = (float(one) for one in solve([row[2:5] for row in rows], [-value for value in powers]))
    x_min = (2.0 * a / b) ** (1.0 / 6.0) if b > 0.0 else x_cut
    coefficients = (float(a), float(b), c0, c2, c4, 0.0)
    return TaperedLJ(coefficients, coefficients, min(x_min, x_cut), x_cut)


def _derivatives(q: Decimal) -> list[list[Decimal]]:
    """Rows of the zeroth, first and second q-derivative of the six terms."""
    terms = list(zip(SIGNS, POWERS, strict=True))
    return [
        [s * q**n for s, n in terms],
        [s * n * q ** (n - 1) for s, n in terms],
        [s * n * (n - 1) * q ** (n - 2) for s, n in terms],
    ]
