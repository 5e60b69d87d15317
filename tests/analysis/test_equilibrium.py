"""The criteria of equilibrium against systems that are solved exactly, and against chance."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from pssglass.analysis.equilibrium import (
    IN_EQUILIBRIUM,
    NOT_IN_EQUILIBRIUM,
    NOT_KNOWN,
    Criterion,
    Mean,
    Thermal,
    combined_drift,
    heat_capacity,
    histograms,
    mean_of,
    missing_correlation,
    reach,
    reduction,
    relaxation_times,
    trend_in_lineages,
    vanishing,
    verdict,
)

Floats = npt.NDArray[np.float64]


def thermal(temperature: float, N: int, energies: Floats, keep: int = 100) -> Thermal:
    """Of total energies (liquids, values)."""
    mean = energies.mean(axis=1)
    deviations = energies - mean[:, None]
    return Thermal(
        *(temperature, N, mean / N),
        *(np.mean(deviations**power, axis=1) / N for power in (2, 3)),
        [one[:keep] / N for one in energies],
    )


def oscillators(
    temperature: float, N: int, rng: np.random.Generator, liquids: int = 20, values: int = 400
) -> Thermal:
    """N harmonic oscillators in three dimensions: their potential energy has a gamma distribution."""
    return thermal(temperature, N, temperature * rng.gamma(1.5 * N, size=(liquids, values)))


def two_levels(
    temperature: float, N: int, rng: np.random.Generator, liquids: int = 20, values: int = 400
) -> Thermal:
    """N particles that are at 0 or at 1."""
    share = 1.0 / (1.0 + math.exp(1.0 / temperature))
    return thermal(temperature, N, rng.binomial(N, share, size=(liquids, values)).astype(np.float64))


def test_moments_are_those_of_all_values_of_all_liquids_together() -> None:
    """u = 3T/2, v = 3T²/2, κ = 3T³ of oscillators, also where each liquid is recorded briefly."""
    rng = np.random.default_rng(1)
    brief = [oscillators(2.0, 50, rng, liquids=20, values=3) for _ in range(400)]
    for attribute, exact in (("heat_capacity", 6.0), ("skewness", 24.0)):
        found = np.array([getattr(one, attribute) for one in brief])
        assert abs(found.mean() - exact) < 4.0 * found.std() / math.sqrt(found.size)


def test_the_error_of_a_combination_is_that_of_its_scatter() -> None:
    rng = np.random.default_rng(2)
    found = [oscillators(1.0, 50, rng, values=3).combined(0.4, 0.3) for _ in range(500)]
    values, errors = np.array([(one.value, one.error) for one in found]).T
    assert abs(values.mean() - (1.5 + 0.4 * 1.5 + 0.3 * 3.0)) < 4.0 * values.std() / math.sqrt(values.size)
    assert math.sqrt(np.mean(errors**2)) == pytest.approx(values.std(), rel=0.12)


@pytest.mark.parametrize("system", [oscillators, two_levels])
@pytest.mark.parametrize("temperatures", [(1.0, 0.95), (0.6, 0.5)])
def test_neighbours_in_equilibrium_pass(system, temperatures: tuple[float, float]) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    deviates, failures = [], 0
    for _ in range(300):
        hot, cold = (system(T, 100, rng) for T in temperatures)
        one = heat_capacity(hot, cold)
        assert one.error is not None
        deviates.append(one.value / one.error)
        failures += one.holds is False
    assert failures <= 3
    assert np.std(deviates) == pytest.approx(1.0, abs=0.15)


def test_the_correction_of_the_trapezoidal_rule_is_needed_and_right() -> None:
    """Without κ the relation fails by Δβ²/12 Δκ, seen where energies are known well."""
    hot, cold = 1.0, 0.8
    step = 1.0 / cold - 1.0 / hot
    trapezoid = 0.5 * step * 1.5 * (hot**2 + cold**2)
    correction = step**2 / 12.0 * 3.0 * (cold**3 - hot**3)
    assert abs(1.5 * (hot - cold) - trapezoid) > 10.0 * abs(1.5 * (hot - cold) - trapezoid - correction)
    rng = np.random.default_rng(4)
    one = heat_capacity(*(oscillators(T, 20, rng, liquids=200, values=4000) for T in (hot, cold)))
    assert one.holds is None  # the correction is larger than the error: add a temperature
    assert abs(one.value) < 0.1 * abs(correction)


@pytest.mark.parametrize("system", [oscillators, two_levels])
def test_a_neighbour_of_another_temperature_is_caught(system) -> None:  # type: ignore[no-untyped-def]
    """A liquid that has fallen out of equilibrium at 1 keeps the energies that it had there."""
    rng = np.random.default_rng(5)
    hot, other = system(1.0, 100, rng), system(0.98, 100, rng)
    stuck = Thermal(0.95, other.N, other.mean, other.variance, other.third, other.energies)
    assert heat_capacity(hot, stuck).holds is False
    overlap = histograms(hot, stuck)
    assert overlap is not None
    assert overlap.holds is False


@pytest.mark.parametrize("system", [oscillators, two_levels])
def test_the_slope_of_histograms_is_that_of_the_temperatures(system) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(6)
    deviates = []
    for _ in range(60):
        one = histograms(system(1.0, 100, rng), system(0.9, 100, rng))
        assert one is not None
        assert one.error is not None
        deviates.append(one.value / one.error)
    assert abs(np.mean(deviates)) < 4.0 / math.sqrt(60)
    assert np.std(deviates) == pytest.approx(1.0, abs=0.3)


def test_histograms_that_do_not_overlap_say_nothing() -> None:
    rng = np.random.default_rng(7)
    assert histograms(oscillators(1.0, 1000, rng), oscillators(0.5, 1000, rng)) is None


def test_a_limit_of_few_liquids_is_as_improbable_as_that_of_many() -> None:
    """Three errors of a normal distribution; of three liquids Student's t: 0.27 % in either case."""
    rng = np.random.default_rng(8)
    outside = sum(not vanishing("x", mean_of(rng.standard_normal(3))).holds for _ in range(20000))
    assert outside / 20000 == pytest.approx(0.0027, abs=0.0015)
    assert reach(Mean(0.0, 1.0, 1e6)) == pytest.approx(3.0, rel=1e-4)
    difference = mean_of([1.0, 2.0, 3.0]) - mean_of([0.0, 0.0, 0.0])
    assert difference.freedom == pytest.approx(2.0)


def test_lineages_that_differ_are_told_from_those_that_do_not() -> None:
    rng = np.random.default_rng(9)
    lineages = np.tile(np.arange(10), 6)
    alike = [rng.standard_normal(60) for _ in range(300)]
    found = [reduction("R", one, lineages) for one in alike]
    assert sum(one is None or not one.holds for one in found) <= 3
    apart = reduction("R", alike[0] + 2.0 * np.sin(lineages), lineages)
    assert apart is not None
    assert apart.holds is False
    assert apart.value > 1.4
    assert reduction("R", alike[0][:2], np.array([0, 1])) is None
    # Of many long lineages the bound of Gelman and Rubin holds.
    many = reduction("R", rng.standard_normal(40 * 100), np.tile(np.arange(40), 100))
    assert many is not None
    assert many.limit == pytest.approx(1.05)


def test_reduction_is_that_of_the_textbook() -> None:
    """W = 1, B = 4, n = 3: √(2/3 + 4)."""
    values = np.array([-3.0, -2.0, -1.0, -1.0, 0.0, 1.0, 1.0, 2.0, 3.0])
    found = reduction("R", values, np.repeat([0, 1, 2], 3))
    assert found is not None
    assert found.value == pytest.approx(math.sqrt(2.0 / 3.0 + 4.0))


def test_lineages_that_age_are_caught() -> None:
    rng = np.random.default_rng(10)
    lineages, glass = np.tile(np.arange(10), 6), np.repeat(np.arange(6), 10)
    steady = trend_in_lineages("trend", rng.standard_normal(60), lineages)
    ageing = trend_in_lineages("trend", rng.standard_normal(60) - 0.5 * glass, lineages)
    assert steady is not None
    assert ageing is not None
    assert (steady.holds, ageing.holds) == (True, False)
    assert ageing.value == pytest.approx(-0.5, abs=0.2)


def test_a_missing_correlation_is_that_of_the_means() -> None:
    rng = np.random.default_rng(11)
    born = 50.0 + 0.1 * rng.standard_normal(12)
    frozen = missing_correlation(35.0 + rng.standard_normal(12), born)
    assert frozen.value == pytest.approx(0.3, abs=0.03)
    assert frozen.holds is False
    assert missing_correlation(49.3 + 0.01 * rng.standard_normal(12), born).holds  # that of a time step


def test_relaxation_times_that_are_bounds_refuse_but_do_not_grant() -> None:
    assert relaxation_times(25.0, 20.0).holds is True
    assert relaxation_times(8.0, 20.0, is_bound=True).holds is False
    assert relaxation_times(8.0, 5.0, is_bound=True).holds is None


def test_drifts_that_none_shows_alone_are_seen_together() -> None:
    drifts = np.random.default_rng(12).standard_normal(12)
    assert combined_drift(drifts).holds
    assert not combined_drift(drifts - 1.7).holds


def test_the_verdict() -> None:
    def of(**holds: bool | None) -> float:
        return verdict(Criterion(name, 0.0, 1.0, held) for name, held in holds.items())

    necessary = dict.fromkeys(("relaxation_times_passed", "energy_trend", "missing_correlation"), True)
    assert of(**necessary) == IN_EQUILIBRIUM
    assert of(**necessary, heat_capacity_mismatch=None) == IN_EQUILIBRIUM
    assert of(**necessary, heat_capacity_mismatch=False) == NOT_IN_EQUILIBRIUM
    assert of(**{**necessary, "energy_trend": None}) == NOT_KNOWN
    assert of(energy_trend=False) == NOT_IN_EQUILIBRIUM
    assert of() == NOT_KNOWN
