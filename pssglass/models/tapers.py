"""The form φ(x) = a x⁻¹² - b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶ and the tapers that physics demands of it.

Near r_c = 1 the continuity conditions are ill-conditioned, so they are solved in decimals of 60 digits and
rounded once: every coefficient is right to its last bit.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

Coefficients = tuple[float, float, float, float, float, float]

LENNARD_JONES: Coefficients = (4.0, 4.0, 0.0, 0.0, 0.0, 0.0)
DIGITS = 60
UNIT_ROUND_OFF = 2.0**-53
# In q = x², φ is a sum of these powers; b enters with a minus sign.
POWERS = (-6, -3, 0, 1, 2, 3)
SIGNS = (1, -1, 1, 1, 1, 1)


def evaluate(coefficients: Coefficients, x: float) -> float:
    """φ(x)."""
    q = x * x
    return sum(s * c * q**n for s, c, n in zip(SIGNS, coefficients, POWERS, strict=True))


def curvature(coefficients: Coefficients, x: float) -> float:
    """φ″(x)."""
    terms = zip(SIGNS, coefficients, POWERS, strict=True)
    return sum(s * c * (2 * n) * (2 * n - 1) * x ** (2 * n - 2) for s, c, n in terms)


def round_off_of_slope(coefficients: Coefficients, low: float, high: float) -> float:
    """Estimate of the largest error of φ′(x) in double precision for x in [low, high].

    That of the sum of the terms' magnitudes, which is what is left where the terms themselves cancel.
    """
    powers = [2 * n - 1 for n in POWERS]
    return UNIT_ROUND_OFF * sum(
        abs((n + 1) * c) * max(low**n, high**n) for c, n in zip(coefficients, powers, strict=True)
    )


def sticky_taper(rc: float) -> tuple[float, float, Coefficients]:
    """(x_min, x_c, coefficients) of the sticky-sphere taper (paper, Eq. 1)."""
    x_min, x_cut, solution = exact_sticky_taper(rc)
    a, b, c0, c2, c4, c6 = (float(value) for value in solution)
    return float(x_min), float(x_cut), (a, b, c0, c2, c4, c6)


def exact_sticky_taper(rc: float) -> tuple[Decimal, Decimal, tuple[Decimal, ...]]:
    """The same to ``DIGITS`` digits, less those that cancel.

    φ, φ′ and φ″ equal those of Lennard-Jones at x_min = 2^(1/6) and vanish at x_c = rc·x_min. Derivatives in
    q = x² say the same as derivatives in x.
    """
    with localcontext() as context:
        context.prec = DIGITS
        q_min = Decimal(2) ** (Decimal(1) / 3)
        q_cut = q_min * Decimal(repr(rc)) ** 2
        rows = [_derivatives(q) for q in (q_min, q_cut)]
        matching = [4 * row[0] + 4 * row[1] for row in rows[0]]
        solution = _solve([*rows[0], *rows[1]], [*matching, Decimal(0), Decimal(0), Decimal(0)])
        return q_min.sqrt(), q_cut.sqrt(), tuple(solution)


def smoothed_lennard_jones(x_cut: float) -> Coefficients:
    """Lennard-Jones plus c0 + c2 x² + c4 x⁴ such that φ, φ′ and φ″ vanish at ``x_cut``."""
    with localcontext() as context:
        context.prec = DIGITS
        rows = _derivatives(Decimal(repr(x_cut)) ** 2)
        lennard_jones = [4 * row[0] + 4 * row[1] for row in rows]
        c0, c2, c4 = _solve([row[2:5] for row in rows], [-value for value in lennard_jones])
        return (4.0, 4.0, float(c0), float(c2), float(c4), 0.0)


def _derivatives(q: Decimal) -> list[list[Decimal]]:
    """Rows of the zeroth, first and second q-derivative of the six terms."""
    terms = list(zip(SIGNS, POWERS, strict=True))
    return [
        [s * q**n for s, n in terms],
        [s * n * q ** (n - 1) for s, n in terms],
        [s * n * (n - 1) * q ** (n - 2) for s, n in terms],
    ]


def _solve(matrix: list[list[Decimal]], right: list[Decimal]) -> list[Decimal]:
    """Gauss-Jordan elimination with partial pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i, row in enumerate(rows):
            if i != k:
                rows[i] = [value - row[k] * top for value, top in zip(row, rows[k], strict=True)]
    return [row[-1] for row in rows]
