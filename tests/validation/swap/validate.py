"""Averages of poly-IPL with and without swap moves, and detailed balance by histograms; see README.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

sys.path.append(str(Path(__file__).resolve().parent))

from swap_chains import Case, Chain, Floats, N, all_chains, mean_and_error, rest_of_born_shear

TEMPERATURES = (1.0, 0.8, 1.3)
NEIGHBOR = 0.95
"""Compared with T = 1 by reweighting."""
REFERENCE = {"energy": (6.972, 0.002), "pressure": (16.957, 0.005), "born_shear": (26.22, 0.02)}
"""N = 500, T = 1: Monte Carlo with and without swaps and Langevin dynamics of an independent code."""
THINNED = 5
"""Energies that follow each other closer tell the histograms nothing."""
MOST_DEVIATIONS = 3.5
"""Of some thirty rows one is above 3 by chance one time in twelve, and above 3.5 one time in seventy."""

Row = tuple[str, float, float, float, float]
"""What is compared, one and its error, the other and its error."""


def cases(time: float, chains: int, most: int) -> list[Case]:
    """All that is simulated; ``most`` chains at T = 1, and there also with half the time step."""
    found = [
        Case(T, swap, time, most if T == 1.0 else chains)
        for T in (*TEMPERATURES, NEIGHBOR)
        for swap in (True, False)
    ]
    return found + [Case(1.0, swap, time, most, halved=True) for swap in (True, False)]


def rows(chains: dict[Case, list[Chain]]) -> Iterator[Row]:
    """With swap against without, half the time step against the whole, T = 1 against the reference."""
    of = {(case.temperature, case.swap, case.halved): runs for case, runs in chains.items()}
    for T, halved in ((T, halved) for T in TEMPERATURES for halved in (False, True)):
        if (T, True, halved) not in of:
            continue
        step = ", dt/2" if halved else ""
        for quantity in REFERENCE:
            ours, other = (mean_and_error(of[T, swap, halved], quantity) for swap in (True, False))
            yield f"{quantity}, T = {T:g}{step}: with and without swap", *ours, *other
        ours, other = rest_of_born_shear(of[T, True, halved], of[T, False, halved])
        yield f"rest of born_shear, T = {T:g}{step}: with and without swap", *ours, *other
    for swap in (True, False):
        way = "with" if swap else "without"
        for quantity, reference in REFERENCE.items():
            whole, half = (mean_and_error(of[1.0, swap, halved], quantity) for halved in (False, True))
            yield f"{quantity}, T = 1, {way} swap: dt and dt/2", *whole, *half
            yield f"{quantity}, T = 1, {way} swap: reference", *whole, *reference
        slope, error = log_ratio_slope(of[1.0, swap, False], of[NEIGHBOR, swap, False])
        expected = 1.0 / NEIGHBOR - 1.0
        yield f"slope of ln[P(U; 1)/P(U; {NEIGHBOR:g})], {way} swap", slope, error, expected, 0.0


def log_ratio_slope(hot: list[Chain], cold: list[Chain]) -> tuple[float, float]:
    """Slope b of ln[P_hot(U)/P_cold(U)] = a + bU by maximum likelihood; its error leaves out chains in turn.

    Where both liquids obey Boltzmann, it is the difference of the inverse temperatures.
    """
    energies = [[N * np.array(chain.energy[::THINNED]) for chain in runs] for runs in (hot, cold)]
    count = min(len(hot), len(cold))
    kept = [[runs[:k] + runs[k + 1 :] for runs in energies] for k in range(count)]
    left_out = np.array([_slope(*map(np.concatenate, each)) for each in kept])
    error = np.sqrt((count - 1) * np.mean((left_out - left_out.mean()) ** 2))
    return _slope(*map(np.concatenate, energies)), float(error)


def _slope(hot: Floats, cold: Floats) -> float:
    """Root of the derivative of the likelihood, with the best offset at every slope."""
    values, centre = np.concatenate([hot, cold]), (hot.mean() + cold.mean()) / 2.0
    is_hot = np.repeat([1.0, 0.0], [len(hot), len(cold)])
    x = (values - centre) / N

    def derivative(slope: float) -> float:
        a = brentq(lambda a: float(np.sum(is_hot - expit(a + slope * x))), -50.0, 50.0)
        return float(np.sum((is_hot - expit(a + slope * x)) * x))

    return float(brentq(derivative, 0.0, 200.0)) / N


def deviation(row: Row) -> float:
    _, ours, error, other, other_error = row
    return float((ours - other) / np.hypot(error, other_error))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", type=float, default=200.0, help="recorded of each chain")
    parser.add_argument("--chains", type=int, default=8, help="at T other than 1")
    parser.add_argument("--most", type=int, default=16, help="at T = 1")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keeps chains: an interrupted campaign goes on")
    options = parser.parse_args()
    plan = cases(options.time, options.chains, options.most)
    found = list(rows(all_chains(plan, options.folder, options.workers)))
    print(
        f"poly-ipl, N = {N}, chains of {options.time:g} time units: {options.chains}, at T = 1 {options.most}"
    )
    print(f"{'':<58}{'one':>10}{'±':>9}{'other':>10}{'±':>9}{'deviation':>11}")
    for row in found:
        name, ours, error, other, other_error = row
        print(f"{name:<58}{ours:>10.5g}{error:>9.2g}{other:>10.5g}{other_error:>9.2g}{deviation(row):>11.1f}")
    worst = max(abs(deviation(row)) for row in found)
    print(f"all within {MOST_DEVIATIONS:g} standard errors: {'yes' if worst < MOST_DEVIATIONS else 'no'}")
    return int(worst >= MOST_DEVIATIONS)


if __name__ == "__main__":
    sys.exit(main())
