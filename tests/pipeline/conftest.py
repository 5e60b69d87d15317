"""A campaign of small samples and an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pssglass.db import Store

from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign


@pytest.fixture
def campaign() -> Campaign:
    """Two ensembles of two samples of 100 particles."""
    return parse_campaign(
        {
            "name": "tiny",
            "seed": 11,
            "ensembles": [
                {
                    "model": "pss",
                    "parameters": {"rc": 1.5},
                    "N": 100,
                    "parent_temperatures": [2.6, 1.0],
                    "samples": 2,
                    "protocol": {"melt_time": 0.3, "equilibration_time": 0.2},
                }
            ],
        }
    )


@pytest.fixture
def store(memory_folder: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(memory_folder / "glass.db", create=True) as store:
        yield store
