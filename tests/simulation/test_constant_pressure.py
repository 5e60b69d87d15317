"""Liquids at constant pressure: the same bits however they are run, the box in their files, and bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError, InputError, TrajectoryDiverged
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe

MODEL = PSS(rc=1.5)
PRESSURE = 8.0


def melted(**options: object) -> Liquid:
    return Liquid.create(MODEL, 100, 1.5, seed=5, melt_time=1.0, **options)  # type: ignore[arg-type]


def same(a: Liquid, b: Liquid) -> bool:
    """To the last bit."""
    arrays = ((one.positions, one.velocities, one.box) for one in (a, b))
    return all(np.array_equal(x, y) for x, y in zip(*arrays, strict=True))


@pytest.mark.parametrize("precision", ["double", "mixed"])
def test_a_run_that_is_cut_and_written_ends_as_one_that_is_not(tmp_path: Path, precision: str) -> None:
    whole, cut = melted(precision=precision), melted(precision=precision)
    whole.run(4.0, 0.004, pressure=PRESSURE, barostat_every=7)
    for part, time in enumerate((0.4, 1.5, 0.1, 2.0)):
        cut.run(time, 0.004, pressure=PRESSURE, barostat_every=7)
        cut.write(tmp_path / f"{part}.gsd")
        cut = Liquid.read(tmp_path / f"{part}.gsd", MODEL, threads=2, precision=precision)
    assert same(whole, cut)
    assert whole.volume != melted().volume


def test_series_and_moves_are_those_of_the_whole_run() -> None:
    liquid = melted()
    run = liquid.run(30.0, 0.004, pressure=PRESSURE, sample_every=50)  # in two chunks
    series, moves = run.series, run.volume_moves
    assert moves is not None
    assert moves.moves == 375
    assert moves.accepted > 350
    assert len(series["volume"]) == len(series["effective_energy"]) == len(series["step"]) == 150
    np.testing.assert_allclose(
        series["enthalpy"],
        series["potential_energy"] + series["kinetic_energy"] + PRESSURE * series["volume"],
    )
    assert series["volume"][-1] == pytest.approx(liquid.volume, rel=0.02)
    assert abs(series["effective_energy"]).max() < 0.02 * series["kinetic_energy"].mean()
    assert series["effective_energy"][-1] == pytest.approx(moves.effective_energy_change, abs=1.0)
    assert moves.cut == 0
    assert melted().run(0.1).volume_moves is None


def test_moves_whose_drift_is_cut_are_counted_and_they_alone_lower_the_effective_energy() -> None:
    """Far from a pressure, where moves twenty times as short go the same way uncut."""
    cut, whole = (melted().run(2.0, 0.004, pressure=60.0, barostat_every=every) for every in (20, 1))
    assert cut.volume_moves is not None
    assert whole.volume_moves is not None
    kinetic = 1.5 * 100 * 1.5
    assert 15 < cut.volume_moves.cut <= cut.volume_moves.moves
    assert cut.volume_moves.effective_energy_change < -0.5 * kinetic
    assert whole.volume_moves.cut == 0
    assert abs(whole.volume_moves.effective_energy_change) < 0.03 * kinetic


def test_files_carry_the_box_and_are_recognised(tmp_path: Path) -> None:
    liquid = melted()
    liquid.run(4.0, pressure=PRESSURE)
    for suffix in ("gsd", "extxyz"):
        liquid.write(tmp_path / f"liquid.{suffix}")
        again = Liquid.read(tmp_path / f"liquid.{suffix}", MODEL)
        np.testing.assert_allclose(again.box, liquid.box, rtol=1e-15)
    glass = liquid.quench("fast")
    glass.write(tmp_path / "glass.gsd")
    assert Glass.read(tmp_path / "glass.gsd", MODEL).volume == glass.volume == liquid.configuration.volume
    with pytest.raises(ConfigurationError, match="number density"):
        replace(liquid.configuration, metadata={}).check_belongs_to(MODEL)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pressure": -1.0}, "pressure = -1.0 must be above 0"),
        ({"pressure": 0.0}, "pressure = 0.0 must be above 0"),
        ({"pressure": float("nan")}, "pressure = nan must be a finite number"),
        ({"pressure": 1.0, "thermostat": "nve"}, "constant pressure needs a thermostat"),
        ({"pressure": 1.0, "barostat_every": 0}, "barostat_every = 0 must be at least 1"),
        (
            {"pressure": 1.0, "barostat_relaxation_time": 0.0},
            "barostat_relaxation_time = 0.0 must be above 0",
        ),
        ({"pressure": 1.0, "compressibility": -2.0}, "compressibility = -2.0 must be above 0"),
        ({"compressibility": 0.1}, "compressibility = 0.1 goes with a pressure only"),
    ],
)
def test_a_bad_barostat_is_refused(options: dict[str, float | str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        melted().run(1.0, **options)  # type: ignore[arg-type]


def test_a_box_that_collapses_or_evaporates_ends_the_run_with_step_and_volume() -> None:
    liquid = melted()
    before = liquid.configuration
    with pytest.raises(
        TrajectoryDiverged, match=r"at step \d+: the box collapsed to volume [\d.]+ at pressure"
    ):
        liquid.run(50.0, pressure=500.0)
    assert np.array_equal(liquid.box, before.box)
    with pytest.raises(TrajectoryDiverged, match=r"at step \d+: the volume grew to [\d.]+, above the bound"):
        melted().run(50.0, temperature=4.0, pressure=0.01, barostat_relaxation_time=0.2)


def test_the_hold_records_volume_and_enthalpy_and_waits_for_the_volume() -> None:
    protocol = Protocol(12.0, time_step=0.004, pressure=PRESSURE)
    recipe, liquid = Recipe(MODEL, 100, 1.5, protocol), melted()
    volume = 100 / MODEL.number_density
    held = Equilibration(recipe, volume)
    volumes, energies, stress = [], [], []
    while steps := min(held.steps_left, 700):
        run = liquid.run(
            steps * 0.004,
            0.004,
            temperature=1.5,
            sample_every=held.sample_every,
            **protocol.barostat,  # type: ignore[arg-type]
        )
        held.advance(run)
        volumes += run.series["volume"].tolist()
        energies += run.series["potential_energy"].tolist()
        stress += (run.series["stress"] * np.sqrt(run.series["volume"])[:, None]).tolist()
        held = Equilibration(recipe, volume, json.loads(json.dumps(held.state())))
    values, record = held.liquid_values(), held.pressure_record()
    assert values["liquid_volume"] == pytest.approx(np.mean(volumes) / 100)
    assert values["liquid_density"] == pytest.approx(100 / np.mean(volumes))
    assert values["liquid_enthalpy"] == pytest.approx((np.mean(energies) + PRESSURE * np.mean(volumes)) / 100)
    assert values["liquid_compressibility"] == pytest.approx(np.var(volumes) / (1.5 * np.mean(volumes)))
    # c(0) = ⟨V σ²⟩/T, which is ⟨U_γγ/V⟩ also where the volume varies.
    assert values["stress_correlation"][0] == pytest.approx(np.mean(np.square(stress)) / 1.5, rel=1e-6)  # type: ignore[index]
    assert record["pressure"] == PRESSURE
    assert record["acceptance"] > 0.9  # type: ignore[operator]
    assert record["volume_drift"] == values["liquid_volume_drift"]
    assert record["moves_cut"] == 0
