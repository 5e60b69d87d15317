"""Soft spheres quenched at a pressure, with particles that none of the others hold in place."""

from __future__ import annotations

import numpy as np
import pytest

import pssglass as pg
from pssglass.mechanics.glass import Glass

N = 200


@pytest.fixture(scope="module")
def liquid() -> pg.Liquid:
    liquid = pg.Liquid.create(pg.Hertzian(density=0.70), N, 0.006, seed=3)
    liquid.run(100.0)
    return liquid


@pytest.fixture(scope="module", params=[2e-3, 3e-4])
def pressed(request: pytest.FixtureRequest, liquid: pg.Liquid) -> tuple[float, Glass]:
    """The pressure, and a glass of it close to jamming."""
    return request.param, liquid.quench(pressure=request.param)


def volume(glass: Glass) -> float:
    return float(np.prod(glass.box[:3]))


def test_rattlers_are_found_and_the_pressure_is_that_asked_for(pressed: tuple[float, Glass]) -> None:
    pressure, glass = pressed
    assert len(glass.rattlers) >= 1
    assert glass.energetics().pressure == pytest.approx(pressure, rel=1e-6)
    assert glass.certify().is_minimum
    assert str(glass.quench_record).endswith(f"three zero modes and {len(glass.rattlers)} rattler(s)")


def test_the_bulk_modulus_is_how_far_more_pressure_shrinks_the_box(pressed: tuple[float, Glass]) -> None:
    """K = -V dP/dV, both from the Hessian without rattlers and from two more quenches."""
    pressure, glass = pressed
    step = 2e-4 * pressure
    less, more = (
        Glass.quenched(glass.model, glass.configuration, method="fast", pressure=pressure + change)
        for change in (-step, step)
    )
    assert less.energetics().coordination == more.energetics().coordination
    assert glass.moduli().bulk_modulus == pytest.approx(
        -volume(glass) * 2.0 * step / (volume(more) - volume(less)), rel=2e-3
    )


def test_the_same_glass_at_constant_volume_has_the_same_moduli(pressed: tuple[float, Glass]) -> None:
    _, glass = pressed
    held = Glass.quenched(glass.model, glass.configuration)
    assert held.rattlers.tolist() == glass.rattlers.tolist()
    assert held.moduli().bulk_modulus == pytest.approx(glass.moduli().bulk_modulus, rel=1e-6)
    assert held.moduli().shear_modulus == pytest.approx(glass.moduli().shear_modulus, rel=1e-6)
