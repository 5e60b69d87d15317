"""Trajectories of a campaign: the same bytes however a sample is made, readable, known to the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import freud
import gsd.hoomd
import numpy as np
import pytest
from pssglass.db import Claim, Store

import pssglass as pg
from pssglass import pipeline
from pssglass.base.errors import InputError
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.configurations import format_named
from pssglass.pipeline import provenance
from pssglass.pipeline.checkpoint import UnreadableCheckpoint
from pssglass.pipeline.frame_file import FrameFile
from pssglass.pipeline.sample import SampleTask, make_sample
from pssglass.simulation.trajectories import KeptFrame

from .conftest import Interrupting

STEP, RECORDED = 0.004, 1500
AUTO = {"equilibration_time": "auto", "equilibration_cap": 60.0, "n_tau": 1.0, "time_step": 0.008}


def filmed(
    trajectory: dict[str, Any] | None = None, model: str = "pss", N: int = 100, **changes: Any
) -> Campaign:
    protocol: dict[str, Any] = {"melt_temperature": 4.0, "melt_time": 0.3, "time_step": STEP}
    protocol |= {"equilibration_time": 2 * RECORDED * STEP}
    protocol |= {"trajectory": trajectory or {"frames": 40, "blocks": 4}, **changes.pop("protocol", {})}
    block = {
        "model": model,
        "parameters": {"rc": 1.5} if model == "pss" else {},
        "N": N,
        "parent_temperatures": [2.6],
        "samples": 1,
        "protocol": protocol,
        **changes,
    }
    if "lineages" in changes:
        del block["samples"]
    return parse_campaign({"name": "filmed", "seed": 11, "ensembles": [block]})


def claimed(store: Store, campaign: Campaign) -> Claim:
    claim = store.claim_sample(pipeline.prepare(store, campaign)[0].id, provenance.current())
    assert claim is not None
    return claim


@pytest.fixture
def films(store: Store) -> Store:
    """A database with one trajectory."""
    pipeline.simulate(store, pipeline.prepare(store, filmed()), workers=0)
    return store


@pytest.mark.parametrize(
    "campaign",
    [
        filmed(),
        filmed({"frames": 25, "spacing": "linear"}, "poly-ipl", 180, protocol={"swap": {"every": 50}}),
        filmed(protocol=AUTO),
    ],
    ids=["logarithmic", "exchanged", "auto"],
)
def test_an_interrupted_sample_has_the_same_trajectory(
    store: Store, tmp_path: Path, make_interrupted: Interrupting, campaign: Campaign
) -> None:
    claim = claimed(store, campaign)
    whole = make_sample(SampleTask(claim, tmp_path / "whole"))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut", checkpoint_every=0.0))
    assert cut.record["resumed"]
    assert [file.kind for file in whole.files] == ["liquid", "inherent", "trajectory"]
    assert cut.files == whole.files


def test_displacements_from_the_file_are_those_recorded_on_the_fly(store: Store, tmp_path: Path) -> None:
    """F_s and MSD at the lags and origins of the record, from positions and images in single precision."""
    frames = RECORDED + 1
    campaign = filmed({"frames": frames, "spacing": "linear"}, "kablj", 250)
    product = make_sample(SampleTask(claimed(store, campaign), tmp_path))
    _, inherent, file = product.files
    record = pg.Glass.read(tmp_path / inherent.path, pg.KABLJ()).configuration.metadata["liquid"]
    with gsd.hoomd.open(str(tmp_path / file.path)) as trajectory:
        assert len(trajectory) == frames
        steps = [one.configuration.step for one in trajectory]
        species = np.array(trajectory[0].particles.typeid)
        box = trajectory[0].configuration.box
        wrapped = np.array([one.particles.position for one in trajectory], dtype=np.float64)
        images = np.array([one.particles.image for one in trajectory])
    assert np.diff(steps).tolist() == [1] * RECORDED
    assert np.abs(images).max() > 0
    positions = wrapped + images * box[:3]
    for lag, time in ((1, STEP), (128, 128 * STEP), (256, 256 * STEP)):
        place = record["displacement_lag"].index(pytest.approx(time))
        origins = np.arange(0, RECORDED + 1 - lag, 512)
        moved = positions[origins + lag] - positions[origins]
        r = np.linalg.norm(moved - moved.mean(axis=1, keepdims=True), axis=2)
        assert np.mean(r**2) == pytest.approx(record["squared_displacement"][place], rel=1e-4)
        waves = np.sinc(record["wave_number"] * r / np.pi)
        assert np.mean(waves) == pytest.approx(record["self_scattering"][place], abs=1e-6)
        own = np.mean(waves[:, species == 1])
        assert own == pytest.approx(record["species_self_scattering"][1][place], abs=1e-6)
    msd = freud.msd.MSD(freud.box.Box(*box), "direct").compute(wrapped[:600], images[:600]).msd
    expected = np.mean(np.sum((positions[:600] - positions[0]) ** 2, axis=2), axis=1)
    np.testing.assert_allclose(msd, expected, rtol=1e-3, atol=1e-6)


def test_the_last_frame_is_the_stored_liquid(films: Store) -> None:
    [liquid] = films.configurations(kind="liquid")
    [film] = films.configurations(kind="trajectory")
    stored = pg.read_configuration(liquid.path)
    with gsd.hoomd.open(str(film.path)) as trajectory:
        last = trajectory[-1]
    assert last.configuration.step == stored.step
    L = stored.box[:3]
    distance = last.particles.position - stored.positions
    assert np.abs(distance - L * np.round(distance / L)).max() < 1e-5
    assert last.particles.types == ["A", "B"]
    assert last.particles.typeid.tolist() == stored.species.tolist()


def test_each_lineage_has_one_at_each_temperature(store: Store) -> None:
    campaign = filmed(
        lineages=2,
        glasses=2,
        parent_temperatures=[4.0, 2.6],
        protocol={"equilibration_time": 4.0},
    )
    points = pipeline.plan(campaign)
    assert [point.trajectories for point in points] == [2, 2]
    pipeline.simulate(store, pipeline.prepare(store, campaign), workers=0)
    assert len(store.configurations(kind="trajectory")) == 4
    assert len(store.configurations(kind="liquid")) == 8


def test_the_plan_tells_the_size_on_disk(films: Store) -> None:
    [film] = films.configurations(kind="trajectory")
    [point] = pipeline.plan(filmed())
    assert point.trajectories * point.trajectory_bytes == pytest.approx(film.bytes, rel=0.2)
    [done] = pipeline.plan(filmed(), films)
    assert done.trajectories == 0


def test_files_are_verified_made_again_exported_and_removed(films: Store, tmp_path: Path) -> None:
    assert [one for one in pipeline.check_files(films) if one] == []
    found: list[pipeline.Reproduction] = []
    pipeline.recompute(films, 1, 0, workers=0, on_end=found.append)
    assert set(found[0].compared) == {"liquid", "inherent", "trajectory"}
    assert found[0].findings == ()
    [film] = films.configurations(kind="trajectory")
    asked = pipeline.ConfigurationExport(format_named("gsd"), "trajectory")
    [copy] = pipeline.export_configurations(films, tmp_path / "copies", asked)
    assert copy.read_bytes() == film.path.read_bytes()
    plain = pipeline.ConfigurationExport(format_named("extxyz"), "trajectory")
    with pytest.raises(InputError, match="write --format gsd"):
        list(pipeline.export_configurations(films, tmp_path / "others", plain))
    film.path.write_bytes(film.path.read_bytes()[:-1])
    [damaged] = [one for one in pipeline.check_files(films) if one]
    assert "trajectory.gsd is damaged" in damaged.what
    pipeline.remove_samples(films, film.ensemble)
    assert not film.path.exists()


def test_frames_that_are_lost_are_told(tmp_path: Path) -> None:
    file = FrameFile(tmp_path, 5, np.int32)
    sizes = np.arange(5, dtype=np.int32)
    for number in (0, 1):
        file.keep(KeptFrame(number, 10 * number, np.ones(6), np.full((5, 3), float(number)), sizes))
    file.sync()
    file.require(2)
    assert [one.step for one in file.frames(2)] == [0, 10]
    for again in (lambda: file.require(3), lambda: list(file.frames(3))):
        with pytest.raises(UnreadableCheckpoint, match="to begin the sample again"):
            again()
    file.close()
    with pytest.raises(UnreadableCheckpoint):
        FrameFile(tmp_path / "elsewhere", 5, None).require(1)
