"""Soft spheres: the form of their contacts, and the mixture of the paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.models import Contacts
from pssglass.models.precision import force_error


@pytest.mark.parametrize("form", [Contacts(1.0, 2.5), Contacts(0.4, 2.0)])
@pytest.mark.parametrize("x", [0.3, 0.9, 0.999, 1.0, 1.2])
def test_python_and_engine_evaluate_the_same(form: Contacts, x: float) -> None:
    potential = engine.Potential([[1.0]], [[1.0]], **form.arguments())
    energy, slope_over_r, rest = potential.terms(0, 0, x * x)
    slope = -form.prefactor * form.alpha * max(1.0 - x, 0.0) ** (form.alpha - 1.0)
    assert energy == pytest.approx(form.evaluate(x), rel=1e-13, abs=1e-16)
    assert slope_over_r * x == pytest.approx(slope, rel=1e-13, abs=1e-16)
    # The third term is (φ″ - φ′/r)/r².
    assert rest * x * x + slope_over_r == pytest.approx(form.curvature(x), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("alpha", [2.0, 2.5])
def test_curvature_is_that_of_the_energy(alpha: float) -> None:
    form, x, h = Contacts(1.0, alpha), 0.8, 1e-4
    second = (form.evaluate(x + h) - 2.0 * form.evaluate(x) + form.evaluate(x - h)) / h**2
    assert second == pytest.approx(form.curvature(x), rel=1e-7)


def test_the_mixture_is_additive_and_its_melt_suits_its_energies() -> None:
    model = pg.Hertzian()
    assert model.lengths == ((1.0, 1.2), (1.2, 1.4))
    assert model.number_density == 0.938
    assert model.max_cutoff == 1.4
    assert model.melt_temperature == 0.02
    assert pg.Hertzian(prefactor=100.0).melt_temperature == 2.0
    assert pg.Hertzian(prefactor=0.4).hash != model.hash != pg.Hertzian(alpha=2.0).hash
    assert force_error(model) < 1e-15


def test_time_scales_with_the_prefactor() -> None:
    step = pg.Hertzian().default_time_step(0.006)
    assert pg.Hertzian(prefactor=100.0).default_time_step(0.6) == pytest.approx(step / 10.0, rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 1.5}, r"alpha = 1\.5 must be 2\.5 \(Hertzian\) or 2 \(harmonic\)"),
        ({"prefactor": 0.0}, "prefactor = 0 must be within 0.02 and 100: energies, moduli"),
        ({"prefactor": math.nan}, "prefactor = nan must be a finite number"),
        ({"size_ratios": [1.2, -1.4]}, "size_ratios = -1.4 must be above 0"),
    ],
)
def test_wrong_parameters_are_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        pg.build_model("hertzian", arguments)


def test_a_liquid_becomes_a_glass_on_the_plateau_of_hot_liquids() -> None:
    """Within the scatter of glasses of N = 500 about u_IS = 0.01135, K = 0.47 of an independent code."""
    liquid = pg.Liquid.create(pg.Hertzian(), N=500, temperature=0.006, seed=1)
    run = liquid.run(200.0, sample_every=10)
    kinetic = np.mean(run.series["kinetic_energy"]) / (1.5 * 499)
    assert kinetic == pytest.approx(0.006, rel=0.1)
    glass = liquid.quench()
    assert glass.certify().is_minimum
    assert glass.energetics().energy_per_particle == pytest.approx(0.01135, rel=0.06)
    assert glass.moduli().bulk_modulus == pytest.approx(0.47, rel=0.06)
