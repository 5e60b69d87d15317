"""Glasses of lineages beside fresh ones: means, distributions, costs; see README.md."""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pssglass.db import Store
from scipy import stats

from pssglass import pipeline
from pssglass.base.results import EnsembleData

CAMPAIGN = Path(__file__).with_name("campaign.toml")
KEYS = {"energy_per_particle": "u_IS", "shear_modulus": "G", "bulk_modulus": "K"}
RELABELLINGS = 4000
MOST_DEVIATIONS = 4.0
LEAST_CHANCE = 1e-3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One quantity at one temperature: lineages beside fresh samples.

    Attributes:
        deviation: difference of the means in standard errors of the difference.
        chance: of as large a Kolmogorov–Smirnov distance between equal distributions.
        effective: glasses of lineages that count as independent, of so many.
        cost: core-seconds of a fresh sample, over those of glasses of lineages that are worth one.
    """

    temperature: float
    quantity: str
    fresh: tuple[float, float]
    lineages: tuple[float, float]
    deviation: float
    chance: float
    effective: float
    glasses: int
    cost: float


def run(folder: Path, campaign: Path, workers: int) -> Path:
    """The campaign, made and measured by its commands, as far as it is not yet."""
    database = folder / "pssglass.db"
    for command in ("simulate", "analyze"):
        options = [str(campaign), "--db", str(database), "--workers", str(workers)]
        subprocess.run([sys.executable, "-m", "pssglass", command, *options], check=True)
    return database


def rows(database: Path) -> Iterator[Row]:
    """The comparison, from the hottest temperature down."""
    with Store.open(database, read_only=True) as store:
        ensembles, _ = pipeline.ensembles(store, ["energetics", "moduli"])
        costs = dict(store.query("SELECT ensemble, sum(core_seconds) FROM v_samples GROUP BY ensemble")[1])
    for fresh in sorted(ensembles, key=lambda one: -one.parent_temperature):
        if fresh.spacing is None:
            (other,) = (
                one
                for one in ensembles
                if one.spacing is not None and one.parent_temperature == fresh.parent_temperature
            )
            for key in KEYS:
                yield _row(key, fresh, other, costs)


def _row(key: str, fresh: EnsembleData, other: EnsembleData, costs: dict[str, float]) -> Row:
    one, two = fresh.scalars[key], other.scalars[key]
    return Row(
        temperature=fresh.parent_temperature,
        quantity=KEYS[key],
        fresh=(one.mean, one.standard_error),
        lineages=(two.mean, two.standard_error),
        deviation=(two.mean - one.mean) / math.hypot(one.standard_error, two.standard_error),
        chance=chance(fresh.samples[key], other.samples[key], other.lineages[key]),
        effective=two.effective_count,
        glasses=two.count,
        cost=costs[fresh.name] / one.count / (costs[other.name] / two.effective_count),
    )


def chance(fresh: Floats, values: Floats, lineages: npt.NDArray[np.int64]) -> float:
    """Of a Kolmogorov–Smirnov distance as large as this, lineages being correlated as they are.

    Resampled sets, of fresh samples and of whole lineages, are compared with the sets that they are
    drawn from; their distances scatter as those of two sets of one distribution do.
    """
    distance = stats.ks_2samp(fresh, values).statistic
    rng = np.random.default_rng(0)
    members = [values[lineages == number] for number in np.unique(lineages)]
    grid = np.sort(np.concatenate([fresh, values]))
    first, second = _cumulative(fresh, grid), _cumulative(values, grid)
    larger = 0
    for _ in range(RELABELLINGS):
        drawn = np.concatenate([members[index] for index in rng.integers(0, len(members), len(members))])
        own = _cumulative(rng.choice(fresh, fresh.size), grid) - first
        larger += np.max(np.abs(own - (_cumulative(drawn, grid) - second))) >= distance
    return larger / RELABELLINGS


def _cumulative(values: Floats, grid: Floats) -> Floats:
    return np.searchsorted(np.sort(values), grid, side="right") / values.size


def main() -> None:
    """Run the case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the database is, or will be")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    database = run(arguments.folder, CAMPAIGN, arguments.workers)
    print(
        "T_p   quantity  fresh               lineages            deviation  KS chance  effective    cheaper"
    )
    for row in rows(database):
        means = "  ".join(f"{mean:9.4f} ± {error:6.4f}" for mean, error in (row.fresh, row.lineages))
        effective = f"{row.effective:.0f} of {row.glasses}"
        print(
            f"{row.temperature:<5g} {row.quantity:<8}  {means}  {row.deviation:+9.2f}  {row.chance:9.3f}"
            f"  {effective:>10}  {row.cost:8.1f}"
        )


if __name__ == "__main__":
    main()
