"""Energy and pressure against sums over all pairs, written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from pssglass.observables.energetics import Energetics

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestEnergetics(GlassObservableContract):
    observable = Energetics()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_values_are_the_sums_over_pairs(self, glass: pg.Glass) -> None:
        first, second = np.triu_indices(glass.N, 1)
        separation = glass.positions[first] - glass.positions[second]
        separation -= glass.box[:3] * np.round(separation / glass.box[:3])
        length = np.array(glass.model.lengths)[glass.species[first], glass.species[second]]
        x = np.linalg.norm(separation, axis=1) / length
        x = x[x < glass.model.form.x_cut]
        step = 1e-6
        energies = np.array([[glass.model.potential(at + shift) for at in x] for shift in (-step, 0.0, step)])
        virials = -x * (energies[2] - energies[0]) / (2.0 * step)
        values = evaluate(self.observable, glass)
        assert values["energy_per_particle"] == pytest.approx(np.sum(energies[1]) / glass.N, rel=1e-12)
        assert values["pressure"] == pytest.approx(np.sum(virials) / (3.0 * glass.volume), rel=1e-6)
        assert values["pressure_scale"] == pytest.approx(
            np.sum(np.abs(virials)) / (3.0 * glass.volume), rel=1e-6
        )
        assert values["pressure_over_scale"] == pytest.approx(
            np.sum(virials) / np.sum(np.abs(virials)), rel=1e-6
        )
        assert values["coordination"] == pytest.approx(2.0 * x.size / glass.N)
        assert float(values["max_force"]) < 1e-9
