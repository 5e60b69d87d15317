"""Contract tests for authors of observables: subclass one, and pytest checks your plugin.

from pssglass.testing import GlassObservableContract

class TestMine(GlassObservableContract):
    observable = Mine()

    @pytest.fixture
    def subject(self):
        return pg.Glass.read("tests/glass.extxyz", pg.PSS(rc=1.5))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from pssglass.base.errors import InputError, PssglassError
from pssglass.mechanics.glass import Glass
from pssglass.plugins import same_glass
from pssglass.plugins.evaluation import check_values, evaluate, full_parameters
from pssglass.plugins.protocol import Observable, check_observable
from pssglass.plugins.registry import Registry


def fingerprint(value: object) -> object:
    """What a subject holds, as something to compare: arrays and plain values, however deep."""
    if isinstance(value, Glass):  # what else it has it computes of these, on demand
        return fingerprint([value.model, value.configuration, value.quench_record])
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, Mapping):
        return {key: fingerprint(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [fingerprint(one) for one in value]
    if isinstance(value, str | bytes | int | float | None):
        return repr(value)
    return {name: fingerprint(one) for name, one in getattr(value, "__dict__", {}).items()}


class ObservableContract:
    """What every observable must do; give ``observable`` and a fixture ``subject`` to compute it from."""

    observable: Observable

    @pytest.fixture
    def subject(self) -> object:
        """A subject of the observable's level, for which ``compute`` must succeed."""
        raise NotImplementedError("an observable's test must override the fixture subject")

    def test_follows_the_protocol(self) -> None:
        check_observable(self.observable)

    def test_documents_every_column(self) -> None:
        undocumented = [column.name for column in self.observable.columns if not (column.doc and column.unit)]
        assert undocumented == []

    def test_is_registered_under_its_name(self) -> None:
        assert type(Registry.discover().observables[self.observable.name]) is type(self.observable)

    def test_returns_what_its_columns_declare(self, subject: object) -> None:
        values = evaluate(self.observable, subject)
        assert set(values) <= {column.name for column in self.observable.columns}

    def test_gives_the_same_values_again(self, subject: object) -> None:
        first, second = evaluate(self.observable, subject), evaluate(self.observable, subject)
        assert {name: repr(value) for name, value in first.items()} == {
            name: repr(value) for name, value in second.items()
        }

    def test_leaves_its_default_parameters_alone(self, subject: object) -> None:
        before = full_parameters(self.observable)
        evaluate(self.observable, subject)
        assert full_parameters(self.observable) == before

    def test_leaves_its_subject_alone(self, subject: object) -> None:
        before = fingerprint(subject)
        evaluate(self.observable, subject)
        assert fingerprint(subject) == before

    def test_refuses_unknown_parameters(self, subject: object) -> None:
        with pytest.raises(InputError, match="no_such_parameter"):
            evaluate(self.observable, subject, {"no_such_parameter": 1})


class GlassObservableContract(ObservableContract):
    """What every observable of glasses must do besides, at level ``sample``: ``subject`` is a Glass.

    ``may_change`` names columns that prefer a direction or an order of particles, by the change of
    ``same_glass.CHANGES`` that they need not survive.
    """

    may_change: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @pytest.mark.parametrize("change", same_glass.CHANGES)
    def test_is_the_same_for_the_same_glass(self, subject: Glass, change: str) -> None:
        """Scalars do not depend on where the box begins, on the order of particles, or on the axes.

        Nor do arrays on where the box begins.
        """
        changed, arrays_stay = same_glass.CHANGES[change]
        before, after = evaluate(self.observable, subject), evaluate(self.observable, changed(subject))
        assert set(before) == set(after)
        for name in set(before) - set(self.may_change.get(change, ())):
            if arrays_stay or np.ndim(before[name]) == 0:
                # Masked entries equal everything there.
                now, then = (np.ma.getmaskarray(np.ma.asarray(one[name])) for one in (after, before))
                np.testing.assert_array_equal(now, then, err_msg=f"masked entries of {name}")
                np.testing.assert_allclose(after[name], before[name], rtol=1e-6, atol=1e-8, err_msg=name)

    def test_measures_or_refuses_a_tiny_glass(self, subject: Glass) -> None:
        """What cannot be had of a glass so small is told in words; an error by accident is none."""
        parameters = full_parameters(self.observable)
        try:
            values = self.observable.compute(same_glass.tiny(subject), parameters)
        except PssglassError:
            return
        check_values(self.observable, values)

    def test_may_change_what_there_is(self) -> None:
        columns = {column.name for column in self.observable.columns}
        assert set(self.may_change) <= set(same_glass.CHANGES)
        assert {name for names in self.may_change.values() for name in names} <= columns
