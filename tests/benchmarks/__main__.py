"""Side-by-side comparisons with LAMMPS, matscipy and SciPy, one thread against one thread; see README.md.

python tests/benchmarks [--only NAME ...] [--huge] [--scaling] [--output FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import analysis
import campaign
import md
import mechanics
import polydisperse
import quench
import report
import scaling
import sizes
import swaps
import tabulated
from comparison import Plan, Result
from threadpoolctl import threadpool_limits

BENCHMARKS: dict[str, Callable[[Plan], Iterable[Result]]] = {
    "md": md.compare,
    "polydisperse": polydisperse.compare,
    "swap": swaps.compare,
    "table": tabulated.compare,
    "drift": lambda plan: [md.energy_drift(plan)],
    "sizes": sizes.large,
    "campaign": lambda plan: [campaign.throughput(plan)],
    "quench": quench.compare,
    "mechanics": mechanics.compare,
    "analysis": analysis.compare,
}
HUGE: dict[str, Callable[[Plan], Iterable[Result]]] = {
    "million": sizes.million,
    "dipole": lambda plan: [mechanics.huge_dipole(plan)],
}


def main() -> int:
    arguments = parser().parse_args()
    folder = arguments.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    plan = Plan(folder, repeats=arguments.repeats)
    if arguments.smoke:
        plan = Plan(folder, particles=256, large=512, huge=512, repeats=1, liquids=2, smoke=True)
    results: list[Result] = []
    points: list[scaling.Point] = []
    # BLAS and OpenMP get one thread for everybody; our two threads are asked for where they are meant.
    with threadpool_limits(1):
        chosen = [BENCHMARKS[name] for name in arguments.only] + [*HUGE.values()] * arguments.huge
        for result in run(chosen, plan):
            results.append(result)
            report.write(plan, results, points)
        if arguments.scaling:
            points += scaling.measure(plan)
            scaling.draw(points, plan)
            report.write(plan, results, points)
    print(report.table(results))
    return int(
        not all(plan.smoke or result.reached for result in results) or not report.same_physics(results)
    )


def run(benchmarks: Iterable[Callable[[Plan], Iterable[Result]]], plan: Plan) -> Iterator[Result]:
    start = time.monotonic()
    for benchmark in benchmarks:
        for result in benchmark(plan):
            print(f"{time.monotonic() - start:6.0f} s  {result.key}", file=sys.stderr, flush=True)
            yield result


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__.splitlines()[0])
    result.add_argument(
        "--only", nargs="+", choices=list(BENCHMARKS), default=list(BENCHMARKS), help="these alone"
    )
    result.add_argument(
        "--huge", action="store_true", help="N = 10⁶, one dipole at N = 256 000 too (an hour, 8 GB)"
    )
    result.add_argument("--scaling", action="store_true", help="N = 10³ to 10⁶ on one and two threads too")
    result.add_argument("--repeats", type=int, default=7, help="of the short ones; the long ones take fewer")
    result.add_argument("--output", type=Path, default=Path("build/benchmarks"), help="folder of the results")
    result.add_argument("--smoke", action="store_true", help="everything tiny: does it run?")
    return result


if __name__ == "__main__":
    sys.exit(main())
