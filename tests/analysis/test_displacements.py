"""Relaxation times, χ4 and diffusion of planted curves."""

from __future__ import annotations

import numpy as np
import pytest

from pssglass.analysis.displacements import (
    decay_time,
    diffusion,
    four_point_susceptibility,
    non_gaussian,
    peak,
)

LAGS = np.array([1.0, *(factor * 2.0**power for power in range(14) for factor in (2, 3))])


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("tau", [7.0, 700.0])
def test_the_time_of_a_stretched_exponential_is_found_between_lags(exponent: float, tau: float) -> None:
    assert decay_time(LAGS, np.exp(-((LAGS / tau) ** exponent))) == pytest.approx(tau, rel=0.01)


def test_what_does_not_decay_has_no_time() -> None:
    assert decay_time(LAGS, np.full(LAGS.size, 0.5)) is None
    assert decay_time(LAGS, np.full(LAGS.size, 0.2)) is None  # not seen to fall


def test_displacements_of_normal_distribution_are_gaussian() -> None:
    moved = np.sum(np.random.default_rng(1).normal(size=(400_000, 3)) ** 2, axis=1)
    assert non_gaussian(np.mean(moved), np.mean(moved**2)) == pytest.approx(0.0, abs=0.01)
    assert non_gaussian(np.array(1.0), np.array(5.0)) == pytest.approx(2.0)


def overlaps(samples: int, between: float, within: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Means over 16 origins of Q and Q² at one lag, with these variances of samples and of origins in one."""
    rng = np.random.default_rng(seed)
    Q = (
        0.4
        + np.sqrt(between) * rng.normal(size=(samples, 1))
        + np.sqrt(within) * rng.normal(size=(samples, 16))
    )
    return Q.mean(axis=1)[:, None], (Q**2).mean(axis=1)[:, None]


@pytest.mark.parametrize("samples", [2, 5, 40])
def test_chi_4_has_fluctuations_within_samples_and_between_them_without_bias(samples: int) -> None:
    found = [four_point_susceptibility(*overlaps(samples, 1e-3, 3e-3, seed), 1000)[0] for seed in range(2000)]
    assert np.mean(found) == pytest.approx(4.0, abs=4.0 * np.std(found) / np.sqrt(len(found)))


def test_the_error_of_chi_4_is_its_scatter() -> None:
    found = [four_point_susceptibility(*overlaps(20, 1e-3, 1e-3, seed), 1000) for seed in range(500)]
    errors = [error for _, error in found if error is not None]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(
        np.std([value for value, _ in found]), rel=0.1
    )
    assert four_point_susceptibility(*overlaps(2, 1e-3, 1e-3, 0), 1000)[1] is None


def test_one_sample_has_the_fluctuations_of_its_origins() -> None:
    means, squares = overlaps(1, 1e-3, 3e-3, 5)
    value, error = four_point_susceptibility(means, squares, 1000)
    assert value == pytest.approx(1000 * (squares[0] - means[0] ** 2))
    assert error is None


def test_a_maximum_at_an_end_is_no_peak() -> None:
    assert peak(LAGS[:3], np.array([1.0, 3.0, 2.0])) == (2.0, 3.0)
    assert peak(LAGS[:3], np.array([1.0, 2.0, 3.0])) is None


def spread(exponent: float, samples: int = 10, noise: float = 0.02) -> np.ndarray:
    curves = 6.0 * 0.05 * LAGS**exponent
    return np.asarray(curves * (1.0 + noise * np.random.default_rng(2).normal(size=(samples, LAGS.size))))


def test_diffusion_is_told_where_displacements_are_diffusive() -> None:
    found = diffusion(LAGS, spread(1.0), begin=100.0)
    assert abs(found["diffusion_coefficient"] - 0.05) < 4.0 * found["diffusion_coefficient_error"]
    assert found["diffusion_coefficient_error"] < 0.001
    assert abs(found["msd_exponent"] - 1.0) < 3.0 * found["msd_exponent_error"]


def test_a_caged_liquid_has_an_exponent_and_no_diffusion() -> None:
    found = diffusion(LAGS, spread(0.8), begin=100.0)
    assert found.keys() == {"msd_exponent", "msd_exponent_error"}


@pytest.mark.parametrize(
    ("squared", "begin"),
    [
        (spread(1.0, samples=1), 100.0),
        (spread(1.0), 2.0 * LAGS[-1]),
        (spread(1.0, samples=3, noise=0.5), 100.0),
    ],
    ids=["one sample", "not relaxed", "too noisy"],
)
def test_nothing_is_told_of_diffusion_where_nothing_is_known(squared: np.ndarray, begin: float) -> None:
    assert diffusion(LAGS, np.abs(squared), begin) == {}
