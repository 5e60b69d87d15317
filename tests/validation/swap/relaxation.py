"""How much faster poly-IPL relaxes with swap moves: τ of positions and of the stress; see README.md."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pssglass as pg
from pssglass.analysis.correlation import RELAXED, autocorrelation, relaxation_time, stress_autocorrelation

N = 500
SWAP = {"moves_per_particle": 1.0, "every": 25}
WAVE_NUMBER = 5.7
"""Of the first peak of the structure factor."""
TIMES = {1.3: 60.0, 1.0: 150.0, 0.85: 400.0, 0.75: 1000.0, 0.65: 2000.0}
"""T, and how long is recorded without swap; with it a tenth below T = 0.8."""
EQUILIBRATION = {1.3: 50.0, 1.0: 50.0, 0.85: 100.0, 0.75: 150.0, 0.65: 300.0}
"""With swap moves, before either record: both begin in equilibrium, however slow one of them is."""
SNAPSHOTS = 400
EVERY = 8

Floats = npt.NDArray[np.float64]


def recorded(T: float, seed: int) -> dict[str, Any]:
    """F_s(k, t) of all particles and c(t), from one start with swap moves and without."""
    start = pg.Liquid.create(pg.PolyIPL(), N, T, seed=seed)
    start.run(EQUILIBRATION[T], swap=SWAP)
    found: dict[str, Any] = {}
    for way, swap in (("swap", SWAP), ("plain", None)):
        liquid = pg.Liquid(start.model, start.configuration, temperature=T, seed=seed + 500)
        time = TIMES[T] * (0.1 if swap and T < 0.8 else 1.0)
        found[way] = correlations(liquid, time, swap)
    return found


def correlations(liquid: pg.Liquid, time: float, swap: dict[str, Any] | None) -> dict[str, Any]:
    """Each on its own times."""
    edge, here = liquid.box[:3], liquid.positions
    path, stress, dt = [here], [], 0.0
    for _ in range(SNAPSHOTS):
        run = liquid.run(time / SNAPSHOTS, sample_every=EVERY, swap=swap)
        stress.append(run.series["stress"])
        dt = run.time_step
        moved = liquid.positions - path[-1]
        path.append(path[-1] + moved - edge * np.round(moved / edge))
    track = np.array(path)
    track -= track.mean(axis=1, keepdims=True)
    waves = WAVE_NUMBER * track.reshape(len(track), -1)
    scattering = autocorrelation(np.cos(waves)) + autocorrelation(np.sin(waves))
    c = stress_autocorrelation(np.concatenate(stress), liquid.volume, liquid.target_temperature)
    return {
        "interval": time / SNAPSHOTS,
        "scattering": scattering[: SNAPSHOTS // 2].tolist(),
        "stress_interval": EVERY * dt,
        "stress": c[: len(c) // 4].tolist(),
    }


def kept(T: float, seed: int, folder: Path | None) -> dict[str, Any]:
    """The record, from the folder if it is there."""
    path = folder / f"relaxation_T{T:g}_{seed}.json" if folder else None
    if path and path.exists():
        return dict(json.loads(path.read_text()))
    record = recorded(T, seed)
    if path:
        path.write_text(json.dumps(record))
    return record


def times(records: list[dict[str, Any]], way: str) -> tuple[float, float]:
    """τ of F_s at 1/e and of the stress at a tenth, of means over chains; NaN where that is not reached."""
    parts = (("interval", "scattering", np.exp(-1.0)), ("stress_interval", "stress", RELAXED))
    found = []
    for interval, name, level in parts:
        mean = np.mean([record[way][name] for record in records], axis=0)
        tau = relaxation_time(records[0][way][interval] * np.arange(len(mean)), mean, level)
        found.append(np.nan if tau is None else tau)
    return found[0], found[1]


def table(records: list[dict[str, Any]]) -> tuple[Floats, Floats]:
    """Rows plain, swap and their ratio, columns F_s and stress; and errors, by leaving out chains in turn."""

    def of(some: list[dict[str, Any]]) -> Floats:
        plain, swap = np.array(times(some, "plain")), np.array(times(some, "swap"))
        return np.array([plain, swap, plain / swap])

    left_out = np.array([of(records[:k] + records[k + 1 :]) for k in range(len(records))])
    return of(records), np.sqrt(len(records) - 1.0) * left_out.std(axis=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--temperatures", type=float, nargs="+", default=list(TIMES), choices=list(TIMES))
    parser.add_argument("--chains", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keeps records: an interrupted campaign goes on")
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    criteria = f"F_s at k = {WAVE_NUMBER:g} down to 1/e, c down to c(0)/10"
    print(f"poly-ipl, N = {N}, {options.chains} chains; {criteria}")
    print(f"{'T':>5}  {'':<7}{'without swap':>20}{'with swap':>20}{'times faster':>20}")
    with ProcessPoolExecutor(options.workers) as pool:
        pending = {
            T: [pool.submit(kept, T, 100 * number + seed, options.folder) for seed in range(options.chains)]
            for number, T in enumerate(options.temperatures, 1)
        }
        for T, runs in pending.items():
            values, errors = table([run.result() for run in runs])
            for column, name in enumerate(("F_s", "stress")):
                pairs = zip(values[:, column], errors[:, column], strict=True)
                cells = [f"{value:.3g} ± {error:.2g}" for value, error in pairs]
                print(f"{T:>5}  {name:<7}" + "".join(f"{cell:>20}" for cell in cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
