"""Dipole responses against the pseudo-inverse of the dense Hessian."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from pssglass.observables.dipole_response import DipoleResponse
from scipy import linalg

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestDipoleResponse(GlassObservableContract):
    observable = DipoleResponse()
    # Pairs are drawn by their place in the list.
    may_change: ClassVar = {"relabelling": tuple(column.name for column in DipoleResponse.columns)}

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_frequencies_are_those_of_the_dense_response(self, glass: pg.Glass) -> None:
        inverse = linalg.pinvh(glass.hessian().toarray(), atol=1e-6)
        response = glass.dipole_response(n=12, seed=3)
        for (i, j), frequency in zip(response.pairs, response.frequencies, strict=True):
            direction = glass.positions[j] - glass.positions[i]
            direction -= glass.box[:3] * np.round(direction / glass.box[:3])
            dipole = np.zeros((glass.N, 3))
            dipole[j] = direction / np.linalg.norm(direction)
            dipole[i] = -dipole[j]
            u = inverse @ dipole.ravel()
            assert frequency == pytest.approx(np.sqrt(u @ dipole.ravel() / (u @ u)), rel=1e-7)

    def test_the_scalar_is_the_mean_over_pairs(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass, {"pairs": 30, "seed": 1})
        pairs = np.asarray(values["pair_frequency"])
        assert pairs.shape == (30,)
        assert values["omega_g"] == pytest.approx(np.mean(pairs))
        other = evaluate(self.observable, glass, {"pairs": 30, "seed": 2})
        assert other["omega_g"] != values["omega_g"]
