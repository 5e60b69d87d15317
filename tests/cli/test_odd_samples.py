"""Liquids that crystallise or separate on purpose are caught by ``status``; mixtures that do not are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Program

CAMPAIGN = """
name = "odd"
seed = 5
observables = ["order"]

[models.argon]                  # one species crystallises where mixtures are still liquids
form = "inverse-powers"
exponents = [12, 6]
coefficients = [4.0, -4.0]
cutoff = 2.0
density = 1.0

[models.oil-and-water]          # each of two species keeps to its own
form = "inverse-powers"
exponents = [12, 6]
coefficients = [4.0, -4.0]
cutoff = 2.0
density = 0.8
composition = [0.5, 0.5]
energies = [[1.0, 0.1], [0.1, 1.0]]
lengths = [[1.0, 1.0], [1.0, 1.0]]

[[ensembles]]
model = "argon"
N = 108
parent_temperatures = [0.6]
samples = 1
protocol = { melt_time = 2.0, equilibration_time = 60.0, precision = "mixed", quench = "fast" }

[[ensembles]]
model = "poly-ipl"
name = "alike"
parameters = { largest = 1.0, density = 1.2 }
N = 200
parent_temperatures = [0.3]
samples = 1
protocol = { melt_time = 2.0, equilibration_time = 60.0, precision = "mixed", quench = "fast" }

[[ensembles]]
model = "oil-and-water"
N = 200
parent_temperatures = [2.0]
samples = 1
protocol = { melt_time = 2.0, equilibration_time = 20.0, precision = "mixed", quench = "fast" }

[[ensembles]]
model = "poly-ipl"
name = "mixed"
N = 200
parent_temperatures = [0.6]
samples = 1
protocol = { melt_time = 2.0, equilibration_time = 20.0, quench = "fast", swap = { every = 10 } }
"""


def test_crystals_and_separated_species_are_caught(pssglass: Program) -> None:
    (pssglass.folder / "odd.toml").write_text(CAMPAIGN, encoding="utf-8")
    assert pssglass("simulate", "odd.toml", "--workers", "0").code == 0
    assert pssglass("analyze", "odd.toml", "--workers", "0").code == 0
    told = json.loads(pssglass("status", "--json").out)
    reasons: dict[str, list[str]] = {}
    for flag in told["flags"]:
        reasons.setdefault(flag["subject"].rpartition("odd-")[2], []).append(flag["reason"])
    for crystal in ("argon-T0.6", "alike-T0.3"):
        assert any("crystal? the largest solid-like cluster" in one for one in reasons[crystal]), reasons
    assert any("demixing?" in one for one in reasons["oil-and-water-T2.0"]), reasons
    assert not [one for one in reasons.get("mixed-T0.6", []) if "?" in one]
