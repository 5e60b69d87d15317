"""Models in units far from ε = λ = 1, in which quenches and lists would go wrong, are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.base.errors import ModelError
from pssglass.models import build_model, define_model
from pssglass.models.contacts import WEAKEST, Contacts
from pssglass.models.units import largest_slope

SOFT: dict[str, Any] = {
    "form": "inverse-powers",
    "exponents": [12],
    "coefficients": [1.0],
    "cutoff": 1.5,
    "density": 0.8,
}
REMEDY = r"energies, moduli and temperatures are proportional to it, so take units of energy in which"
UNIT_OF_LENGTH = "take units of length in which it is near 1, and give density in these"


def soft_table(scale: float) -> dict[str, Any]:
    return {
        "form": "table",
        "phi": lambda x: scale * x**-12,
        "x_first": 0.5,
        "cutoff": 1.5,
        "smoothing": 2,
        "density": 0.8,
        "melt_temperature": scale,
    }


def test_the_largest_slope_is_that_of_particles_that_overlap_by_a_tenth() -> None:
    assert largest_slope(Contacts(3.0, 2.5)) == pytest.approx(3.0 * 2.5 * 0.1**1.5, rel=0.02)
    minimum = 2 ** (1 / 6)
    x = np.linspace(0.9 * minimum, minimum, 1001)
    steepest = np.abs(48.0 * x**-13 - 24.0 * x**-7).max()
    assert largest_slope(pg.PSS(1.5).form) == pytest.approx(steepest, rel=0.1)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("hertzian", {"prefactor": 0.0}),
        ("hertzian", {"prefactor": 1e-5}),
        ("hertzian", {"prefactor": 101.0}),
        ("mine", {"form": "hertzian", "density": 0.9, "prefactor": 1e-5}),
    ],
)
def test_contacts_of_far_too_weak_or_strong_a_prefactor(name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=rf"prefactor = [\de.-]+ must be within 0\.02 and 100: {REMEDY}"):
        build_model(name, parameters)


@pytest.mark.parametrize(
    "settings",
    [
        {**SOFT, "energies": [[1e-8]]},
        {**SOFT, "energies": [[1e7]]},
        {**SOFT, "coefficients": [1e-6]},
        {**SOFT, "coefficients": [1e8]},
        {
            **SOFT,
            "composition": [0.5, 0.5],
            "lengths": [[1.0, 1.0], [1.0, 1.0]],
            "energies": [[1e-6] * 2] * 2,
        },
        soft_table(1e-7),
        soft_table(1e7),
        {"form": "hertzian", "density": 0.9, "energies": [[1e-4]]},
    ],
)
def test_forces_far_from_one(settings: dict[str, Any]) -> None:
    message = rf"pairs push or pull with at most .* within 0\.001 and 1e\+06: {REMEDY}"
    with pytest.raises(ModelError, match=message):
        define_model("mine", **settings)


@pytest.mark.parametrize("length", [1e-10, 0.03, 11.0, 1e200])
def test_lengths_far_from_one(length: float) -> None:
    message = rf"longest length of pairs = .* within 0\.1 and 10; {UNIT_OF_LENGTH}"
    with pytest.raises(ModelError, match=message):
        define_model("mine", **SOFT, lengths=[[length]])
    with pytest.raises(ModelError, match=UNIT_OF_LENGTH):
        define_model("mine", **SOFT, sizes={"smallest": length, "largest": length})
    with pytest.raises(ModelError, match=UNIT_OF_LENGTH):
        pg.PSS(1.5, size_ratios=(length, max(length, 20.0)))


def test_sizes_far_from_each_other() -> None:
    with pytest.raises(
        ModelError, match=r"largest diameter = 1e\+300 must be at most 100 times the smallest"
    ):
        define_model("mine", **SOFT, sizes={"smallest": 1e-300, "largest": 1e300})


@pytest.mark.parametrize(
    "settings",
    [
        *[{**SOFT, "energies": [[energy]]} for energy in (0.01, 100.0)],
        *[{**SOFT, "lengths": [[length]], "density": 0.8 / length**3} for length in (0.1, 10.0)],
        {**SOFT, "exponents": [64], "energies": [[10.0]]},
        {**SOFT, "exponents": [12, 6], "coefficients": [4.0, -4.0], "cutoff": "minimum", "smoothing": 0},
        {**SOFT, "exponents": [12, 10], "coefficients": [5.0, -6.0]},
        soft_table(1.0),
        {**soft_table(1.0), "phi": lambda x: 50.0 * math.exp(-((1.3 * x) ** 4)), "x_first": 0.0},
        {**soft_table(1.0), "phi": lambda x: max(0.0, 1.0 - x * x) ** 3, "x_first": 0.0, "cutoff": 1.0},
    ],
)
def test_usual_models_are_as_they_were(settings: dict[str, Any]) -> None:
    assert define_model("mine", **settings).form is not None


@pytest.mark.parametrize("density", [0.70, 0.938])
def test_moduli_are_proportional_to_the_smallest_prefactor(density: float) -> None:
    """Near jamming, where what a quench leaves of forces weighs most."""
    weak, usual = pg.Hertzian(prefactor=WEAKEST, density=density), pg.Hertzian(density=density)
    liquid = pg.Liquid.create(usual, N=200, temperature=0.006, seed=3, melt_time=10.0)
    liquid.run(30.0)
    glass = pg.Glass.quenched(weak, liquid.configuration)
    again = pg.Glass.quenched(usual, glass.configuration, tolerance=1e-11)
    found, expected = glass.moduli(), again.moduli()
    assert found.shear_modulus / WEAKEST == pytest.approx(expected.shear_modulus, rel=1e-5)
    assert found.bulk_modulus / WEAKEST == pytest.approx(expected.bulk_modulus, rel=1e-5)
    assert np.array_equal(glass.rattlers, again.rattlers)
