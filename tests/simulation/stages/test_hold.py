"""The hold at the parent temperature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pssglass.models import PSS
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import run_stages, stages_of


def test_what_is_recorded_belongs_to_the_box_that_is_there() -> None:
    """c(0) = V⟨σ²⟩/T, whatever density the model has for new boxes."""
    model = PSS(1.5)
    new = Liquid.create(model, 100, 2.0, 3, melt_time=0.5).configuration
    wide = replace(new, box=1.25 * new.box, positions=1.25 * new.positions)
    liquid = Liquid(model, wide, temperature=2.0, seed=3)
    recipe = Recipe(model, 100, 2.0, Protocol(equilibration_time=20.0))
    [_, hold] = stages_of(recipe.protocol)
    again = Liquid(model, wide, temperature=2.0, seed=3)
    recorded = run_stages(liquid, recipe, [hold]).liquid
    again.run(10.0)
    stress = again.run(10.0, sample_every=20).series["stress"]
    assert liquid.volume == pytest.approx(1.25**3 * new.volume)
    assert recorded["stress_correlation"][0] == pytest.approx(liquid.volume * np.mean(stress**2) / 2.0)
