"""Compares averages over glasses quenched from hot liquids with reference.csv; see README.md."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import pssglass as pg

RELATIVE_REFERENCE_ERROR = 0.01
EQUILIBRATION_TIME = 20.0
PRODUCTION_TIME = 60.0
STEPS_BETWEEN_SAMPLES = 10
DIPOLES = 110
BOUND = 3.0
"""Largest deviation, in combined standard errors."""


@dataclass(frozen=True)
class Comparison:
    """One average: ours with its standard error, the reference, and their distance in combined errors.

    The reference's error is relative to ``scale``.
    """

    rc: float
    quantity: str
    mean: float
    standard_error: float
    reference: float
    scale: float

    @property
    def deviation(self) -> float:
        combined = np.hypot(self.standard_error, RELATIVE_REFERENCE_ERROR * abs(self.scale))
        return float((self.mean - self.reference) / combined)


Samples = list[dict[str, float]]


def references() -> list[dict[str, float]]:
    with (Path(__file__).parent / "reference.csv").open() as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def measure(rc: float, temperature: float, N: int, seed: int) -> dict[str, float]:
    """Melt, equilibrate, quench one sample and measure it."""
    liquid = pg.Liquid.create(pg.PSS(rc=rc), N=N, temperature=temperature, seed=seed)
    liquid.run(time=EQUILIBRATION_TIME)
    series = liquid.run(time=PRODUCTION_TIME, sample_every=STEPS_BETWEEN_SAMPLES).series
    glass = liquid.quench()
    energetics, moduli = glass.energetics(), glass.moduli()
    return {
        "liquid_energy": float(series["potential_energy"].mean()) / N,
        "liquid_born_shear": float(series["born_shear"].mean()),
        "stress_variance": float((series["stress"] ** 2).mean() * np.prod(liquid.box[:3]) / temperature),
        "omega_g": glass.dipole_response(n=DIPOLES, seed=seed).omega_g,
        "energy_per_particle": energetics.energy_per_particle,
        "shear_modulus": moduli.shear_modulus,
        "bulk_modulus": moduli.bulk_modulus,
        "shear_modulus_nonaffine": moduli.shear_modulus_nonaffine,
        "poisson_ratio": moduli.poisson_ratio,
        "pressure_over_bulk_modulus": energetics.pressure / moduli.bulk_modulus,
        "pressure_over_scale": energetics.pressure / energetics.pressure_scale,
        "coordination": energetics.coordination,
    }


def derived(samples: Samples, density: float = 0.6) -> dict[str, float]:
    """Averages over samples, and ratios of averages: G_na/G, ω_g/ω0 with the mean G, c(0)/(⟨U_γγ⟩/V)."""
    means = {key: float(np.mean([sample[key] for sample in samples])) for key in samples[0]}
    omega_0 = np.sqrt(means["shear_modulus"] / density) * np.cbrt(density)
    means["nonaffine_ratio"] = means.pop("shear_modulus_nonaffine") / means["shear_modulus"]
    means["omega_g_ratio"] = means.pop("omega_g") / float(omega_0)
    means["stress_identity"] = means.pop("stress_variance") / means["liquid_born_shear"]
    return means


def compare(reference: dict[str, float], samples: Samples) -> Iterator[Comparison]:
    """Each average with its jackknife error."""
    left_out = [derived(samples[:k] + samples[k + 1 :]) for k in range(len(samples))]
    for quantity, mean in derived(samples).items():
        spread = np.std([values[quantity] for values in left_out])
        error = float(spread * np.sqrt(len(samples) - 1))
        # The liquid's energy passes through zero: what it has above its inherent states sets the scale.
        zero = reference["energy_per_particle"] if quantity == "liquid_energy" else 0.0
        scale = reference[quantity] - zero
        yield Comparison(reference["rc"], quantity, mean, error, reference[quantity], scale)


def validate(samples: int, N: int, workers: int) -> list[Comparison]:
    rows = references()
    with ProcessPoolExecutor(workers) as pool:
        pending = [
            [
                pool.submit(measure, row["rc"], row["parent_temperature"], N, seed=1000 * k + s)
                for s in range(samples)
            ]
            for k, row in enumerate(rows)
        ]
        return [
            comparison
            for row, futures in zip(rows, pending, strict=True)
            for comparison in compare(row, [future.result() for future in futures])
        ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--particles", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    comparisons = validate(options.samples, options.particles, options.workers)
    print(f"{options.samples} glasses per row, N = {options.particles}, pssglass {pg.__version__}")
    print(f"{'rc':>4}  {'quantity':<27}{'mean':>10} {'± error':>9}{'reference':>11}{'deviation':>11}")
    for c in comparisons:
        ours = f"{c.mean:>10.4f} {c.standard_error:>9.4f}"
        print(f"{c.rc:>4}  {c.quantity:<27}{ours}{c.reference:>11.4f}{c.deviation:>10.1f}σ")
    worst = max(comparisons, key=lambda c: abs(c.deviation))
    print(f"largest deviation: {worst.deviation:.1f}σ ({worst.quantity}, rc = {worst.rc})")
    return int(abs(worst.deviation) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
