"""Work on samples: claimed for a while, committed once.

A worker claims a sample and holds it by a lease that it renews. When the lease runs out, another may claim
the sample, and the number of the attempt goes up by one. That number is the fence: only the latest attempt
may write, so a worker that was taken for dead and comes back is refused, and nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pssglass.base.errors import DatabaseError
from pssglass.base.results import Provenance

from .engine import Location
from .leases import ClockWatch, is_over
from .origins import NoPredecessor, NotYet, start_of
from .records import AttemptOutcome, Claim, ConfigurationFile, State
from .schema import AttemptRow, ConfigurationRow, EnsembleRow, SampleRow
from .sessions import Sessions, database_time, plain_json, provenance_columns
from .single_host import refuse_others

LEASE_SECONDS = 60.0
MAX_DEATHS = 5
"""A sample fails whose workers died this many times in a row without progress, while their command lived."""
MAX_LOST = 25
"""A sample fails that lost this many attempts in a row without progress, in whatever way.

Commands are killed by people, machines and time limits, seldom by a sample; but one that works without worker
processes dies of a sample that crashes, which must not go on for ever.
"""
_EXPIRED = "the worker let its lease run out"
"""The reason of a loss that no living command has told."""


class ClaimStore(Sessions):
    """Claiming, finishing and giving back samples."""

    def __init__(self, engine: Engine, location: Location, folder: Path) -> None:
        super().__init__(engine, location, folder)
        self._clock = ClockWatch()

    def claim_sample(
        self,
        sample_id: int,
        provenance: Provenance,
        *,
        lease: float = LEASE_SECONDS,
        retry_failed: bool = False,
        last_progress: int = 0,
    ) -> Claim | None:
        """The right to compute a sample for ``lease`` seconds; None if it is done, failed, or another's.

        None, too, while the sample with whose liquid it begins is still to be made. If that has failed, or is
        not there, this one fails.

        ``last_progress`` is the latest attempt that brought the sample further, as its checkpoints tell: the
        loss of that attempt, and of any before it, is not held against the sample.

        Raises:
            DatabaseError: there is no such sample, or another machine works on samples of this SQLite file.
        """
        with self._writing() as session:
            sample = _locked(session, sample_id)
            now = database_time(session)
            has_jumped = self._clock.has_jumped(now, lease)
            refuse_others(session, self.location, provenance.platform.get("host"))
            if not _is_free(sample, now, retry_failed):
                return None
            if sample.state == State.RUNNING and has_jumped:
                return None
            if sample.state == State.RUNNING:
                _lose(session, sample, _EXPIRED, last_progress)
                if sample.state == State.FAILED:
                    return None
            ensemble = session.get_one(EnsembleRow, sample.ensemble_id)
            try:
                start = start_of(session, ensemble, sample)
            except NotYet:
                return None
            except NoPredecessor as reason:
                _begin(session, sample, provenance, now)
                session.flush()
                _end(session, sample, AttemptOutcome.FAILED, f"{reason}; --retry-failed tries again")
                _free(sample, State.FAILED)
                return None
            _renew(sample, now, lease)
            _begin(session, sample, provenance, now)
            assert sample.lease_until
            return Claim(
                *(sample.id, sample.attempt, ensemble.name, ensemble.spec),
                *(sample.replica, sample.seed, sample.lease_until, ensemble.place),
                start=start.liquid if start else None,
                held=start.held if start else None,
            )

    def renew_claim(self, claim: Claim, lease: float = LEASE_SECONDS) -> bool:
        """Holds a sample for ``lease`` more seconds from now; False when another has taken it over."""
        with self._writing() as session:
            sample = _locked(session, claim.sample_id)
            if _holds(claim, sample):
                _renew(sample, database_time(session), lease)
                session.get_one(AttemptRow, (sample.id, sample.attempt)).wall_time = claim.seconds
            return sample.attempt == claim.attempt

    def finish_sample(
        self,
        claim: Claim,
        configurations: Sequence[ConfigurationFile],
        record: Mapping[str, Any],
        provenance: Provenance | None = None,
    ) -> bool:
        """Stores a sample whose files are on disk; False, and nothing, if another has taken it over.

        Finishing twice under one claim is the same as once. ``provenance`` is that of who made the sample, if
        another claimed it.
        """
        with self._writing() as session:
            sample = _locked(session, claim.sample_id)
            if not _holds(claim, sample):
                return sample.state == State.DONE and sample.attempt == claim.attempt
            attempt = _end(session, sample, AttemptOutcome.DONE, None)
            attempt.wall_time, attempt.record = claim.seconds, plain_json(record)
            _free(sample, State.DONE)
            if provenance:
                for column, value in provenance_columns(session, provenance).items():
                    setattr(attempt, column, value)
            for file in configurations:
                session.add(ConfigurationRow(sample_id=sample.id, attempt=claim.attempt, **vars(file)))
            return True

    def fail_sample(self, claim: Claim, reason: str) -> bool:
        """Ends a claim because the sample cannot be made; it is not tried again unless asked for.

        False, and nothing is stored, if another has taken it over; failing twice is the same as once.
        """
        return self._give_back(claim, State.FAILED, AttemptOutcome.FAILED, reason)

    def release_sample(self, claim: Claim) -> None:
        """Ends a claim without a result; the sample is free again."""
        self._give_back(claim, State.PENDING, AttemptOutcome.INTERRUPTED, None)

    def lose_sample(self, claim: Claim, reason: str, last_progress: int = 0) -> bool:
        """Ends a claim whose worker died; the sample is free again, or has failed by it: then True.

        For ``last_progress`` see ``claim_sample``.
        """
        with self._writing() as session:
            sample = _locked(session, claim.sample_id)
            if _holds(claim, sample):
                _lose(session, sample, reason, last_progress).wall_time = claim.seconds
            return sample.state == State.FAILED and sample.attempt == claim.attempt

    def _give_back(self, claim: Claim, state: State, outcome: AttemptOutcome, reason: str | None) -> bool:
        with self._writing() as session:
            sample = _locked(session, claim.sample_id)
            if _holds(claim, sample):
                _end(session, sample, outcome, reason).wall_time = claim.seconds
                _free(sample, state)
            return sample.state == state and sample.attempt == claim.attempt


def _locked(session: Session, sample_id: int) -> SampleRow:
    """The sample's row, locked on PostgreSQL; on SQLite the transaction itself is the lock."""
    sample = session.get(SampleRow, sample_id, with_for_update=True)
    if sample is None:
        raise DatabaseError(f"there is no sample {sample_id}; unfinished_samples() lists those to work on")
    return sample


def _is_free(sample: SampleRow, now: datetime, retry_failed: bool) -> bool:
    if sample.state == State.RUNNING:
        return is_over(sample, now)
    return sample.state == State.PENDING or (sample.state == State.FAILED and retry_failed)


def _holds(claim: Claim, sample: SampleRow) -> bool:
    """A lease that ran out is still good as long as nobody else has claimed the sample."""
    return sample.state == State.RUNNING and sample.attempt == claim.attempt


def _lose(session: Session, sample: SampleRow, reason: str, last_progress: int) -> AttemptRow:
    """Ends an attempt whose worker vanished; the last of too many without progress fails the sample."""
    failure = _failure(_losses(session, sample, reason, last_progress))
    outcome = AttemptOutcome.FAILED if failure else AttemptOutcome.LOST
    attempt = _end(session, sample, outcome, failure or reason)
    _free(sample, State.FAILED if failure else State.PENDING)
    return attempt


def _losses(session: Session, sample: SampleRow, reason: str, last_progress: int) -> list[str | None]:
    """Why attempts were lost, from the present one back to the last that made progress or ended otherwise."""
    if sample.attempt <= last_progress:
        return []
    attempts = select(AttemptRow.outcome, AttemptRow.reason).where(AttemptRow.sample_id == sample.id)
    earlier = attempts.where(AttemptRow.number.between(last_progress + 1, sample.attempt - 1))
    rows = session.execute(earlier.order_by(AttemptRow.number.desc()))
    return [reason, *(row.reason for row in takewhile(lambda row: row.outcome == AttemptOutcome.LOST, rows))]


def _failure(losses: list[str | None]) -> str | None:
    """Why a sample fails that was lost for these reasons, the latest first; None if it does not."""
    deaths = list(takewhile(lambda reason: reason != _EXPIRED, losses))
    if len(deaths) >= MAX_DEATHS:
        return f"{losses[0]}, as {MAX_DEATHS} times in a row without a checkpoint; --retry-failed tries again"
    if len(losses) >= MAX_LOST:
        return (
            f"{losses[0]}, the last of {MAX_LOST} losses in a row without a checkpoint (kills, crashes,"
            " lack of memory or time); --retry-failed tries again, with --workers 1 if it crashes the"
            " command, with a shorter --checkpoint-every if that has too little time"
        )
    return None


def _renew(sample: SampleRow, now: datetime, lease: float) -> None:
    sample.lease_from, sample.lease_until = now, now + timedelta(seconds=lease)


def _free(sample: SampleRow, state: State) -> None:
    sample.state, sample.lease_from, sample.lease_until = state, None, None


def _begin(session: Session, sample: SampleRow, provenance: Provenance, now: datetime) -> None:
    sample.attempt += 1
    sample.state = State.RUNNING
    session.add(
        AttemptRow(
            sample_id=sample.id,
            number=sample.attempt,
            started_at=now,
            outcome=AttemptOutcome.RUNNING,
            **provenance_columns(session, provenance),
        )
    )


def _end(session: Session, sample: SampleRow, outcome: AttemptOutcome, reason: str | None) -> AttemptRow:
    """The attempt, ended now; where its owner does not end it, ``wall_time`` is that of the last renewal."""
    attempt = session.get_one(AttemptRow, (sample.id, sample.attempt))
    attempt.outcome, attempt.reason, attempt.ended_at = outcome, reason, database_time(session)
    return attempt
