"""At which steps frames are kept, and that they are those of the record of displacements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import CampaignError, InputError
from pssglass.base.results import Frames
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.simulation.displacement_scales import default_scales
from pssglass.simulation.displacements import Displacements, Schedule
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import run_stages, stages_of
from pssglass.simulation.trajectories import KeptFrame, Trajectory, logarithmic


def ensemble(protocol: dict[str, Any], model: str = "pss", N: int = 100) -> EnsembleSpec:
    """With parameters that its model needs."""
    block = {
        "model": model,
        "parameters": {"rc": 1.5} if model == "pss" else {},
        "N": N,
        "parent_temperatures": [2.0],
        "samples": 1,
        "protocol": {"melt_time": 0.2, "equilibration_time": 0.8, "time_step": 0.004, **protocol},
    }
    (spec, _), *_ = parse_campaign({"name": "a", "seed": 3, "ensembles": [block]}).ensembles
    return spec


def kept(spec: EnsembleSpec) -> tuple[list[KeptFrame], Liquid, dict[str, Any]]:
    """Frames of a liquid, the liquid, and what is recorded of it."""
    recipe = Recipe(spec.model, spec.N, 2.0, spec.protocol)
    liquid = Liquid.create(spec.model, spec.N, 4.0, 5, melt_time=0.0)
    frames: list[KeptFrame] = []
    progress = run_stages(liquid, recipe, stages_of(spec.protocol), keep=frames.append)
    return frames, liquid, {**progress.record, **progress.liquid}


@pytest.mark.parametrize(("length", "count"), [(1000, 20), (1000, 1000), (7, 7), (50, 3), (50, 13)])
def test_logarithmic_steps_are_distinct_and_as_many_as_fit(length: int, count: int) -> None:
    steps = logarithmic(length, count)
    assert steps == sorted(set(steps))
    assert steps[0] == 0
    assert steps[-1] < length
    assert 0.7 * count < len(steps) <= count
    if count < 30 < length:
        ratios = np.diff(np.log(steps[len(steps) // 2 :]))
        assert np.max(ratios) < 1.7 * np.min(ratios)


def test_linear_steps_reach_from_end_to_end() -> None:
    assert Trajectory(5, "linear", None).steps(1000) == [0, 250, 500, 750, 1000]
    assert Trajectory(11, "linear", None).steps(10) == list(range(11))


def test_logarithmic_blocks_begin_anew() -> None:
    steps = Trajectory(41, blocks=4).steps(1000)
    assert len(steps) <= 41
    assert steps[-1] == 1000
    blocks = [[step - begin for step in steps if begin <= step < begin + 250] for begin in (0, 250, 500, 750)]
    assert blocks == [blocks[0]] * 4
    assert blocks[0][:3] == [0, 1, 2]


def test_frames_tell_what_is_recorded_on_the_fly() -> None:
    """F_s, MSD, overlap and the rest, from frames at every step, to round-off."""
    spec = ensemble({"equilibration_time": 10.4, "trajectory": {"frames": 1301, "spacing": "linear"}})
    frames, liquid, record = kept(spec)
    assert [one.number for one in frames] == list(range(1301))
    assert [one.step for one in frames] == list(range(liquid.step - 1300, liquid.step + 1))
    assert record["trajectory"] == {"frames": 1301}
    schedule = Schedule(1300)
    again = Displacements(schedule, default_scales(spec.model), liquid.species)
    looks = [frames[look] for look in schedule.looks]
    positions, boxes = (np.array([getattr(one, key) for one in looks]) for key in ("positions", "box"))
    again.add(Frames(positions, boxes))
    for key, values in again.values(0.004).items():
        np.testing.assert_allclose(values, record[key], rtol=1e-12, err_msg=key)


def test_keeping_frames_changes_nothing() -> None:
    plain, asked = ensemble({}), ensemble({"trajectory": {"frames": 30, "spacing": "linear"}})
    _, liquid, record = kept(plain)
    _, other, same = kept(asked)
    assert other.positions.tobytes() == liquid.positions.tobytes()
    del same["trajectory"]
    assert same == record


@pytest.mark.parametrize("model", ["kablj", "poly-ipl"])
def test_exchanged_sizes_are_those_of_the_frame(model: str) -> None:
    spec = ensemble(
        {"swap": {"every": 10}, "trajectory": {"frames": 21, "spacing": "linear"}, "pressure": 5.0},
        model,
        250,
    )
    frames, liquid, _ = kept(spec)
    assert len(frames) == 21
    sizes = [one.sizes for one in frames]
    assert all(one is not None and one.shape == (250,) for one in sizes)
    own = liquid.species if liquid.diameters is None else liquid.diameters
    np.testing.assert_array_equal(sizes[-1], own)
    assert np.any(sizes[0] != sizes[-1])
    np.testing.assert_array_equal(np.sort(np.asarray(sizes[0])), np.sort(own))
    assert frames[0].box[0] != frames[-1].box[0]


def test_a_trajectory_makes_another_ensemble_and_none_keeps_the_hash() -> None:
    plain, asked = ensemble({}), ensemble({"trajectory": {"frames": 30}})
    assert "trajectory" not in plain.canonical()["protocol"]
    assert asked.hash != plain.hash
    assert EnsembleSpec.from_canonical(asked.canonical()) == asked
    assert Protocol.from_canonical(asked.protocol.canonical()).trajectory == Trajectory(30)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"frames": 1}, "frames"),
        ({}, "frames"),
        ({"frames": 30, "spacing": "log"}, "spacing = 'log' is unknown"),
        ({"frames": 30, "spacing": "linear", "blocks": 3}, "blocks go with logarithmic spacing only"),
        ({"frames": 20}, "frames = 20 is below 21, two for each of 10 blocks"),
        ({"frames": 500}, "frames = 500 are more than the 100 time steps that are recorded"),
        ({"frames": 30, "every": 3}, "every"),
    ],
)
def test_what_cannot_be_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises((CampaignError, InputError), match=message):
        ensemble({"trajectory": table})
