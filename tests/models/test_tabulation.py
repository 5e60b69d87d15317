"""Tables: as accurate as they say, the same in Python and in the engine, and what cannot be one."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.models import PSS, Tabulated, inverse_powers
from pssglass.models.interpolation import derivatives, resampled
from pssglass.models.points import checked_points, read_csv, sampled_points
from pssglass.models.tabulation import Errors, table_through

EXACT = inverse_powers([12, 6], [4.0, -4.0], cutoff=2.5)
X = np.linspace(0.8, 2.5, 201)


def lennard_jones(x: Any) -> Any:
    return 4.0 * (x**-12 - x**-6)


def true_errors(table: Tabulated) -> tuple[float, float]:
    """Of φ′ and φ″, over the larger of the local value and the largest one where φ ≤ 1."""
    x = np.linspace(0.8, 2.5, 3001)[:-1]
    energy, first, second = table.derivatives(x * x)
    terms = EXACT._smoothed_terms
    slope = sum(n * c * x ** (n - 1) for n, c in terms)
    curvature = sum(n * (n - 1) * c * x ** (n - 2) for n, c in terms)
    errors = []
    for found, true in ((2 * x * first, slope), (2 * first + 4 * x * x * second, curvature)):
        scale = np.maximum(np.abs(true), np.abs(true[energy <= 1.0]).max())
        errors.append(float((np.abs(found - true) / scale).max()))
    return errors[0], errors[1]


def test_polynomials_of_eighth_degree_are_met_exactly() -> None:
    points = np.array([0.0, 0.4, 0.7, 1.1, 1.3, 1.9, 2.0, 2.3, 2.9, 3.0, 3.3])
    power = np.polynomial.Polynomial([1.0, -2.0, 0.0, 3.0, 0.5, 0.0, -0.1, 0.02, 0.01])
    found = derivatives(points, power(points), 3)
    assert found == pytest.approx(
        np.stack([power.deriv(k)(points) if k else power(points) for k in range(4)]), rel=1e-11, abs=1e-9
    )


def test_pieces_of_fifth_order_are_met_exactly() -> None:
    points, at = np.array([0.0, 1.0, 1.5, 3.0]), np.linspace(0.0, 3.0, 31)
    power = np.polynomial.Polynomial([1.0, -2.0, 0.0, 3.0, 0.5, 0.2])

    def known(x: np.ndarray) -> np.ndarray:
        return np.stack([power(x), power.deriv(1)(x), power.deriv(2)(x)])

    assert resampled(points, known(points), at) == pytest.approx(known(at), abs=1e-12)


@pytest.mark.parametrize("count", [120, 160, 201, 401])
def test_a_table_of_points_says_what_it_may_be_wrong_by(count: int) -> None:
    x = np.linspace(0.8, 2.5, count)
    points = checked_points(x * x, [lennard_jones(one) for one in x], 2)
    force, stiffness = true_errors(table_through(points.q, points.phi, 2))
    assert 0.5 * force < points.errors.force < 10.0 * force
    assert 0.5 * stiffness < points.errors.stiffness < 10.0 * stiffness


@pytest.mark.parametrize("count", [500, 1000, 3000])
def test_errors_of_a_list_include_that_of_the_stiffness_at_the_end(count: int) -> None:
    """Smoothing of first order leaves a stiffness there, which becomes zero where it is next to nothing."""
    x = np.linspace(0.5, 2.3, count)
    points = checked_points(x * x, lennard_jones(x), 1)
    end = 4.0 * (156.0 * 2.3**-14 - 42.0 * 2.3**-8)
    slope = -4.0 * (12.0 * 2.3**-13 - 6.0 * 2.3**-7)
    left_out = abs(end - slope / 2.3)  # of φ - a - b x², whose first derivative vanishes at the end
    table = table_through(points.q, points.phi, 1)
    assert table.nodes[-1] == 0.0
    core = 4.0 * 156.0 - 4.0 * 42.0
    assert points.errors.stiffness > 0.5 * left_out / core
    assert points.errors.stiffness_at == pytest.approx(2.3)


@pytest.mark.parametrize("x_first", [0.3, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("cutoff", [1.8, 2.5])
def test_more_points_than_round_off_of_a_third_derivative_bears_are_not_taken(
    x_first: float, cutoff: float
) -> None:
    points = sampled_points(lennard_jones, x_first, cutoff, 3)
    exact = inverse_powers([12, 6], [4.0, -4.0], cutoff=cutoff, smoothing=3)
    table = table_through(points.q, points.phi, 3)
    x = np.linspace(1.01 * x_first, cutoff, 500, endpoint=False)
    true = np.array([sum(n * c * one ** (n - 1) for n, c in exact._terms(one)) for one in x.tolist()])
    found = 2.0 * x * table.derivatives(x * x)[1]
    moderate = np.abs(true[[exact.evaluate(one) <= 1.0 for one in x.tolist()]]).max()
    assert (np.abs(found - true) / np.maximum(np.abs(true), moderate)).max() < 1e-4


def test_a_core_too_steep_for_points_says_so() -> None:
    with pytest.raises(ModelError, match="give a smoother function, or begin at a larger x_first"):
        sampled_points(lennard_jones, 0.05, 2.5, 2)


def test_a_stiffness_that_would_be_cut_by_too_much_is_refused() -> None:
    with pytest.raises(ModelError, match=r"near x = 1\.8, above 0\.001; give smoothing = 2, which ends"):
        sampled_points(lennard_jones, 0.6, 1.8, 1)


def test_a_function_is_sampled_until_it_is_followed() -> None:
    points = sampled_points(lennard_jones, 0.8, 2.5, 2)
    force, stiffness = true_errors(table_through(points.q, points.phi, 2))
    assert force < 1e-6
    assert stiffness < 1e-5
    assert 0.3 * force < points.errors.force < 3.0 * force
    assert 0.3 * stiffness < points.errors.stiffness < 3.0 * stiffness


def test_the_engine_evaluates_the_same() -> None:
    points = sampled_points(PSS(1.2).form.evaluate, 0.7, PSS(1.2).form.x_cut, None)
    table = table_through(points.q, points.phi, None)
    potential = engine.Potential([[1.0]], [[1.0]], **table.arguments())
    for x in (0.2, 0.5, 0.7, 0.71, 0.9, 1.1, 1.13, 1.2, 1.34, 1.3469, 1.3470, 1.35, 2.0):
        energy, slope_over_r, rest = potential.terms(0, 0, x * x)
        _, first, second = table.derivatives(x * x)
        assert table.evaluate(x) == pytest.approx(energy, rel=1e-12, abs=1e-13)
        assert 2.0 * first == pytest.approx(slope_over_r, rel=1e-11, abs=1e-9)
        assert 4.0 * second == pytest.approx(rest, rel=1e-9, abs=1e-6)
        assert table.curvature(x) == pytest.approx(rest * x * x + slope_over_r, rel=1e-9, abs=1e-6)
    assert table.x_core == pytest.approx(2 ** (1 / 6), rel=1e-6)


def test_round_off_is_that_of_the_engine() -> None:
    """The same table with all q a little larger: what changes beyond the change of q is round-off."""
    points = sampled_points(lennard_jones, 0.7, 2.5, 2)
    table = table_through(points.q, points.phi, 2)
    potential = engine.Potential([[1.0]], [[1.0]], **table.arguments())
    x = np.sqrt(np.linspace(1.3, 6.2, 4001))
    slopes = np.array([potential.terms(0, 0, one * one)[1] * one for one in x])
    rough = np.abs(slopes - 2.0 * x * table.derivatives(x * x)[1])
    assert rough.max() < table.round_off_of_slope() < 1e4 * rough.max()


def test_below_its_first_point_it_goes_on_as_a_parabola_in_x_squared() -> None:
    points = sampled_points(lennard_jones, 0.8, 2.5, 2)
    table = table_through(points.q, points.phi, 2)
    value, slope, bend = table.derivatives(0.64)
    assert table.derivatives(0.04)[2] == pytest.approx(bend)
    assert table.evaluate(0.2) == pytest.approx(value - 0.6 * slope + 0.18 * bend)


def test_a_file_is_read_with_either_column(tmp_path: Path) -> None:
    rows = [(x, lennard_jones(x)) for x in X.tolist()]
    for header, power in (("x", 1), ("q", 2)):
        path = tmp_path / f"{header}.csv"
        body = "\n".join(f"{x**power!r}, {phi!r}" for x, phi in rows)
        path.write_text(f"# Lennard-Jones\n{header},phi\n{body}\n", encoding="utf-8")
        q, phi = read_csv(path)
        assert q == pytest.approx(X * X, rel=1e-15)
        assert phi == [one for _, one in rows]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"cannot read table .* \(No such file or directory\); give a CSV file of numbers"),
        (b"\xff\xfe", "is no text; give a CSV file of numbers"),
        (b"", "begins with ''; its first line must be x,phi or q,phi"),
        (b"r,phi\n1,2\n", "begins with 'r,phi'; its first line must be x,phi or q,phi"),
        (b"x,phi\n1,2\n2;3\n", "line 3: '2;3' must be two numbers"),
        (b"x,phi\n\n1,2,3\n", "line 3: '1,2,3' must be two numbers"),
        (b"x,phi\n-0.6,2\n0.61,1\n", r"line 2: x = -0\.6 must not be negative"),
    ],
)
def test_files_that_are_no_table(content: bytes | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "lj.csv").write_bytes(content)
    with pytest.raises(ModelError, match=message):
        read_csv(tmp_path / "lj.csv")


def test_what_is_no_file_is_not_read() -> None:
    """A device may never end."""
    with pytest.raises(ModelError, match=r"cannot read table /dev/zero \(it is a device, no regular file\)"):
        read_csv(Path("/dev/zero"))


def changed(change: Callable[[np.ndarray, np.ndarray], tuple[object, object]]) -> tuple[object, object]:
    """Places and values of Lennard-Jones, after something is done to them."""
    return change(X * X, np.array([lennard_jones(x) for x in X]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q, phi: (q[:20], phi[:20]), "table has 20 points; give 50 to 20000"),
        (lambda q, phi: (q, phi[:20]), "201 places and 20 values of phi; give one for each"),
        (lambda q, phi: (q - 1.0, phi), "begins at q = -0.36; q = x² must not be negative"),
        (lambda q, phi: (q[::-1], phi), r"x = 2\.4915 comes after 2\.5; sort by x, each once"),
        (lambda q, phi: (q, np.where(q > 1.7, math.nan, phi)), r"phi\[60\] = nan must be a finite number"),
        (lambda q, phi: (q, ["0"] * 201), r"phi\[0\] = '0' must be a finite number"),
        (lambda q, phi: (q, 3.0), r"phi = 3\.0 must be a list"),
        (
            lambda q, phi: (np.r_[q[:90], q[99:]], np.r_[phi[:90], phi[99:]]),
            r"has a gap between x = 1\.5565 and 1\.6415; add points there",
        ),
        (
            lambda q, phi: (q, phi + 0.05 * (q > 2.0)),
            r"jumps from -0\.441\d* to -0\.377\d* between x = 1\.412 and 1\.4205; give a continuous",
        ),
        (
            lambda q, phi: (q, phi + 0.2 * np.abs(np.sqrt(q) - 1.4)),
            r"of 201 points: the force may be wrong by .* of it near x = 1\.39\d*, above 0\.0001",
        ),
        (lambda q, phi: (q, np.round(phi, 4)), r"may be wrong by .*; give more points or more digits there"),
        (lambda q, phi: (q[::3], phi[::3]), r"of 67 points: the force .* near x = 0\.8\d*, above 0\.0001"),
        (lambda q, phi: (q[50:], phi[50:]), r"begins at x = 1\.225 without a repulsive core"),
        (lambda q, phi: (q, 0.0 * phi), "without a repulsive core"),
    ],
)
def test_points_that_make_no_table(
    change: Callable[[np.ndarray, np.ndarray], tuple[object, object]], message: str
) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        checked_points(*changed(change), 2)
    assert "\n" not in str(caught.value)


def test_energies_may_all_be_large() -> None:
    points = checked_points(*changed(lambda q, phi: (q, 1e9 * (phi + 3.0))), 2)
    assert points.errors.force < 1e-4


def test_an_end_that_is_not_zero_is_refused_unless_smoothed() -> None:
    with pytest.raises(
        ModelError, match=r"ends at x = 2\.5 with phi = -0\.0163\d*, not 0; give smoothing = 2"
    ):
        checked_points(*changed(lambda q, phi: (q, phi)), None)
    with pytest.raises(ModelError, match=r"with a slope of 0\.039\d*, not 0; give smoothing = 2"):
        checked_points(*changed(lambda q, phi: (q, phi - phi[-1])), None)
    with pytest.raises(ModelError, match=r"ends at x = 2\.5 with phi = 2\.984, not 0"):
        checked_points(*changed(lambda q, phi: (q, phi + 3.0)), None)  # nowhere as low as ε
    for smoothing in (0, 4):
        with pytest.raises(ModelError, match=f"smoothing = {smoothing} must be"):
            checked_points(*changed(lambda q, phi: (q, phi)), smoothing)


@pytest.mark.parametrize(
    ("phi", "message"),
    [
        (lambda x: 1 / 0, r"phi\(0\.8\) raised ZeroDivisionError: division by zero; it must give a number"),
        (lambda x: "strong", r"phi\(0\.8\) raised ValueError: could not convert string to float: 'strong'"),
        (lambda x: math.nan, r"phi\(0\.8\) = nan; it must be a finite number"),
        (lambda x: lennard_jones(x) + 0.05 * (x > 1.5), r"the force may be wrong by .* near x = 1\.5, above"),
        (7, "phi = 7 must be a function"),
    ],
)
def test_functions_that_make_no_table(phi: Callable[[float], float], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        sampled_points(phi, 0.8, 2.5, 2)


def test_errors_add_up() -> None:
    assert Errors(1.0, 0.1, 2.0, 0.2) + Errors(3.0, 0.3, 1.0, 0.4) == Errors(4.0, 0.3, 3.0, 0.2)
