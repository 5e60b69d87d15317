"""Glasses whose mechanics an independent code computed; see README.md."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pssglass as pg

HERE = Path(__file__).parent
GLASSES = {"hertz_rho0.938": pg.Hertzian()}


@pytest.mark.parametrize("name", GLASSES)
def test_all_agree_with_the_independent_code(name: str) -> None:
    expected = json.loads((HERE / f"{name}.json").read_text())
    glass = pg.Glass.read(HERE / f"{name}.extxyz.gz", GLASSES[name])
    energetics, moduli, modes = glass.energetics(), glass.moduli(), glass.modes(20)
    shear = [expected["shear"][plane]["G"] for plane in ("xy", "xz", "yz")]
    np.testing.assert_allclose(
        [
            energetics.energy_per_particle,
            energetics.pressure,
            moduli.shear_modulus,
            moduli.shear_modulus_nonaffine,
            moduli.shear_modulus_isotropic,
            moduli.bulk_modulus,
            moduli.poisson_ratio,
            glass.largest_frequency() ** 2,
        ],
        [
            expected["u"],
            expected["pressure"],
            expected["G"],
            expected["G_na"],
            np.mean(shear),
            expected["K"],
            expected["nu"],
            expected["eigenvalue_max"],
        ],
        rtol=1e-9,
    )
    np.testing.assert_allclose(modes.frequencies, expected["frequencies"], rtol=1e-9)
    np.testing.assert_allclose(modes.participation_ratios, expected["participation"], rtol=1e-6)
    certificate = glass.certify()
    assert (certificate.negative_eigenvalues, certificate.zero_modes) == (0, expected["zero_modes"])
