"""Chains of poly-IPL with and without swap moves: made once, kept in a folder, reduced to means."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pssglass as pg

N = 500
SWAP = {"moves_per_particle": 1.0, "every": 25}
EVERY = 20
EQUILIBRATION = 0.2
"""Of the recorded time: left out before it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A state point, a way to move, how many chains; ``halved`` halves the default time step."""

    temperature: float
    swap: bool
    time: float
    chains: int
    halved: bool = False

    @property
    def name(self) -> str:
        way = "swap" if self.swap else "plain"
        return f"T{self.temperature:g}_{way}_{self.time:g}{'_halved' if self.halved else ''}"


@dataclass(frozen=True)
class Chain:
    """One chain: energy per particle, pressure and U_γγ/V, sample by sample."""

    energy: list[float]
    pressure: list[float]
    born_shear: list[float]
    acceptance: float


def simulated(case: Case, seed: int) -> Chain:
    """A liquid of its own, melted, held at the temperature by its own moves, and recorded."""
    T = case.temperature
    liquid = pg.Liquid.create(pg.PolyIPL(), N, T, seed=seed)
    dt = liquid.model.default_time_step(T) / (2 if case.halved else 1)
    swap = SWAP if case.swap else None
    liquid.run(EQUILIBRATION * case.time, dt, swap=swap)
    run = liquid.run(case.time, dt, swap=swap, sample_every=EVERY * (2 if case.halved else 1))
    series, volume = run.series, liquid.volume
    # The momenta's part is known: it would only add noise.
    pressure = series["pressure"] + (N * T - 2.0 / 3.0 * series["kinetic_energy"]) / volume
    return Chain(
        (series["potential_energy"] / N).tolist(),
        pressure.tolist(),
        series["born_shear"].tolist(),
        run.swap_moves.acceptance if run.swap_moves else 0.0,
    )


def kept(case: Case, seed: int, folder: Path | None) -> Chain:
    """The chain, from the folder if it is there."""
    path = folder / f"{case.name}_{seed}.json" if folder else None
    if path and path.exists():
        return Chain(**json.loads(path.read_text()))
    chain = simulated(case, seed)
    if path:
        path.write_text(json.dumps(asdict(chain)))
    return chain


def all_chains(cases: list[Case], folder: Path | None = None, workers: int = 2) -> dict[Case, list[Chain]]:
    """The independent chains of every case; seeds differ between cases, too."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        pending = {
            case: [pool.submit(kept, case, 1000 * number + seed, folder) for seed in range(case.chains)]
            for number, case in enumerate(cases, 1)
        }
        return {case: [one.result() for one in runs] for case, runs in pending.items()}


def mean_and_error(chains: list[Chain], quantity: str) -> tuple[float, float]:
    """Over independent chains."""
    return _mean_and_error([np.mean(getattr(chain, quantity)) for chain in chains])


def rest_of_born_shear(chains: list[Chain], other: list[Chain]) -> list[tuple[float, float]]:
    """⟨U_γγ⟩/V of both beyond what follows linearly from energy and pressure, by the same line for both.

    Where their distributions are the same, so are these means.
    """
    both = chains + other
    energy, pressure, born = (
        np.concatenate([getattr(chain, name) for chain in both])
        for name in ("energy", "pressure", "born_shear")
    )
    known = np.stack([np.ones_like(energy), energy, pressure])
    line = np.linalg.lstsq(known.T, born, rcond=None)[0]

    def rest(chain: Chain) -> float:
        means = [1.0, np.mean(chain.energy), np.mean(chain.pressure)]
        return float(np.mean(chain.born_shear) - line @ means)

    return [_mean_and_error([rest(chain) for chain in each]) for each in (chains, other)]


def _mean_and_error(values: list[Any]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
