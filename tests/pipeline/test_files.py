"""Files of a sample that another process makes at the same time, and tidies up after."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pssglass.db import Store

from pssglass import pipeline
from pssglass.campaigns.specification import Campaign
from pssglass.pipeline import simulation
from pssglass.pipeline.sample import Product, SampleTask, make_sample


@pytest.mark.parametrize("kind", ["liquid", "inherent"])
def test_a_file_that_is_taken_for_a_leftover_while_it_is_written_ends_no_run(
    store: Store, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    sample = pipeline.prepare(store, campaign)[0]
    ends: list[pipeline.SampleEnd] = []

    def overtaken(task: SampleTask) -> Product:
        def rename(source: Path, target: Path) -> None:
            if target.name == f"00000-1-{kind}.gsd":
                monkeypatch.undo()
                store.renew_claim(task.claim, lease=-1.0)
                pipeline.simulate(store, [sample], workers=0)
            os.rename(source, target)

        monkeypatch.setattr(os, "replace", rename)
        return make_sample(task)

    monkeypatch.setattr(simulation, "make_sample", overtaken)
    pipeline.simulate(store, [sample], workers=0, on_end=ends.append)
    assert ends == [pipeline.SampleEnd(sample.ensemble, sample.replica)]
    assert list(pipeline.check_files(store)) == [None] * 2
    there = {path.name for path in store.folder.rglob("*") if path.is_file()}
    assert there == {"00000-2-liquid.gsd", "00000-2-inherent.gsd"}
