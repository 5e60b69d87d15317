"""What a dry run tells is what a run does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pssglass.db import MeasuredRelaxation, Store

from pssglass import pipeline
from pssglass.base.errors import EnsembleConflict
from pssglass.base.results import RunResult
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.models import PSS
from pssglass.pipeline import costs, planning
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
    alone = points[0].fresh.seconds
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
    monkeypatch.setattr(costs, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    [alone], [together] = pipeline.plan(campaign()), pipeline.plan(campaign(**held))
    one, other = alone.fresh, together.fresh
    assert one.steps == other.steps
    melt = round(1.0 / PSS(1.1).default_time_step(4.0))
    assert one.seconds == pytest.approx(64 * one.steps)
    assert other.seconds == pytest.approx(64 * (melt + 10 * (one.steps - melt)))
    assert ("pressure" in runs[-1]) == ("pressure" in held)
    assert runs[-1].get("barostat_every") == held.get("barostat_every", 20 if "pressure" in held else None)


def test_a_barostat_can_be_measured_whatever_its_pressure() -> None:
    """Let go to that of a cold liquid, the hot one that is measured with would fly apart."""
    [point] = pipeline.plan(campaign(pressure=1e-3))
    assert point.fresh.seconds > 0.0


@pytest.mark.parametrize(
    ("N", "times", "expected"),
    [
        (64, [(64, (2.0, 9.0, None))], 9.0),
        (64, [(64, (2.0, None, None))], None),
        (64, [(128, (5.0,)), (64, (3.0,))], 3.0),
        (64, [(128, (5.0,))], 5.0),
        (64, [], None),
    ],
)
def test_relaxation_times_are_those_of_the_state_point(
    N: int, times: list[tuple[int, tuple[float | None, ...]]], expected: float | None
) -> None:
    """Liquids that did not relax count as the slowest; those of the same size come first."""
    ((spec, _),) = campaign().ensembles
    others = [replace(spec, parent_temperature=2.0), replace(spec, parameters={"rc": 1.2})]
    measured = [
        *(MeasuredRelaxation(replace(spec, N=size, seed=5).canonical(), each) for size, each in times),
        *(MeasuredRelaxation(other.canonical(), (77.0,)) for other in others),
    ]
    assert planning.relaxation_time(measured, replace(spec, N=N)) == expected


@pytest.mark.parametrize("of_lineages", [True, False])
def test_measured_relaxation_times_tell_the_cost_of_either_way(
    of_lineages: bool, memory_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that takes 1 s for a step of a particle; of 20 glasses two are first ones."""

    class Fixed(planning.Costs):
        def __init__(self, *_: object) -> None:
            self.quench = 3.0

        def step(self, options: object) -> float:
            return 1.0

    monkeypatch.setattr(planning, "Costs", Fixed)
    size = {"lineages": 2, "glasses": 10, "spacing": 3.0} if of_lineages else {"samples": 20}
    block = {
        **{"model": "pss", "parameters": {"rc": 1.1}, "N": 64, "parent_temperatures": [1.0], **size},
        "protocol": {"equilibration_time": "auto", "equilibration_cap": 800.0, "melt_time": 0.0},
    }
    asked = parse_campaign({"name": "plan", "seed": 1, "ensembles": [block]})
    ((spec, _),) = asked.ensembles
    measured = [MeasuredRelaxation(spec.canonical(), (4.0,))]
    monkeypatch.setattr(Store, "relaxation_times", lambda _: measured)
    with Store.open(memory_folder / "plan.db", create=True) as store:
        [point] = pipeline.plan(asked, store)
    step = spec.model.default_time_step(1.0)
    assert point.hold_time == pytest.approx(200.0, rel=1e-3), "80 τ are behind it at the end of two segments"
    first, further = (64 * (round(time / step) + 3.0) for time in (200.0, 12.0))
    assert point.fresh_seconds == pytest.approx(20 * first, rel=1e-4)
    assert point.lineage_seconds == pytest.approx(2 * first + 18 * further, rel=1e-4)
    assert point.seconds == (point.lineage_seconds if of_lineages else point.fresh_seconds)
    assert all(one.is_estimate and not one.is_bound for one in (point.fresh, point.first, point.further))
