"""Modes: none missing, the same by both solvers, and clear words about senseless arguments."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from pssglass.base.errors import InputError
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.start import random_configuration

SOLVERS = ["block", "spectra"]


@lru_cache
def glass() -> Glass:
    return Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), 108, seed=4))


@lru_cache
def caesium_chloride() -> Glass:
    """4 x 4 x 4 cells, each particle at the centre of a cube of the other species."""
    model = PSS(1.5)
    corners = np.indices((4, 4, 4)).reshape(3, -1).T + 0.25
    edge = model.box_length(128)
    positions = np.concatenate([corners, corners + 0.5]) * edge / 4 - edge / 2
    species = np.repeat([0, 1], 64).astype(np.int32)
    box = np.array([edge, edge, edge, 0, 0, 0])
    return Glass.quenched(model, Configuration("liquid", positions, box, species))


def spectrum(one: Glass) -> Floats:
    return np.sqrt(np.linalg.eigvalsh(one.hessian().toarray())[3:])


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("count", [1, 5, 12, 13, 40, 100])
def test_no_mode_of_a_crystal_is_missing(count: int, solver: str) -> None:
    one = caesium_chloride()
    fresh = Glass(one.model, one.configuration, one.quench_record, one._mechanics)
    modes = fresh.modes(count, solver=solver)
    np.testing.assert_allclose(modes.frequencies, spectrum(one)[:count], rtol=1e-9)
    flat = modes.vectors.reshape(count, -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(count), atol=1e-9)
    assert modes.residuals.max() < 1e-6


def test_a_crystal_has_multiplets_larger_than_a_block() -> None:
    """Else the test above would show nothing."""
    frequencies = spectrum(caesium_chloride())
    assert max(np.sum(np.isclose(frequencies, one, rtol=1e-9)) for one in frequencies[:40]) >= 12


def test_both_solvers_find_the_same_modes() -> None:
    block, spectra = (glass().modes(30, solver=solver) for solver in SOLVERS)
    np.testing.assert_allclose(spectra.frequencies, block.frequencies, rtol=1e-10)
    overlaps = spectra.vectors.reshape(30, -1) @ block.vectors.reshape(30, -1).T
    np.testing.assert_allclose(np.abs(overlaps), np.eye(30), atol=1e-6)
    np.testing.assert_allclose(glass().modes(321, solver="spectra").frequencies, spectrum(glass()), rtol=1e-8)


def test_the_largest_frequency_is_that_of_the_dense_matrix() -> None:
    for one in (glass(), caesium_chloride()):
        assert one.largest_frequency() == pytest.approx(spectrum(one)[-1], rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, r"^count = 0 must be at least 1"),
        ({"count": 322}, r"^number of modes must be between 1 and 321, got 322"),
        ({"count": 2**40}, r"^number of modes must be between 1 and 321"),
        ({"count": "many"}, r"^count = 'many' must be a whole number"),
        ({"count": 4, "tolerance": float("nan")}, r"^tolerance = nan must be a finite number"),
        ({"count": 4, "tolerance": "1e-8"}, r"^tolerance = '1e-8' must be a finite number"),
        ({"count": 4, "tolerance": 0.0}, r"^tolerance = 0.0 must be above 0"),
        ({"count": 4, "tolerance": 1.0}, r"^tolerance = 1.0 must be at most 0.1"),
        ({"count": 4, "solver": "arnoldi"}, r"^solver = 'arnoldi' must be one of block, spectra"),
        ({"count": 4, "solver": None}, r"^solver = None must be a string"),
    ],
)
def test_senseless_arguments_are_refused_at_once(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        glass().modes(**arguments)
