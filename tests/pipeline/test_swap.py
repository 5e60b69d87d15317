"""A campaign with swap moves: its samples do not depend on interruptions, and tell what was accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pssglass.db import Store
from pssglass.observables.swap import SwapRecord

import pssglass as pg
from pssglass import pipeline
from pssglass.base.errors import CampaignError
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign
from pssglass.pipeline import provenance
from pssglass.pipeline.sample import SampleTask, make_sample
from pssglass.plugins.evaluation import evaluate

from .conftest import Interrupting


def annealed(swap: object, model: str = "poly-ipl", **parameters: Any) -> Campaign:
    block = {
        "model": model,
        "parameters": parameters,
        "N": 180,
        "parent_temperatures": [1.0],
        "samples": 1,
        "protocol": {"melt_time": 0.3, "equilibration_time": 60.0, "swap": swap},
    }
    return parse_campaign({"name": "annealed", "seed": 3, "ensembles": [block]})


def test_an_interrupted_sample_is_the_same_and_tells_what_was_accepted(
    store: Store, tmp_path: Path, make_interrupted: Interrupting
) -> None:
    (sample,) = pipeline.prepare(store, annealed({"moves_per_particle": 0.2, "every": 40}))
    claim = store.claim_sample(sample.id, provenance.current())
    assert claim is not None
    whole = make_sample(SampleTask(claim, tmp_path / "whole"))
    cut = make_interrupted(SampleTask(claim, tmp_path / "cut"))
    assert len(cut.record["resumed"]) >= 2
    assert cut.files == whole.files
    told = whole.record["swap"]
    assert cut.record["swap"]["accepted"] == told["accepted"]
    assert told["seconds"] > 0.0

    liquid, inherent = (tmp_path / "whole" / file.path for file in whole.files)
    glass = pg.Glass.read(inherent, pg.PolyIPL())
    assert np.array_equal(glass.diameters, pg.Liquid.read(liquid, pg.PolyIPL()).diameters)
    values = evaluate(SwapRecord(), glass)
    assert 0.1 < float(values["swap_acceptance"]) < 0.3
    assert int(np.sum(values["swap_attempts"])) % 36 == 0
    assert values["swap_accepted"].tolist() == told["accepted"]


@pytest.mark.parametrize(
    ("campaign", "message"),
    [
        (({"every": 0},), "every = 0 must be at least 1"),
        (({"often": 1},), "often"),
        ((3,), "swap = 3"),
        (({"largest_difference": 1e-9}, "poly-ipl"), "is below"),
        (({"every": 5}, "poly-ipl"), None),
    ],
)
def test_what_means_nothing_is_refused_before_any_work(campaign: Any, message: str | None) -> None:
    if message is None:
        with pytest.raises(CampaignError, match="are alike; leave swap out"):
            annealed(*campaign, largest=1.0)
        return
    with pytest.raises(CampaignError) as caught:
        annealed(*campaign)
    assert message in str(caught.value)
