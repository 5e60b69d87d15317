"""Two installs of pssglass, say before and after a change, on the same work in turns.

    python tests/benchmarks/versions.py BEFORE/.venv/bin/python AFTER/.venv/bin/python [--only WORK...]

Each install runs in a process of its own, on one thread, from the liquids that the first one made. A ratio
above 1 means that the second is slower: the median over the repeats, of CPU seconds, which hold better than
wall time on a machine that others use.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

Work = Callable[[], object]
Prepare = Callable[[Path], Work]
SEED, TEMPERATURE = 7, 1.0


def liquid(folder: Path, rc: float, N: int = 3000, precision: str = "double") -> Any:
    import pssglass as pg

    model, path = pg.PSS(rc=rc), folder / f"liquid_{rc}_{N}.gsd"
    if not path.exists():
        created = pg.Liquid.create(model, N=N, temperature=TEMPERATURE, seed=SEED)
        created.run(time=2.0)
        created.write(path)
    return pg.Liquid.read(path, model, temperature=TEMPERATURE, seed=SEED, precision=precision)


def molecular_dynamics(rc: float, N: int = 3000, precision: str = "double", time: float = 30.0) -> Prepare:
    def prepare(folder: Path) -> Work:
        moving = liquid(folder, rc, N, precision)
        return lambda: moving.run(time=time)

    return prepare


def quench(method: str) -> Prepare:
    return lambda folder: lambda: liquid(folder, rc=1.5).quench(method=method)


def analysis(measure: Callable[[Any], object]) -> Prepare:
    """Of a glass that is read anew, with its certificate."""

    def prepare(folder: Path) -> Work:
        import pssglass as pg

        path = folder / "glass.gsd"
        if not path.exists():
            liquid(folder, rc=1.5).quench(method="fast").write(path)
        return lambda: measure(pg.Glass.read(path, pg.PSS(rc=1.5)))

    return prepare


WORKS: dict[str, Prepare] = {
    "MD r_c 1.5, double": molecular_dynamics(1.5),
    "MD r_c 1.5, mixed": molecular_dynamics(1.5, precision="mixed"),
    "MD r_c 1.1, double": molecular_dynamics(1.1),
    "MD r_c 1.1, mixed": molecular_dynamics(1.1, precision="mixed"),
    "MD N = 100 000": molecular_dynamics(1.5, N=100_000, time=2.0),
    "quench, fast": quench("fast"),
    "quench, faithful": quench("faithful"),
    "read with certificate": analysis(lambda glass: glass),
    "moduli": analysis(lambda glass: glass.moduli()),
    "40 modes": analysis(lambda glass: glass.modes(40)),
    "110 dipoles": analysis(lambda glass: glass.dipole_response(n=110, seed=1)),
}


def serve(folder: Path) -> None:
    """Prepare the work that a line of standard input names; answer an empty line with its CPU seconds."""
    work: Work | None = None
    for line in sys.stdin:
        if name := line.strip():
            work = WORKS[name](folder)
            print("ready", flush=True)
            continue
        assert work is not None
        start = time.process_time()
        work()
        print(time.process_time() - start, flush=True)


class Install:
    def __init__(self, python: str, folder: str) -> None:
        self._process = subprocess.Popen(
            [python, __file__, "--serve", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        if not (answer := self._process.stdout.readline()):
            raise SystemExit("an install failed: see above")
        return answer.strip()


def compare(before: str, after: str, folder: str, repeats: int, only: list[str]) -> None:
    print("|work|before, s|after, s|after / before|min–max|\n|-|-|-|-|-|", flush=True)
    for name in only or WORKS:
        installs = Install(before, folder), Install(after, folder)
        for one in installs:
            one.ask(name)
        rounds = [tuple(float(one.ask("")) for one in installs) for _ in range(repeats + 1)][1:]
        ratios = [second / first for first, second in rounds]
        first, second = (median(seconds) for seconds in zip(*rounds, strict=True))
        spread = f"{min(ratios):.3f}–{max(ratios):.3f}"
        print(f"|{name}|{first:.4g}|{second:.4g}|**{median(ratios):.3f}**|{spread}|", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", nargs="*", help="of the install before, and of the one after")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--only", nargs="+", choices=WORKS, default=[])
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
    elif len(arguments.python) == 2:
        with tempfile.TemporaryDirectory() as folder:
            compare(*arguments.python, folder, repeats=arguments.repeats, only=arguments.only)
    else:
        parser.error("give two interpreters: of the install before, and of the one after")


if __name__ == "__main__":
    main()
