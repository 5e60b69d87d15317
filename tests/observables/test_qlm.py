"""What observable qlm takes from ``Glass.quasilocalised_modes``, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from pssglass.observables.qlm import KINDS, MODES, QuasilocalisedModes

import pssglass as pg
from pssglass.base.errors import InputError
from pssglass.mechanics.quasilocalised import STARTS
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.registry import Registry
from pssglass.simulation.start import random_configuration

FEW = {"starts": 8}


@pytest.fixture(scope="module")
def glass() -> pg.Glass:
    """Of short-ranged attraction, which has several modes where others have one that all descents end in."""
    return quenched(260)


def quenched(N: int) -> pg.Glass:
    model = pg.PSS(rc=1.1)
    return pg.Glass.quenched(model, random_configuration(model, N, seed=4), method="fast")


class FewModes(QuasilocalisedModes):
    """With parameters that make few descents."""

    parameters: Mapping[str, Any] = {**QuasilocalisedModes.parameters, **FEW}


class TestQuasilocalisedModes(GlassObservableContract):
    observable = FewModes()
    # Starts are drawn by the place of particles and pairs in their lists.
    may_change: ClassVar = {
        "relabelling": tuple(column.name for column in QuasilocalisedModes.columns),
        "translation": tuple(f"qlm_core_{axis}" for axis in "xyz"),
        "wrapping": tuple(f"qlm_core_{axis}" for axis in "xyz"),
    }

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_is_registered_under_its_name(self) -> None:
        registered = Registry.discover().observables["qlm"]
        assert type(registered) is QuasilocalisedModes
        assert registered.on_request

    def test_values_are_those_of_the_glass(self, glass: pg.Glass) -> None:
        values = evaluate(QuasilocalisedModes(), glass, {**FEW, "store_vectors": True})
        found = glass.quasilocalised_modes(**FEW)
        for name, _, _, attribute in MODES:
            np.testing.assert_array_equal(values[name], getattr(found, attribute))
        np.testing.assert_array_equal(values["qlm_barrier"], found.barrier)
        np.testing.assert_array_equal(values["qlm_vector"], found.vectors)
        places = np.stack([values[f"qlm_core_{axis}"] for axis in "xyz"], axis=1)
        np.testing.assert_array_equal(places, glass.positions[found.cores])
        for key, value in (("count", len(found.kappa)), ("finds", found.converged)):
            assert values[f"qlm_{key}"] == value
        assert values["qlm_coverage"] == found.coverage
        assert values["qlm_unseen"] == found.unseen

    def test_the_softest_are_kept_and_all_are_counted(self, glass: pg.Glass) -> None:
        every, two = (evaluate(QuasilocalisedModes(), glass, {**FEW, "count": n}) for n in (None, 2))
        assert two["qlm_frequency"].tolist() == every["qlm_frequency"][:2].tolist()
        assert two["qlm_lowest_frequency"] == every["qlm_frequency"][0]
        assert two["qlm_count"] == every["qlm_count"] > 2
        assert "qlm_vector" not in two

    def test_what_a_mode_lacks_is_masked(self, glass: pg.Glass, monkeypatch: pytest.MonkeyPatch) -> None:
        assert np.ma.getmaskarray(evaluate(self.observable, quenched(60))["qlm_decay_exponent"]).all()
        found = glass.quasilocalised_modes(**FEW)
        decay = np.arange(1.0, 1.0 + len(found.kappa))
        decay[1] = np.nan
        odd = replace(found, decay_exponents=decay, tau=np.where(decay == 1.0, 0.0, found.tau))
        monkeypatch.setattr(pg.Glass, "quasilocalised_modes", lambda *_, **__: odd)
        values = evaluate(self.observable, glass)
        assert np.flatnonzero(np.ma.getmaskarray(values["qlm_decay_exponent"])).tolist() == [1]
        assert np.flatnonzero(np.ma.getmaskarray(values["qlm_barrier"])).tolist() == [0]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"starts": 0}, "starts = 0 must be at least 1"),
            ({"count": 0}, "count = 0 must be at least 1"),
            ({"seed": -1}, "seed = -1 must be at least 0"),
            ({"kinds": "local"}, "kinds = 'local' must be a list"),
            ({"kinds": []}, r"kinds = \[\] must be a list of some of local, dipoles, nonaffine"),
            (
                {"kinds": ["local", "local"]},
                r"kinds = \['local', 'local'\] has 'local' 2 times; name each once",
            ),
            ({"kinds": ["local", "dipols"]}, "kinds = 'dipols': did you mean 'dipoles'"),
        ],
    )
    def test_wrong_parameters_are_named(self, wrong: dict[str, Any], message: str, glass: pg.Glass) -> None:
        with pytest.raises(InputError, match=message):
            evaluate(self.observable, glass, wrong)


def test_the_kinds_are_those_of_the_search() -> None:
    assert KINDS == STARTS
