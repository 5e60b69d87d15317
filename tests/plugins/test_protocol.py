"""The plugin protocol: declarations are checked once, returned values every time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from pssglass.base.checks import Bounds
from pssglass.base.errors import BrokenPlugin, InputError, ObservableFailed
from pssglass.plugins.evaluation import check_values, evaluate, full_parameters
from pssglass.plugins.protocol import Column, Level, Observable, check_observable


class Spectrum:
    """A well-behaved observable whose answer is whatever the subject holds."""

    name = "spectrum"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ("moduli",)
    parameters: Mapping[str, Any] = {"count": 3, "cutoff": None}
    columns = (
        Column("gap", "1/time", "lowest frequency"),
        Column("gap_error", "1/time", "its error", optional=True),
        Column("frequency", "1/time", "all of them", ("modes",)),
        Column("vector", "1", "eigenvectors", ("modes", 3)),
    )

    def compute(self, subject: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return dict(subject)


GOOD: dict[str, Any] = {"gap": 0.5, "frequency": np.array([0.5, 0.7]), "vector": np.zeros((2, 3))}


def test_a_class_with_all_declarations_is_an_observable() -> None:
    check_observable(Spectrum())
    assert isinstance(Spectrum(), Observable)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("name", "Spectrum of modes"),
        ("name", 7),
        ("version", ""),
        ("level", "glass"),
        ("requires", ["moduli"]),
        ("parameters", {"count": {1, 2}}),
        ("parameters", {"cutoff": math.nan}),
        ("bounds", {"cuont": Bounds(at_least=1)}),
        ("bounds", {"count": Bounds(at_least=4)}),
        ("bounds", {"count": (1, 5)}),
        ("on_request", "yes"),
        ("columns", ()),
        ("columns", (Column("gap", "1", ""), Column("gap", "1", ""))),
        ("columns", (Column("the gap", "1", ""),)),
        ("columns", ("gap",)),
        ("compute", None),
        ("compute", lambda subject: {}),
    ],
)
def test_a_wrong_declaration_is_named(attribute: str, value: object) -> None:
    broken = Spectrum()
    setattr(broken, attribute, value)
    with pytest.raises(BrokenPlugin, match=rf"{attribute} is .*, expected "):
        check_observable(broken)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((Column("a", "1", "", ("n",), table="My table"),), "table is 'My table', expected a lower-case"),
        ((Column("a", "1", "", table="t"),), r"a of table 't' has shape \(\), expected one free dimension"),
        ((Column("a", "1", "", (3,), table="t"),), r"a of table 't' has shape \(3,\), expected"),
        ((Column("a", "1", "", ("n", 3), table="t"),), "expected one free dimension"),
        (
            (Column("a", "1", "", ("n",), table="t"), Column("b", "1", "", ("m",), table="t")),
            "b of table 't' has shape",
        ),
        ((Column("a", "1", "", ("n",), True, "t"),), "a, the first column of table 't', is optional"),
    ],
)
def test_columns_of_a_table_have_one_length(columns: tuple[Column, ...], message: str) -> None:
    broken = Spectrum()
    broken.columns = columns  # type: ignore[assignment]
    with pytest.raises(BrokenPlugin, match=message):
        check_observable(broken)
    broken.columns = (Column("a", "1", "", ("n",), table="t"), Column("b", "1", "", ("n",), True, "t"))  # type: ignore[assignment]
    check_observable(broken)
    broken.level = "ensemble"
    with pytest.raises(BrokenPlugin, match="table 't' is of level 'ensemble', expected 'sample'"):
        check_observable(broken)


def test_missing_declarations_are_all_named() -> None:
    with pytest.raises(BrokenPlugin, match="lacks version, level, requires, parameters, columns, compute"):
        check_observable(type("Empty", (), {"name": "empty"})())


def test_values_come_back_as_floats_and_contiguous_arrays() -> None:
    reversed_rows = np.arange(6, dtype=np.float32).reshape(3, 2).T[::-1]
    values = check_values(Spectrum(), {"gap": np.int64(2), "frequency": [1, 2], "vector": reversed_rows})
    assert values["gap"] == 2.0
    assert isinstance(values["gap"], float)
    frequency, vector = values["frequency"], values["vector"]
    assert isinstance(frequency, np.ndarray)
    assert frequency.dtype == np.int64
    assert isinstance(vector, np.ndarray)
    assert vector.dtype == np.float64
    assert vector.flags["C_CONTIGUOUS"]


def test_an_optional_value_may_be_left_out_or_given() -> None:
    assert "gap_error" not in check_values(Spectrum(), GOOD)
    assert check_values(Spectrum(), {**GOOD, "gap_error": 0.1})["gap_error"] == 0.1


def test_entries_of_a_table_that_have_no_value_are_masked() -> None:
    columns = (Column("a", "1", "", ("n",), table="t"), Column("b", "1", "", ("n",), True, "t"))
    table = Spectrum()
    table.columns = columns  # type: ignore[assignment]
    b = check_values(table, {"a": [1.0, 2.0], "b": np.ma.masked_invalid([math.nan, 3.0])})["b"]
    assert np.ma.getmaskarray(b).tolist() == [True, False]
    with pytest.raises(ObservableFailed, match="b is nan, expected finite numbers"):
        check_values(table, {"a": [1.0, 2.0], "b": [math.nan, 3.0]})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"gap": math.nan}, "gap is nan, expected finite numbers"),
        ({"gap": math.inf}, "gap is inf, expected finite numbers"),
        ({"frequency": np.array([1.0, -math.inf])}, "frequency is -inf, expected finite numbers"),
        ({"gap": [0.5]}, r"gap has shape \(1,\), declared a scalar"),
        ({"frequency": 0.5}, r"frequency has shape \(\), declared \(modes\)"),
        ({"vector": np.zeros((2, 2))}, r"vector has shape \(2, 2\), declared \(modes, 3\)"),
        ({"vector": np.zeros((4, 3))}, r"vector has shape \(4, 3\), declared \(modes, 3\) with modes = 2"),
        ({"gap": "0.5"}, "gap has type <U3, expected real numbers"),
        ({"gap": True}, "gap has type bool, expected real numbers"),
        ({"gap": None}, "gap has type object, expected real numbers"),
        ({"frequency": np.array([1j, 2])}, "frequency has type complex128, expected real numbers"),
        ({"frequency": [[1.0], [1.0, 2.0]]}, "frequency is no array"),
        ({"gap": np.longdouble("1e400")}, "gap is inf, expected finite numbers"),
        ({"frequency": np.array([1, "1e400"], dtype=np.longdouble)}, "frequency is inf, expected finite"),
        ({"frequency": np.array([1, 2**63], dtype=np.uint64)}, "uint64 with values beyond int64"),
        (
            {"frequency": np.ma.masked_invalid([0.5, math.nan])},
            "masked entries, where only an optional column",
        ),
        ({"gab": 1.0}, "undeclared 'gab'; did you mean 'gap'"),
    ],
)
def test_a_value_off_its_declaration_fails_with_the_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ObservableFailed, match=f"spectrum: .*{reason}"):
        check_values(Spectrum(), {**GOOD, **change})


def test_a_missing_value_fails_with_its_name() -> None:
    with pytest.raises(ObservableFailed, match="did not return frequency, vector"):
        check_values(Spectrum(), {"gap": 1.0})


def test_only_a_mapping_will_do() -> None:
    with pytest.raises(ObservableFailed, match="returned list, expected a mapping"):
        check_values(Spectrum(), [1.0])


def test_an_observable_that_raises_fails_with_kind_and_text() -> None:
    with pytest.raises(
        ObservableFailed, match="spectrum: TypeError: 'int' object is not iterable"
    ) as failure:
        evaluate(Spectrum(), 5)
    assert isinstance(failure.value.__cause__, TypeError)


def test_the_programs_own_errors_need_no_kind() -> None:
    class Refusing(Spectrum):
        def compute(self, subject: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
            raise InputError("3 samples are too few")

    with pytest.raises(ObservableFailed, match=r"^spectrum: 3 samples are too few$"):
        evaluate(Refusing(), None)


def test_parameters_are_defaults_overridden_by_known_names() -> None:
    assert full_parameters(Spectrum(), {"count": 9}) == {"count": 9, "cutoff": None}
    with pytest.raises(InputError, match=r"no parameter 'conut': did you mean 'count'\?"):
        full_parameters(Spectrum(), {"conut": 9})


def test_an_observable_cannot_change_the_parameters_of_others() -> None:
    class Greedy(Spectrum):
        parameters: Mapping[str, Any] = {"lags": [1, [2]], "window": {"low": 0.5}}

        def compute(self, subject: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
            parameters["lags"][1].append(3)
            parameters["window"]["low"] = 0.0
            return GOOD

    given: dict[str, Any] = {"lags": [7, [8]]}
    for _ in range(2):
        evaluate(Greedy(), None, given)
    assert given == {"lags": [7, [8]]}
    assert Greedy.parameters == {"lags": [1, [2]], "window": {"low": 0.5}}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"count": 0}, "count = 0 must be at least 1"),
        ({"count": 9}, "count = 9 must be at most 8"),
        ({"cutoff": 0.0}, "cutoff = 0.0 must be above 0"),
        ({"cutoff": 1}, "cutoff = 1 must be below 1"),
        ({"cutoff": "far"}, "cutoff = 'far' must be a finite number"),
        ({"few": 2.5}, "few = 2.5 must be a whole number"),
        ({"way": "blok"}, "way = 'blok': did you mean 'block'"),
        ({"way": "x"}, "way = 'x': known: block, spectra"),
        ({"ways": ["block", "spctra"]}, "ways = 'spctra': did you mean 'spectra'"),
        ({"ways": []}, r"ways = \[\] must be a list of some of block, spectra"),
        ({"ways": ["block", "block"]}, r"ways = \['block', 'block'\] has 'block' 2 times; name each once"),
        ({"other": ["block"]}, r"other = \['block'\]: did you mean 'block'"),
    ],
)
def test_parameters_stay_within_their_bounds(given: dict[str, Any], message: str) -> None:
    class Bounded(Spectrum):
        parameters: Mapping[str, Any] = {
            **{"count": 3, "cutoff": None, "few": None},
            **{"way": "block", "ways": ["block"], "other": None},
        }
        bounds: Mapping[str, Bounds] = {
            "count": Bounds(at_least=1, at_most=8),
            "cutoff": Bounds(above=0.0, below=1.0),
            "few": Bounds(whole=True),
            "way": Bounds(one_of=("block", "spectra")),
            "ways": Bounds(some_of=("block", "spectra")),
            "other": Bounds(one_of=("block", "spectra")),
        }

    check_observable(Bounded())
    allowed = {"count": 8, "cutoff": 0.5, "few": 2, "way": "spectra", "ways": ["spectra", "block"]}
    assert full_parameters(Bounded(), allowed) == {**allowed, "other": None}
    assert full_parameters(Bounded(), {"cutoff": None})["cutoff"] is None
    with pytest.raises(InputError, match=f"observable spectrum: parameter {message}"):
        full_parameters(Bounded(), given)
