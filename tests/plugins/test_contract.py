"""The contract test catches what it is there to catch."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import ObservableFailed
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.plugins.contract import GlassObservableContract, ObservableContract
from pssglass.plugins.protocol import Column
from pssglass.simulation.start import random_configuration


def contract(compute: Callable[[Any], object]) -> ObservableContract:
    class Meddler:
        name, version, level, requires, parameters = "meddler", "1", "sample", (), {}
        columns = (Column("meddled", "1", "something"),)

        def compute(self, subject: Any, parameters: Any) -> dict[str, float]:
            compute(subject)
            return {"meddled": 1.0}

    checked = ObservableContract()
    checked.observable = Meddler()
    return checked


@pytest.mark.parametrize(
    "meddle",
    [
        lambda glass: glass.positions.fill(0.0),
        lambda glass: glass.box.__imul__(2.0),
        lambda glass: glass.modes(3).vectors.sort(),
        lambda glass: glass.hessian().data.fill(0.0),
        lambda glass: setattr(glass, "model", None),
        lambda glass: setattr(glass, "moduli", lambda: None),
        lambda glass: glass.model.parameters.update(rc=3.0),
        lambda glass: glass.model.parameters["size_ratios"].reverse(),
    ],
)
def test_writing_into_a_glass_fails(meddle: Callable[[Glass], object]) -> None:
    glass = Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), 108, seed=4), method="fast")
    with pytest.raises(ObservableFailed, match="meddler: "):
        contract(meddle).test_leaves_its_subject_alone(glass)
    contract(lambda one: one.modes(3).vectors.copy().sort()).test_leaves_its_subject_alone(glass)


@pytest.mark.parametrize(
    "meddle",
    [
        lambda subject: subject.values.append(1.0),
        lambda subject: subject.table["a"].fill(next(subject.count)),
        lambda subject: setattr(subject, "label", f"{subject.label}!"),
        lambda subject: setattr(subject, "label", "y"),
    ],
)
def test_writing_into_another_subject_is_noticed(meddle: Callable[[Any], object]) -> None:
    subject = SimpleNamespace(values=[], table={"a": np.zeros(3)}, label="x", count=iter(range(1, 9)))
    with pytest.raises(AssertionError):
        contract(meddle).test_leaves_its_subject_alone(subject)
    contract(lambda one: None).test_leaves_its_subject_alone(subject)


@pytest.mark.parametrize("mask", ["by place", "by species"])
def test_gaps_that_move_with_the_origin_are_noticed(mask: str) -> None:
    """A masked entry equals every number: the masks themselves are compared."""

    class Gaps:
        name, version, level, requires, parameters = "gaps", "1", "sample", (), {}
        columns = (Column("gap", "1", "something", ("particles",), True, "particles"),)

        def compute(self, subject: Glass, parameters: Any) -> dict[str, Any]:
            middle = np.mean(subject.positions[:, 0])
            gaps = subject.positions[:, 0] < middle if mask == "by place" else subject.species == 0
            return {"gap": np.ma.masked_array(np.zeros(len(gaps)), gaps)}

    checked = GlassObservableContract()
    checked.observable = Gaps()
    glass = Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), 108, seed=4), method="fast")
    if mask == "by species":
        checked.test_is_the_same_for_the_same_glass(glass, "translation")
    else:
        with pytest.raises(AssertionError, match="masked entries of gap"):
            checked.test_is_the_same_for_the_same_glass(glass, "translation")
