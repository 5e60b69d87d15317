"""Work goes on when the database was away, or locked, for a while."""

from __future__ import annotations

import sqlite3

import pytest
from pssglass.db import SampleRecord, State, Store, engine

from pssglass.base.errors import DatabaseUnreachable
from pssglass.pipeline import outages

from .conftest import counts, ends_of


def test_what_the_server_misses_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([DatabaseUnreachable("gone"), DatabaseUnreachable("still"), "here"])

    def ask(question: str) -> str:
        answer = next(answers)
        if isinstance(answer, DatabaseUnreachable):
            raise answer
        return f"{question} {answer}"

    delays: list[float] = []
    monkeypatch.setattr(outages, "pause", delays.append)
    assert outages.through_outages(ask, "who is") == "who is here"
    assert delays == [0.5, 1.0]


def test_a_server_that_stays_away_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseUnreachable("gone")

    monkeypatch.setattr(outages, "OUTAGE_SECONDS", 0.0)
    with pytest.raises(DatabaseUnreachable, match="gone"):
        outages.through_outages(away)


def test_a_file_that_a_reader_keeps_locked_is_waited_for(
    store: Store,
    samples: list[SampleRecord],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(f"{store.location.file}", check_same_thread=False)
    rows = reader.execute("SELECT * FROM sample")
    rows.fetchone()
    monkeypatch.setattr(outages, "pause", lambda _seconds: rows.close())
    assert [end.reason for end in ends_of(store, samples)] == [None] * 4
    assert "another process keeps it locked" in caplog.text
    assert counts(store, State.DONE) == 4
    reader.close()
