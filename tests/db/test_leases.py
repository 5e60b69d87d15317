"""Leases, and how long work took, when somebody sets the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pssglass.db import Claim, Store, claims, leases, sessions

from pssglass.base.results import Provenance

HOURS = timedelta(hours=2)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Puts the database's clock forward by so much from what it is."""
    clock = sessions.database_time
    offset = timedelta()

    def put(forward: timedelta) -> None:
        nonlocal offset
        offset = forward

    for module in (claims, leases):
        monkeypatch.setattr(module, "database_time", lambda session: clock(session) + offset)
    return put


@pytest.fixture
def claim(store: Store, make_spec, provenance: Provenance) -> Callable[[], Claim | None]:
    """The right to make the only sample, for a minute; None if another has it."""
    store.ensure_ensemble(make_spec(), samples=1)
    [sample] = store.unfinished_samples([1])
    return lambda: store.claim_sample(sample.id, provenance, lease=60.0)


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_durations_are_what_passed(store: Store, claim, set_clock, jump: timedelta) -> None:
    mine = claim()
    set_clock(jump)
    assert store.renew_claim(mine)
    store.finish_sample(mine, [], {})
    [(seconds,)] = store.query("SELECT wall_time FROM attempt")[1]
    assert 0.0 < seconds < 60.0


def test_a_lost_attempt_took_what_its_owner_told_last(store: Store, claim) -> None:
    mine = claim()
    store.renew_claim(mine, lease=-1.0)
    assert claim() is not None
    [(told,), (running,)] = store.query("SELECT wall_time FROM attempt ORDER BY number")[1]
    assert 0.0 < told < 60.0
    assert running is None


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_a_clock_that_is_set_takes_no_sample_from_the_living(
    store: Store, claim, set_clock, jump: timedelta
) -> None:
    mine = claim()
    assert claim() is None
    set_clock(jump)
    assert claim() is None, "its owner may live, and renew it by the new clock"
    assert store.renew_claim(mine)
    assert claim() is None


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_after_a_lease_the_new_clock_counts(store: Store, claim, set_clock, jump: timedelta) -> None:
    claim()
    set_clock(jump)
    assert claim() is None
    store._clock._jumped_at -= 61.0  # a minute has passed
    assert claim().attempt == 2, "the owner has died"
