"""The field of a dipole against dense linear algebra, and the core size it tells."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from pssglass.observables.dipole_field import DipoleField

import pssglass as pg
from pssglass.analysis import dipole_fields
from pssglass.base.errors import InputError
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


class TestDipoleField(GlassObservableContract):
    observable = DipoleField()
    # Pairs are drawn by their place in the list.
    may_change: ClassVar = {"relabelling": tuple(column.name for column in DipoleField.columns)}

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_the_field_is_that_of_the_dense_pseudo_inverse(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass, {"dipoles": 5})
        inverse = np.linalg.pinv(glass.hessian().toarray(), hermitian=True)
        shares, frequencies = [], []
        for i, j in glass.random_pairs(5):
            bond = glass.positions[j] - glass.positions[i]
            bond -= glass.box[:3] * np.round(bond / glass.box[:3])
            force = np.zeros(glass.positions.shape)
            force[j] = bond / np.linalg.norm(bond)
            force[i] = -force[j]
            u = (inverse @ force.ravel()).reshape(-1, 3)
            frequencies.append(np.sqrt(np.sum(u * force) / np.sum(u * u)))
            away = glass.positions - glass.positions[i] - 0.5 * bond
            away -= glass.box[:3] * np.round(away / glass.box[:3])
            r, square = np.linalg.norm(away, axis=1), np.sum(u * u, axis=1) / np.sum(u * u)
            edges = dipole_fields.shell_edges(0.6 ** (-1 / 3), glass.box)
            shells = [square[(r >= low) & (r < high)] for low, high in pairwise(edges)]
            shares.append([np.mean(shell) if shell.size else np.nan for shell in shells])
        seen = np.count_nonzero(np.isfinite(shares), axis=0) > 1
        assert np.asarray(values["field_square"]) == pytest.approx(
            np.exp(np.nanmean(np.log(shares), axis=0))[seen], rel=1e-8
        )
        assert values["field_omega_g"] == pytest.approx(np.mean(frequencies), rel=1e-9)

    def test_the_frequency_is_that_of_the_dipole_response(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        assert values["field_omega_g"] == pytest.approx(glass.dipole_response(n=64).omega_g, rel=1e-9)
        assert 0.0 < float(values["field_omega_g_error"]) < 0.2 * float(values["field_omega_g"])

    def test_no_core_size_is_claimed_in_a_small_box(self, glass: pg.Glass) -> None:
        assert "core_length" not in evaluate(self.observable, glass)

    def test_one_dipole_has_no_error_bar_and_is_refused(self, glass: pg.Glass) -> None:
        with pytest.raises(InputError, match="dipoles = 1 must be at least 4"):
            evaluate(self.observable, glass, {"dipoles": 1})

    def test_every_shell_has_an_error_bar(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass, {"dipoles": 20})
        assert np.all(np.asarray(values["field_square_error"]) > 0.0)
        assert np.all(np.diff(np.asarray(values["field_distance"])) > 0.0)
