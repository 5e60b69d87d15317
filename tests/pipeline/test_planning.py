"""What a dry run tells is what a run does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pssglass.db import Store

from pssglass import pipeline
from pssglass.base.errors import EnsembleConflict
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign


def campaign(seed: int = 1, samples: int = 4, melt_time: float = 1.0) -> Campaign:
    block: dict[str, Any] = {
        "model": "pss",
        "parameters": {"rc": 1.1},
        "N": 64,
        "parent_temperatures": [1.0],
        "samples": samples,
        "protocol": {"equilibration_time": 1.0, "melt_time": melt_time},
    }
    return parse_campaign({"name": "plan", "seed": seed, "ensembles": [block]})


def test_more_workers_than_samples_save_no_time() -> None:
    points = pipeline.plan(campaign(samples=3))
    alone = points[0].seconds_per_sample
    times = [pipeline.time_of(points, workers) / alone for workers in (1, 2, 3, 64)]
    assert times == pytest.approx([3.0, 1.5, 1.0, 1.0])


def test_changed_physics_are_refused_before_anything_is_planned(memory_folder: Path) -> None:
    with Store.open(memory_folder / "plan.db", create=True) as store:
        pipeline.prepare(store, campaign())
        with pytest.raises(EnsembleConflict, match="seed: stored"):
            pipeline.plan(campaign(seed=2), store)
        with pytest.raises(EnsembleConflict, match=r"protocol\.melt_time: stored 1\.0, now 2\.0"):
            pipeline.plan(campaign(melt_time=2.0), store)


def test_no_more_samples_than_the_campaign_asks_for(memory_folder: Path) -> None:
    with Store.open(memory_folder / "plan.db", create=True) as store:
        assert len(pipeline.prepare(store, campaign(samples=4))) == 4
        assert pipeline.plan(campaign(samples=1), store)[0].remaining == 1
        assert [sample.replica for sample in pipeline.prepare(store, campaign(samples=1))] == [0]


def test_databases_do_not_share_a_folder(memory_folder: Path) -> None:
    with Store.open(memory_folder / "glass.db", create=True) as first:
        first.folder.mkdir()
    (memory_folder / "glass.db").rename(memory_folder / "old.db")
    with (
        Store.open(memory_folder / "glass.db", create=True) as second,
        Store.open(memory_folder / "old.db") as moved,
    ):
        assert moved.folder == first.folder
        assert second.folder != first.folder
