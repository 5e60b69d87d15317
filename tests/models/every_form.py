"""A model of every form of pair potential, for what all of them must pass, and configurations of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

import pssglass as pg
from pssglass.configurations import Configuration
from pssglass.models import Model, define_model
from pssglass.simulation.start import random_configuration

MIXTURE: Mapping[str, Any] = {
    "composition": [0.5, 0.5],
    "diameters": [1.0, 1.4],
    "nonadditivity": 1.0 / 24.0,
}
UNEQUAL: Mapping[str, Any] = {"energies": [[1.0, 1.5], [1.5, 0.5]]}
SIZES: Mapping[str, Any] = {"sizes": {"smallest": 1.0, "largest": 2.0}, "nonadditivity": 0.1}
X = np.linspace(0.6, 1.4, 900)


def steep(x: float) -> float:
    """A potential that no built-in form has."""
    return math.exp(-8.0 * (x - 1.0)) / x


CONTACTS: Mapping[str, Any] = {"form": "hertzian"}
HARMONIC: Mapping[str, Any] = {"form": "hertzian", "alpha": 2.0}
WCA: Mapping[str, Any] = {
    "form": "inverse-powers",
    "exponents": [12, 6],
    "coefficients": [4.0, -4.0],
    "cutoff": "minimum",
    "smoothing": 0,
}
POWERS: Mapping[str, Any] = {
    "form": "inverse-powers",
    "exponents": [12, 10],
    "coefficients": [5.0, -6.0],
    "cutoff": 2.0,
}
STICKY: Mapping[str, Any] = {
    "form": "inverse-powers",
    "exponents": [10, 8, 4],
    "coefficients": [5.0, -2.0, -1.0],
    "sticky": 1.4,
    "smoothing": 3,
}
TABLE: Mapping[str, Any] = {"form": "table", "phi": steep, "x_first": 0.3, "cutoff": 1.8, "smoothing": 2}
TABLE_OF_SIZES: Mapping[str, Any] = {
    "form": "table",
    "x": X.tolist(),
    "phi": (X**-10).tolist(),
    "smoothing": 3,
    "melt_temperature": 2.0,
}


def _own(*settings: Mapping[str, Any], density: float) -> Model:
    merged = {key: value for one in settings for key, value in one.items()}
    return define_model("mine", **merged, density=density)


EQUAL_ENERGIES: Mapping[str, Model] = {
    "pss": pg.PSS(1.2),
    "hertzian": _own(CONTACTS, MIXTURE, density=0.9),
    "harmonic": _own(HARMONIC, MIXTURE, density=0.9),
    "wca": _own(WCA, MIXTURE, density=0.75),
    "powers": _own(POWERS, MIXTURE, density=0.7),
    "sticky powers": _own(STICKY, MIXTURE, density=0.6),
    "table": _own(TABLE, MIXTURE, density=0.75),
}
"""Mixtures of two sizes, 1 and 1.4 with n_a = 1/24, which can be written as diameters as well."""
UNEQUAL_ENERGIES: Mapping[str, Model] = {
    "kablj": pg.KABLJ(),
    "kablj, shifted-force": pg.KABLJ(taper="shifted-force"),
    "kablj, smoother": pg.KABLJ(taper="smoother"),
    "powers, unequal energies": _own(POWERS, MIXTURE, UNEQUAL, density=0.7),
    "sticky powers, unequal energies": _own(STICKY, MIXTURE, UNEQUAL, density=0.6),
    "table, unequal energies": _own(TABLE, MIXTURE, UNEQUAL, density=0.75),
}
CONTINUOUS_SIZES: Mapping[str, Model] = {
    "poly-ipl": pg.PolyIPL(),
    "poly-pss": pg.PolyPSS(1.2),
    "hertzian, sizes": _own(CONTACTS, SIZES, density=0.7),
    "harmonic, sizes": _own(HARMONIC, SIZES, density=0.7),
    "sticky powers, sizes": _own(STICKY, SIZES, density=0.3),
    "table, sizes": _own(TABLE_OF_SIZES, SIZES, density=0.5),
}
MODELS: Mapping[str, Model] = {**EQUAL_ENERGIES, **UNEQUAL_ENERGIES, **CONTINUOUS_SIZES}


def hot(model: Model, least: int = 150) -> Configuration:
    """A configuration whose forces do not vanish, in a box of two cutoffs at least."""
    N = least
    while model.box_length(N) < 2.1 * model.max_cutoff or N % model.unit:
        N += 1
    return random_configuration(model, N, seed=4)
