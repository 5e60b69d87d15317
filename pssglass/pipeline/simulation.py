"""From a campaign to certified inherent states in the database.

This process claims samples, renews the claims while workers compute, and commits what they made; the workers
see only a claim and the folder to write to. So a worker that dies costs its own attempt and is known at once,
and nothing is stored twice: only the latest claim of a sample can commit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pssglass.base.errors import (
    ConfigurationError,
    DatabaseError,
    DatabaseUnreachable,
    Interrupted,
    PssglassError,
    one_line,
)
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.configurations import read_configuration_of
from pssglass.db import Claim, SampleRecord, State, Store
from pssglass.db.claims import LEASE_SECONDS
from pssglass.execution import (
    TaskOutcome,
    UnsuitableWorker,
    WorkerDied,
    Workers,
    pause,
    run_tasks,
    stopped_by_signals,
)
from pssglass.pipeline import provenance
from pssglass.pipeline.checkpoint import UnreadableCheckpoint, last_progress
from pssglass.pipeline.extension import resolved
from pssglass.pipeline.files import remove_leftovers
from pssglass.pipeline.journal import ClaimLost
from pssglass.pipeline.memory import OUT_OF_MEMORY
from pssglass.pipeline.outages import through_outages
from pssglass.pipeline.results_location import at_location, results_location
from pssglass.pipeline.sample import (
    CHECKPOINT_SECONDS,
    Product,
    SampleTask,
    checkpoint_folder,
    checkpoints_of,
    make_sample,
)
from pssglass.pipeline.twins import stored_twin

CLAIMS_PER_LEASE = 12
"""How often to ask for samples that another process holds until its lease must have run out."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SampleEnd:
    """One sample is settled; ``reason`` says why it failed, None that it is done, here or elsewhere."""

    ensemble: str
    replica: int
    reason: str | None = None


def prepare(
    store: Store, campaign: Campaign, retry_failed: bool = False, extend: bool = False
) -> list[SampleRecord]:
    """Enter the campaign's ensembles and samples into the database; those samples that are still to be made.

    With ``extend`` those that it asks to hold for longer go on with the liquids that are stored.

    Raises:
        EnsembleConflict: an ensemble of that name has other physics, or cannot be extended; nothing is
            entered.
    """
    found = resolved(store, campaign, extend)
    store.extend_ensembles(found.extended, found.renamed)
    asked = found.campaign.replicas
    wanted = {
        store.ensure_ensemble(spec, asked[spec.name]).id: asked[spec.name]
        for spec, _ in found.campaign.ensembles
    }
    unfinished = store.unfinished_samples(list(wanted), retry_failed)
    return [sample for sample in unfinished if sample.replica in wanted[sample.ensemble_id]]


def simulate(
    store: Store,
    samples: Sequence[SampleRecord],
    *,
    workers: Workers = None,
    on_end: Callable[[SampleEnd], None] = lambda _end: None,
    checkpoint_every: float = CHECKPOINT_SECONDS,
    lease: float = LEASE_SECONDS,
) -> None:
    """Make these samples; one that fails is recorded with its reason, and the others go on.

    Samples that another process holds are waited for, and made here if it dies. One whose worker dies is
    begun again, a few times.

    Args:
        store: the database.
        samples: see ``prepare``.
        workers: see ``run_tasks``.
        on_end: called once for each sample that is done or failed.
        checkpoint_every: seconds after which a sample in the making is saved.
        lease: seconds after which others may take over the samples of this process if it is silent.

    Raises:
        Interrupted: on SIGINT or SIGTERM; unfinished samples are saved, and free again.
        DatabaseError, ConfigurationError: results cannot be stored.
        UnsuitableWorker: no worker sees the folder of configurations.
    """
    run = _Simulation(store, samples, on_end, checkpoint_every, lease)
    make = partial(at_location, results_location(store), make_sample)
    with stopped_by_signals(), run.renewing_claims():
        while run.waiting:
            before = run.outcomes
            run_tasks(make, run.claimed_tasks(), workers, run.settle, at_most=len(run.waiting))
            some_ended = run.forget_finished()
            if run.waiting and run.outcomes == before and not some_ended:
                run.tell_that_others_are_at_work()
                pause(lease / CLAIMS_PER_LEASE)
    remove_leftovers(store)


class _Simulation:
    """The samples without a claim of this process, and the claims that it holds."""

    def __init__(
        self,
        store: Store,
        samples: Sequence[SampleRecord],
        on_end: Callable[[SampleEnd], None],
        checkpoint_every: float,
        lease: float,
    ) -> None:
        self.waiting = {sample.id: sample for sample in samples}
        self.outcomes = 0
        self._samples = dict(self.waiting)
        self._checkpoint_every = checkpoint_every
        self._lease = lease
        self._ensembles = {sample.ensemble_id for sample in samples}
        self._store = store
        self._held: dict[int, Claim] = {}
        self._tried: set[int] = set()
        self._on_end = on_end
        self._told = False

    def claimed_tasks(self) -> Iterator[SampleTask | None]:
        """Claims one waiting sample after another, passing over those that others hold.

        None while all that is left follows, in its lineage, on samples that this process makes just now;
        those of others are asked for again now and then.
        """
        asked: set[int] = set()
        since = time.monotonic()
        while True:
            has_yielded = False
            for sample in list(self.waiting.values()):
                if sample.id in asked or self._is_to_come(sample.predecessor):
                    continue
                asked.add(sample.id)
                if claim := self._claimed(sample):
                    has_yielded, outcomes = True, self.outcomes
                    yield SampleTask(claim, self._store.folder, self._checkpoint_every)
                    if self.outcomes != outcomes:
                        break
            if has_yielded:  # meanwhile those passed over, which come first, may have got their predecessor
                continue
            if not self._are_followed():
                return
            yield None
            if time.monotonic() - since > self._lease / CLAIMS_PER_LEASE:
                self.forget_finished()
                asked.clear()
                since = time.monotonic()

    def _claimed(self, sample: SampleRecord) -> Claim | None:
        """The claim on a waiting sample, which then waits no more."""
        self._tried.add(sample.id)
        claim = through_outages(
            self._store.claim_sample,
            sample.id,
            provenance.current(),
            lease=self._lease,
            retry_failed=sample.state is State.FAILED,
            last_progress=last_progress(checkpoint_folder(self._store.folder, sample)),
        )
        if claim is not None:
            self._held[sample.id] = claim
            del self.waiting[sample.id]
        return claim

    def _is_to_come(self, predecessor: int | None) -> bool:
        return predecessor in self.waiting or predecessor in self._held

    def _are_followed(self) -> bool:
        """Whether a waiting sample goes on, in its lineage, where one ends that this process makes."""
        return any(sample.predecessor in self._held for sample in self.waiting.values())

    def forget_finished(self) -> bool:
        """Strike the waiting samples that other processes have brought to an end, or that cannot be made.

        Whether there were any. A failure of before, which is still to be tried again, is no end.
        """
        untried = {
            number
            for number, sample in self.waiting.items()
            if sample.state is State.FAILED and number not in self._tried
        }
        finished = self.waiting.keys() - self._unfinished() - untried
        if not finished:
            return False
        failures = through_outages(self._store.failures)
        reasons = {(one.ensemble, one.replica): one.reason for one in failures if one.observable is None}
        for number in finished:
            sample = self.waiting.pop(number)
            reason = reasons.get((sample.ensemble, sample.replica))
            self._on_end(SampleEnd(sample.ensemble, sample.replica, reason))
        return True

    def _unfinished(self) -> set[int]:
        return through_outages(self._store.unfinished_ids, self._ensembles)

    def tell_that_others_are_at_work(self) -> None:
        """Say once why nothing seems to happen."""
        if not self._told:
            _log.warning(
                "waiting for %d samples that another process holds, or one that died less than %g s ago",
                len(self.waiting),
                self._lease,
            )
        self._told = True

    def settle(self, outcome: TaskOutcome[SampleTask, Product]) -> None:
        """Commit what became of a task, and give up its claim."""
        claim, product, error = outcome.task.claim, outcome.value, outcome.error
        self.outcomes += 1
        if isinstance(error, Interrupted):
            return
        if isinstance(error, (ConfigurationError, DatabaseError, OSError, UnsuitableWorker)):
            raise error  # nothing can be stored: not the fault of this sample
        if product is not None:
            settled = self._commit(claim, product)
        elif isinstance(error, ClaimLost):
            settled = False
        elif isinstance(error, WorkerDied):
            progress = last_progress(checkpoint_folder(self._store.folder, claim))
            settled = through_outages(self._store.lose_sample, claim, explain(error), progress)
        else:
            settled = through_outages(self._store.fail_sample, claim, explain(error))
        del self._held[claim.sample_id]
        if not settled:  # it is to be made again, or another process has taken it over
            self.waiting[claim.sample_id] = replace(self._samples[claim.sample_id], state=State.RUNNING)
            return
        if not isinstance(error, UnreadableCheckpoint):  # they may be read again
            checkpoints_of(self._store.folder, claim).remove()
        reason = None if product is not None else explain(error)
        self._on_end(SampleEnd(claim.ensemble, claim.replica, reason))

    def _commit(self, claim: Claim, product: Product) -> bool:
        """Store a sample; False, and its files vanish, if another process has taken it over."""
        record = {**product.record, **self._twin(claim, product)}
        try:
            stored = through_outages(
                self._store.finish_sample, claim, product.files, record, product.provenance
            )
        except DatabaseError:
            if claim.sample_id in self._unfinished():  # else it is stored, and only the answer was lost
                self._discard(product)
            raise
        if not stored:
            self._discard(product)
        return stored

    def _twin(self, claim: Claim, product: Product) -> dict[str, Any]:
        """What the record says of a sample that was imported before it was made here; see ``Evidence``."""
        spec = EnsembleSpec.from_canonical(claim.spec)
        [file] = [one for one in product.files if one.kind == "inherent"]
        twin = through_outages(
            stored_twin,
            self._store,
            spec,
            product.record["quench"]["lowest_frequency"],
            lambda: read_configuration_of(spec.model, self._store.folder / file.path),
            only_imported=True,
        )
        if twin is None:
            return {}
        _log.warning(
            "sample %d of %s was imported before, as sample %d of %s, and counts twice with it",
            *(claim.replica, claim.ensemble, twin.replica, twin.ensemble),
        )
        return {"imported_as": {"ensemble": twin.ensemble, "replica": twin.replica}}

    def _discard(self, product: Product) -> None:
        for file in product.files:
            (self._store.folder / file.path).unlink(missing_ok=True)

    @contextmanager
    def renewing_claims(self) -> Iterator[None]:
        """Keep the claims alive in the background; those still held at the end are given back."""
        ended = threading.Event()

        def renew() -> None:
            while not ended.wait(self._lease / 4.0):
                self._renew_claims()

        heartbeat = threading.Thread(target=renew, name="heartbeat", daemon=True)
        heartbeat.start()
        try:
            yield
        finally:
            ended.set()
            heartbeat.join()
            with suppress(DatabaseError):  # leases run out by themselves
                for claim in self._held.values():
                    self._store.release_sample(claim)

    def _renew_claims(self) -> None:
        for claim in list(self._held.values()):
            try:
                self._renew(claim)
            except DatabaseError as error:
                _log.warning("a claim could not be renewed: %s", error)
                if isinstance(error, DatabaseUnreachable):
                    return  # each of the others would take as long to fail

    def _renew(self, claim: Claim) -> None:
        if not self._store.renew_claim(claim, self._lease):
            with suppress(ConfigurationError, OSError):  # unheard, the worker goes on in vain
                checkpoints_of(self._store.folder, claim).disown()


def explain(error: BaseException | None) -> str:
    """Why something failed, in one line."""
    if isinstance(error, PssglassError):
        return one_line(error)
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    return f"unexpected {type(error).__name__}: {'' if error is None else one_line(error)}"
