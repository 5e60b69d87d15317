"""A campaign and Python make the same liquid."""

from __future__ import annotations

import numpy as np
import pytest

import pssglass as pg
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.pipeline.sample import make_liquid

SEED = 2**62 + 1


@pytest.mark.parametrize(
    ("model", "temperature", "melt", "precision"),
    [
        (pg.PSS(rc=1.5), 1.0, {}, "double"),
        (pg.PSS(rc=1.5), 2.6, {"melt_time": 0.5}, "double"),
        (pg.PSS(rc=1.2), 1.0, {"melt_time": 0.0, "time_step": 0.003}, "double"),
        (pg.KABLJ(), 0.8, {"melt_time": 1.0, "melt_temperature": 3.0, "time_step": 0.002}, "mixed"),
    ],
    ids=["as it is", "hot", "no melt", "mixed"],
)
def test_a_campaign_and_create_make_the_same_liquid(
    model: pg.Model, temperature: float, melt: dict[str, float], precision: str
) -> None:
    time = 30.0
    protocol = pg.Protocol(equilibration_time=time, precision=precision, **melt)  # type: ignore[arg-type]
    spec = EnsembleSpec("e", model.name, model.parameters, 240, temperature, protocol, seed=0)
    of_campaign, _ = make_liquid(spec, SEED)
    liquid = pg.Liquid.create(model, 240, temperature, SEED, precision=precision, **melt)  # type: ignore[arg-type]
    assert liquid.target_temperature == temperature
    liquid.run(time, melt.get("time_step"))
    assert liquid.step == of_campaign.step
    np.testing.assert_array_equal(liquid.box, of_campaign.box)
    np.testing.assert_array_equal(liquid.species, of_campaign.species)
    np.testing.assert_array_equal(liquid.positions, of_campaign.positions)
    np.testing.assert_array_equal(liquid.velocities, of_campaign.velocities)
