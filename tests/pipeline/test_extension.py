"""Ensembles whose liquids are held for longer: what becomes of them, and of what was there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pssglass.db import Claim, State, Store

import pssglass as pg
from pssglass import pipeline
from pssglass.base.errors import EnsembleConflict, Interrupted
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign, EnsembleSpec, ObservableRequest, sample_seed
from pssglass.configurations import Configuration
from pssglass.pipeline import journal, planning, provenance
from pssglass.pipeline.sample import SampleTask, make_sample

from .conftest import Interrupting
from .test_lineages import FixedCosts, hashes, make, sample, stored
from .test_lineages import campaign as lineages

HOT, COLD = "tiny-rc1.5-T2.6", "tiny-rc1.5-T1.0"
MODEL = pg.PSS(rc=1.5)


def campaign(time: Any = 8.0, samples: int = 1, **changes: Any) -> Campaign:
    protocol = {"melt_time": 0.3, "equilibration_time": time, **changes.pop("protocol", {})}
    block = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [1.0],
        "samples": samples,
        "protocol": protocol,
    }
    return parse_campaign({"name": "tiny", "seed": 11, "ensembles": [{**block, **changes}]})


def extend(store: Store, asked: Campaign, **options: Any) -> list[pipeline.SampleEnd]:
    """Make what is missing; nothing may fail."""
    ends = make(store, asked, extend=True, **options)
    assert {one.reason for one in ends} <= {None}
    return ends


def claimed(store: Store, ensemble: str, replica: int = 0) -> Claim:
    claim = store.claim_sample(sample(store, ensemble, replica).id, provenance.current())
    assert claim is not None
    return claim


def spec_of(store: Store, name: str) -> EnsembleSpec:
    return next(EnsembleSpec.from_canonical(one.spec) for one in store.ensembles() if one.name == name)


def read(store: Store, ensemble: str, replica: int = 0) -> Configuration:
    """The liquid of a sample."""
    return pg.read_configuration(stored(store, ensemble, replica).path)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Another empty database."""
    with Store.open(tmp_path / "other.db", create=True) as found:
        yield found


@pytest.mark.parametrize(
    "protocol",
    [{}, {"pressure": 3.0, "barostat_every": 40}, {"thermostat": "svr", "precision": "mixed"}],
    ids=["plain", "pressure", "svr-mixed"],
)
def test_a_liquid_is_held_on_as_if_it_had_never_been_quenched(
    store: Store, tmp_path: Path, protocol: dict[str, Any]
) -> None:
    """The whole hold at once, with the same seed, gives the same files."""
    make(store, campaign(8.0, protocol=protocol))
    extend(store, campaign(16.0, protocol=protocol))
    at_once = replace(spec_of(store, COLD), extended=())
    claim = replace(_claim_of(store, COLD), spec=at_once.canonical(), start=None, held=None)
    product = make_sample(SampleTask(claim, tmp_path))
    for file, again in zip(store.configurations(COLD), reversed(product.files), strict=True):
        ours, theirs = pg.read_configuration(file.path), pg.read_configuration(tmp_path / again.path)
        assert ours.positions.tobytes() == theirs.positions.tobytes()
        assert ours.metadata["liquid"] == theirs.metadata["liquid"]
        assert ours.metadata["liquid"]["liquid_time"] == 16.0
        assert ours.metadata["liquid"]["self_scattering"]
        assert file.sha256 == again.sha256


def _claim_of(store: Store, ensemble: str) -> Claim:
    ids = {store.made_sample(one).claim.ensemble: one for one in store.made_samples()}
    return store.made_sample(ids[ensemble]).claim


def test_both_ages_are_kept_and_the_newest_counts(store: Store) -> None:
    make(store, campaign(8.0, 2))
    before = hashes(store)
    earlier = f"{COLD}-after-8"
    assert [one.ensemble for one in extend(store, campaign(16.0, 2))] == [COLD, COLD]
    kept = {(COLD, *rest): sha for (name, *rest), sha in hashes(store).items() if name == earlier}
    assert kept == before
    requests, _ = pipeline.register(store, [ObservableRequest("energetics")])
    pipeline.analyze(store, pipeline.pending(store, requests), workers=0)
    columns = "ensemble, replica, held_time, extended_from, energy_per_particle"
    newest = store.query(f"SELECT {columns} FROM v_samples ORDER BY replica")[1]
    ages = store.query(f"SELECT {columns}, extended_to FROM v_earlier_samples ORDER BY replica")[1]
    assert [row[:4] for row in newest] == [(COLD, 0, 16.0, 8.0), (COLD, 1, 16.0, 8.0)]
    assert [(*row[:4], row[5]) for row in ages] == [(earlier, r, 8.0, None, COLD) for r in (0, 1)]
    energies = [row[4] for row in newest]
    assert len({*energies, *(row[4] for row in ages)}) == 4
    [row] = store.query("SELECT ensemble, mean, count FROM v_ensembles WHERE key = 'energy_per_particle'")[1]
    assert row == (COLD, pytest.approx(np.mean(energies)), 2)
    assert [one.name for one in pipeline.summaries(store)] == [COLD]
    assert [one.name for one in store.described()] == [COLD]
    assert list(pipeline.check_files(store)) == [None] * 8
    assert list(store.findings()) == []


def test_a_longer_time_is_refused_with_the_way_to_extend(store: Store) -> None:
    make(store, campaign(8.0))
    with pytest.raises(EnsembleConflict, match=r"stored 8\.0, now 16\.0.*by `simulate --extend`"):
        make(store, campaign(16.0))
    for shorter in (campaign(4.0), campaign(16.0, N=102), campaign(16.0, protocol={"melt_time": 0.2})):
        with pytest.raises(EnsembleConflict) as refused:
            make(store, shorter, extend=True)
        assert "--extend" not in str(refused.value)
    another_seed = replace(campaign(16.0), seed=12)
    with pytest.raises(EnsembleConflict, match="seed"):
        make(store, another_seed, extend=True)
    assert [one.name for one in store.ensembles()] == [COLD]


def test_what_is_extended_goes_on_with_and_without_the_option(store: Store) -> None:
    make(store, campaign(8.0))
    extend(store, campaign(16.0))
    made = hashes(store)
    assert make(store, campaign(16.0)) == extend(store, campaign(16.0)) == []
    with pytest.raises(EnsembleConflict, match=r"equilibration_time: stored 16\.0, now 8\.0"):
        make(store, campaign(8.0))
    extend(store, campaign(20.0))
    assert set(made.values()) < set(hashes(store).values())
    held = store.query("SELECT held_time, extended_from FROM v_samples")[1]
    assert held == [(20.0, 16.0)]
    ages = store.query("SELECT ensemble, held_time, extended_to FROM v_earlier_samples ORDER BY held_time")[1]
    assert ages == [(f"{COLD}-after-8", 8.0, f"{COLD}-after-16"), (f"{COLD}-after-16", 16.0, COLD)]
    assert read(store, COLD).metadata["seed"] == sample_seed(spec_of(store, f"{COLD}-after-8").seed, 0)
    assert list(store.findings()) == []


def test_more_samples_of_an_extended_ensemble_pass_all_ages(store: Store, other: Store) -> None:
    make(store, campaign(8.0, 1))
    extend(store, campaign(16.0, 1))
    ends = make(store, campaign(16.0, 3))
    assert [(one.ensemble, one.replica) for one in ends] == [
        (f"{COLD}-after-8", 1),
        (COLD, 1),
        (f"{COLD}-after-8", 2),
        (COLD, 2),
    ]
    make(other, campaign(8.0, 3))
    extend(other, campaign(16.0, 3), workers=2)
    assert hashes(store) == hashes(other)


def test_an_interrupted_extension_is_the_same(
    store: Store, tmp_path: Path, make_interrupted: Interrupting
) -> None:
    make(store, campaign(8.0))
    pipeline.prepare(store, campaign(16.0), extend=True)
    claim = claimed(store, COLD)
    whole = make_sample(SampleTask(claim, tmp_path / "whole", starts=store.folder))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut", starts=store.folder))
    assert cut.record["resumed"]
    assert cut.files == whole.files
    assert cut.record["steps"] == whole.record["steps"]


def test_what_was_saved_of_unfinished_samples_is_not_lost(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, campaign(8.0, 1))
    [unfinished] = pipeline.prepare(store, campaign(8.0, 2))
    with monkeypatch.context() as patch:
        patch.setattr(journal, "check_interrupted", _interrupt)
        pipeline.simulate(store, [unfinished], workers=0)
    assert list(store.folder.rglob("*.checkpoints/*.gsd"))
    extend(store, campaign(16.0, 2))
    assert not list(store.folder.rglob("*.checkpoints/*.gsd"))
    resumed = store.query("SELECT count(*) FROM attempt WHERE record LIKE '%until_step%'")[1]
    assert resumed == [(1,)]
    make(other, campaign(8.0, 2))
    extend(other, campaign(16.0, 2))
    assert {key[:2]: sha for key, sha in hashes(store).items()}.keys() == {key[:2] for key in hashes(other)}
    assert set(hashes(store).values()) == set(hashes(other).values())


def _interrupt() -> None:
    raise Interrupted("stopped")


def test_extended_samples_are_made_again_bit_by_bit(store: Store) -> None:
    make(store, campaign(8.0, 2))
    extend(store, campaign(16.0, 2))
    found: list[pipeline.Reproduction] = []
    pipeline.recompute(store, 4, 0, workers=0, on_end=found.append)
    assert [(one.ensemble, one.findings) for one in found] == [(f"{COLD}-after-8", ())] * 2 + [(COLD, ())] * 2


def test_an_extension_can_be_taken_back(store: Store) -> None:
    make(store, campaign(8.0, 2))
    before = hashes(store)
    extend(store, campaign(16.0, 2))
    once = hashes(store)
    pipeline.remove_samples(store, COLD, [1])
    assert [one.reason for one in make(store, campaign(16.0, 2))] == [None]
    assert hashes(store) == once
    pipeline.remove_samples(store, COLD)
    assert hashes(store) == before
    assert store.query("SELECT ensemble, held_time FROM v_samples")[1] == [(COLD, 8.0)] * 2
    assert store.query("SELECT count(*) FROM v_earlier_samples")[1] == [(0,)]
    assert list(pipeline.check_files(store)) == [None] * 4
    extend(store, campaign(16.0, 2))
    assert hashes(store) == once
    assert list(store.findings()) == []


def test_an_earlier_age_can_be_thrown_away(store: Store) -> None:
    make(store, campaign(8.0))
    extend(store, campaign(16.0))
    pipeline.remove_samples(store, f"{COLD}-after-8")
    assert make(store, campaign(16.0)) == []
    [end] = make(store, campaign(16.0, 2))
    assert end.reason is not None
    assert end.reason.startswith("sample 1 of the earlier age, whose liquid goes on here, is not there")
    assert store.query("SELECT held_time, extended_from FROM v_samples WHERE replica = 0")[1] == [(16.0, 8.0)]


def test_auto_holds_on_only_what_was_not_equilibrated(store: Store) -> None:
    """A higher cap changes nothing for those that ended before it, more relaxation times do."""

    def auto(n_tau: float, cap: float) -> Campaign:
        keys = {"n_tau": n_tau, "equilibration_cap": cap}
        return campaign("auto", 2, parent_temperatures=[2.6], protocol=keys)

    make(store, auto(20.0, 200.0))
    ended = "SELECT held_time FROM {} ORDER BY replica"
    first = [time for (time,) in store.query(ended.format("v_samples"))[1]]
    assert max(first) < 200.0, "this is no test of a cap that was reached"
    extend(store, auto(20.0, 400.0))
    assert [time for (time,) in store.query(ended.format("v_samples"))[1]] == first
    for replica in (0, 1):
        positions = [read(store, name, replica).positions for name in (HOT, f"{HOT}-after-200")]
        assert np.array_equal(*positions)
    extend(store, auto(4e3, 400.0))
    assert [time for (time,) in store.query(ended.format("v_samples"))[1]] == [400.0, 400.0]
    assert [
        row[0] for row in store.query("SELECT ensemble FROM v_earlier_samples ORDER BY ensemble, replica")[1]
    ] == [
        f"{HOT}-after-200",
        f"{HOT}-after-200",
        f"{HOT}-after-400",
        f"{HOT}-after-400",
    ]


def test_auto_of_an_earlier_version_goes_on_by_its_rule(store: Store) -> None:
    """It did not wait for the structure; a longer hold does."""

    def auto(cap: float, samples: int = 1) -> Campaign:
        return campaign("auto", samples, protocol={"equilibration_cap": cap})

    [(spec, _)] = auto(60.0).ensembles
    assert spec.protocol.structural_relaxation
    protocol = replace(spec.protocol, structural_relaxation=False)
    old = replace(spec, protocol=protocol).seeded(11)
    assert old.seed == spec.seed
    pipeline.prepare(store, replace(auto(60.0), ensembles=((old, 1),)))
    for extended in (False, True):
        assert len(pipeline.prepare(store, auto(60.0, 2), extend=extended)) == 2
    assert spec_of(store, COLD) == old
    pipeline.prepare(store, auto(120.0), extend=True)
    assert spec_of(store, COLD).protocol.structural_relaxation
    assert spec_of(store, f"{COLD}-after-60").protocol == protocol


def test_lineages_go_on_at_each_temperature_from_their_first_glasses(store: Store) -> None:
    longer = {"protocol": {"melt_time": 0.3, "equilibration_time": [4.0, 6.0]}}
    make(store, lineages())
    before = hashes(store)
    extend(store, lineages(**longer))
    assert {
        (n.replace("-after-2", ""), *k): v for (n, *k), v in hashes(store).items() if "after" in n
    } == before
    for ensemble, T, time in ((HOT, 2.6, 2.0), (COLD, 1.0, 4.0)):
        seed = sample_seed(spec_of(store, ensemble).seed, 1)
        begun = stored(store, f"{ensemble}-after-2", 1).path
        liquid = pg.Liquid.read(begun, MODEL, temperature=T, seed=seed)
        liquid.run(time)
        made = read(store, ensemble, 1)
        assert np.array_equal(liquid.positions, made.positions)
        second = pg.Liquid.read(
            stored(store, ensemble, 1).path,
            MODEL,
            temperature=T,
            seed=read(store, ensemble, 1001).metadata["seed"],
        )
        second.run(made.metadata["lineage"]["interval"])
        assert np.array_equal(second.positions, read(store, ensemble, 1001).positions)
    times = store.query("SELECT ensemble, glass, held_time, extended_from FROM v_samples WHERE lineage = 1")[
        1
    ]
    interval = read(store, HOT, 1).metadata["lineage"]["interval"]
    assert (HOT, 0, 4.0, 2.0) in times
    assert (HOT, 1, pytest.approx(4.0 + interval), None) in times
    assert {one.stem for one in pipeline.summaries(store)} == {spec_of(store, HOT).seed}


def test_a_colder_ensemble_added_later_begins_with_the_extended_one(store: Store, other: Store) -> None:
    protocol = {"melt_time": 0.3, "equilibration_time": 2.0}
    make(store, lineages(1, 1, parent_temperatures=[2.6]))
    protocol = {**protocol, "equilibration_time": 4.0}
    extend(store, lineages(1, 1, parent_temperatures=[2.6], protocol=protocol))
    make(store, lineages(1, 1, protocol=protocol))
    liquid = pg.Liquid.read(
        stored(store, HOT, 0).path, MODEL, temperature=1.0, seed=read(store, COLD).metadata["seed"]
    )
    liquid.scale_velocities(1.0)
    liquid.run(4.0)
    assert np.array_equal(liquid.positions, read(store, COLD).positions)
    make(other, lineages(1, 1, parent_temperatures=[2.6]))
    extend(other, lineages(2, 2, protocol=protocol))
    make(store, lineages(2, 2, protocol=protocol))
    assert hashes(store) == hashes(other)


def test_a_longer_hold_at_a_hotter_temperature_leaves_colder_ones_as_they_are(store: Store) -> None:
    longer = {"protocol": {"melt_time": 0.3, "equilibration_time": [4.0, 2.0]}}
    make(store, lineages(1, 1))
    [end] = extend(store, lineages(1, 1, **longer))
    assert end.ensemble == HOT
    assert make(store, lineages(1, 1, **longer)) == []
    ends = make(store, lineages(2, 1, **longer))
    assert sorted((one.ensemble, one.replica) for one in ends) == [(COLD, 1), (HOT, 1), (f"{HOT}-after-2", 1)]


def test_a_failure_of_the_earlier_age_is_told(store: Store) -> None:
    pipeline.prepare(store, campaign(8.0))
    store.fail_sample(claimed(store, COLD), "the liquid blew up")
    [end] = make(store, campaign(16.0), extend=True)
    assert end.reason is not None
    earlier = f"sample 0 of ensemble {COLD}-after-8, whose liquid goes on here, has failed"
    assert end.reason.startswith(earlier)
    extend(store, campaign(16.0), retry_failed=True)
    assert {one.counts[State.DONE] for one in store.ensembles()} == {1}


def test_a_plan_tells_what_an_extension_takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "Costs", FixedCosts)
    make(store, campaign(8.0, 2))
    stored_before = hashes(store)
    earlier, longer = pipeline.plan(campaign(20.0, 3), store, extend=True)
    dt = MODEL.default_time_step(1.0)
    assert (earlier.ensemble.name, earlier.remaining) == (f"{COLD}-after-8", 1)
    assert (longer.ensemble.name, longer.remaining) == (COLD, 3)
    assert longer.fresh.steps == round(20.0 / dt) - round(8.0 / dt)
    assert [count for _, count in pipeline.missing_samples(campaign(20.0, 3), store, extend=True)] == [1, 3]
    assert (hashes(store), [one.name for one in store.ensembles()]) == (stored_before, [COLD])
    pipeline.prepare(store, campaign(20.0, 3), extend=True)
    assert [one.remaining for one in pipeline.plan(campaign(20.0, 3), store)] == [1, 3]
