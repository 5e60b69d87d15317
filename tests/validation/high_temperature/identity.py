"""Measures c(0)/(⟨U_γγ⟩/V), which is 1 in equilibrium, in hot liquids recorded for long; see README.md."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np

import pssglass as pg

TEMPERATURES = {1.1: 6.0, 1.5: 2.6}
BOUND = 0.02
EQUILIBRATION_TIME = 10.0
STEPS_BETWEEN_SAMPLES = 5


def measure(rc: float, N: int, time: float, seed: int) -> tuple[float, float]:
    """V⟨σ²⟩/T and ⟨U_γγ⟩/V of one liquid."""
    temperature = TEMPERATURES[rc]
    liquid = pg.Liquid.create(pg.PSS(rc=rc), N=N, temperature=temperature, seed=seed)
    liquid.run(time=EQUILIBRATION_TIME)
    series = liquid.run(time=time, sample_every=STEPS_BETWEEN_SAMPLES).series
    scale = np.prod(liquid.box[:3]) / temperature
    return float(scale * (series["stress"] ** 2).mean()), float(series["born_shear"].mean())


def ratio(liquids: list[tuple[float, float]]) -> tuple[float, float]:
    """c(0)/(⟨U_γγ⟩/V) of all liquids together, and its standard error."""
    initial, born = np.transpose(liquids)
    deviations = (initial - born * initial.mean() / born.mean()) / born.mean()
    error = float(np.std(deviations, ddof=1) / np.sqrt(len(liquids)))
    return float(initial.mean() / born.mean()), error


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--liquids", type=int, default=32, help="of each r_c")
    parser.add_argument("--particles", type=int, default=1000)
    parser.add_argument("--time", type=float, default=150.0, help="recorded of each liquid")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.liquids} liquids per row, N = {options.particles}, each recorded for {options.time:g}")
    print(f"{'rc':>4}{'T':>6}  {'c(0)/(⟨U_γγ⟩/V)':<17}{'± error':>8}")
    is_within = True
    with ProcessPoolExecutor(options.workers) as pool:
        for rc, temperature in TEMPERATURES.items():
            runs = [
                pool.submit(measure, rc, options.particles, options.time, seed)
                for seed in range(options.liquids)
            ]
            found, error = ratio([run.result() for run in runs])
            print(f"{rc:>4}{temperature:>6}  {found:<17.4f}{error:>8.4f}", flush=True)
            is_within &= abs(found - 1.0) + 2.0 * error < BOUND
    print(f"within {100.0 * BOUND:g} %, two standard errors included: {'yes' if is_within else 'no'}")
    return int(not is_within)


if __name__ == "__main__":
    sys.exit(main())
