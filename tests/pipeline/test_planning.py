"""What a dry run tells is what a run does."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pssglass.db import Store

from pssglass import pipeline
from pssglass.base.errors import EnsembleConflict
from pssglass.base.results import RunResult
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.models import PSS
from pssglass.pipeline import planning
from pssglass.simulation.liquid import Liquid


def campaign(seed: int = 1, samples: int = 4, melt_time: float = 1.0, **protocol: Any) -> Campaign:
    block: dict[str, Any] = {
        "model": "pss",
        "parameters": {"rc": 1.1},
        "N": 64,
        "parent_temperatures": [1.0],
        "samples": samples,
        "protocol": {"equilibration_time": 1.0, "melt_time": melt_time, **protocol},
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


@pytest.mark.parametrize(
    "held",
    [
        {"pressure": 3.0, "barostat_every": 5},
        {"swap": {"moves_per_particle": 2.0, "every": 10}},
        {"pressure": 0.5, "swap": {"every": 10}},
    ],
)
def test_moves_of_the_hold_count_and_the_melt_has_none(
    held: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that takes 1 s for a step of a particle, 10 s with moves beside it, 0 s for a quench."""
    runs: list[dict[str, Any]] = []

    def run(liquid: Liquid, time: float, **options: Any) -> RunResult:
        runs.append(options)
        return RunResult(1, 1.0, 1.0, 1.0, 0.1 if options else 1.0, {})

    monkeypatch.setattr(Liquid, "run", run)
    monkeypatch.setattr(Liquid, "quench", lambda liquid, **_: None)
    monkeypatch.setattr(planning, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    [alone], [together] = pipeline.plan(campaign()), pipeline.plan(campaign(**held))
    assert alone.steps == together.steps
    melt = round(1.0 / PSS(1.1).default_time_step(4.0))
    assert alone.seconds_per_sample == pytest.approx(64 * alone.steps)
    assert together.seconds_per_sample == pytest.approx(64 * (melt + 10 * (alone.steps - melt)))
    assert ("pressure" in runs[-1]) == ("pressure" in held)
    assert runs[-1].get("barostat_every") == held.get("barostat_every", 20 if "pressure" in held else None)


def test_a_barostat_can_be_measured_whatever_its_pressure() -> None:
    """Let go to that of a cold liquid, the hot one that is measured with would fly apart."""
    [point] = pipeline.plan(campaign(pressure=1e-3))
    assert point.seconds_per_sample > 0.0
