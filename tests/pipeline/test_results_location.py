"""Work for a database is done where it can be reached, and its files can be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pssglass.db import SampleRecord, State, Store

from pssglass import pipeline
from pssglass.base.errors import DatabaseError
from pssglass.execution import UnsuitableWorker
from pssglass.pipeline import simulation
from pssglass.pipeline.results_location import ResultsLocation, results_location

from .conftest import counts


def test_workers_elsewhere_are_refused_unless_they_can_do_the_work(store: Store, tmp_path: Path) -> None:
    with pytest.raises(
        DatabaseError, match=r"SQLite file, which serves only node2; name a PostgreSQL .*--db"
    ):
        ResultsLocation(tmp_path, host="node2").check()
    with pytest.raises(
        UnsuitableWorker, match=r"does not see the folder .*; run the command in a folder that all"
    ):
        ResultsLocation(tmp_path / "absent", host=None).check()
    results_location(store).check()


@pytest.mark.parametrize(
    ("place", "error"),
    [
        (ResultsLocation(Path("/"), host="node2"), DatabaseError),
        (ResultsLocation(Path("/absent"), host=None), UnsuitableWorker),
    ],
    ids=["another machine on SQLite", "no folder"],
)
def test_the_only_worker_at_the_wrong_place_ends_a_run(
    store: Store,
    samples: list[SampleRecord],
    monkeypatch: pytest.MonkeyPatch,
    place: ResultsLocation,
    error: type[Exception],
) -> None:
    monkeypatch.setattr(simulation, "results_location", lambda _store: place)
    with pytest.raises(error, match=r"serves only node2|does not see the folder /absent"):
        pipeline.simulate(store, samples, workers=0)
    assert counts(store, State.PENDING) == 4
