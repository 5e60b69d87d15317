"""A campaign and Python make the same liquid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass.campaigns.reader import parse_campaign
from pssglass.pipeline.sample import make_liquid

SEED = 2**62 + 1
MIXED = {"precision": "mixed"}


@pytest.mark.parametrize(
    ("model", "temperature", "melt", "both"),
    [
        (pg.PSS(rc=1.5), 1.0, {}, {}),
        (pg.PSS(rc=1.5), 2.6, {"melt_time": 0.5}, {}),
        (pg.PSS(rc=1.2), 1.0, {"melt_time": 0.0, "time_step": 0.003}, {}),
        (pg.KABLJ(), 0.8, {"melt_time": 1.0, "melt_temperature": 3.0, "time_step": 0.002, **MIXED}, {}),
        (pg.PSS(rc=1.5), 1.0, {}, {"thermostat": "svr", "relaxation_time": 0.5}),
        (pg.PSS(rc=1.5), 1.0, {}, {"friction": 3.0}),
        (pg.PolyIPL(), 0.8, {}, {}),
    ],
    ids=["as it is", "hot", "no melt", "mixed", "svr", "friction", "diameters"],
)
def test_a_campaign_and_create_make_the_same_liquid(
    model: pg.Model, temperature: float, melt: dict[str, Any], both: dict[str, Any]
) -> None:
    time = 30.0
    block = {
        "model": model.name,
        "parameters": model.parameters,
        "N": 240,
        "parent_temperatures": [temperature],
        "samples": 1,
        "protocol": {"equilibration_time": time, **melt, **both},
    }
    [(spec, _)] = parse_campaign({"name": "e", "seed": 0, "ensembles": [block]}, "e.toml").ensembles
    of_campaign, _ = make_liquid(spec, SEED)
    liquid = pg.Liquid.create(model, 240, temperature, SEED, **melt, **both)
    assert liquid.target_temperature == temperature
    liquid.run(time, melt.get("time_step"), **both)
    assert liquid.step == of_campaign.step
    np.testing.assert_array_equal(liquid.box, of_campaign.box)
    np.testing.assert_array_equal(liquid.species, of_campaign.species)
    np.testing.assert_array_equal(liquid.positions, of_campaign.positions)
    np.testing.assert_array_equal(liquid.velocities, of_campaign.velocities)
