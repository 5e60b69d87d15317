"""Samples are claimed, made and committed once, whoever else works on them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from pssglass.db import Claim, ConfigurationFile, SampleRecord, State, Store, claims
from pssglass.db.claims import MAX_DEATHS

from pssglass import pipeline
from pssglass.base.errors import (
    ConfigurationError,
    DatabaseError,
    EnsembleConflict,
    Interrupted,
)
from pssglass.base.results import Descent
from pssglass.campaigns.specification import Campaign
from pssglass.configurations import Configuration
from pssglass.execution import WorkerDied
from pssglass.mechanics import inherent_states
from pssglass.pipeline import checkpoint, journal, provenance, simulation
from pssglass.pipeline import sample as making
from pssglass.pipeline.files import store_configuration
from pssglass.pipeline.journal import ClaimLost
from pssglass.pipeline.sample import (
    Product,
    SampleTask,
    checkpoint_folder,
    checkpoints_of,
    make_sample,
    steps_of,
)
from pssglass.simulation import dynamics
from pssglass.simulation.liquid import Liquid

from .conftest import counts, ends_of


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask soon again for samples that others hold."""
    monkeypatch.setattr(simulation, "CLAIMS_PER_LEASE", 1200)


def test_every_sample_is_reported_and_stored_once(store: Store, samples: list[SampleRecord]) -> None:
    assert sorted((end.ensemble, end.replica) for end in ends_of(store, samples)) == sorted(
        (sample.ensemble, sample.replica) for sample in samples
    )
    assert counts(store, State.DONE) == 4
    assert len(store.configurations(kind="inherent")) == len(store.configurations(kind="liquid")) == 4
    assert list(pipeline.check_files(store)) == [None] * 8


def test_a_conflict_leaves_nothing_behind(store: Store, campaign: Campaign) -> None:
    first, (spec, number) = campaign.ensembles
    store.ensure_ensemble(spec, number)
    changed = replace(campaign, ensembles=(first, (replace(spec, N=200), number)))
    with pytest.raises(EnsembleConflict, match="N: stored 100, now 200"):
        pipeline.prepare(store, changed)
    assert [one.name for one in store.ensembles()] == [spec.name]


def test_a_claim_always_gives_the_same_files(store: Store, claim: Claim) -> None:
    first, second = (make_sample(SampleTask(claim, store.folder)) for _ in range(2))
    assert first.files == second.files


def test_the_record_tells_how_a_sample_was_made(store: Store, campaign: Campaign, claim: Claim) -> None:
    record = make_sample(SampleTask(claim, store.folder)).record
    assert record["steps"] == steps_of(campaign.ensembles[0][0])
    assert record["quench"]["max_force"] < 1e-9
    assert record["quench"]["zero_modes"] == 3
    assert record["quench"]["negative_eigenvalues"] == 0


@pytest.mark.usefixtures("impatient")
def test_a_sample_of_a_dead_process_is_made_when_its_lease_has_run_out(
    store: Store, samples: list[SampleRecord]
) -> None:
    dead = store.claim_sample(samples[0].id, provenance.current(), lease=0.5)
    assert dead is not None
    pipeline.simulate(store, samples, workers=0)
    assert counts(store, State.DONE) == 4
    assert not store.finish_sample(dead, [], {}), "whoever comes back from the dead is refused"


@pytest.mark.usefixtures("impatient")
def test_samples_that_another_process_finishes_are_not_made_again(
    store: Store, samples: list[SampleRecord], claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:

    def other_process_finishes(_seconds: float) -> None:
        product = make_sample(SampleTask(claim, store.folder))
        assert store.finish_sample(claim, product.files, product.record)

    monkeypatch.setattr(simulation, "pause", other_process_finishes)
    assert len(ends_of(store, samples)) == 4
    assert counts(store, State.DONE) == 4


@pytest.mark.usefixtures("impatient")
def test_what_another_process_reports_as_failed_is_failed_here(
    store: Store, samples: list[SampleRecord], claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "pause", lambda _seconds: store.fail_sample(claim, "it diverged"))
    assert {end.ensemble: end.reason for end in ends_of(store, samples[:2])} == {
        samples[0].ensemble: "it diverged",
        samples[1].ensemble: None,
    }


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mishap", [None, ZeroDivisionError("diverged"), WorkerDied("crashed")], ids=str)
def test_a_sample_that_was_taken_over_is_left_to_its_new_owner(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch, mishap: Exception | None
) -> None:
    """Whatever comes of it here: files vanish, checkpoints stay, and the end is the new owner's."""
    owners: list[Claim] = []

    def overtaken(task: SampleTask) -> Product:
        store.renew_claim(task.claim, lease=-1.0)
        owner = store.claim_sample(task.claim.sample_id, provenance.current())
        assert owner is not None
        owners.append(owner)
        place = checkpoints_of(store.folder, owner)._folder
        place.mkdir(parents=True)
        (place / "of the new owner").touch()
        if mishap:
            raise mishap
        return make_sample(task)

    def new_owner_finishes(_seconds: float) -> None:
        [owner] = owners
        assert [path.name for path in store.folder.rglob("*") if path.is_file()] == ["of the new owner"]
        product = make_sample(SampleTask(owner, store.folder))
        assert store.finish_sample(owner, product.files, product.record)

    monkeypatch.setattr(simulation, "make_sample", overtaken)
    monkeypatch.setattr(simulation, "pause", new_owner_finishes)
    assert ends_of(store, samples[:1]) == [pipeline.SampleEnd(samples[0].ensemble, samples[0].replica)]
    assert list(pipeline.check_files(store)) == [None] * 2


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("death", [WorkerDied("killed"), ClaimLost("its lease ran out")], ids=str)
def test_whoever_is_killed_again_and_again_completes_a_sample_step_by_step(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch, death: Exception
) -> None:
    deaths = MAX_DEATHS + 2

    def interrupted() -> None:
        raise Interrupted

    def saves_and_dies(task: SampleTask) -> Product:
        if task.claim.attempt > deaths:
            return make_sample(task)
        with monkeypatch.context() as patch, suppress(Interrupted):
            patch.setattr(journal, "check_interrupted", interrupted)
            make_sample(task)
        store.renew_claim(task.claim, lease=-1.0)
        raise death

    monkeypatch.setattr(simulation, "make_sample", saves_and_dies)
    monkeypatch.setattr(claims, "MAX_LOST", MAX_DEATHS)
    monkeypatch.setattr(dynamics, "CHUNK", 8)
    assert ends_of(store, samples[:1]) == [pipeline.SampleEnd(samples[0].ensemble, samples[0].replica)]
    outcomes = [one for (one,) in store.query("SELECT outcome FROM attempt ORDER BY number")[1]]
    assert outcomes == ["lost"] * deaths + ["done"]


def test_deaths_without_progress_fail_a_sample_though_it_has_checkpoints(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies_in_the_quench(*_: object, **__: object) -> None:
        raise WorkerDied("crashed")

    monkeypatch.setattr(Liquid, "quench", dies_in_the_quench)
    pipeline.simulate(store, samples[:1], workers=0, checkpoint_every=0.0)
    [failure] = store.failures()
    assert failure.reason.startswith(f"crashed, as {MAX_DEATHS} times in a row without a checkpoint")


def test_a_sample_whose_checkpoints_cannot_be_read_fails_alone_and_keeps_them(
    store: Store, campaign: Campaign, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "PAUSES", ())
    newest = checkpoint_folder(store.folder, samples[1]) / f"{8:015d}-1-{'0' * 64}.gsd"
    newest.mkdir(parents=True)
    pipeline.simulate(store, samples, workers=0)
    assert (counts(store, State.DONE), counts(store, State.FAILED)) == (3, 1)
    [failure] = store.failures()
    assert f"Is a directory: '{newest}'" in failure.reason
    assert newest.exists()
    newest.rmdir()
    pipeline.simulate(store, pipeline.prepare(store, campaign, retry_failed=True), workers=0)
    assert counts(store, State.DONE) == 4


def test_a_quench_that_was_killed_is_repeated_from_its_liquid(
    store: Store, campaign: Campaign, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise WorkerDied

    undisturbed = make_sample(SampleTask(claim, store.folder))
    monkeypatch.setattr(journal, "WORTH_SAVING", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(Liquid, "quench", killed)
        with pytest.raises(WorkerDied):
            make_sample(SampleTask(claim, store.folder))
    repeated = make_sample(SampleTask(claim, store.folder))
    [earlier] = repeated.record["resumed"]
    assert earlier["until_step"] == steps_of(campaign.ensembles[0][0]), "no time step is left to do"
    assert repeated.files == undisturbed.files


def test_a_quench_that_is_stopped_goes_on_from_there(
    store: Store, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inherent_states, "SEGMENT_WORK", 0.0)
    monkeypatch.setattr(inherent_states, "SHORTEST_SEGMENT", 40)
    undisturbed = make_sample(SampleTask(claim, store.folder))

    def stopped(of_sample: journal.Journal, liquid: Liquid, descent: Descent) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(journal, "check_interrupted", Mock(side_effect=Interrupted))
            look_up(of_sample, liquid, descent)

    look_up = journal.Journal.look_up_in_quench
    monkeypatch.setattr(journal.Journal, "look_up_in_quench", stopped)
    stops = 0
    product: Product | None = None
    while product is None:
        try:
            product = make_sample(SampleTask(claim, store.folder))
        except Interrupted:
            stops += 1
    assert stops >= 2
    assert len(product.record["resumed"]) == stops
    assert product.files == undisturbed.files
    assert product.record["quench"] == undisturbed.record["quench"]
    assert product.record["quench_seconds"] > 0.0


def test_who_hears_that_the_claim_is_lost_stops(store: Store, claim: Claim) -> None:
    checkpoints_of(store.folder, claim).disown()
    with pytest.raises(ClaimLost):
        make_sample(SampleTask(claim, store.folder))
    make_sample(SampleTask(replace(claim, attempt=claim.attempt + 1), store.folder))


def test_when_nothing_can_be_stored_the_run_ends_and_samples_stay_free(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "finish_sample", full)
        with pytest.raises(DatabaseError, match="full"):
            pipeline.simulate(store, samples, workers=0)
    assert counts(store, State.PENDING) == 4
    assert list(store.folder.rglob("*.gsd")) == [], "files that no row names"
    pipeline.simulate(store, samples, workers=0)
    assert counts(store, State.DONE) == 4


def test_a_commit_whose_answer_was_lost_counts(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Store, *arguments: Any) -> bool:
        finish(self, *arguments)
        raise DatabaseError("the connection was lost")

    finish = Store.finish_sample
    monkeypatch.setattr(Store, "finish_sample", lost)
    with pytest.raises(DatabaseError, match="lost"):
        pipeline.simulate(store, samples[:1], workers=0)
    assert counts(store, State.DONE) == 1
    assert list(pipeline.check_files(store)) == [None] * 2


def test_a_second_file_that_cannot_be_written_takes_the_first_with_it(
    store: Store, samples: list[SampleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_after_one(folder: Path, path: str, configuration: Configuration) -> ConfigurationFile:
        if "inherent" in path:
            raise ConfigurationError("the disk is full")
        return store_configuration(folder, path, configuration)

    monkeypatch.setattr(making, "store_configuration", full_after_one)
    with pytest.raises(ConfigurationError, match="full"):
        pipeline.simulate(store, samples[:1], workers=0)
    assert list(store.folder.rglob("*.gsd")) == []


def test_a_folder_that_cannot_be_written_ends_the_run(
    store: Store, samples: list[SampleRecord], tmp_path: Path
) -> None:
    store.folder.write_text("a file where the folder should be")
    with pytest.raises(Exception, match="cannot make folder"):
        pipeline.simulate(store, samples, workers=0)
    assert counts(store, State.PENDING) == 4


def test_a_signal_between_two_samples_gives_all_claims_back(
    store: Store, samples: list[SampleRecord]
) -> None:
    def stop(_end: pipeline.SampleEnd) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted):
        pipeline.simulate(store, samples, workers=0, on_end=stop)
    assert counts(store, State.DONE) == 1
    assert counts(store, State.PENDING) == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ZeroDivisionError("of the\nauthor's making"),
            "unexpected ZeroDivisionError: of the author's making",
        ),
        (
            MemoryError("std::bad_alloc"),
            "out of memory; make N smaller, use fewer --workers, or a machine that has more",
        ),
    ],
)
def test_an_unexpected_error_is_recorded_with_its_kind(
    error: Exception,
    reason: str,
    store: Store,
    samples: list[SampleRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(making, "make_liquid", fails)
    pipeline.simulate(store, samples[:1], workers=0)
    assert [failure.reason for failure in store.failures()] == [reason]


def test_who_made_a_sample_is_recorded_rather_than_who_claimed_it(
    store: Store, samples: list[SampleRecord], claim: Claim
) -> None:
    product = make_sample(SampleTask(claim, store.folder))
    elsewhere = replace(
        product.provenance, platform={**product.provenance.platform, "host": "node2"}, worker="node2:7"
    )
    assert store.finish_sample(claim, product.files, product.record, elsewhere)
    sql = "SELECT worker, host FROM attempt JOIN platform ON platform.id = platform_id"
    assert store.query(sql)[1] == [("node2:7", "node2")]


def test_the_same_physics_under_another_name_is_refused(store: Store, campaign: Campaign) -> None:
    pipeline.prepare(store, campaign)
    renamed = tuple((replace(spec, name=f"more{spec.name}"), count) for spec, count in campaign.ensembles)
    for attempt in (pipeline.prepare, lambda _store, chosen: pipeline.plan(chosen, store)):
        with pytest.raises(EnsembleConflict, match=r"'moretiny-.*' would repeat the samples of 'tiny-.*seed"):
            attempt(store, replace(campaign, ensembles=renamed))
    twice = replace(campaign, ensembles=(*campaign.ensembles, renamed[0]))
    with pytest.raises(EnsembleConflict, match="would repeat"):
        pipeline.prepare(store, twice)
    reseeded = tuple((spec.seeded(12), count) for spec, count in renamed)
    assert len(pipeline.prepare(store, replace(campaign, ensembles=reseeded))) == 4
    assert len(pipeline.prepare(store, campaign)) == 4
