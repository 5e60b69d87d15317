"""What users give a glass is checked before the engine sees it; what it hands out cannot be written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import InputError, NotInherentState
from pssglass.configurations import Configuration
from pssglass.mechanics import inherent_states
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.start import random_configuration

N = 108


@lru_cache
def glass() -> Glass:
    return Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), N, seed=4))


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(0, N)], rf"^pair 0 is \(0, {N}\): give two different particles between 0 and {N - 1}"),
        ([(0, 1), (-1, 2)], r"^pair 1 is \(-1, 2\)"),
        (np.array([[0, 2**32 + 1]]), r"^pair 0 is \(0, 4294967297\)"),
        (np.array([[0, 2**64 - 1]], dtype=np.uint64), r"^pair 0 is \(0, 18446744073709551615\)"),
        ([(3, 3)], r"^pair 0 is \(3, 3\)"),
        ([(0.0, 1.0)], "^pairs are float64, no indices"),
        ([("a", "b")], "no indices"),
        ([0, 1], r"^pairs have shape \(2,\); give \(k, 2\)"),
        ([(0, 1), (2,)], "^pairs must be an array: its rows have different lengths"),
    ],
)
def test_pairs_that_are_none_are_refused(pairs: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        glass().dipole_response(pairs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 10**9}, r"^n = 1000000000 must not exceed the number of interacting pairs, \d+$"),
        ({"n": 0}, "^n = 0 must be at least 1"),
        ({"n": 2.5}, "^n = 2.5 must be a whole number"),
        ({"seed": -1}, "^seed = -1 must be at least 0"),
        ({"seed": "x"}, "^seed = 'x' must be a whole number"),
        ({"n": 10**400}, r"^n = 2\^1328 or more must be below"),
        ({"pairs": [[0, 1]], "n": 10**9}, "^n = 1000000000 and seed = 0 draw pairs, but pairs are given"),
        ({"pairs": [[0, 1]], "seed": -4}, "^n = None and seed = -4 draw pairs"),
    ],
)
def test_draws_that_cannot_be_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        glass().dipole_response(**arguments)


@pytest.mark.parametrize("b", [["x"] * 3 * N, [1j] * 3 * N, [np.nan] * 3 * N, [[1.0], [1.0, 2.0]], None])
def test_forces_that_are_none_are_refused(b: Any) -> None:
    with pytest.raises(InputError, match=r"^b must be"):
        glass().solve(b)


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": 3},
        {"method": "magic"},
        {"tolerance": float("nan")},
        {"tolerance": "small"},
        {"tolerance": -1.0},
        {"max_evaluations": 0},
        {"max_evaluations": 1e6},
        {"max_evaluations": 2**40},
        {"threads": 0},
        {"threads": "all"},
    ],
)
def test_a_quench_refuses_senseless_arguments(arguments: dict[str, Any]) -> None:
    name = next(iter(arguments))
    with pytest.raises(InputError, match=name):
        Glass.quenched(PSS(1.5), glass().configuration, **arguments)


@pytest.mark.parametrize("path", [None, 3, b"x.gsd", ["x.gsd"]])
def test_paths_and_models_that_are_none_are_refused(path: Any) -> None:
    with pytest.raises(InputError, match=r"^path = .* must be a path, or a string"):
        Glass.read(path, PSS(1.5))
    with pytest.raises(InputError, match=r"^path = .* must be a path, or a string"):
        glass().write(path)
    with pytest.raises(InputError, match="model = 'pss' must be a Model"):
        Glass.read("x.gsd", "pss")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="model = 'pss' must be a Model"):
        Glass.quenched("pss", glass().configuration)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "handed_out",
    [
        lambda one: one.positions,
        lambda one: one.box,
        lambda one: one.species,
        lambda one: one.configuration.positions,
        lambda one: one.configuration.box,
        lambda one: one.configuration.species,
        lambda one: one.modes(4).frequencies,
        lambda one: one.modes(4).vectors,
        lambda one: one.modes(4).participation_ratios,
        lambda one: one.modes(4).residuals,
        lambda one: one.dipole_response(n=4).pairs,
        lambda one: one.dipole_response(n=4).frequencies,
        lambda one: one.hessian().data,
        lambda one: one.hessian().indices,
        lambda one: one.hessian().indptr,
    ],
)
def test_arrays_are_read_only(handed_out: Callable[[Glass], np.ndarray]) -> None:
    array = handed_out(glass())
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.setflags(write=True)
    before = array.copy()
    for own in (array, array.base):
        if isinstance(own, np.ndarray):
            own.shape = (1, *own.shape)
            own.dtype = np.int8
    np.testing.assert_array_equal(handed_out(glass()), before)


def test_nothing_that_is_handed_out_changes_the_glass() -> None:
    one = glass()
    metadata, matrix = one.configuration.metadata, one.hessian().copy()
    one.configuration.metadata["quench"]["max_force"] = 7.0
    assert one.configuration.metadata == metadata
    changed = one.hessian()
    changed.data = 2 * changed.data
    with pytest.raises(ValueError, match="read-only"):
        changed = one.hessian().__imul__(2.0)
    assert (one.hessian() != matrix).nnz == 0
    one.solve(np.zeros((N, 3)))[0] = 1.0
    one.random_pairs(3)[0] = 0
    for name in (
        "model",
        "configuration",
        "quench_record",
        "positions",
        "box",
        "N",
        "moduli",
        "note",
        "_model",
    ):
        with pytest.raises(AttributeError, match="a glass is read-only"):
            setattr(one, name, None)
        with pytest.raises(AttributeError, match="a glass is read-only"):
            delattr(one, name)
    for result in (one.energetics(), one.moduli(), one.quench_record, one.certify(), one.modes(2)):
        with pytest.raises(FrozenInstanceError):
            setattr(result, next(iter(vars(result))), 1.0)


def test_a_glass_does_not_follow_the_arrays_that_it_was_made_of() -> None:
    start = random_configuration(PSS(1.5), N, seed=4)
    positions = start.positions.copy()
    state = Configuration("liquid", positions, start.box, start.species)
    positions[:] = 0.0
    np.testing.assert_array_equal(state.positions, start.positions)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 3, 0, 1]])
def test_rattlers_are_named(order: list[int]) -> None:
    """Two particles at their distance of balance, which turn freely, and two that touch nothing."""
    model = PSS(1.3)
    distance = 1.18 * 2 ** (1 / 6)
    positions = np.array([[0, 0, 0], [distance, 0, 0], [5, 5, 5], [-5, -5, 5]], dtype=float)[order]
    species = np.array([0, 1, 0, 1], dtype=np.int32)[order]
    state = Configuration("inherent", positions, np.array([20.0, 20, 20, 0, 0, 0]), species)
    names = ", ".join(str(order.index(one)) for one in sorted((2, 3), key=order.index))
    message = rf"floppy state of at least 5 zero modes instead of 3, besides 2 rattler\(s\) \({names}\); a h"
    with pytest.raises(NotInherentState, match=message):
        inherent_states.accept(model, state, 1e-6, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame": "x"}, "^frame = 'x' must be a whole number"),
        ({"frame": 1.0}, "^frame = 1.0 must be a whole number"),
        ({"mapping": 5}, "^mapping = 5 must be a mapping between names"),
        ({"mapping": {1: 2}}, r"^mapping = \{1: 2\} must be a mapping between names"),
        ({"quench": "yes"}, "^quench = 'yes' must be true or false"),
    ],
)
def test_arguments_of_read_are_not_blamed_on_the_file(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Glass.read("absent.gsd", PSS(1.5), **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"begun": 3}, "^begun = 3 must be a Descent"), ({"progress": 5}, "^progress = 5 must be a function")],
)
def test_a_quench_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), N, seed=4), **arguments)
