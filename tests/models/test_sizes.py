"""Continuous sizes: quantiles by formulas and integrals, the same bits everywhere, and what is refused."""

from __future__ import annotations

import hashlib
import math
import pickle
import re

import numpy as np
import pytest
from scipy.integrate import quad

from pssglass.base.errors import ModelError
from pssglass.base.results import Floats
from pssglass.models import Sizes

PAPER = Sizes(1.0, 2.22, nonadditivity=0.1)
RANDOM = Sizes(1.0, 2.22, nonadditivity=0.1, drawing="random")
BITS = "d3414589bf51cdd8eaf359227d94f39d93290d807e8c224fe3d4349d606932da"
"""SHA-256 of the 1000 quantiles of ``PAPER``, ascending; an independent decimal computation has the same."""


def quantiles(sizes: Sizes, N: int) -> Floats:
    return np.sort(sizes.diameters(N, seed=1))


@pytest.mark.parametrize("N", [1, 2, 137, 1000])
def test_quantiles_of_the_paper_have_a_closed_form(N: int) -> None:
    u = (np.arange(1, N + 1) - 0.5) / N
    np.testing.assert_allclose(
        quantiles(PAPER, N), (1.0 - u * (1.0 - 2.22**-2)) ** -0.5, rtol=2 * np.finfo(float).eps
    )


@pytest.mark.parametrize("exponent", [-2.0, 0.0, 0.5, 1.0, 1.0 + 1e-9, 2.0, 3.0, 3.7, 40.0])
def test_each_quantile_has_its_share_of_the_density_below(exponent: float) -> None:
    sizes = Sizes(0.8, 1.9, exponent)
    whole, _ = quad(lambda x: x**-exponent, 0.8, 1.9, epsabs=0, epsrel=1e-13)
    for k, diameter in enumerate(quantiles(sizes, 9)):
        below, _ = quad(lambda x: x**-exponent, 0.8, diameter, epsabs=0, epsrel=1e-13)
        assert below / whole == pytest.approx((k + 0.5) / 9, rel=1e-10)


def test_equal_bounds_make_all_particles_alike() -> None:
    for exponent in (0.0, 1.0, 3.0):
        for drawing in ("quantiles", "random"):
            np.testing.assert_array_equal(Sizes(1.3, 1.3, exponent, 0.1, drawing).diameters(20, 4), 1.3)


def test_quantiles_are_the_same_bits_everywhere() -> None:
    ascending = quantiles(PAPER, 1000)
    assert hashlib.sha256(ascending.tobytes()).hexdigest() == BITS


def test_a_seed_only_changes_who_has_which_quantile() -> None:
    one, again, other = (PAPER.diameters(1000, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(np.sort(one), np.sort(other))
    # In no order: large ones do not stand together.
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.15


def test_random_sizes_follow_the_distribution_and_differ_between_samples() -> None:
    drawn = RANDOM.diameters(5000, seed=5)
    np.testing.assert_array_equal(drawn, RANDOM.diameters(5000, seed=5))
    assert drawn.min() >= 1.0
    assert drawn.max() <= 2.22
    u = np.sort((1.0 - drawn**-2) / (1.0 - 2.22**-2))  # uniform, if the density is λ⁻³
    distance = np.abs(u - (np.arange(5000) + 0.5) / 5000).max()
    assert distance < 1.63 / math.sqrt(5000)  # Kolmogorov-Smirnov, 1 %
    assert len(np.unique(drawn)) == len(drawn)
    assert not np.array_equal(np.sort(drawn), np.sort(RANDOM.diameters(5000, seed=6)))


def test_quantiles_leave_out_the_noise_of_random_sizes() -> None:
    """The volume of the spheres scatters between random samples, and not between those of quantiles."""
    volumes = {
        sizes.drawing: [float((sizes.diameters(200, seed) ** 3).sum()) for seed in range(20)]
        for sizes in (PAPER, RANDOM)
    }
    assert np.std(volumes["quantiles"]) < 1e-12 * np.mean(volumes["quantiles"])
    assert np.std(volumes["random"]) > 0.02 * np.mean(volumes["random"])


@pytest.mark.parametrize("nonadditivity", [-0.7, -0.1, 0.0, 0.1, 0.6])
def test_bounds_of_lengths_hold_for_all_pairs(nonadditivity: float) -> None:
    sizes = Sizes(1.0, 2.22, nonadditivity=nonadditivity)
    diameters = np.linspace(1.0, 2.22, 300)
    lengths = sizes.length(diameters[:, None], diameters)
    by_hand = [
        [0.5 * (a + b) * (1.0 - nonadditivity * abs(a - b)) for b in diameters[::37]] for a in diameters[::37]
    ]
    np.testing.assert_allclose(lengths[::37, ::37], by_hand, rtol=1e-15)
    assert sizes.shortest == pytest.approx(lengths.min(), rel=1e-14)
    assert lengths.max() <= sizes.longest * (1.0 + 1e-15)
    if nonadditivity >= 0.0:
        assert sizes.longest == lengths.max() == 2.22


def test_a_binary_mixture_is_two_diameters() -> None:
    """λ = 1, 1.18, 1.4 of the sticky spheres: half of 2.4 less a sixtieth."""
    sizes = Sizes(1.0, 1.4, nonadditivity=1.0 / 24.0)
    assert sizes.length(np.array(1.0), np.array(1.4)) == pytest.approx(1.18, rel=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"smallest": 0.0}, r"smallest diameter = 0\.0 must be above 0"),
        ({"smallest": -1.0}, r"smallest diameter = -1\.0 must be above 0"),
        ({"smallest": math.nan}, "smallest diameter = nan must be a finite number"),
        ({"largest": math.inf}, "largest diameter = inf must be a finite number"),
        ({"largest": 0.9}, r"largest diameter = 0\.9 must not be below the smallest, 1"),
        ({"exponent": math.nan}, "exponent of sizes = nan must be a finite number"),
        ({"exponent": 1e7}, r"exponent of sizes = 1e\+07 must be within -100 and 100"),
        ({"exponent": -1e7}, r"exponent of sizes = -1e\+07 must be within -100 and 100"),
        ({"nonadditivity": "much"}, "nonadditivity = 'much' must be a finite number"),
        ({"nonadditivity": 0.9}, r"nonadditivity = 0\.9 leaves .* 1 and 2\.22 no .* must be below 0\.8197"),
        ({"drawing": "quantile"}, "drawing = 'quantile'.* quantiles, random"),
    ],
)
def test_sizes_that_make_no_pairs_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        Sizes(**{"smallest": 1.0, "largest": 2.22, **arguments})  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_diameters_of_a_file_are_compared_with_the_distribution() -> None:
    good = PAPER.diameters(200, seed=9)
    assert PAPER.check(good) is None
    assert PAPER.check(good.astype(np.float32).astype(float)) is None
    assert PAPER.check(good.round(8)) is None
    assert RANDOM.check(RANDOM.diameters(200, seed=2)) is None
    assert RANDOM.check(good) is None
    swapped = good.copy()
    swapped[[3, 4]] = swapped[[4, 3]]
    assert PAPER.check(swapped) is None


@pytest.mark.parametrize("sizes", [PAPER, RANDOM])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2.3, r"diameters from 1\.01.* to 2\.3 are not within 1 and 2\.22"),
        (0.99, r"diameters from 0\.99 to 2\.1.* are not within 1 and 2\.22"),
        (0.0, "diameters from 0 to"),
        (-1.0, "diameters from -1 to"),
        (math.nan, "diameters from nan to nan are not within"),
    ],
)
def test_diameters_out_of_range_do_not_fit(sizes: Sizes, value: float, message: str) -> None:
    diameters = PAPER.diameters(50, seed=9)
    diameters[7] = value
    found = sizes.check(diameters)
    assert found is not None
    assert re.search(message, found)


def test_diameters_that_are_no_quantiles_do_not_fit_unless_they_are_random() -> None:
    drawn = RANDOM.diameters(50, seed=2)
    found = PAPER.check(drawn)
    assert found is not None
    assert found.startswith("diameters are not the quantiles of the model's distribution (number ")
    assert found.endswith("; drawing = 'random' takes others")
    edited = PAPER.diameters(50, seed=2)
    edited[edited.argmin()] *= 1.0 + 3e-6
    assert "(number 1 by size is 1.004" in (PAPER.check(edited) or "")


def test_sizes_are_values() -> None:
    assert Sizes(1.0, 2.22, nonadditivity=0.1) == PAPER
    assert hash(pickle.loads(pickle.dumps(PAPER))) == hash(PAPER)
    assert PAPER != RANDOM
