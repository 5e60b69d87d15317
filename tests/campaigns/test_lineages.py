"""Blocks of lineages: what they specify, and what that does not depend on."""

from __future__ import annotations

from typing import Any

import pytest

from pssglass.base.errors import CampaignError
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign, EnsembleSpec


def campaign(name: str = "cold", **changes: Any) -> Campaign:
    block = {
        "model": "pss",
        "parameters": {"rc": 1.5},
        "N": 100,
        "parent_temperatures": [1.0, 2.6, 0.8],
        "lineages": 4,
        "glasses": 3,
        "protocol": {"equilibration_time": 20.0},
    }
    given = {key: value for key, value in {**block, **changes}.items() if value is not None}
    return parse_campaign({"name": name, "seed": 11, "ensembles": [given]})


def specs(found: Campaign) -> list[EnsembleSpec]:
    return [spec for spec, _ in found.ensembles]


def test_each_temperature_is_an_ensemble_and_the_hottest_comes_first() -> None:
    found = campaign()
    assert [spec.parent_temperature for spec in specs(found)] == [2.6, 1.0, 0.8]
    assert [samples for _, samples in found.ensembles] == [12, 12, 12]
    asked = found.replicas["cold-rc1.5-T1.0"]
    assert sorted(asked) == [0, 1, 2, 3, 1000, 1001, 1002, 1003, 2000, 2001, 2002, 2003]


def test_each_step_knows_the_one_before() -> None:
    hot, warm, cold = specs(campaign())
    assert hot.hotter is None
    for step, before in ((warm, hot), (cold, warm)):
        assert step.hotter is not None
        assert {**step.hotter.canonical(), "name": before.name} == before.canonical()


def test_a_specification_comes_back_from_plain_values() -> None:
    for spec in specs(campaign(spacing=2.0)):
        assert EnsembleSpec.from_canonical(spec.canonical()) == spec
        assert EnsembleSpec.from_canonical(spec.canonical()).hash == spec.hash


@pytest.mark.parametrize(
    "changes", [{"lineages": 9}, {"glasses": 1}, {"parent_temperatures": [0.8, 2.6, 1.0, 0.7]}], ids=str
)
def test_more_of_them_or_colder_ones_change_no_specification(changes: dict[str, Any]) -> None:
    assert specs(campaign(**changes))[:3] == specs(campaign())


def test_a_name_changes_no_seed() -> None:
    assert [spec.seed for spec in specs(campaign("other"))] == [spec.seed for spec in specs(campaign())]


@pytest.mark.parametrize(
    "changes",
    [{"spacing": 2.0}, {"parent_temperatures": [2.6, 1.3, 0.8]}, {"parent_temperatures": [0.8]}],
    ids=str,
)
def test_another_history_makes_other_glasses(changes: dict[str, Any]) -> None:
    assert specs(campaign(**changes))[-1].seed != specs(campaign())[-1].seed


def test_values_for_each_temperature_go_by_the_order_of_the_file() -> None:
    found = specs(campaign(protocol={"equilibration_time": [10.0, 5.0, 40.0]}))
    assert [spec.protocol.equilibration_time for spec in found] == [5.0, 10.0, 40.0]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"samples": 3}, "samples and lineages are both given"),
        ({"lineages": None}, "the key 'lineages' is missing"),
        ({"glasses": None}, "the key 'glasses' is missing"),
        ({"lineages": None, "glasses": None, "samples": 3, "spacing": 2.0}, "samples and spacing are both"),
        ({"lineages": None, "glasses": None}, "the key 'samples' is missing"),
        ({"lineages": 0}, "lineages = 0 must be at least 1"),
        ({"lineages": 1001}, "lineages = 1001 must be below 1001"),
        ({"glasses": 2.5}, "glasses = 2.5 must be a whole number"),
        ({"spacing": 0.0}, "spacing = 0.0 must be above 0"),
        ({"spacing": "3"}, "spacing = '3' must be a finite number"),
        ({"parent_temperatures": [1.0, 1.0]}, "a second ensemble cold-rc1.5-T1.0"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CampaignError, match=complaint):
        campaign(**changes)
