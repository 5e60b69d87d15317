"""Moduli and their ratios, and the affine modulus against the energy of a strained glass."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from pssglass.observables.moduli import Moduli

import pssglass as pg
from pssglass.plugins.contract import GlassObservableContract
from pssglass.plugins.evaluation import evaluate


def affine_energy(glass: pg.Glass, strain: float) -> float:
    """Energy after the simple shear x → x + γy of all pairs, without any relaxation."""
    first, second = np.triu_indices(glass.N, 1)
    separation = glass.positions[first] - glass.positions[second]
    separation -= glass.box[:3] * np.round(separation / glass.box[:3])
    separation[:, 0] += strain * separation[:, 1]
    length = np.array(glass.model.lengths)[glass.species[first], glass.species[second]]
    return sum(map(glass.model.potential, np.linalg.norm(separation, axis=1) / length))


class TestModuli(GlassObservableContract):
    observable = Moduli()
    # Of x-y; and where stress is anisotropic, simple shear of x along y is not that of y along x.
    may_change: ClassVar = {
        "rotation": (
            *("shear_modulus", "shear_modulus_nonaffine", "shear_modulus_affine"),
            *("nonaffine_ratio", "poisson_ratio", "shear_modulus_isotropic", "shear_to_bulk_ratio"),
        )
    }

    @pytest.fixture
    def subject(self, glass: pg.Glass) -> pg.Glass:
        return glass

    def test_the_affine_modulus_is_the_curvature_of_the_unrelaxed_energy(self, glass: pg.Glass) -> None:
        step = 1e-3
        low, middle, high = (affine_energy(glass, strain) for strain in (-step, 0.0, step))
        affine = evaluate(self.observable, glass)["shear_modulus_affine"]
        assert affine == pytest.approx((low - 2.0 * middle + high) / (step**2 * glass.volume), rel=1e-4)

    def test_ratios_belong_to_the_moduli(self, glass: pg.Glass) -> None:
        values = evaluate(self.observable, glass)
        G, K = float(values["shear_modulus"]), float(values["bulk_modulus"])
        assert values["poisson_ratio"] == pytest.approx((3 * K - 2 * G) / (6 * K + 2 * G))
        assert values["nonaffine_ratio"] == pytest.approx(float(values["shear_modulus_nonaffine"]) / G)
        assert values["shear_to_bulk_ratio"] == pytest.approx(float(values["shear_modulus_isotropic"]) / K)
        assert values["pressure_over_bulk_modulus"] == pytest.approx(glass.energetics().pressure / K)
