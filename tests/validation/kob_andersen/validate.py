"""The Kob-Andersen mixture at two published state points: thermodynamics and dynamics; see README.md."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import pssglass as pg

DENSITY = 1.2
INTERVALS = {0.8: (0.512, 128), 2.0: (0.0851729, 75)}
"""Time from one snapshot to the next, and its steps."""
CORNER = 0.06
"""Half the width over which the corner of the potential at 2.5 is rounded off."""
MOST_DEVIATIONS = 3.5

Floats = npt.NDArray[np.float64]
Reference = dict[str, str]


@dataclass(frozen=True)
class Row:
    """One quantity beside the reference."""

    temperature: float
    name: str
    ours: float
    error: float
    reference: float
    reference_error: float

    @property
    def deviation(self) -> float:
        return (self.ours - self.reference) / float(np.hypot(self.error, self.reference_error))


def mixture() -> pg.Model:
    """Cut at 2.5 and shifted, as Kob and Andersen have it, but for the corner that this leaves there."""
    return pg.define_model(
        "kob-andersen",
        form="table",
        phi=cut_and_shifted,
        x_first=0.6,
        cutoff=2.5 + CORNER,
        composition=[0.8, 0.2],
        lengths=[[1.0, 0.8], [0.8, 0.88]],
        energies=[[1.0, 1.5], [1.5, 0.5]],
        density=DENSITY,
    )


def cut_and_shifted(x: float) -> float:
    """φ; about 2.5 the polynomial of fifth order that continues it with two derivatives, and ends in none."""
    first = 2.5 - CORNER
    if x <= first:
        return 4.0 * (x**-12 - x**-6) - 4.0 * (2.5**-12 - 2.5**-6)
    width = 2.0 * CORNER
    value, slope, bend = (
        cut_and_shifted(first),
        width * 4.0 * (-12.0 * first**-13 + 6.0 * first**-7),
        width**2 * 4.0 * (156.0 * first**-14 - 42.0 * first**-8),
    )
    t = (x - first) / width
    rest = value + t * (slope + 3.0 * value) + t * t * (bend / 2.0 + 3.0 * slope + 6.0 * value)
    return (1.0 - t) ** 3 * rest


def recorded(T: float, N: int, snapshots: int, equilibration: float, seed: int) -> dict[str, Floats]:
    """One liquid: its means, and mean square displacements and F_s at lags 1, 2, 4, … of the snapshots."""
    interval, steps = INTERVALS[T]
    model, dt = mixture(), interval / steps
    liquid = pg.Liquid.create(model, N, T, seed=seed)
    liquid.run(equilibration, dt)
    edge, track, energies, virials = liquid.box[:3], [liquid.positions], [], []
    for _ in range(snapshots):
        # A thermostat that acts on all alike leaves the motion what it is.
        series = liquid.run(interval, dt, "svr", relaxation_time=1.0, sample_every=steps // 5).series
        energies.append(series["potential_energy"] / N)
        virials.append((series["pressure"] - 2.0 / 3.0 * series["kinetic_energy"] / liquid.volume) / DENSITY)
        moved = liquid.positions - track[-1]
        track.append(track[-1] + moved - edge * np.round(moved / edge))
    found = {
        "energy": np.concatenate(energies).mean(keepdims=True),
        "virial": np.concatenate(virials).mean(keepdims=True),
    }
    path = np.array(track)
    path -= path.mean(axis=1, keepdims=True)
    for name, species, wave_number in (("A", 0, 7.28), ("B", 1, 5.552)):
        own = path[:, liquid.species == species]
        lags = [1 << k for k in range(7) if 1 << k < snapshots]
        moved = [own[lag:] - own[:-lag] for lag in lags]
        found[f"displacement {name}"] = np.array([3.0 * np.mean(d * d) for d in moved])
        found[f"scattering {name}"] = np.array([np.mean(np.cos(wave_number * d)) for d in moved])
    return found


def references() -> list[Reference]:
    with (Path(__file__).parent / "reference.csv").open() as file:
        return list(csv.DictReader(file))


def rows(T: float, runs: list[dict[str, Floats]]) -> Iterator[Row]:
    """Each quantity with its error over independent liquids."""
    for reference in references():
        if float(reference["temperature"]) != T:
            continue
        quantity, species = reference["quantity"], reference["species"]
        if species:
            lag = float(reference["time"]) / INTERVALS[T][0]
            values = [run[f"{quantity} {species}"][round(np.log2(lag))] for run in runs]
            name = f"{quantity} of {species} at t = {float(reference['time']):g}"
        else:
            values, name = [run[quantity][0] for run in runs], quantity
        error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
        yield Row(
            T, name, float(np.mean(values)), error, float(reference["value"]), float(reference["error"])
        )


def validate(N: int, plans: dict[float, tuple[int, float]], liquids: int, workers: int) -> list[Row]:
    """``plans``: snapshots, and time of equilibration, at each temperature."""
    with ProcessPoolExecutor(workers) as pool:
        pending = {
            T: [pool.submit(recorded, T, N, *plan, seed) for seed in range(1, liquids + 1)]
            for T, plan in plans.items()
        }
        runs = {T: [one.result() for one in those] for T, those in pending.items()}
    return [row for T, those in runs.items() for row in rows(T, those)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--particles", type=int, default=4000)
    parser.add_argument("--liquids", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    plans = {0.8: (400, 60.0), 2.0: (600, 10.0)}
    found = validate(options.particles, plans, options.liquids, options.workers)
    print(f"{options.liquids} liquids of {options.particles} at each temperature, pssglass {pg.__version__}")
    print(f"{'T':>4}  {'':<34}{'ours':>10}{'±':>9}{'reference':>11}{'±':>9}{'deviation':>11}")
    for row in found:
        print(f"{row.temperature:>4}  {row.name:<34}{row.ours:>10.5g}{row.error:>9.2g}", end="")
        print(f"{row.reference:>11.5g}{row.reference_error:>9.2g}{row.deviation:>11.1f}")
    worst = max(abs(row.deviation) for row in found)
    print(f"all within {MOST_DEVIATIONS:g} standard errors: {'yes' if worst < MOST_DEVIATIONS else 'no'}")
    return int(worst >= MOST_DEVIATIONS)


if __name__ == "__main__":
    sys.exit(main())
