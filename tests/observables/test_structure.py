"""Structure of a glass and its liquid; the functions behind it have tests of their own."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.structure import Structure

import pssglass as pg
from pssglass.analysis.structure import pair_correlation, structure_factor
from pssglass.base.errors import InputError
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestStructure(GlassObservableContract):
    observable = Structure()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_glass_and_liquid_have_each_their_own(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        liquid = glass.parent_liquid
        assert liquid is not None
        for state, one in (("inherent", glass.configuration), ("liquid", liquid)):
            g, S = pair_correlation(one, glass.model), structure_factor(one, glass.model)
            np.testing.assert_array_equal(values[f"{state}_pair_correlation"], g.total)
            np.testing.assert_array_equal(values[f"{state}_species_pair_correlation"], g.partial)
            np.testing.assert_array_equal(values[f"{state}_structure_factor"], S.total)
            np.testing.assert_array_equal(values[f"{state}_species_structure_factor"], S.partial)
            np.testing.assert_array_equal(values[f"{state}_wave_number"], S.wave_number)
        heights = [np.max(values[f"{state}_pair_correlation"]) for state in ("liquid", "inherent")]
        assert heights[1] > heights[0]

    def test_a_glass_without_its_liquid_has_its_own_alone(self, glass: pg.Glass) -> None:
        alone = pg.Glass(
            *(glass.model, glass.configuration, glass.quench_record),
            mechanics_of(glass.model, glass.configuration),
        )
        values = evaluate(self.observable, alone)
        assert "inherent_structure_factor" in values
        assert not [key for key in values if key.startswith("liquid")]

    def test_a_glass_in_a_smaller_box_than_its_liquid_has_as_many_bins(self) -> None:
        liquid = pg.Liquid.create(pg.PSS(rc=1.5), N=108, temperature=1.0, seed=5)
        liquid.run(time=1.0)
        glass = liquid.quench("fast", pressure=20.0)
        assert glass.parent_liquid is not None
        assert glass.volume < 0.99 * glass.parent_liquid.volume
        values = evaluate(self.observable, glass)
        bins = len(values["pair_distance"])
        assert len(values["inherent_pair_correlation"]) == len(values["liquid_pair_correlation"]) == bins

    def test_parameters_choose_the_points(self, glass: pg.Glass) -> None:
        chosen = {"range": 2.0, "bin": 0.1, "largest_wave_number": 9.0, "shell": 0.5, "vectors": 60}
        values = evaluate(self.observable, glass, chosen)
        np.testing.assert_allclose(values["pair_distance"], np.arange(0.05, 2.0, 0.1))
        assert np.max(values["inherent_wave_number"]) < 9.0
        whole = evaluate(self.observable, glass, {**chosen, "vectors": 1000})
        assert np.max(values["shell_vectors"]) < 120 < np.max(whole["shell_vectors"])

    @pytest.mark.parametrize("value", [0.0, -1.0, "wide"])
    def test_other_parameters_are_refused(self, glass: pg.Glass, value: object) -> None:
        with pytest.raises(InputError, match="observable structure: parameter bin = "):
            evaluate(self.observable, glass, {"bin": value})
