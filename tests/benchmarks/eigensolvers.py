"""Our two eigensolvers side by side: seconds of processor time for k modes, factorisation and count included.

OMP_NUM_THREADS=1 python tests/benchmarks/eigensolvers.py [--particles N ...] [--modes K ...] [--repeats R]

Prints the table of cpp/README.md. Processor time, and the least of the repeats: the machine may be busy.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import samples
from threadpoolctl import threadpool_limits

import pssglass as pg
from pssglass import engine
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.mechanics.modes import SOLVERS

TOLERANCE = 1e-10


def main() -> None:
    arguments = parser().parse_args()
    folder = arguments.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model = pg.PSS(rc=1.5)
    print(f"| N | k | {' | '.join(SOLVERS)} |\n|{'-|' * (2 + len(SOLVERS))}")
    with threadpool_limits(1):
        for N in arguments.particles:
            glass = samples.glass(model, N, folder)
            for count in arguments.modes:
                found, seconds = {}, dict.fromkeys(SOLVERS, np.inf)
                for _ in range(arguments.repeats):
                    for solver in SOLVERS:
                        mechanics = mechanics_of(model, glass)
                        found[solver], taken = timed(mechanics, count, solver)
                        seconds[solver] = min(seconds[solver], taken)
                check_equal(*found.values())
                times = " | ".join(f"{seconds[solver]:.2f} s" for solver in SOLVERS)
                print(f"| {N} | {count} | {times} |", flush=True)


def timed(mechanics: engine.Mechanics, count: int, solver: str) -> tuple[np.ndarray, float]:
    """The eigenvalues, and what they took from a given Hessian."""
    mechanics.hessian()
    start = time.process_time()
    found = mechanics.modes(count, TOLERANCE, solver)
    return found["eigenvalues"], time.process_time() - start


def check_equal(block: np.ndarray, spectra: np.ndarray) -> None:
    worst = float(np.abs(block / spectra - 1).max())
    if worst > 1e-9:
        raise SystemExit(f"the solvers disagree: eigenvalues differ by {worst:.1e}")


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    result.add_argument("--particles", type=int, nargs="+", default=[1000, 3000, 10000])
    result.add_argument("--modes", type=int, nargs="+", default=[10, 40, 200])
    result.add_argument("--repeats", type=int, default=3)
    result.add_argument("--output", type=Path, default=Path("build/benchmarks"), help="folder of the glasses")
    return result


if __name__ == "__main__":
    main()
