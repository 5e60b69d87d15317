"""Short forms of validate.py and relaxation.py, and their full forms where there is time."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHAINS = 10


@pytest.fixture(scope="module")
def chains() -> ModuleType:
    """The module swap_chains.py beside this one."""
    sys.path.append(str(Path(__file__).parent))
    return importlib.import_module("swap_chains")


def check(case: ModuleType, rows: list[tuple[str, float, float, float, float]]) -> None:
    for row in rows:
        assert abs(case.deviation(row)) < case.MOST_DEVIATIONS, row


def test_averages_and_histograms_are_those_of_the_canonical_ensemble(
    case: ModuleType, chains: ModuleType
) -> None:
    plan = [one for one in case.cases(30.0, CHAINS, CHAINS) if one.temperature in (1.0, case.NEIGHBOR)]
    rows = list(case.rows(chains.all_chains(plan)))
    assert len(rows) == 22
    check(case, rows)
    slopes = [(slope, error) for name, slope, error, *_ in rows if name.startswith("slope")]
    assert all(error < 0.2 * slope for slope, error in slopes)


@pytest.mark.slow
def test_longer_chains_at_all_temperatures(case: ModuleType, chains: ModuleType) -> None:
    check(case, list(case.rows(chains.all_chains(case.cases(200.0, 8, 16)))))


def test_a_wrong_temperature_would_be_found(case: ModuleType, chains: ModuleType) -> None:
    """Liquids at 1 and 0.97 taken for such at 1 and 0.95."""
    plan = [chains.Case(T, True, 30.0, CHAINS) for T in (1.0, 0.97)]
    found = chains.all_chains(plan)
    slope, error = case.log_ratio_slope(*(found[one] for one in plan))
    assert slope + 3.0 * error < 1.0 / case.NEIGHBOR - 1.0


def test_swaps_let_a_liquid_relax_sooner() -> None:
    sys.path.append(str(Path(__file__).parent))
    relaxation = importlib.import_module("relaxation")
    records = [relaxation.recorded(1.0, seed) for seed in (1, 2, 3, 4)]
    values, errors = relaxation.table(records)
    assert values[2, 0] - errors[2, 0] > 1.05
    assert abs(values[2, 0] - 1.23) < 4.0 * errors[2, 0]  # relaxation.txt
