"""What observable shear takes from ``Glass.shear``, and that nobody waits for it unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from pssglass.observables.shear import Shear

import pssglass as pg
from pssglass.base.errors import PssglassError
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.registry import Registry

SHORT = {"step": 0.01, "max_strain": 0.05, "resolution": 1e-4}


class ShortShear(Shear):
    """With parameters that make few steps."""

    parameters: Mapping[str, Any] = {**Shear.parameters, **SHORT}


class TestShear(ObservableContract):
    observable = ShortShear()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_is_registered_under_its_name(self) -> None:
        assert type(Registry.discover().observables["shear"]) is Shear

    def test_values_are_those_of_the_glass(self, glass: pg.Glass) -> None:
        values = evaluate(Shear(), glass, SHORT)
        found = glass.shear(**SHORT)
        assert np.array_equal(values["shear_stress"], found.stress)
        assert values["shear_slope"][0] == pytest.approx(glass.moduli().shear_modulus, rel=1e-7)
        assert values["shear_energy"][0] == pytest.approx(glass.energetics().energy_per_particle)
        assert values["shear_event_count"] == len(found.events)
        assert values["event_strain"].tolist() == [event.strain for event in found.events]
        assert values["event_rearranging"].tolist() == [event.rearranging for event in found.events]

    def test_it_is_measured_on_request_only(self) -> None:
        assert Shear.on_request

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"plane": "zx"}, "plane = 'zx'"),
            ({"step": 0.0}, "step = 0.0 must be above 0"),
            ({"max_strain": -0.1}, "max_strain = -0.1 must be above 0"),
            ({"kind": "uniaxial"}, "plane = 'xy'"),
        ],
    )
    def test_wrong_parameters_are_named(
        self, wrong: dict[str, object], message: str, glass: pg.Glass
    ) -> None:
        with pytest.raises(PssglassError, match=message):
            evaluate(Shear(), glass, wrong)
