"""Made-up campaigns whose numbers are easy to tell apart in a figure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData, EnsembleSummary, ScalarStatistics
from pssglass.plugins.aggregation import aggregated
from pssglass.plugins.registry import Registry

TEMPERATURES = (0.7, 0.75, 0.8, 0.86, 0.93, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0)
CROSSOVERS = {1.1: 1.4, 1.5: 1.05}
SAMPLES = 20
CORE = 5.0
LIQUID_LAGS = np.geomspace(0.01, 10.0, 7)
LIQUID_CURVES = (
    "mean_self_scattering",
    "mean_squared_displacement",
    "mean_overlap",
    "mean_non_gaussian",
    "mean_chi_4",
)
STRUCTURE_POINTS = np.linspace(0.1, 5.0, 8)
STRAINS = np.linspace(0.0, 0.2, 9)
SHEARED = (
    *("shear_peak_stress", "shear_peak_strain", "shear_flow_stress", "shear_overshoot", "shear_event_count"),
)
EVENTS = (
    *("strain", "strain_before", "stress_before", "stress_drop", "energy_drop", "participation_ratio"),
    *("rearranging", "largest_displacement"),
)
QLMS = (
    *("participation_ratio", "kappa", "tau", "chi", "core", "core_size", "cost", "residual"),
    *("times_found", "core_x", "core_y", "core_z"),
)
OMEGA_0 = math.sqrt(12.0 / 0.6) * 0.6 ** (1.0 / 3.0)


def scalar(mean: float, count: int = 4, std: float = 0.2) -> ScalarStatistics:
    error = std / math.sqrt(count) if count > 1 else math.nan
    return ScalarStatistics(mean, error, count, std if count > 1 else math.nan)


def ensemble(
    rc: float, temperature: float, N: int = 3000, name: str = "", **scalars: ScalarStatistics
) -> EnsembleSummary:
    """An ensemble of sticky spheres with the parameters written out in full, as the database holds them."""
    parameters = {"rc": rc, "density": 0.6, "composition": [0.5, 0.5]}
    return EnsembleSummary(name or f"rc{rc}-T{temperature}-N{N}", "pss", parameters, N, temperature, scalars)


@pytest.fixture
def campaign() -> list[EnsembleSummary]:
    """r_c = 1.1 and 1.5 at three temperatures; G rises by 5 and 20 % on cooling, K falls by 10 %."""
    return [
        ensemble(
            rc,
            temperature,
            shear_modulus=scalar(G * (1.0 + rise * cold)),
            bulk_modulus=scalar(K * (1.0 - 0.1 * cold)),
            shear_modulus_nonaffine=scalar(6.0 - 2.0 * cold),
            shear_modulus_affine=scalar(20.0),
            energy_per_particle=scalar(u - 0.3 * cold),
        )
        for rc, G, K, u, rise in ((1.5, 12.0, 57.0, -5.2, 0.2), (1.1, 38.0, 88.0, -3.6, 0.05))
        for temperature, cold in ((4.0, 0.0), (1.0, 0.5), (0.7, 1.0))
    ]


@pytest.fixture(scope="session")
def full_campaign() -> list[EnsembleData]:
    """Two models at eleven temperatures: samples made up, everything else computed from them."""
    registry = Registry.discover()
    ensembles = [made_up(rc, temperature) for rc in CROSSOVERS for temperature in TEMPERATURES]
    found, failures = aggregated(ensembles, registry.resolve(registry.observables))
    assert failures == []
    return found


@pytest.fixture(scope="session")
def recorded_campaign(full_campaign: list[EnsembleData]) -> list[EnsembleData]:
    """The same with curves of the liquids' dynamics, exp(-t) each."""
    curves = {key: np.exp(-LIQUID_LAGS) for key in LIQUID_CURVES}
    errors = {f"{key}_error": 0.1 * LIQUID_LAGS for key in LIQUID_CURVES}
    own = {"dynamics_lag": LIQUID_LAGS, **curves, **errors}
    return [replace(one, values={**one.values, **own}) for one in full_campaign]


def made_up(rc: float, temperature: float, N: int = 3000) -> EnsembleData:
    """G = 12 and K = 60 when hot, G/K bends at T_co; 40 modes, 80 QLMs a sample: D ∝ ω⁴; c(t) decays in 5."""
    rng = np.random.default_rng([int(100 * rc), int(100 * temperature)])
    T_co = CROSSOVERS[rc]
    cold = max(0.0, T_co - temperature)

    def samples(mean: float, relative: float) -> np.ndarray:
        return mean * (1.0 + relative * rng.standard_normal(SAMPLES))

    shear, bulk = samples(12.0 * (1.0 + cold), 0.01), samples(60.0, 0.001)
    phonon = 2.0 * math.pi / N ** (1.0 / 3.0) * OMEGA_0 * math.sqrt(1.0 + cold)
    modes = [1.2 * phonon * np.sort(np.append(rng.random(40) ** 0.2, 1.0)) for _ in range(SAMPLES)]
    lags = np.append(0.0, np.geomspace(0.01, 100.0, 30))
    distances = np.geomspace(1.2, 15.0, 20)
    scalars = {
        "shear_modulus": shear,
        "shear_modulus_nonaffine": 30.0 - shear,
        "shear_modulus_affine": samples(30.0, 1e-9),
        "shear_modulus_isotropic": shear,
        "nonaffine_ratio": 30.0 / shear - 1.0,
        "bulk_modulus": bulk,
        "poisson_ratio": (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear),
        "shear_to_bulk_ratio": shear / bulk,
        "pressure": samples(4.6, 0.01),
        "pressure_over_bulk_modulus": samples(0.077, 0.01),
        "pressure_scale": samples(8.0, 0.01),
        "pressure_over_scale": samples(0.6, 0.01),
        "energy_per_particle": samples(-4.0 + 0.5 * T_co * (1.0 - T_co / temperature), 1e-3),
        "coordination": samples(12.0, 0.01),
        "max_force": samples(1e-11, 0.1),
        "lowest_frequency": np.array([one[0] for one in modes]),
        "omega_g": samples(1.3 * OMEGA_0, 0.01),
        "field_omega_g": samples(1.3 * OMEGA_0, 0.01),
        "field_omega_g_error": samples(0.02 * OMEGA_0, 0.01),
        "core_length": samples(CORE, 0.05),
        "core_length_error": samples(0.1 * CORE, 0.01),
        "liquid_born_shear": samples(50.0, 0.01),
        **dict.fromkeys(SHEARED, np.ones(SAMPLES)),
        **dict.fromkeys(("qlm_count", "qlm_finds"), np.full(SAMPLES, 80.0)),
        **dict.fromkeys(("qlm_coverage", "qlm_unseen"), np.ones(SAMPLES)),
    }
    arrays = {
        "frequency": modes,
        "participation_ratio": [25.0 / N * rng.gamma(4.0, 0.25, one.size) for one in modes],
        "residual": [np.full(one.size, 1e-12) for one in modes],
        "pair_frequency": [1.3 * OMEGA_0 * rng.gamma(20.0, 0.05, 110) for _ in modes],
        "field_distance": [distances] * SAMPLES,
        "field_square": [distances**-4.0 / (CORE / distances + distances / CORE) for _ in modes],
        "field_square_error": [0.1 * distances**-4.0 for _ in modes],
        "correlation_time": [lags] * SAMPLES,
        "stress_correlation": [50.0 * np.exp(-lags / 5.0) + 0.1 * rng.standard_normal(31) for _ in modes],
        "pair_distance": [STRUCTURE_POINTS] * SAMPLES,
        "shell_vectors": [STRUCTURE_POINTS] * SAMPLES,
        "shear_strain": [STRAINS] * SAMPLES,
        "shear_stress": [0.5 * noise * np.tanh(20.0 * STRAINS) for noise in samples(1.0, 0.1)],
        "shear_energy": [-4.0 + STRAINS] * SAMPLES,
        "shear_slope": [10.0 - STRAINS] * SAMPLES,
        **{f"event_{key}": [np.full(3, 0.1)] * SAMPLES for key in EVENTS},
        **{f"qlm_{key}": [np.ones(80)] * SAMPLES for key in QLMS},
    }
    for state, height in (("liquid", 1.0), ("inherent", 2.0)):
        arrays[f"{state}_wave_number"] = [STRUCTURE_POINTS] * SAMPLES
        for key in ("pair_correlation", "structure_factor"):
            arrays[f"{state}_{key}"] = [height * one * np.exp(-STRUCTURE_POINTS) for one in samples(1.0, 0.1)]
    arrays["qlm_frequency"] = [1.2 * phonon * np.sort(rng.random(80)) ** 0.2 for _ in modes]
    return EnsembleData(
        name=f"rc{rc}-T{temperature}",
        model_name="pss",
        parameters={"rc": rc},
        N=N,
        parent_temperature=temperature,
        scalars={key: summarize(values) for key, values in scalars.items()},
        samples=scalars,
        arrays={key: tuple(one) for key, one in arrays.items()},
        values={},
    )
