"""Fits of a model stand beside all ensembles that took part, whichever they are."""

from __future__ import annotations

from dataclasses import replace

from pssglass.base.results import EnsembleData
from pssglass.plugins.registry import Registry
from pssglass.report.relations import relations


def test_a_model_whose_coldest_ensemble_was_not_measured_keeps_its_fit(
    full_campaign: list[EnsembleData],
) -> None:
    keys = {column.name for column in Registry.discover().observables["power_laws"].columns}
    bare = [
        replace(one, values={key: value for key, value in one.values.items() if key not in keys})
        if one.parent_temperature == min(each.parent_temperature for each in full_campaign)
        else one
        for one in full_campaign
    ]
    assert sum(one.values != two.values for one, two in zip(bare, full_campaign, strict=True)) == 2
    assert relations(bare) == relations(full_campaign)
    assert len(relations(bare)) > 4
