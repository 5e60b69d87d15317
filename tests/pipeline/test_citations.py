"""A database tells what to cite: what every one rests on, and what its own models and methods do."""

from __future__ import annotations

import re

from pssglass.db import Store

from pssglass import pipeline
from pssglass.campaigns.reader import parse_campaign
from pssglass.models import MODELS
from pssglass.pipeline.citations import ALWAYS, bibliography
from pssglass.pipeline.requests import registry
from pssglass.simulation.stages import own_stages


def keys(text: str) -> set[str]:
    return set(re.findall(r"^@\w+\{(\w+),$", text, re.MULTILINE))


def test_the_bibliography_is_whole_and_says_what_it_is_for() -> None:
    names = [re.findall(r"^@\w+\{(\w+),$", entry, re.MULTILINE) for entry, _ in bibliography()]
    assert all(len(found) == 1 for found in names)
    assert len(names) == len({found[0] for found in names}) >= 20
    allowed = {ALWAYS, "protocol:pressure", "thermostat:langevin", "thermostat:svr"}
    allowed |= {f"model:{name}" for name in MODELS} | {
        f"observable:{name}" for name in registry().observables
    }
    allowed |= {f"protocol:{key}" for key in own_stages().keys}
    allowed |= {f"quench:{method}" for method in ("faithful", "fast", "fire", "lbfgs", "cg")}
    for entry, keywords in bibliography():
        assert keywords <= allowed, entry
        assert keywords
        assert "keywords" not in entry
        assert re.search(r"doi = \{10\.\d{4,}/\S+\}", entry) or entry.startswith("@software")


def test_without_a_database_the_program_and_the_paper() -> None:
    assert keys(pipeline.citations(None)) == {"pssglass", "gonzalez2021"}


def test_of_a_database_its_models_and_methods(store: Store) -> None:
    tables = {
        "name": "swapped",
        "seed": 3,
        "ensembles": [
            {
                "model": "poly-ipl",
                "N": 250,
                "parent_temperatures": [1.0],
                "samples": 1,
                "protocol": {
                    "thermostat": "svr",
                    "equilibration_time": 1.0,
                    "swap": {"moves_per_particle": 1.0, "every": 25},
                },
            }
        ],
    }
    pipeline.prepare(store, parse_campaign(tables, "swapped.toml"))
    found = keys(pipeline.citations(store))
    assert found >= {"pssglass", "gonzalez2021", "lerner2019", "ninarello2017", "grigera2001", "bussi2007"}
    assert not found & {"leimkuhler2013", "bernetti2020", "kob1995", "gelman1992"}
