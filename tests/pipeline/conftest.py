"""A campaign of small samples and an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest
from pssglass.db import Claim, SampleRecord, State, Store

from pssglass import pipeline
from pssglass.base.errors import Interrupted
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.pipeline import journal, provenance
from pssglass.pipeline.sample import Product, SampleTask, make_sample

Interrupting: TypeAlias = Callable[[SampleTask], Product]


def counts(store: Store, state: State) -> int:
    """Number of samples in a state."""
    return sum(ensemble.counts.get(state, 0) for ensemble in store.ensembles())


def ends_of(store: Store, samples: list[SampleRecord]) -> list[pipeline.SampleEnd]:
    """What is reported while these samples are made."""
    ends: list[pipeline.SampleEnd] = []
    pipeline.simulate(store, samples, workers=0, on_end=ends.append)
    return ends


@pytest.fixture
def campaign() -> Campaign:
    """Two ensembles of two samples of 100 particles."""
    return parse_campaign(
        {
            "name": "tiny",
            "seed": 11,
            "ensembles": [
                {
                    "model": "pss",
                    "parameters": {"rc": 1.5},
                    "N": 100,
                    "parent_temperatures": [2.6, 1.0],
                    "samples": 2,
                    "protocol": {"melt_time": 0.3, "equilibration_time": 0.2},
                }
            ],
        }
    )


@pytest.fixture
def store(memory_folder: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(memory_folder / "glass.db", create=True) as store:
        yield store


@pytest.fixture
def samples(store: Store, campaign: Campaign) -> list[SampleRecord]:
    """The campaign's samples, still to be made."""
    return pipeline.prepare(store, campaign)


@pytest.fixture
def claim(store: Store, samples: list[SampleRecord]) -> Claim:
    """Somebody's right to make the first sample."""
    found = store.claim_sample(samples[0].id, provenance.current())
    assert found is not None
    return found


@pytest.fixture
def make_interrupted(monkeypatch: pytest.MonkeyPatch) -> Interrupting:
    """Makes a sample that is stopped wherever it may be, every other time, and taken up again."""
    calls = count(1)

    def stop_every_other_time() -> None:
        if next(calls) % 2 == 0:
            raise Interrupted("stopped by a signal")

    def make(task: SampleTask) -> Product:
        monkeypatch.setattr(journal, "check_interrupted", stop_every_other_time)
        while True:
            try:
                return make_sample(task)
            except Interrupted:
                continue

    return make
