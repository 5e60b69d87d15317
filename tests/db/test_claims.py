"""Claims: every sample is stored once, whatever happens to the workers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pssglass.db import Claim, ConfigurationFile, State, Store, upgrade
from pssglass.db.claims import MAX_DEATHS, MAX_LOST

from pssglass.base.errors import DatabaseError
from pssglass.base.results import Provenance
from pssglass.campaigns.specification import EnsembleSpec

FILE = ConfigurationFile("inherent", "cold/0.gsd", "ab" * 32, 100)


@pytest.fixture
def sample(store: Store, make_spec: Callable[..., EnsembleSpec]) -> int:
    return store.unfinished_samples([store.ensure_ensemble(make_spec(), samples=1).id])[0].id


@pytest.fixture
def claim(store: Store, sample: int, provenance: Provenance) -> Callable[..., Claim]:
    def claim_it(**options: float) -> Claim:
        claimed = store.claim_sample(sample, provenance, **options)
        assert claimed is not None
        return claimed

    return claim_it


def state(store: Store) -> tuple[str, int]:
    return store.query("SELECT state, attempt FROM sample")[1][0]


def outcomes(store: Store) -> list[str]:
    return [outcome for (outcome,) in store.query("SELECT outcome FROM attempt ORDER BY number")[1]]


def test_a_claim_says_what_to_compute(claim, make_spec) -> None:
    claimed = claim()
    assert (claimed.ensemble, claimed.replica, claimed.attempt) == ("cold", 0, 1)
    assert EnsembleSpec.from_canonical(claimed.spec).hash == make_spec().hash


def test_a_claimed_sample_is_nobody_elses(store: Store, sample: int, claim, provenance) -> None:
    claim()
    assert store.claim_sample(sample, provenance) is None
    assert state(store) == ("running", 1)


def test_a_finished_sample_is_stored_with_its_files_and_record(
    store: Store, sample: int, claim, provenance
) -> None:
    liquid = ConfigurationFile("liquid", "cold/0-liquid.gsd", "cd" * 32, 200)
    assert store.finish_sample(claim(), [FILE, liquid], {"quench": {"iterations": 1200}})
    assert state(store) == ("done", 1)
    assert store.claim_sample(sample, provenance) is None
    assert [(c.kind, c.sha256, c.bytes) for c in store.configurations("cold")] == [
        ("inherent", "ab" * 32, 100),
        ("liquid", "cd" * 32, 200),
    ]
    assert len(store.configurations(kind="liquid")) == 1
    assert store.query("SELECT outcome, worker FROM attempt")[1] == [("done", "node1:42")]


def test_finishing_twice_is_finishing_once(store: Store, claim) -> None:
    mine = claim()
    assert store.finish_sample(mine, [FILE], {})
    assert store.finish_sample(mine, [FILE], {})
    assert len(store.configurations()) == 1


def test_nan_in_a_record_is_refused(store: Store, claim) -> None:
    with pytest.raises(DatabaseError, match=r"a record cannot be stored .*finite values"):
        store.finish_sample(claim(), [FILE], {"energy": float("nan")})
    assert state(store) == ("running", 1)
    assert store.configurations() == []


def test_a_released_sample_is_free_again(store: Store, sample: int, claim) -> None:
    store.release_sample(claim())
    assert state(store) == ("pending", 1)
    assert claim().attempt == 2
    assert outcomes(store) == ["interrupted", "running"]


def test_a_failed_sample_waits_to_be_asked_for(store: Store, sample: int, claim, provenance) -> None:
    store.fail_sample(claim(), "trajectory diverged at step 7")
    assert store.claim_sample(sample, provenance) is None
    assert store.unfinished_samples([1]) == []
    assert [s.state for s in store.unfinished_samples([1], retry_failed=True)] == [State.FAILED]
    assert claim(retry_failed=True).attempt == 2


def test_a_lease_that_ran_out_frees_the_sample_and_fences_the_late_worker(store: Store, claim) -> None:
    late = claim(lease=-1.0)
    second = claim()
    assert not store.renew_claim(late)
    assert not store.finish_sample(late, [FILE], {})
    store.fail_sample(late, "too late to say so")
    store.release_sample(late)
    assert state(store) == ("running", 2)
    assert store.finish_sample(second, [FILE], {})
    assert not store.finish_sample(late, [FILE], {})
    assert outcomes(store) == ["lost", "done"]


def test_a_late_worker_may_finish_while_nobody_has_taken_over(store: Store, claim) -> None:
    assert store.finish_sample(claim(lease=-1.0), [FILE], {})
    assert state(store) == ("done", 1)


def test_a_renewed_lease_holds(store: Store, sample: int, claim, provenance) -> None:
    mine = claim(lease=-1.0)
    assert store.renew_claim(mine, lease=60.0)
    assert store.claim_sample(sample, provenance) is None


def test_a_sample_is_lost_or_fails_when_its_workers_die(store: Store, claim) -> None:
    for _ in range(MAX_DEATHS - 1):
        assert not store.lose_sample(claim(), "the worker died")
        assert state(store)[0] == "pending"
    assert store.lose_sample(claim(), "the worker died")
    assert state(store) == ("failed", MAX_DEATHS)
    assert outcomes(store) == ["lost"] * (MAX_DEATHS - 1) + ["failed"]
    [failure] = store.failures()
    assert failure.reason.startswith(f"the worker died, as {MAX_DEATHS} times in a row without a checkpoint")


def test_a_sample_outlives_many_commands_that_are_killed(
    store: Store, sample: int, claim, provenance
) -> None:
    for _ in range(MAX_LOST):
        claim(lease=-1.0)
    assert store.claim_sample(sample, provenance) is None, "else one that crashes its command would never end"
    assert state(store) == ("failed", MAX_LOST)
    [failure] = store.failures()
    assert f"let its lease run out, the last of {MAX_LOST} losses in a row" in failure.reason
    assert "--retry-failed" in failure.reason


def test_kills_of_workers_and_of_commands_add_up_to_the_larger_number_only(store: Store, claim) -> None:
    for number in range(MAX_LOST - 1):
        present = claim(lease=-1.0)
        if number % MAX_DEATHS:
            assert not store.lose_sample(present, "the worker died")
    assert outcomes(store) == ["lost"] * (MAX_LOST - 1)
    assert store.lose_sample(claim(), "the worker died")


def test_asked_for_again_a_sample_may_lose_as_many_workers(store: Store, claim) -> None:
    for _ in range(MAX_DEATHS):
        store.lose_sample(claim(), "the worker died")
    assert not store.lose_sample(claim(retry_failed=True), "the worker died")


def test_losses_after_progress_are_not_held_against_a_sample(
    store: Store, sample: int, claim, provenance
) -> None:
    attempt = 0
    for _ in range(2 * MAX_LOST):
        attempt = claim(lease=-1.0, last_progress=attempt).attempt
    for _ in range(MAX_LOST):
        claim(lease=-1.0, last_progress=attempt)
    assert store.claim_sample(sample, provenance, last_progress=attempt) is None
    assert state(store) == ("failed", 3 * MAX_LOST)


def test_a_late_worker_cannot_lose_what_another_holds(store: Store, claim) -> None:
    late = claim(lease=-1.0)
    claim()
    assert not store.lose_sample(late, "the worker died")
    assert state(store) == ("running", 2)


def test_wall_times_are_kept_for_estimates(store: Store, claim) -> None:
    mine = claim()
    store.finish_sample(replace(mine, since=mine.since - 1e8), [FILE], {})
    assert store.ensembles()[0].seconds_per_sample == pytest.approx(1e8)


def test_a_sample_that_was_resumed_took_what_all_its_attempts_took(store: Store, claim) -> None:
    store.finish_sample(claim(), [FILE], {"dynamics_seconds": 3600.0, "quench_seconds": 2.5})
    assert store.ensembles()[0].seconds_per_sample == 3602.5


def test_a_sqlite_file_serves_one_machine_at_a_time(
    url: str, store: Store, make_spec, provenance: Provenance
) -> None:
    elsewhere = replace(provenance, platform={**provenance.platform, "host": "node2"})
    ensemble = store.ensure_ensemble(make_spec(), samples=3)
    first, second, third = (sample.id for sample in store.unfinished_samples([ensemble.id]))
    mine = store.claim_sample(first, provenance)
    assert mine is not None
    if "://" in url:
        assert store.claim_sample(second, elsewhere) is not None
        return
    with pytest.raises(DatabaseError, match=r"machine node1 works on it.* PostgreSQL .*--db, or wait"):
        store.claim_sample(second, elsewhere)
    assert store.claim_sample(second, provenance) is not None
    store.renew_claim(mine, lease=-1.0)
    store.release_sample(Claim(**{**vars(mine), "sample_id": second}))
    assert store.claim_sample(third, elsewhere) is not None, "nobody holds a sample any more"


def test_while_another_machine_works_on_a_sqlite_file_it_can_only_be_read(
    url: str, store: Store, claim
) -> None:
    claim()
    Store.open(url, read_only=True).close()
    openings = [
        lambda: Store.open(url).close(),
        lambda: Store.open(url, create=True).close(),
        lambda: upgrade(url),
    ]
    for opening in openings:
        if "://" in url:
            opening()
            continue
        with pytest.raises(DatabaseError, match="machine node1 works on it"):
            opening()


def test_an_unknown_sample_is_an_error(store: Store, provenance) -> None:
    with pytest.raises(DatabaseError, match="no sample 99"):
        store.claim_sample(99, provenance)


RACE = """
import sys
from pssglass.db import Store
from pssglass.base.results import Provenance
store = Store.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
claims = [store.claim_sample(number, Provenance({}, {}, sys.argv[2])) for number in range(1, 21)]
print(*[claim.sample_id for claim in claims if claim], flush=True)
"""


def test_processes_that_claim_the_same_samples_share_them(url: str, store: Store, make_spec) -> None:
    store.ensure_ensemble(make_spec(), samples=20)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, url, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two", "three")
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    won = [int(number) for worker in workers for number in worker.communicate(timeout=60)[0].split()]
    assert sorted(won) == list(range(1, 21))
    assert store.query("SELECT count(*) FROM attempt")[1] == [(20,)]


EVENTS = st.lists(
    st.tuples(st.sampled_from(["claim", "expire", "renew", "finish", "fail", "release"]), st.integers(0, 2)),
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_three_workers_do_one_result_is_stored(
    store: Store, make_spec, provenance, events: list[tuple[str, int]]
) -> None:
    count = len(store.ensembles())
    name = f"ensemble {count}"
    spec = make_spec(name, seed=count)
    sample = store.unfinished_samples([store.ensure_ensemble(spec, samples=1).id])[0].id
    held: dict[int, Claim] = {}
    accepted: set[int] = set()
    for action, worker in events:
        mine = held.get(worker)
        if action == "claim":
            held[worker] = store.claim_sample(sample, provenance, retry_failed=True) or held.get(worker)
        elif mine is None:
            continue
        elif action == "expire":
            store.renew_claim(mine, lease=-1.0)
        elif action == "renew":
            store.renew_claim(mine)
        elif action == "finish" and store.finish_sample(mine, [FILE], {"attempt": mine.attempt}):
            accepted.add(mine.attempt)
        elif action == "fail":
            store.fail_sample(mine, "failed")
        elif action == "release":
            store.release_sample(mine)
    assert len(accepted) <= 1
    assert len(store.configurations(name)) == len(accepted)
    done = store.query(f"SELECT number FROM attempt WHERE sample_id = {sample} AND outcome = 'done'")[1]
    assert done == [(attempt,) for attempt in accepted]
    running = store.query(f"SELECT count(*) FROM attempt WHERE sample_id = {sample} AND outcome = 'running'")[
        1
    ]
    assert running[0][0] <= 1
