"""Volumes at constant pressure beside what other ensembles and LAMMPS say of them; see README.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

import pssglass as pg
from pssglass.analysis.correlation import blocked_mean
from pssglass.base.results import ScalarStatistics

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

from lammps_program import Lammps, Settings, _log, _logged

N, TEMPERATURE, RC = 108, 2.0, 1.2
PRESSURES = (14.0, 15.5)
TIME_STEP = 0.003
EVERY = 20
BAROSTAT = {"barostat_relaxation_time": 0.5, "compressibility": 0.014}
DENSITIES = (0.585, 0.6, 0.615, 0.63)
MOST_DEVIATIONS = 4.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Volume, pressure and potential energy of one run, equally spaced."""

    volume: Floats
    pressure: Floats
    energy: Floats

    @property
    def compressibility(self) -> ScalarStatistics:
        """⟨δV²⟩/(T⟨V⟩)."""
        return blocked_mean((self.volume - self.volume.mean()) ** 2 / (TEMPERATURE * self.volume.mean()))


def held(thermostat: str, pressure: float, time: float, every: int = 20) -> Series:
    """Our liquid at constant pressure."""
    liquid = pg.Liquid.create(pg.PSS(RC), N, TEMPERATURE, seed=5)
    settings = {**BAROSTAT, "pressure": pressure, "barostat_every": every}
    liquid.run(20.0, TIME_STEP, thermostat, **settings)  # type: ignore[arg-type]
    series = liquid.run(time, TIME_STEP, thermostat, sample_every=EVERY, **settings).series  # type: ignore[arg-type]
    return Series(series["volume"], series["pressure"], series["potential_energy"])


def at_volume(density: float, time: float) -> tuple[float, float]:
    """Pressure of our liquid at constant volume, and its error."""
    liquid = pg.Liquid.create(pg.PSS(RC, density=density), N, TEMPERATURE, seed=6)
    liquid.run(20.0, TIME_STEP)
    found = blocked_mean(liquid.run(time, TIME_STEP, sample_every=EVERY).series["pressure"])
    return found.mean, found.standard_error


def lammps(pressure: float, time: float) -> Series:
    """The same liquid in LAMMPS, with `fix npt`."""
    liquid = pg.Liquid.create(pg.PSS(RC), N, TEMPERATURE, seed=5)
    steps = round(time / TIME_STEP)
    commands = (
        f"velocity all create {TEMPERATURE} 77 loop geom\n"
        f"fix 1 all npt temp {TEMPERATURE} {TEMPERATURE} 0.5 iso {pressure} {pressure} 1.0\n"
        f"{_log('vol', 'press', 'pe')}\nthermo {EVERY}\nrun {round(20.0 / TIME_STEP)}\nrun {steps}"
    )
    with tempfile.TemporaryDirectory() as folder:
        program = Lammps(liquid.model, liquid.configuration, Path(folder))
        output = program.run(commands, Settings("spline", 2000), dt=TIME_STEP)
    return Series(*np.array(_logged(output)).T)


class Isotherm:
    """The pressure over the density, a parabola through measured points."""

    def __init__(self, pressures: Floats, errors: Floats) -> None:
        self._parabola = np.polynomial.Polynomial.fit(DENSITIES, pressures, 2, w=1.0 / errors)
        self._errors = errors

    def __call__(self, pressure: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """Mean volume and compressibility with their errors, by the distribution exp(∫(p − P) dV/T) of V."""
        volumes = np.linspace(N / (DENSITIES[-1] + 0.03), N / (DENSITIES[0] - 0.03), 4001)
        work = np.cumsum(self._parabola(N / volumes) - pressure) * (volumes[1] - volumes[0])
        weights = np.exp((work - work.max()) / TEMPERATURE)
        mean = float(np.average(volumes, weights=weights))
        variance = float(np.average((volumes - mean) ** 2, weights=weights))
        slope = float(self._parabola.deriv()(N / mean))
        error = float(np.mean(self._errors))
        slope_error = error / float(np.std(DENSITIES) * np.sqrt(len(DENSITIES)))
        beta = variance / (TEMPERATURE * mean)
        return (mean, mean**2 / N * error / slope), (beta, beta * slope_error / slope)


def log_ratio_slope(first: Floats, second: Floats) -> tuple[float, float]:
    """Slope over V of ln[P₁(V)/P₂(V)] by logistic regression, and its error from ten blocks."""

    def fit(one: Floats, other: Floats) -> float:
        values, centre = np.concatenate([one, other]), (one.mean() + other.mean()) / 2.0
        signs = np.repeat([1.0, -1.0], [len(one), len(other)])

        def loss(parameters: Floats) -> float:
            a, b = parameters
            return float(np.logaddexp(0.0, -signs * (a + b * (values - centre))).sum())

        return float(minimize(loss, [0.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-6}).x[1])

    blocks = zip(np.array_split(first, 10), np.array_split(second, 10), strict=True)
    slopes = np.array([fit(one, other) for one, other in blocks])
    return fit(first, second), float(slopes.std(ddof=1) / np.sqrt(10))


Row = tuple[str, float, float, float, float]
"""What is compared, ours and its error, the other and its error."""


def rows(time: float) -> Iterator[Row]:
    """All comparisons; ``time`` is that of each run."""
    low, high = PRESSURES
    with ProcessPoolExecutor(2) as pool:
        ours = {
            (thermostat, pressure): pool.submit(held, thermostat, pressure, time)
            for thermostat in ("langevin", "svr")
            for pressure in PRESSURES
        }
        seldom = pool.submit(held, "langevin", low, time, 100)
        isochores = [pool.submit(at_volume, density, time) for density in DENSITIES]
        theirs = pool.submit(lammps, low, time / 2.0)
        liquids = {key: one.result() for key, one in ours.items()}
        liquids["langevin, moves five times as rare", low] = seldom.result()
        pressures, errors = np.transpose([one.result() for one in isochores])
        other = theirs.result()
    isotherm = Isotherm(pressures, errors)
    for (name, pressure), one in liquids.items():
        label = f"{name}, P = {pressure:g}"
        held_at, volume = blocked_mean(one.pressure), blocked_mean(one.volume)
        # At zero total momentum the centre of mass lacks its share.
        share = TEMPERATURE * float(np.mean(1.0 / one.volume)) if name == "svr" else 0.0
        yield f"{label}: mean pressure", held_at.mean + share, held_at.standard_error, pressure, 0.0
        volume_there, beta_there = isotherm(pressure)
        yield f"{label}: V, isotherm", volume.mean, volume.standard_error, *volume_there
        beta = one.compressibility
        yield (
            f"{label}: ⟨δV²⟩/T⟨V⟩, isotherm",
            *(beta.mean, beta.standard_error),
            *beta_there,
        )
    for name in ("langevin", "svr"):
        slope, error = log_ratio_slope(liquids[name, low].volume, liquids[name, high].volume)
        yield f"{name}: slope of ln[P₁(V)/P₂(V)]", slope, error, (high - low) / TEMPERATURE, 0.0
    for quantity in ("volume", "energy"):
        mine, peer = (blocked_mean(getattr(one, quantity)) for one in (liquids["langevin", low], other))
        yield f"LAMMPS: {quantity}", mine.mean, mine.standard_error, peer.mean, peer.standard_error
    mine, peer = liquids["langevin", low].compressibility, other.compressibility
    yield "LAMMPS: ⟨δV²⟩/T⟨V⟩", mine.mean, mine.standard_error, peer.mean, peer.standard_error


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", type=float, default=2000.0, help="of each run")
    time = parser.parse_args().time
    print(f"pss, r_c = {RC}, N = {N}, T = {TEMPERATURE}, runs of {time:g} time units (LAMMPS: half as long)")
    print(f"{'':<58}{'ours':>10}{'±':>9}{'expected':>11}{'±':>9}{'deviation':>11}")
    worst = 0.0
    for name, ours, error, expected, expected_error in rows(time):
        deviation = (ours - expected) / np.hypot(error, expected_error)
        worst = max(worst, abs(deviation))
        print(
            f"{name:<58}{ours:>10.5g}{error:>9.2g}{expected:>11.5g}{expected_error:>9.2g}{deviation:>11.1f}"
        )
    verdict = "yes" if worst < MOST_DEVIATIONS else "no"
    print(f"all within {MOST_DEVIATIONS:g} standard errors: {verdict}")
    return int(worst >= MOST_DEVIATIONS)


if __name__ == "__main__":
    sys.exit(main())
