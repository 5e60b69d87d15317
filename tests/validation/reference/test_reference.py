"""Glasses whose mechanics an independent code computed; see README.md."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.mechanics.inherent_states import mechanics_of

HERE = Path(__file__).parent
GLASSES = {
    "hertz_rho0.938": pg.Hertzian(),
    "polyipl_N1000_T1.0": pg.PolyIPL(),
    "polypss_rc1.2_N1000_T1.0": pg.PolyPSS(1.2),
}
BOUND = 1e-9


@cache
def expected_of(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return content


@cache
def glass_of(name: str) -> pg.Glass:
    return pg.Glass.read(HERE / f"{name}.extxyz.gz", GLASSES[name])


@pytest.mark.parametrize("name", GLASSES)
def test_energy_pressure_and_contacts_agree_with_the_independent_code(name: str) -> None:
    expected, found = expected_of(name), glass_of(name).energetics()
    np.testing.assert_allclose(
        [found.energy_per_particle, found.pressure, found.pressure_repulsive, found.coordination],
        [expected["u"], expected["pressure"], expected["p_plus"], 2.0 * expected["pairs"] / expected["N"]],
        rtol=BOUND,
    )
    assert found.pressure_attractive == pytest.approx(expected["p_minus"], rel=BOUND)


@pytest.mark.parametrize("name", GLASSES)
def test_stress_and_moduli_agree_in_all_planes(name: str) -> None:
    expected, glass = expected_of(name), glass_of(name)
    planes = expected["shear"]
    moduli, raw = glass.moduli(), mechanics_of(glass.model, glass.configuration).moduli()
    np.testing.assert_allclose(
        [raw["shear_modulus"], raw["shear_modulus_xz"], raw["shear_modulus_yz"]],
        [planes[plane]["G"] for plane in ("xy", "xz", "yz")],
        rtol=BOUND,
    )
    np.testing.assert_allclose(
        [
            moduli.shear_modulus,
            moduli.shear_modulus_nonaffine,
            moduli.shear_modulus_isotropic,
            moduli.bulk_modulus,
            moduli.poisson_ratio,
            raw["born_shear"],
            raw["bulk_modulus_nonaffine"],
        ],
        [
            expected["G"],
            expected["G_na"],
            expected["G_mean"],
            expected["K"],
            expected["nu"],
            planes["xy"]["born"],
            expected["K_nonaffine"],
        ],
        rtol=BOUND,
    )
    potential, state = engine.potential_of(glass.model), glass.configuration
    field = engine.energy_forces(potential, state.box, state.positions, state.species, state.diameters)
    for plane, (i, j) in {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}.items():
        # σ = V⁻¹ ∂U/∂γ, against the pressure's sign
        assert -field["stress"][i, j] == pytest.approx(
            planes[plane]["stress"], abs=BOUND * expected["pressure"]
        )


@pytest.mark.parametrize("name", GLASSES)
def test_modes_agree_and_the_certificate_says_a_minimum(name: str) -> None:
    expected, glass = expected_of(name), glass_of(name)
    modes = glass.modes(20)
    np.testing.assert_allclose(modes.frequencies, expected["frequencies"], rtol=BOUND)
    np.testing.assert_allclose(modes.participation_ratios, expected["participation"], rtol=BOUND)
    assert glass.largest_frequency() ** 2 == pytest.approx(expected["eigenvalue_max"], rel=BOUND)
    certificate = glass.certify()
    assert (certificate.negative_eigenvalues, certificate.zero_modes) == (0, expected["zero_modes"])


@pytest.mark.parametrize("name", [name for name in GLASSES if name.startswith("poly")])
def test_sizes_are_the_quantiles_of_the_model(name: str) -> None:
    glass = glass_of(name)
    assert glass.diameters is not None
    assert glass.model.sizes is not None
    np.testing.assert_allclose(
        np.sort(glass.diameters), np.sort(glass.model.sizes.diameters(glass.N, seed=1)), rtol=1e-15
    )
