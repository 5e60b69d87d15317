"""Lineages made from a campaign: what each glass is, whatever is extended, lost, stopped or fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pssglass.db import ConfigurationRecord, SampleRecord, State, Store

import pssglass as pg
from pssglass import pipeline
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign, ObservableRequest
from pssglass.mechanics.glass import Glass
from pssglass.pipeline import lineages, planning, provenance
from pssglass.pipeline.sample import SampleTask, make_sample, steps_of

from .conftest import Interrupting

HOT, COLD = "tiny-rc1.5-T2.6", "tiny-rc1.5-T1.0"
MODEL = pg.PSS(rc=1.5)


def campaign(lineages: int = 2, glasses: int = 2, **changes: Any) -> Campaign:
    block = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [2.6, 1.0],
        "lineages": lineages,
        "glasses": glasses,
        "spacing": 0.5,
        "protocol": {"melt_time": 0.3, "equilibration_time": 2.0},
    }
    return parse_campaign({"name": "tiny", "seed": 11, "ensembles": [{**block, **changes}]})


def make(store: Store, asked: Campaign, workers: int = 0, **options: Any) -> list[pipeline.SampleEnd]:
    """The samples that are missing; what is reported of them."""
    ends: list[pipeline.SampleEnd] = []
    samples = pipeline.prepare(store, asked, **options)
    pipeline.simulate(store, samples, workers=workers, on_end=ends.append)
    return ends


def hashes(store: Store) -> dict[tuple[str, int, str], str]:
    return {(one.ensemble, one.replica, one.kind): one.sha256 for one in store.configurations()}


def stored(store: Store, ensemble: str, replica: int) -> ConfigurationRecord:
    """The liquid of a sample."""
    return next(one for one in store.configurations(ensemble, "liquid") if one.replica == replica)


def sample(store: Store, ensemble: str, replica: int) -> SampleRecord:
    """One that is still to be made."""
    ids = [one.id for one in store.ensembles()]
    unfinished = store.unfinished_samples(ids, retry_failed=True)
    return next(one for one in unfinished if (one.ensemble, one.replica) == (ensemble, replica))


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Another empty database."""
    with Store.open(tmp_path / "other.db", create=True) as found:
        yield found


def test_each_liquid_goes_on_from_the_one_before(store: Store) -> None:
    """Each is made once more by hand, from the file of the one before and its own seed."""
    make(store, campaign())
    for ensemble, replica, before, time in (
        (HOT, 1000, (HOT, 0), None),
        (COLD, 1, (HOT, 1), 2.0),
        (COLD, 1001, (COLD, 1), None),
    ):
        start, end = stored(store, *before), stored(store, ensemble, replica)
        made = pg.read_configuration(end.path)
        T = 2.6 if ensemble == HOT else 1.0
        liquid = pg.Liquid.read(start.path, MODEL, temperature=T, seed=made.metadata["seed"])
        if time is not None:
            liquid.scale_velocities(T)
        liquid.run(time or made.metadata["lineage"]["interval"])
        assert np.array_equal(liquid.positions, made.positions)
        assert made.metadata["lineage"]["glass"] == replica // 1000


def test_glasses_of_a_lineage_are_apart_and_have_seeds_of_their_own(store: Store) -> None:
    make(store, campaign())
    energies = store.query("SELECT seed FROM sample")[1]
    assert len({seed for (seed,) in energies}) == 8
    inherent = store.configurations(kind="inherent")
    assert len({Glass.read(one.path, MODEL).energetics().energy_per_particle for one in inherent}) == 8


def test_more_lineages_and_glasses_change_none_that_exists(store: Store, other: Store) -> None:
    for lineages_, glasses in ((1, 2), (2, 1), (3, 3)):
        make(store, campaign(lineages_, glasses))
    make(other, campaign(3, 3))
    assert hashes(store) == hashes(other)
    assert len(hashes(store)) == 2 * 2 * 9


def test_workers_change_nothing(store: Store, other: Store) -> None:
    ends = make(store, campaign(3), workers=2)
    assert sorted((end.ensemble, end.replica) for end in ends) == sorted(
        (name, replica) for name in (HOT, COLD) for replica in (0, 1, 2, 1000, 1001, 1002)
    )
    make(other, campaign(3))
    assert hashes(store) == hashes(other)


@pytest.mark.parametrize(
    ("changes", "replica"),
    [
        ({}, 1000),
        ({"protocol": {"equilibration_time": 60.0, "melt_time": 0.1, "pressure": 3.0}}, 0),
        ({"protocol": {"equilibration_time": 60.0, "melt_time": 0.1, "pressure": 3.0}}, 1000),
        (
            {
                "model": "poly-ipl",
                "parameters": {},
                "N": 180,
                "name": "rc1.5",
                "protocol": {
                    "melt_temperature": 4.0,
                    "melt_time": 0.1,
                    "equilibration_time": 60.0,
                    "swap": {"every": 40},
                },
            },
            1000,
        ),
    ],
    ids=["plain", "pressure", "pressure-interval", "swap"],
)
def test_an_interrupted_glass_is_the_same(
    store: Store, tmp_path: Path, make_interrupted: Interrupting, changes: dict[str, Any], replica: int
) -> None:
    asked = campaign(1, 2, spacing=8.0, **changes)
    model = asked.ensembles[0][0].model
    prepared = pipeline.prepare(store, asked)
    before = [one for one in prepared if one.replica == 0 and (replica or one.ensemble == HOT)]
    pipeline.simulate(store, before, workers=0)
    claim = store.claim_sample(sample(store, COLD, replica).id, provenance.current())
    assert claim is not None
    whole = make_sample(SampleTask(claim, tmp_path / "whole", starts=store.folder))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut", starts=store.folder))
    assert cut.record["resumed"]
    assert cut.files == whole.files
    assert cut.record["steps"] == whole.record["steps"] <= steps_of(asked.ensembles[1][0], replica)
    liquid = pg.Liquid.read(tmp_path / "whole" / whole.files[0].path, model)
    assert liquid.temperature == pytest.approx(1.0, abs=0.3)
    assert ("swap" in whole.record) == ("swap" in claim.spec["protocol"])


def test_a_glass_waits_for_the_one_before(store: Store) -> None:
    pipeline.prepare(store, campaign())
    for ensemble, replica in ((HOT, 1000), (COLD, 0), (COLD, 1000)):
        assert store.claim_sample(sample(store, ensemble, replica).id, provenance.current()) is None
    assert store.claim_sample(sample(store, HOT, 1).id, provenance.current()) is not None


def test_a_failure_ends_its_lineage_and_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.prepare(store, campaign())
    broken = store.claim_sample(sample(store, HOT, 0).id, provenance.current())
    assert broken is not None
    store.fail_sample(broken, "the liquid blew up")
    make(store, campaign())
    failures = {(one.ensemble, one.replica): one.reason for one in store.failures()}
    assert set(failures) == {(HOT, 0), (HOT, 1000), (COLD, 0), (COLD, 1000)}
    assert failures[COLD, 0].startswith(f"sample 0 of ensemble {HOT}, whose liquid goes on here, has failed")
    assert {one.counts[State.DONE] for one in store.ensembles()} == {2}
    make(store, campaign(), retry_failed=True)
    assert {one.counts[State.DONE] for one in store.ensembles()} == {4}


def test_a_liquid_that_is_lost_is_told_and_made_again(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineages, "PAUSES", ())
    make(store, campaign(1, 1))
    stored(store, COLD, 0).path.unlink()
    (end,) = [one for one in make(store, campaign(1, 2)) if one.reason]
    assert (end.ensemble, end.replica) == (COLD, 1000)
    assert end.reason is not None
    assert end.reason.startswith("the liquid with which it begins is lost: cannot read")
    pipeline.remove_samples(store, COLD, [0])
    assert {one.reason for one in make(store, campaign(1, 2), retry_failed=True)} == {None}
    make(other, campaign(1, 2))
    assert hashes(store) == hashes(other)


def test_a_hotter_ensemble_that_was_taken_back_is_made_again(store: Store) -> None:
    make(store, campaign(1, 1))
    before = hashes(store)
    pipeline.remove_samples(store, HOT)
    make(store, campaign(1, 1))
    assert hashes(store) == before


def test_glasses_of_lineages_are_made_again_bit_by_bit(store: Store) -> None:
    make(store, campaign())
    found: list[pipeline.Reproduction] = []
    pipeline.recompute(store, 8, 0, workers=0, on_end=found.append)
    assert [one.findings for one in found] == [()] * 8
    pipeline.remove_samples(store, HOT)
    found.clear()
    pipeline.recompute(store, 4, 0, workers=0, on_end=found.append)
    told = [finding for one in found for finding in one.findings]
    assert [one.is_fault for one in told] == [False, False]
    assert "cannot be made again: the liquid with which it begins is not in the database" in told[0].what
    assert [one for one in store.findings() if one.is_fault] == []


class FixedCosts(planning.Costs):
    """A millisecond for a quench, a microsecond for a step, of each particle."""

    def __init__(self, *_: object) -> None:
        self.quench = 1e-3

    def step(self, options: object) -> float:
        """Whatever the options."""
        return 1e-6


def test_a_plan_tells_of_first_and_further_glasses(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "Costs", FixedCosts)
    make(store, campaign(1, 1))
    hot, cold = pipeline.plan(campaign(3, 4), store)
    for point, spec in ((hot, campaign().ensembles[0][0]), (cold, campaign().ensembles[1][0])):
        assert (point.samples, point.remaining, point.remaining_firsts, point.lineages) == (12, 11, 2, 3)
        assert (point.first.steps, point.further.steps) == (steps_of(spec), steps_of(spec, 1000))
        assert point.seconds == pytest.approx(2 * point.first.seconds + 9 * point.further.seconds)
        assert point.fresh_seconds == pytest.approx(11 * point.fresh.seconds)
        assert point.further.is_bound
    assert hot.first.steps > cold.first.steps, "nothing is melted twice"
    assert cold.fresh.steps > cold.first.steps
    first = hot.first.seconds + cold.first.seconds
    assert cold.longest == pytest.approx(first + 3 * cold.further.seconds)
    assert [count for _, count in pipeline.missing_samples(campaign(3, 4), store)] == [11, 11]
    assert [count for _, count in pipeline.missing_samples(campaign(1, 1), store)] == [0, 0]


def test_what_is_done_takes_no_time_any_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "Costs", FixedCosts)
    make(store, campaign(2, 1))
    make(store, campaign(1, 3))
    hot, cold = pipeline.plan(campaign(2, 3), store)
    for point in (hot, cold):
        assert point.longest == pytest.approx(2 * point.further.seconds), "of lineage 1; 0 is all done"
    pipeline.remove_samples(store, COLD)
    hot, cold = pipeline.plan(campaign(2, 3), store)
    assert cold.longest == pytest.approx(cold.first.seconds + 2 * cold.further.seconds)


def test_what_an_ensemble_is_made_of_has_the_lineages_of_its_glasses(store: Store) -> None:
    make(store, campaign())
    requests, _ = pipeline.register(store, [ObservableRequest("energetics")])
    pipeline.analyze(store, pipeline.pending(store, requests), workers=0)
    ensembles, _ = pipeline.ensembles(store, ["energetics"])
    for one in ensembles:
        assert one.spacing == 0.5
        assert one.lineages["energy_per_particle"].tolist() == [0, 1, 0, 1]
        assert one.independent("energy_per_particle") == 2
        scalar = one.scalars["energy_per_particle"]
        assert (scalar.count, scalar.lineages) == (4, 2)


def test_fresh_samples_are_lineages_of_their_own(store: Store) -> None:
    fresh = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [2.6],
        "samples": 3,
        "protocol": {"equilibration_time": 0.1},
    }
    pipeline.prepare(store, parse_campaign({"name": "tiny", "seed": 11, "ensembles": [fresh]}))
    places = store.query("SELECT replica, lineage, glass FROM v_samples ORDER BY replica")[1]
    assert places == [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
