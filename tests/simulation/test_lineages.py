"""Steps of a lineage: what a liquid hands on, and how it goes on at the same temperature."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.simulation.lineages import Place, hand_on, lineage_stages, longest_interval
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import Progress, run_stages, steps_of
from pssglass.simulation.swap import swap_of

MODEL = pg.PSS(rc=1.5)
FIRST, SECOND = Place(7, 0, is_hottest=False), Place(7, 1, is_hottest=False)


def recipe(time: float = 80.0, **protocol: Any) -> Recipe:
    return Recipe(MODEL, 100, 1.0, Protocol(time, time_step=0.005, **protocol))


def held(**changes: Any) -> Progress:
    """What the hold before a first glass leaves."""
    outcome = {
        "ended": "equilibrated",
        "time": 80.0,
        "recorded_time": 40.0,
        "relaxation_time": 2.0,
        "relaxation_times_passed": 40.0,
        "energy_drift": 0.5,
        "missing_correlation": 0.01,
        "missing_correlation_error": 0.02,
        "criterion": 0.1,
    }
    return Progress("hold", record={"equilibration": {**outcome, **changes}})


def test_the_first_glass_at_a_temperature_follows_the_hold_and_a_melt_only_where_the_lineage_begins() -> None:
    def names(place: Place) -> list[str]:
        return [stage.name for stage, _ in lineage_stages(recipe(), place, {"interval": 6.0})]

    assert names(Place(7, 0, is_hottest=True)) == ["melt", "hold"]
    assert names(FIRST) == ["hold"]
    assert names(SECOND) == names(Place(7, 1, is_hottest=True)) == ["interval"]


def test_glasses_are_some_relaxation_times_apart() -> None:
    assert hand_on(recipe(), FIRST, 3.0, held(), {})["interval"] == pytest.approx(6.0)


def test_sizes_that_are_exchanged_have_to_relax_as_well() -> None:
    swap = swap_of(pg.PolyIPL(), {"every": 40})
    assert hand_on(recipe(swap=swap), FIRST, 3.0, held(size_relaxation_time=5.0), {})["interval"] == 15.0
    assert hand_on(recipe(swap=swap), FIRST, 3.0, held(size_relaxation_time=1.0), {})["interval"] == 6.0
    assert hand_on(recipe(swap=swap), FIRST, 3.0, held(), {})["interval"] == 30.0, "they never do"


@pytest.mark.parametrize("time", [80.0, 0.001])
def test_of_a_liquid_that_never_relaxes_as_long_as_c_is_known(time: float) -> None:
    handed = hand_on(recipe(time), FIRST, 3.0, held(relaxation_time=None, time=time), {})
    assert handed["interval"] == pytest.approx(longest_interval(recipe(time), 3.0))
    assert longest_interval(recipe(80.0), 3.0) == pytest.approx(30.0), "an eighth of the hold"
    assert longest_interval(recipe(0.001), 3.0) == pytest.approx(0.3), "no liquid relaxes faster"


def test_later_glasses_are_told_how_equilibration_ended_at_their_temperature() -> None:
    handed = hand_on(recipe(), FIRST, 3.0, held(ended="cap reached"), {})
    for glass, time in ((1, 86.0), (2, 92.0)):
        progress = Progress("interval")
        handed = hand_on(recipe(), Place(7, glass, is_hottest=False), 3.0, progress, handed)
        told = progress.record["equilibration"]
        assert (told["ended"], told["recorded_time"], told["energy_drift"]) == ("cap reached", 0.0, None)
        assert told["time"] == progress.liquid["liquid_time"] == pytest.approx(time)
        assert told["relaxation_times_passed"] == pytest.approx(time / 2.0)


def test_colder_liquids_are_judged_by_their_own_hold() -> None:
    before = hand_on(recipe(), FIRST, 3.0, held(ended="cap reached"), {})
    handed = hand_on(recipe(), Place(7, 0, is_hottest=False), 3.0, held(), before)
    assert handed["equilibration"]["ended"] == "equilibrated"


@pytest.mark.parametrize("protocol", [{}, {"thermostat": "svr"}, {"pressure": 5.0}], ids=str)
def test_an_interval_goes_on_with_the_hold(protocol: dict[str, Any]) -> None:
    """In one go and with pauses, it is the trajectory that the liquid itself has."""
    start = pg.Liquid.create(MODEL, 100, 1.0, 3, melt_time=1.0).configuration
    made = recipe(**protocol)
    [(stage, values)] = lineage_stages(made, SECOND, {"interval": 40.0})
    assert steps_of(made, [(stage, values)]) == 8000
    liquid, alone = (pg.Liquid(MODEL, start, temperature=1.0, seed=5) for _ in range(2))
    pauses: list[int] = []
    run_stages(liquid, made, [(stage, values)], pause=lambda: pauses.append(liquid.step))
    alone.run(40.0, 0.005, made.protocol.thermostat, pressure=made.protocol.pressure)
    assert pauses[-1] - start.step == 8000
    assert len(pauses) == 2
    assert np.array_equal(liquid.positions, alone.positions)
    assert np.array_equal(liquid.velocities, alone.velocities)


def test_swap_moves_of_an_interval_are_counted() -> None:
    model = pg.PolyIPL()
    swap = swap_of(model, {"moves_per_particle": 0.2, "every": 40})
    made = Recipe(model, 180, 1.0, Protocol(80.0, time_step=0.005, swap=swap))
    liquid = pg.Liquid.create(model, 180, 1.0, 3, melt_time=0.0)
    progress = run_stages(liquid, made, lineage_stages(made, SECOND, {"interval": 30.0}))
    assert sum(progress.record["swap"]["attempts"]) == 150 * 36
    assert 0.05 < progress.liquid["swap_acceptance"] < 0.5
