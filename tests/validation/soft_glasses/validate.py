"""Glasses of soft spheres and of continuous sizes against an independent code's averages; see README.md."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import pssglass as pg

N = 1000
SWAP = {"moves_per_particle": 1.0, "every": 25}
ANNEALING = {1.3: 40.0, 0.75: 80.0, 0.58: 150.0, 0.46: 300.0, 0.37: 500.0, 0.32: 1200.0}
"""Parent temperatures of poly-IPL, and the time at each, coming from the one before."""
OTHERS: dict[tuple[str, str], tuple[float, float]] = {
    ("hertzian", ""): (0.006, 1500.0),
    ("poly-pss", "1.2"): (1.0, 30.0),
    ("poly-pss", "1.5"): (1.0, 30.0),
}
"""Model and r_c: parent temperature and time."""
MOST_DEVIATIONS = 3.5
LAGGING = 0.46
"""The highest temperature at which the reference's chain of poly-IPL, cooled step by step, lagged behind."""
UPPER_BOUNDS = ("energy", "liquid_energy", "acceptance")
"""What falls with the energy of a liquid that approaches equilibrium from above."""
ON_A_LINE = 0.58
"""At and below it the reference's pressure and moduli of inherent states are linear in their energy."""

State = tuple[str, str, float]
"""Model, r_c, parent temperature."""
Values = dict[str, float]


@dataclass(frozen=True)
class Row:
    """One average beside the reference."""

    state: State
    quantity: str
    ours: float
    error: float
    reference: float
    reference_error: float
    is_upper_bound: bool = False

    @property
    def deviation(self) -> float:
        """In standard errors of both."""
        return (self.ours - self.reference) / float(np.hypot(self.error, self.reference_error))

    @property
    def agrees(self) -> bool:
        """Whether the deviation is within errors, or below where the reference is an upper bound."""
        return self.deviation < MOST_DEVIATIONS and (self.is_upper_bound or self.deviation > -MOST_DEVIATIONS)


def annealed(seed: int, lowest: float) -> dict[State, Values]:
    """One liquid of poly-IPL, from temperature to temperature down to the lowest, quenched at each."""
    liquid = pg.Liquid.create(pg.PolyIPL(), N, max(ANNEALING), seed=seed)
    found = {}
    for T, time in ANNEALING.items():
        if lowest <= T:
            liquid.target_temperature = T
            found["poly-ipl", "", T] = measured(liquid, time, swap=True)
    return found


def made(model: str, rc: str, seed: int) -> dict[State, Values]:
    """One glass of another model."""
    T, time = OTHERS[model, rc]
    built = pg.PolyPSS(rc=float(rc)) if rc else pg.Hertzian()
    liquid = pg.Liquid.create(built, N, T, seed=seed)
    return {(model, rc, T): measured(liquid, time, swap=bool(rc))}


def measured(liquid: pg.Liquid, time: float, swap: bool) -> Values:
    """Means over the second half of the time, then the inherent state at its end."""
    moves = SWAP if swap else None
    liquid.run(0.5 * time, swap=moves)
    run = liquid.run(0.5 * time, swap=moves, sample_every=40)
    glass = liquid.quench()
    energetics, moduli = glass.energetics(), glass.moduli()
    return {
        "energy": energetics.energy_per_particle,
        "pressure": energetics.pressure,
        "shear_modulus": moduli.shear_modulus_isotropic,
        "bulk_modulus": moduli.bulk_modulus,
        "poisson_ratio": moduli.poisson_ratio,
        "pressure_over_bulk_modulus": energetics.pressure / moduli.bulk_modulus,
        "liquid_energy": float(run.series["potential_energy"].mean()) / N,
        "acceptance": run.swap_moves.acceptance if run.swap_moves else 0.0,
    }


def kept(kind: tuple[str, str], seed: int, lowest: float, folder: Path | None) -> dict[State, Values]:
    """The glasses, from the folder if they are there."""
    path = folder / f"glasses_{kind[0]}{kind[1]}_{lowest:g}_{seed}.json" if folder else None
    if path and path.exists():
        return {tuple(state): values for state, values in json.loads(path.read_text())}
    found = annealed(seed, lowest) if kind[0] == "poly-ipl" else made(*kind, seed)
    if path:
        path.write_text(json.dumps(list(found.items())))
    return found


def rows(glasses: list[dict[State, Values]]) -> Iterator[Row]:
    """Means over glasses with their errors, where there is a reference."""
    with (Path(__file__).parent / "reference.csv").open() as file:
        references = list(csv.DictReader(file))
    for reference in references:
        state = (reference["model"], reference["parameter"], float(reference["temperature"]))
        quantity = reference["quantity"]
        of_state = [glass[state] for glass in glasses if state in glass]
        if not of_state:
            continue
        values = np.array([one[quantity] for one in of_state])
        expected = np.full(len(values), float(reference["value"]))
        lags = state[0] == "poly-ipl" and state[2] <= LAGGING
        if lags and quantity not in UPPER_BOUNDS:
            energies = [one["energy"] for one in of_state]
            expected = np.polyval(line(references, quantity), energies)
        error = float(np.std(values - expected, ddof=1) / np.sqrt(len(values)))
        yield Row(
            state,
            quantity,
            float(values.mean()),
            error,
            float(expected.mean()),
            float(reference["error"]),
            lags and quantity in UPPER_BOUNDS,
        )


def line(references: list[dict[str, str]], quantity: str) -> npt.NDArray[np.float64]:
    """Coefficients of the reference's cold glasses of poly-IPL: a quantity as a function of their energy."""
    energies, values = (
        [
            float(one["value"])
            for one in references
            if one["model"] == "poly-ipl"
            and float(one["temperature"]) <= ON_A_LINE
            and one["quantity"] == name
        ]
        for name in ("energy", quantity)
    )
    return np.polyfit(energies, values, 1)


def validate(samples: int, lowest: float, workers: int, folder: Path | None = None) -> list[Row]:
    kinds = [("poly-ipl", ""), *OTHERS]
    with ProcessPoolExecutor(workers) as pool:
        pending = [
            pool.submit(kept, kind, seed, lowest, folder) for seed in range(1, samples + 1) for kind in kinds
        ]
        return list(rows([one.result() for one in pending]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--lowest", type=float, default=min(ANNEALING), help="temperature of poly-IPL")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keeps what is done: an interrupted run goes on")
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
    found = validate(options.samples, options.lowest, options.workers, options.folder)
    print(f"{options.samples} glasses of each, N = {N}, pssglass {pg.__version__}")
    print(
        f"{'':<19}{'T_p':>6}  {'quantity':<27}{'ours':>10}{'±':>9}{'reference':>11}{'±':>9}{'deviation':>11}"
    )
    for row in found:
        model, rc, T = row.state
        print(f"{model} {rc:<4}".ljust(19) + f"{T:>6g}  {row.quantity:<27}{row.ours:>10.4g}", end="")
        print(
            f"{row.error:>9.2g}{row.reference:>11.4g}{row.reference_error:>9.2g}{row.deviation:>11.1f}",
            end="",
        )
        print("  upper bound" if row.is_upper_bound else "")
    agree = all(row.agrees for row in found)
    print(f"all within {MOST_DEVIATIONS:g} standard errors or their bounds: {'yes' if agree else 'no'}")
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
