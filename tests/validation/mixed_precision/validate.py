"""Liquids simulated with mixed precision beside liquids simulated in double precision; see README.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

import pssglass as pg
from pssglass import engine
from pssglass.analysis.correlation import stress_autocorrelation

EQUILIBRATION_TIME, PRODUCTION_TIME, FREE_TIME = 30.0, 100.0, 50.0
STEPS_BETWEEN_SAMPLES = 4
LAGS = (0.0, 0.1, 1.0, 3.0)
"""Times at which the stress autocorrelation c(t) is compared."""
BOUND = 3.0
"""Largest difference, in combined standard errors."""
SWAP = {"moves_per_particle": 4.0, "every": 10}


@dataclass(frozen=True)
class State:
    """A model at a temperature; all times are in the given unit, which is that of its collisions."""

    model: pg.Model
    temperature: float
    time_unit: float = 1.0
    swap: Mapping[str, float] | None = None


STATES = {
    "pss 1.1": State(pg.PSS(rc=1.1), 1.0),
    "pss 1.5": State(pg.PSS(rc=1.5), 1.0),
    "kablj": State(pg.KABLJ(), 1.0),
    "hertzian": State(pg.Hertzian(), 0.006, time_unit=10.0),
    "poly-ipl": State(pg.PolyIPL(), 1.0, swap=SWAP),
    "poly-pss": State(pg.PolyPSS(rc=1.2), 1.0, swap=SWAP),
}


@dataclass(frozen=True)
class Comparison:
    """Averages of one quantity with their standard errors, double and mixed."""

    state: str
    quantity: str
    double: tuple[float, float]
    mixed: tuple[float, float]

    @property
    def deviation(self) -> float:
        return (self.mixed[0] - self.double[0]) / float(np.hypot(self.mixed[1], self.double[1]))


def measure(name: str, precision: str, N: int, seed: int) -> dict[str, float]:
    """One liquid: averages in equilibrium, its inherent state, and the drift of its energy in NVE."""
    state = STATES[name]
    T, unit = state.temperature, state.time_unit
    liquid = pg.Liquid.create(state.model, N, T, seed, precision=precision)
    course = {"friction": 1.0 / unit, "swap": state.swap}
    liquid.run(EQUILIBRATION_TIME * unit, **course)
    run = liquid.run(PRODUCTION_TIME * unit, sample_every=STEPS_BETWEEN_SAMPLES, **course)
    volume = float(np.prod(liquid.box[:3]))
    correlation = stress_autocorrelation(run.series["stress"], volume, T)
    spacing = STEPS_BETWEEN_SAMPLES * run.time_step / unit
    return {
        "u": float(run.series["potential_energy"].mean()) / N,
        "p": float(run.series["pressure"].mean()),
        "U_γγ/V": float(run.series["born_shear"].mean()),
        **{f"c({lag * unit:g})": float(correlation[round(lag / spacing)]) for lag in LAGS},
        **({} if run.swap_moves is None else {"swap acceptance": run.swap_moves.acceptance}),
        "u_IS": liquid.quench().energetics().energy_per_particle,
        "drift of E/N, NVE": drift(liquid, FREE_TIME * unit),
    }


def drift(liquid: pg.Liquid, time: float) -> float:
    """Slope of the energy per particle in time, without a thermostat."""
    run = liquid.run(time, thermostat="nve", sample_every=STEPS_BETWEEN_SAMPLES)
    energy = (run.series["potential_energy"] + run.series["kinetic_energy"]) / liquid.N
    times = run.time_step * run.series["step"]
    return float(np.polyfit(times - times[0], energy, 1)[0])


def compare(state: str, double: list[dict[str, float]], mixed: list[dict[str, float]]) -> list[Comparison]:
    def average(samples: list[dict[str, float]], quantity: str) -> tuple[float, float]:
        values = np.array([sample[quantity] for sample in samples])
        return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))

    return [Comparison(state, key, average(double, key), average(mixed, key)) for key in double[0]]


def validate(states: Sequence[str], samples: int, N: int, workers: int) -> list[Comparison]:
    comparisons: list[Comparison] = []
    with ProcessPoolExecutor(workers) as pool:
        for state in states:
            # Seeds differ, so that the two sets are independent.
            double = [pool.submit(measure, state, "double", N, seed) for seed in range(samples)]
            mixed = [pool.submit(measure, state, "mixed", N, samples + seed) for seed in range(samples)]
            comparisons += compare(state, [one.result() for one in double], [one.result() for one in mixed])
    return comparisons


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", nargs="+", default=list(STATES), choices=list(STATES))
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--particles", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    comparisons = validate(options.states, options.samples, options.particles, options.workers)
    revision = str(engine.build_info()["revision"])[:8]
    print(f"{options.samples} liquids each, N = {options.particles}, pssglass {pg.__version__}, {revision}")
    print(f"{'state':<10}{'quantity':<18}{'double':>26}{'mixed':>26}{'difference':>12}")
    for c in comparisons:
        cells = [f"{mean:>14.5g} ± {error:<9.1g}" for mean, error in (c.double, c.mixed)]
        print(f"{c.state:<10}{c.quantity:<18}{cells[0]}{cells[1]}{c.deviation:>10.1f}σ")
    worst = max(comparisons, key=lambda c: abs(c.deviation))
    print(f"largest difference: {worst.deviation:.1f}σ ({worst.quantity}, {worst.state})")
    return int(abs(worst.deviation) > BOUND)


if __name__ == "__main__":
    sys.exit(main())
