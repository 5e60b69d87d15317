"""Lowest modes against dense diagonalisation of the Hessian."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pssglass.observables.modes import LowestModes, modes_up_to, shear_phonon
from scipy import linalg

import pssglass as pg
from pssglass.mechanics.modes import SOLVERS
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestLowestModes(GlassObservableContract):
    observable = LowestModes()

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_every_solver_may_be_chosen(self) -> None:
        assert self.observable.bounds["solver"].one_of == SOLVERS

    def test_modes_are_those_of_the_dense_hessian(self, glass: pg.Glass) -> None:
        eigenvalues, eigenvectors = linalg.eigh(glass.hessian().toarray())
        values = evaluate(self.observable, glass, {"count": 20, "store_vectors": True})
        frequency, vector = np.asarray(values["frequency"]), np.asarray(values["vector"])
        assert np.abs(eigenvalues[:3]).max() < 1e-8
        assert frequency == pytest.approx(np.sqrt(eigenvalues[3:23]), rel=1e-9)
        overlap = np.abs(np.sum(vector.reshape(20, -1).T * eigenvectors[:, 3:23], axis=0))
        assert overlap.min() > 1.0 - 1e-8
        weight = np.sum(eigenvectors[:, 3:23].T.reshape(20, -1, 3) ** 2, axis=2)
        participation = 1.0 / (glass.N * np.sum(weight**2, axis=1))
        assert values["participation_ratio"] == pytest.approx(participation, rel=1e-6)
        assert values["lowest_frequency"] == frequency[0]

    def test_modes_reach_beyond_the_first_shear_phonon(self, glass: pg.Glass) -> None:
        for factor in (0.5, 1.2, 2.5):
            assert modes_up_to(glass, factor).frequencies[-1] >= factor * shear_phonon(glass)

    def test_the_shear_phonon_is_that_of_the_glass_itself(self) -> None:
        sticky = pg.Liquid.create(pg.PSS(rc=1.1), N=64, temperature=1.0, seed=2).quench()
        c_s = math.sqrt(sticky.moduli().shear_modulus_isotropic / 0.6)
        assert shear_phonon(sticky) == pytest.approx(2.0 * math.pi * c_s / sticky.box[0])
        assert len(modes_up_to(sticky, 100.0).frequencies) == 3 * 64 - 3

    def test_vectors_are_left_out_unless_asked_for(self, glass: pg.Glass) -> None:
        assert "vector" not in evaluate(self.observable, glass)

    def test_residuals_of_a_large_glass_are_small(self) -> None:
        large = pg.Liquid.create(pg.PSS(rc=1.5), N=3000, temperature=2.6, seed=4).quench(method="fast")
        values = evaluate(self.observable, large)
        frequency, residual = np.asarray(values["frequency"]), np.asarray(values["residual"])
        assert frequency[-1] > 1.2 * shear_phonon(large)
        assert (residual < 1e-9 * frequency**2).all()
