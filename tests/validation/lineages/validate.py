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
from pssglass.analysis.statistics import summarize
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
        subprocess.run([sys.executable, "-P", "-m", "pssglass", command, *options], check=True)
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


@dataclass(frozen=True)
class Cost:
    """Core-seconds at one temperature, by u_IS, G and K together.

    Attributes:
        fresh: of a fresh sample.
        glass: of a glass of a lineage.
        effective: independent glasses that those of lineages are worth, the geometric mean of the three.
        cheaper: fresh samples over as many independent glasses of lineages.
        error: standard error of log ``cheaper``, by the jackknife over lineages.
        with_hotter: the same as ``cheaper``, with all first glasses at hotter temperatures paid for here.
    """

    temperature: float
    fresh: float
    glass: float
    effective: float
    glasses: int
    cheaper: float
    error: float
    with_hotter: float


def costs(database: Path) -> Iterator[Cost]:
    """From the hottest temperature down."""
    with Store.open(database, read_only=True) as store:
        ensembles, _ = pipeline.ensembles(store, ["energetics", "moduli"])
        columns = "parent_temperature, ensemble, glass, core_seconds"
        spent = store.query(f"SELECT {columns} FROM v_samples WHERE state = 'done'")[1]
    for other in sorted(ensembles, key=lambda one: -one.parent_temperature):
        if other.spacing is not None:
            T = other.parent_temperature
            own = [seconds for _, name, _, seconds in spent if name == other.name]
            fresh = np.mean([seconds for at, name, _, seconds in spent if at == T and name != other.name])
            ways = {name for _, name, glass, _ in spent if glass}
            before = sum(each for at, name, glass, each in spent if at > T and name in ways and not glass)
            logarithm, error = _log_effective(other)
            effective = min(math.exp(logarithm), other.measured)
            yield Cost(
                *(T, fresh, np.mean(own), effective, len(own)),
                *(fresh * effective / sum(own), error, fresh * effective / (sum(own) + before)),
            )


def _log_effective(ensemble: EnsembleData) -> tuple[float, float]:
    """Mean logarithm of the effective counts of u_IS, G and K, and its error by leaving lineages out."""
    numbers = ensemble.lineages["shear_modulus"]

    def mean(chosen: npt.NDArray[np.bool_]) -> float:
        found = [summarize(ensemble.samples[key][chosen], numbers[chosen]) for key in KEYS]
        return float(np.mean([2.0 * math.log(one.std / one.standard_error) for one in found]))

    left_out = np.array([mean(numbers != one) for one in np.unique(numbers)])
    spread = (left_out.size - 1) / left_out.size * np.sum((left_out - np.mean(left_out)) ** 2)
    return mean(np.ones(numbers.size, dtype=np.bool_)), math.sqrt(spread)


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
    print("\ncore-seconds  a fresh one  of lineages  effective    cheaper (68 %)      with hotter holds")
    for one in costs(database):
        low, high = (one.cheaper * math.exp(sign * one.error) for sign in (-1.0, 1.0))
        effective = f"{one.effective:.0f} of {one.glasses}"
        print(
            f"{one.temperature:<12g}  {one.fresh:11.3f}  {one.glass:11.3f}  {effective:<11}"
            f"  {one.cheaper:.2f} ({low:.2f} - {high:.2f})  {one.with_hotter:17.2f}"
        )


if __name__ == "__main__":
    main()
