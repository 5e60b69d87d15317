"""Displacements recorded in the hold: against plain sums over a stored trajectory, however runs are cut."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pssglass.base.results import Frames
from pssglass.campaigns.reader import parse_campaign
from pssglass.models import PSS
from pssglass.pipeline.sample import make_liquid
from pssglass.simulation.displacement_scales import Scales, default_scales
from pssglass.simulation.displacements import Displacements, Schedule
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe

MODEL, N, T, STEP = PSS(rc=1.5), 124, 2.0, 0.004
SPECIES = np.repeat(np.arange(2, dtype=np.int32), [2, 3])
BOX = np.array([5.0, 5.0, 5.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("steps", [1280, 5000, 12_345, 100_000, 2_000_000])
def test_a_schedule_costs_little_and_has_lags_that_others_have(steps: int) -> None:
    schedule, longer = Schedule(steps), Schedule(4 * steps)
    assert schedule.lags == longer.lags[: len(schedule.lags)]
    assert schedule.lags[-1] <= steps / 4 < 1.5 * schedule.lags[-1]
    assert max(b / a for a, b in pairwise(schedule.lags)) <= 2.0
    assert len(schedule.looks) < 0.05 * steps
    origins = range(0, steps, schedule.spacing)
    assert len(origins) <= 64
    looks = set(schedule.looks)
    assert all(one + lag in looks for one in origins for lag in schedule.lags if one + lag <= steps)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_what_is_too_short_has_nothing(steps: int) -> None:
    assert Displacements(Schedule(steps), Scales(7.0, 0.3), SPECIES).values(STEP) == {}


def wandering(steps: int) -> npt.NDArray[np.float64]:
    """Positions (steps + 1, 5, 3) of particles that drift, and some of which wander more than others."""
    rng = np.random.default_rng(4)
    kicks = 0.02 * (1.0 + np.arange(5.0))[:, None] * rng.normal(size=(steps + 1, 5, 3)) + 0.1
    return np.cumsum(kicks, axis=0)


def reduced(positions: npt.NDArray[np.float64], cut: int, **options: Any) -> dict[str, Any]:
    """The values, with the looks handed over ``cut`` at a time, through JSON between any two."""
    schedule, scales = Schedule(len(positions) - 1), Scales(7.0, 0.3)
    found = Displacements(schedule, scales, SPECIES, **options)
    for begin in range(0, len(schedule.looks), cut):
        looks = schedule.looks[begin : begin + cut]
        assert found.values(STEP) == {}
        assert found.looks(looks[-1]) == looks
        found.add(Frames(positions[looks], np.tile(BOX, (len(looks), 1))))
        found = Displacements(
            schedule, scales, SPECIES, **options, state=json.loads(json.dumps(found.state()))
        )
    return found.values(STEP)


def test_values_are_averages_over_all_origins_by_the_definitions() -> None:
    positions = wandering(1500)
    values, schedule = reduced(positions, 10_000), Schedule(1500)
    assert values == reduced(positions, 7)
    assert values["displacement_lag"] == [STEP * lag for lag in schedule.lags]
    for number, lag in enumerate(schedule.lags):
        origins = np.arange(0, 1501 - lag, schedule.spacing)
        moved = positions[origins + lag] - positions[origins]
        r = np.linalg.norm(moved - moved.mean(axis=1, keepdims=True), axis=2)
        near = r < 0.3
        expected = {
            "squared_displacement": np.mean(r**2),
            "quartic_displacement": np.mean(r**4),
            "overlap": np.mean(near),
            "squared_overlap": np.mean(near.mean(axis=1) ** 2),
            "self_scattering": np.mean(np.sinc(7.0 * r / np.pi)),
        }
        assert values["displacement_origins"][number] == len(origins)
        assert {key: values[key][number] for key in expected} == pytest.approx(expected, rel=1e-12)
        for species in (0, 1):
            own = np.mean(r[:, species == SPECIES] ** 2)
            assert values["species_squared_displacement"][species][number] == pytest.approx(own, rel=1e-12)


def test_a_box_that_only_breathes_moves_no_particle() -> None:
    schedule = Schedule(1024)
    found = Displacements(schedule, Scales(7.0, 0.3), SPECIES, 125.0)
    factors = 1.0 + 0.05 * np.random.default_rng(2).normal(size=len(schedule.looks))
    positions = factors[:, None, None] * wandering(0)
    found.add(Frames(positions, factors[:, None] * BOX))
    assert np.max(found.values(STEP)["squared_displacement"]) < 1e-28


def hold(recipe: Recipe, liquid: Liquid) -> dict[str, Any]:
    """What is recorded of a hold that is written and read after every run."""
    held = Equilibration(recipe, liquid.volume, None, liquid.species)
    while steps := min(held.steps_left, 700):
        run = liquid.run(steps * STEP, STEP, sample_every=held.sample_every, frames=held.frames(steps))
        held.advance(run)
        state = json.loads(json.dumps(held.state()))
        held = Equilibration(recipe, liquid.volume, state, liquid.species)
    return held.liquid_values()


def test_a_liquid_is_first_ballistic_and_then_relaxes() -> None:
    recipe = Recipe(MODEL, N, T, Protocol(equilibration_time=100.0, time_step=STEP))
    values = hold(recipe, Liquid.create(MODEL, N, T, seed=3, melt_time=1.0))
    squared, lags = np.array(values["squared_displacement"]), np.array(values["displacement_lag"])
    # ⟨Δr²⟩ = 3 T t²/m, less the motion of the centre of mass; 24 origins leave an error of 1.5 %.
    assert squared[0] == pytest.approx(3.0 * T * lags[0] ** 2 * (1.0 - 1.0 / N), rel=0.05)
    assert squared[1] / squared[0] == pytest.approx(4.0, rel=0.03)
    assert values["overlap"][0] == 1.0
    assert values["self_scattering"][-1] < 0.1
    assert values["wave_number"] == default_scales(MODEL).k


def test_a_small_wave_number_tells_the_squared_displacement() -> None:
    positions = wandering(1500)
    schedule = Schedule(1500)
    found = Displacements(schedule, Scales(1e-3, 0.3), SPECIES)
    found.add(Frames(positions[schedule.looks], np.tile(BOX, (len(schedule.looks), 1))))
    values = found.values(STEP)
    squared = np.array(values["squared_displacement"])
    assert np.array(values["self_scattering"]) == pytest.approx(1.0 - 1e-6 * squared / 6.0, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "swap", "has_species"),
    [("kablj", None, True), ("kablj", {"every": 50}, False), ("poly-ipl", {"every": 50}, False)],
    ids=["species", "exchanged", "diameters"],
)
def test_species_are_told_apart_where_particles_keep_them(
    model: str, swap: dict[str, int] | None, has_species: bool
) -> None:
    block = {
        "model": model,
        "N": 250,
        "parent_temperatures": [1.5],
        "samples": 1,
        "protocol": {"melt_time": 0.2, "equilibration_time": 40.0, **({"swap": swap} if swap else {})},
    }
    campaign = parse_campaign({"name": "a", "seed": 3, "ensembles": [block]})
    (spec, _), *_ = campaign.ensembles
    told = make_liquid(spec, 5)[1].liquid
    assert "overlap" in told
    assert ("species_overlap" in told) == has_species


def test_a_record_that_an_older_version_began_is_left_out() -> None:
    recipe = Recipe(MODEL, N, T, Protocol(equilibration_time=40.0, time_step=STEP))
    liquid = Liquid.create(MODEL, N, T, seed=3, melt_time=1.0)
    state: dict[str, Any] | None = None
    for steps in (5000, 100):
        held = Equilibration(recipe, liquid.volume, state)
        held.advance(liquid.run(steps * STEP, STEP, sample_every=held.sample_every))
        state = held.state()
    held = Equilibration(recipe, liquid.volume, state, liquid.species)
    assert held.frames(held.steps_left) == []
    held.advance(liquid.run(held.steps_left * STEP, STEP, sample_every=held.sample_every))
    assert "stress_correlation" in held.liquid_values()
    assert "overlap" not in held.liquid_values()
