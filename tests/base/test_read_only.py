"""What is read-only stays so, and is the caller's own no longer."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy

import numpy as np
import pytest

from pssglass.base.read_only import ReadOnlyDict, ReadOnlyList, read_only


def test_an_array_is_copied_once_and_cannot_be_made_writeable() -> None:
    own = np.arange(3.0)
    frozen = read_only(own)
    own[0] = 7.0
    assert frozen[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        frozen[0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        frozen.setflags(write=True)
    assert type(frozen.base) is bytes
    for part in (np.s_[:], np.s_[1:], np.s_[::-2]):
        again = read_only(frozen[part])
        assert np.shares_memory(again, frozen)
        np.testing.assert_array_equal(again, frozen[part])


def test_what_is_done_to_an_array_itself_changes_no_other() -> None:
    """Its shape and type can be set in place, read-only or not, and its memory exchanged."""
    frozen = read_only({"a": np.arange(6.0), "b": ([np.arange(4.0)],)})
    for meddle in (
        lambda array: setattr(array, "shape", (2, -1)),
        lambda array: setattr(array, "dtype", np.int8),
        lambda array: array.__setstate__((1, (1,), np.dtype(float), False, bytes(8))),
    ):
        given = read_only(frozen)
        for array in (given["a"], given["b"][0][0]):
            meddle(array)
    np.testing.assert_array_equal(frozen["a"], np.arange(6.0))
    np.testing.assert_array_equal(frozen["b"][0][0], np.arange(4.0))


def test_a_view_of_what_others_can_write_to_is_copied() -> None:
    own = np.arange(3.0)
    view = own.view()
    view.flags.writeable = False
    frozen = read_only(view)
    own[0] = 7.0
    assert frozen[0] == 0.0


@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_shape_and_type_stay(shape: tuple[int, ...]) -> None:
    array = np.asfortranarray(np.ones(shape, dtype=">i4"))
    frozen = read_only(array)
    assert (frozen.shape, frozen.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(frozen, array)


def test_mappings_lists_and_tuples_are_protected_in_depth() -> None:
    inner = np.zeros(2)
    frozen = read_only({"a": (inner, 1), "b": {"c": 2}, "d": [[1.0], [2.0]]})
    for change in (
        lambda: frozen.update(a=1),
        lambda: frozen["b"].pop("c"),
        lambda: frozen.__setitem__("b", 1),
        lambda: frozen.__delitem__("b"),
        lambda: frozen.__ior__({"d": 1}),
        lambda: frozen["d"].append(1),
        lambda: frozen["d"].__setitem__(0, 1),
        lambda: frozen["d"][1].sort(),
        lambda: frozen["d"].__iadd__([1]),
    ):
        with pytest.raises(TypeError, match="read-only"):
            change()
    with pytest.raises(ValueError, match="read-only"):
        frozen["a"][0][0] = 1.0


def test_lists_are_protected_in_depth() -> None:
    frozen = read_only({"a": [1, [2], {"b": [3]}]})
    for change in (
        lambda: frozen["a"].append(4),
        lambda: frozen["a"].__setitem__(0, 4),
        lambda: frozen["a"].__iadd__([4]),
        lambda: frozen["a"][1].sort(),
        lambda: frozen["a"][2]["b"].pop(),
    ):
        with pytest.raises(TypeError, match="read-only"):
            change()
    assert frozen == {"a": [1, [2], {"b": [3]}]}
    copy = pickle.loads(pickle.dumps(frozen["a"]))
    assert isinstance(copy, ReadOnlyList)
    assert copy == frozen["a"]


def test_read_only_mappings_and_lists_are_still_dicts_and_lists() -> None:
    frozen = read_only({"a": 1, "b": {"c": [2]}})
    assert frozen == {"a": 1, "b": {"c": [2]}}
    assert json.loads(json.dumps(frozen)) == frozen
    for copy in (pickle.loads(pickle.dumps(frozen)), deepcopy(frozen)):
        assert isinstance(copy, ReadOnlyDict)
        assert isinstance(copy["b"]["c"], ReadOnlyList)
        assert copy == frozen
