"""Inverse powers that end smoothly: exact coefficients, the engine's values of them, and what is refused."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest

from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.models import KABLJ, PSS, InversePowers, inverse_powers, sticky_powers

POLY_IPL = inverse_powers([10], [1.0], cutoff=1.4, smoothing=3)
SMOOTHED_LJ = inverse_powers([12, 6], [4.0, -4.0], cutoff=2.5)
FORMS = [
    POLY_IPL,
    SMOOTHED_LJ,
    inverse_powers([12, 6], [4.0, -4.0], cutoff="minimum", smoothing=0),  # WCA
    inverse_powers([6, 20, 12], [-1.0, 1.0, 0.5], cutoff=1.9, smoothing=4),
    inverse_powers([64, 2], [1.0, -0.1], cutoff=1.5),
    sticky_powers([12, 6], [4.0, -4.0], rc=1.2),
    sticky_powers([10, 8, 4], [5.0, -2.0, -1.0], rc=1.4, smoothing=3),
]


def engine_terms(form: InversePowers, x: float) -> list[float]:
    """u, u′/r and (u″ − u′/r)/r² at distance x."""
    return engine.Potential([[1.0]], [[1.0]], **form.arguments()).terms(0, 0, x * x)


def exact(form: InversePowers, x: Decimal) -> Decimal:
    """φ(x) in decimals of many digits, from the form's coefficients."""
    inside = form.x_join is not None and x < Decimal(form.x_join)
    powers = zip(form.exponents, form.inner_coefficients if inside else form.coefficients, strict=True)
    polynomial = [] if inside else enumerate(form.polynomial)
    return sum((Decimal(a) / x**n for n, a in powers), Decimal(0)) + sum(
        (Decimal(c) * x ** (2 * half) for half, c in polynomial), Decimal(0)
    )


def test_poly_ipl_has_the_coefficients_of_public_codes() -> None:
    assert POLY_IPL.polynomial == pytest.approx(
        (-1.936010329882035, 2.469400930971984, -1.079912943573754, 0.1607013308889514), rel=1e-15
    )


def test_exponents_12_and_6_give_smoothed_and_sticky_lennard_jones() -> None:
    assert SMOOTHED_LJ.polynomial == pytest.approx(KABLJ().form.inner[2:5], rel=1e-15)
    assert SMOOTHED_LJ.x_core == pytest.approx(KABLJ().form.x_core, rel=2e-3)
    tapered = engine.Potential([[1.0]], [[1.0]], **KABLJ().form.arguments())
    for x in (0.8, 1.0, 1.3, 2.0, 2.49):
        assert engine_terms(SMOOTHED_LJ, x) == pytest.approx(tapered.terms(0, 0, x * x), rel=1e-12)
    for rc in (1.1, 1.5):
        sticky, paper = sticky_powers([12, 6], [4.0, -4.0], rc=rc), PSS(rc).form
        assert (sticky.x_join, sticky.x_cut) == (paper.x_join, paper.x_cut)
        a, minus_b, *polynomial = (sticky.coefficients[1], -sticky.coefficients[0], *sticky.polynomial)
        assert (a, minus_b, *polynomial) == pytest.approx(paper.outer, rel=1e-15)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fraction", [0.6, 0.85, 0.97, 0.999, 1.0, 1.1])
def test_the_engine_evaluates_derivatives_of_the_energy(form: InversePowers, fraction: float) -> None:
    x = fraction * form.x_cut
    energy, slope_over_r, rest = engine_terms(form, x)
    if fraction >= 1.0:
        assert (energy, slope_over_r, rest, form.evaluate(x), form.curvature(x)) == (0, 0, 0, 0, 0)
        return
    with localcontext() as context:
        context.prec = 50
        at, h = Decimal(x), Decimal("1e-12")
        low, middle, high = (exact(form, at + k * h) for k in (-1, 0, 1))
        first, second = float((high - low) / (2 * h)), float((high - 2 * middle + low) / h**2)
    terms = sum(abs(c) * x**n for n, c in form._terms(x))
    assert energy == pytest.approx(float(middle), rel=1e-14, abs=1e-15 * terms)
    assert form.evaluate(x) == pytest.approx(energy, rel=1e-14, abs=1e-15 * terms)
    assert slope_over_r * x == pytest.approx(first, rel=1e-13, abs=1e-14 * terms)
    assert rest * x * x + slope_over_r == pytest.approx(second, rel=1e-13, abs=3e-13 * terms)
    assert form.curvature(x) == pytest.approx(second, rel=1e-13, abs=3e-13 * terms)


@pytest.mark.parametrize(("form", "order"), list(zip(FORMS, [3, 2, 1, 4, 2, 2, 3], strict=True)))
def test_as_many_derivatives_vanish_at_the_cutoff_as_were_asked_for(form: InversePowers, order: int) -> None:
    """Near x_c, φ falls as (x_c − x)^(q + 1): halving the distance divides it by 2^(q + 1)."""
    with localcontext() as context:
        context.prec = 50
        end, step = Decimal(form.x_cut), Decimal("1e-3") * Decimal(form.x_cut - (form.x_join or 0.0))
        near, far = exact(form, end - step), exact(form, end - 2 * step)
    assert float(far / near) == pytest.approx(2.0 ** (order + 1), rel=0.03)


@pytest.mark.parametrize("form", [form for form in FORMS if form.x_join is not None])
def test_a_sticky_taper_begins_as_the_powers_end(form: InversePowers) -> None:
    below, above = math.nextafter(form.x_join or 0.0, 0.0), form.x_join or 0.0
    assert form.evaluate(below) == pytest.approx(form.evaluate(above), rel=1e-11)
    assert form.curvature(below) == pytest.approx(form.curvature(above), rel=1e-9)
    assert engine_terms(form, above)[1] == pytest.approx(0.0, abs=1e-9)


def test_wca_is_lennard_jones_lifted_by_its_depth() -> None:
    wca = FORMS[2]
    assert wca.x_cut == wca.x_core == pytest.approx(2 ** (1 / 6), rel=1e-15)
    assert wca.polynomial == pytest.approx((1.0,), rel=1e-15)


def test_round_off_is_estimated_as_for_the_same_coefficients_elsewhere() -> None:
    ours, theirs = (form.round_off_of_slope() for form in (FORMS[5], PSS(1.2).form))
    assert ours == pytest.approx(theirs, rel=0.01)
    assert POLY_IPL.round_off_of_slope() < 1e-14


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponents": [9]}, r"exponents = \[9\]: 9 is not even; give even ones, each once, or a table"),
        ({"exponents": [12, 12], "coefficients": [1, 1]}, "12 stands there twice"),
        ({"exponents": [66]}, "exponents = 66 must be below 65"),
        ({"exponents": [12.0]}, r"exponents = 12\.0 must be a whole number"),
        ({"exponents": [2, 4, 6, 8, 10]}, "are 5, more than 4; give a table"),
        ({"coefficients": [1.0, 2.0]}, r"coefficients = \[1\.0, 2\.0\] must be a list of 1 values"),
        ({"coefficients": [-1.0]}, r"that of x\^-12 is -1; it must be above 0, or particles coincide"),
        ({"coefficients": [math.nan]}, "coefficients = nan must be a finite number"),
        ({"cutoff": 0.0}, r"cutoff = 0\.0 must be above 0"),
        ({"cutoff": 11.0}, "cutoff = 11 must be within 0.1 and 10"),
        ({"cutoff": "minimun"}, "cutoff = 'minimun' must be a finite number"),
        ({"cutoff": "minimum"}, r"cutoff = 'minimum': 1 x\^-12 has no minimum to begin at; give a cutoff"),
        ({"smoothing": -1}, "smoothing = -1 must be at least 0"),
        ({"smoothing": 7}, "smoothing = 7 must be below 7"),
        ({"smoothing": 0}, r"smoothing = 0 at cutoff = 1\.5 lets the force jump by 0\.0617; give"),
    ],
)
def test_what_makes_no_potential_is_refused(arguments: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"exponents": [12], "coefficients": [1.0], "cutoff": 1.5, **arguments}
    with pytest.raises(ModelError, match=message) as caught:
        inverse_powers(**given)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponents": [12], "coefficients": [4.0]}, r"sticky = 1\.2: 4 x\^-12 has no minimum .* attraction"),
        ({"rc": 1.0}, r"sticky = 1\.0 is outside \(1, 2\.5\]"),
        ({"smoothing": 1}, "smoothing = 1 must be at least 2"),
        ({"smoothing": 5}, "smoothing = 5 must be below 5"),
    ],
)
def test_what_cannot_be_sticky_is_refused(arguments: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"exponents": [12, 6], "coefficients": [4.0, -4.0], "rc": 1.2, **arguments}
    with pytest.raises(ModelError, match=message):
        sticky_powers(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponents": [6.0, 6.0]}, "exponents must be even numbers that ascend from 2"),
        ({"coefficients": [1.0]}, "coefficients has 1 entries for 2 exponents: give one for each"),
        ({"polynomial": []}, "polynomial has 0 entries: give 1 to 8"),
        ({"x_cut": -1.0, "polynomial": [math.inf]}, "coefficients of the polynomial must be finite"),
    ],
)
def test_the_engine_refuses_what_it_cannot_hold(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        engine.Potential([[1.0]], [[1.0]], **{**SMOOTHED_LJ.arguments(), **arguments})
