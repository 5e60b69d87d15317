"""A campaign at constant pressure: its box goes into files and database, and a lost box fails one sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pssglass.db import Store

import pssglass as pg
from pssglass import pipeline
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.pipeline import provenance
from pssglass.pipeline.sample import SampleTask, make_sample

from .conftest import Interrupting


def pressed(pressures: list[float], **protocol: Any) -> Campaign:
    """Ensembles of one sample at temperatures from 2 on, at these pressures."""
    block = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [2.0 + 0.1 * index for index in range(len(pressures))],
        "samples": 1,
        "protocol": {"melt_time": 0.3, "equilibration_time": 24.0, "pressure": pressures, **protocol},
    }
    return parse_campaign({"name": "pressed", "seed": 3, "ensembles": [block]})


def test_a_box_that_collapses_fails_its_sample_and_the_others_go_on(store: Store) -> None:
    campaign = pressed([14.0, 900.0], quench_pressure="constant pressure")
    ends: list[pipeline.SampleEnd] = []
    pipeline.simulate(store, pipeline.prepare(store, campaign), on_end=ends.append)
    reasons = {end.ensemble: end.reason for end in ends}
    assert reasons["pressed-rc1.5-T2.0"] is None
    lost = reasons["pressed-rc1.5-T2.1"]
    assert lost is not None
    assert "the box collapsed to volume" in lost
    assert "at step" in lost


def test_an_interrupted_sample_is_the_same_and_tells_of_its_volume(
    store: Store, tmp_path: Path, make_interrupted: Interrupting
) -> None:
    (sample,) = pipeline.prepare(store, pressed([14.0], quench_pressure="constant pressure"))
    claim = store.claim_sample(sample.id, provenance.current())
    assert claim is not None
    whole = make_sample(SampleTask(claim, tmp_path / "whole"))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut"))
    assert len(cut.record["resumed"]) >= 2
    assert cut.files == whole.files
    assert cut.record["constant_pressure"] == whole.record["constant_pressure"]
    assert whole.record["constant_pressure"]["acceptance"] > 0.95

    liquid, inherent = (tmp_path / "whole" / file.path for file in whole.files)
    glass = pg.Glass.read(inherent, pg.PSS(1.5))
    assert glass.energetics().pressure == pytest.approx(14.0, abs=1e-9)
    told = glass.configuration.metadata["liquid"]
    assert told["liquid_density"] == pytest.approx(1.0 / told["liquid_volume"])
    assert pg.Liquid.read(liquid, pg.PSS(1.5)).volume == pytest.approx(100 * told["liquid_volume"], rel=0.05)
