"""The short form of validate.py."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

SHORT = """\
name = "histories"
seed = 6
observables = ["energetics", "moduli"]
"""
BLOCK = """
[[ensembles]]
name = "{name}"
model = "pss"
parameters = {{ rc = 1.5 }}
N = 100
parent_temperatures = [2.6, 1.3]
{size}
protocol = {{ equilibration_time = 20.0 }}
"""


@pytest.mark.slow
def test_lineages_and_fresh_samples_are_the_same_glasses(case: ModuleType, tmp_path: Path) -> None:
    blocks = {"fresh": "samples = 60", "lineages": "lineages = 15\nglasses = 6\nspacing = 2.0"}
    campaign = tmp_path / "campaign.toml"
    campaign.write_text(SHORT + "".join(BLOCK.format(name=name, size=size) for name, size in blocks.items()))
    compared = list(case.rows(case.run(tmp_path, campaign, 2)))
    assert len(compared) == 6
    for row in compared:
        assert abs(row.deviation) < case.MOST_DEVIATIONS, row
        assert row.chance > case.LEAST_CHANCE, row
        assert row.effective > 15.0, row
