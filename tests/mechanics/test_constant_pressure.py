"""Glasses at constant pressure: what certifies them, and the same one from either way."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from pssglass.base.errors import InputError, NotInherentState, QuenchNotConverged
from pssglass.base.results import Descent
from pssglass.mechanics import inherent_states
from pssglass.mechanics.glass import Glass
from pssglass.models import KABLJ, PSS, Hertzian, Model, PolyIPL, PolyPSS
from pssglass.simulation.liquid import Liquid

MODEL = PSS(rc=1.5)
PRESSURE = 3.0
NAME = attrgetter("name")


@pytest.fixture(scope="module")
def liquid() -> Liquid:
    return Liquid.create(MODEL, 128, 1.0, seed=2, melt_time=2.0)


@pytest.fixture(scope="module")
def pressed(liquid: Liquid) -> Glass:
    return liquid.quench("fast", pressure=PRESSURE)


def test_force_and_pressure_are_balanced_and_the_volume_is_its_own(liquid: Liquid, pressed: Glass) -> None:
    state = pressed.energetics()
    assert state.max_force < 1e-9
    assert state.pressure == pytest.approx(PRESSURE, abs=1e-9)
    assert pressed.certify().is_minimum
    assert pressed.volume != pytest.approx(liquid.volume, rel=1e-3)
    assert liquid.quench("fast").volume == liquid.configuration.volume


@pytest.mark.parametrize("model", [MODEL, KABLJ(), Hertzian(), PolyIPL(), PolyPSS(rc=1.2)], ids=NAME)
def test_the_bulk_modulus_is_the_same_thing_at_constant_volume_and_pressure(model: Model) -> None:
    N, T = 250, 0.3 * model.melt_temperature
    liquid = Liquid.create(model, N, T, seed=3, melt_time=200 * model.default_time_step(T))
    pressure = 1.1 * liquid.quench("fast").energetics().pressure
    glass = liquid.quench("fast", pressure=pressure)
    moduli = glass.moduli()
    h = 1e-5 * moduli.bulk_modulus
    below, above = (
        Glass.quenched(model, glass.configuration, method="fast", tolerance=1e-10, pressure=pressure + dP)
        for dP in (-h, h)
    )
    slope = -2.0 * h / np.log(above.volume / below.volume)
    assert slope == pytest.approx(moduli.bulk_modulus, rel=1e-5)
    # At the volume of the minimum at constant pressure, that of the energy is the same glass.
    again = Glass.quenched(model, glass.configuration)
    assert again.energetics().pressure == pytest.approx(pressure, abs=1e-8)
    assert again.moduli().bulk_modulus == pytest.approx(moduli.bulk_modulus, rel=1e-8)
    np.testing.assert_allclose(again.positions, glass.positions, atol=1e-8)
    assert "quench_pressure" not in again.configuration.metadata


@pytest.mark.parametrize("suffix", ["gsd", "extxyz"])
def test_a_file_is_certified_anew_with_its_pressure(pressed: Glass, tmp_path: Path, suffix: str) -> None:
    pressed.write(tmp_path / f"glass.{suffix}")
    assert Glass.read(tmp_path / f"glass.{suffix}", MODEL).volume == pytest.approx(pressed.volume, rel=1e-15)
    configuration = pressed.configuration
    wrong = replace(configuration, metadata={**configuration.metadata, "quench_pressure": PRESSURE + 0.1})
    with pytest.raises(NotInherentState, match=r"pressure off by -0\.1 from 3\.1"):
        inherent_states.accept(MODEL, wrong, 1e-6, 1)


def test_a_quench_in_segments_goes_on_in_its_box(liquid: Liquid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inherent_states, "SHORTEST_SEGMENT", 60)
    monkeypatch.setattr(inherent_states, "SEGMENT_WORK", 1.0)
    seen: list[Descent] = []
    whole = liquid.quench("fast", pressure=PRESSURE, progress=seen.append)
    assert len(seen) > 3
    assert seen[1].box is not None
    cut = liquid.quench("fast", pressure=PRESSURE, begun=seen[1])
    assert np.array_equal(cut.positions, whole.positions)
    assert np.array_equal(cut.box, whole.box)


@pytest.mark.parametrize("pressure", [-50.0, 1e5])
@pytest.mark.parametrize("method", ["faithful", "fast", "fire", "cg"])
def test_a_volume_that_runs_away_ends_a_quench_soon(liquid: Liquid, method: str, pressure: float) -> None:
    with pytest.raises(QuenchNotConverged, match=f"no minimum at pressure {pressure:g}: the volume went to"):
        liquid.quench(method, pressure=pressure, max_evaluations=20_000)


def test_without_a_minimum_at_a_pressure_there_is_one_line_that_says_so(liquid: Liquid) -> None:
    with pytest.raises(QuenchNotConverged, match="no minimum at pressure -50: the volume went to"):
        liquid.quench("fast", pressure=-50.0)
    with pytest.raises(InputError, match="pressure = nan must be a finite number"):
        liquid.quench(pressure=float("nan"))
