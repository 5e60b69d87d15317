"""CHOLMOD beside SPRAL's SSIDS on Hessians of ours: seconds of processor time on one thread.

pip install cmeel-spral cmeel-metis
OMP_NUM_THREADS=1 python tests/benchmarks/factors.py [--particles N ...] [--repeats R] [--core build/editable]

Compiles factors.cc against the core that was built in --core, and prints the table of cpp/README.md; below
it, how far solutions are from CHOLMOD's, and whether each solver repeats its own to the last bit. Both get
the same matrix (one particle pinned) and call the same OpenBLAS, the system's. Processor time,
and the least of the repeats: the machine may be busy.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import samples
from scipy import sparse

import pssglass as pg

HERE = Path(__file__).resolve().parent
PREFIX = Path(sysconfig.get_path("purelib")) / "cmeel.prefix"
COLUMNS = (
    "N", "solver", "analysis", "factor", "one column", "64 columns", "numbers in the factor", "operations",
    "residual",
)  # fmt: skip


def main() -> None:
    arguments = parser().parse_args()
    folder = arguments.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    program = compiled(folder, arguments.core.resolve(), arguments.prefix)
    print(f"| {' | '.join(COLUMNS)} |\n|{'-|' * len(COLUMNS)}")
    below = []
    for N in arguments.particles:
        matrix = folder / f"hessian_{N}.bin"
        write(matrix, N, folder)
        for line in run(program, matrix, arguments.repeats, arguments.prefix).splitlines():
            name, *numbers, alike = line.split("\t")
            seconds = [f"{float(one):.3f} s" for one in numbers[:4]]
            size, operations, residual, distance = map(float, numbers[4:])
            rest = [power(size, 1), power(operations, 1), power(residual, 0)]
            print(f"| {' | '.join([f'{N:_}'.replace('_', ' '), name, *seconds, *rest])} |", flush=True)
            repeats = "repeats itself" if alike == "1" else "does not repeat itself"
            below.append(f"N = {N}, {name}: {distance:.0e} from CHOLMOD's; {repeats}")
    print("", *below, sep="\n")


def power(value: float, digits: int) -> str:
    """In powers of ten, as pages have them.

    >>> power(5.23e6, 1)
    '5.2·10⁶'
    """
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def compiled(folder: Path, core: Path, prefix: Path) -> Path:
    """The program, linked with the core, the system's CHOLMOD and OpenBLAS, and SPRAL."""
    program = folder / "factors"
    includes = ["cpp/core", "/usr/include/suitesparse", prefix / "include", PREFIX / "include/eigen3"]
    libraries = ["-lspral", "-lmetis", "-lcholmod", "-lopenblas", "-fopenmp"]
    root = HERE.parents[1]
    command = ["c++", "-std=c++20", "-O2", *(f"-I{one}" for one in includes), HERE / "factors.cc"]
    command += [
        core / "cpp/core/libpssglass_core.a",
        *libraries[-3:],
        f"-L{prefix / 'lib'}",
        f"-Wl,-rpath-link,{prefix / 'lib'}",
        *libraries[:2],
    ]
    subprocess.run([*command, "-o", program], cwd=root, check=True)
    return program


def write(path: Path, N: int, folder: Path) -> None:
    """A glass's Hessian without its first particle: graph, upper and lower triangle, all by columns."""
    model = pg.PSS(rc=1.5)
    samples.glass(model, N, folder)
    glass = pg.Glass.read(next(folder.glob(f"glass_{model.hash[:8]}_{N}_1.gsd")), model)
    hessian = glass.hessian()[3:, 3:]
    graph = sparse.csc_matrix(sparse.triu(hessian[::3, ::3] != 0))
    arrays = [graph.indptr, graph.indices]
    for half in (sparse.triu(hessian), sparse.tril(hessian)):
        columns = sparse.csc_matrix(half)
        columns.sort_indices()
        arrays += [columns.indptr, columns.indices, columns.data]
    with path.open("wb") as file:
        for array in arrays:
            file.write(np.int64(array.size).tobytes())
            file.write(array.astype(np.float64 if array.dtype.kind == "f" else np.int32).tobytes())


def run(program: Path, matrix: Path, repeats: int, prefix: Path) -> str:
    """What the program prints; SSIDS refuses to work unless OpenMP may cancel."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_CANCELLATION": "TRUE", "OMP_PROC_BIND": "TRUE"}
    environment["LD_LIBRARY_PATH"] = str(prefix / "lib")
    command = [program, matrix, str(repeats)]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    result.add_argument("--particles", type=int, nargs="+", default=[3000, 10000])
    result.add_argument("--repeats", type=int, default=3)
    result.add_argument(
        "--core", type=Path, default=Path("build/editable"), help="folder in which CMake built the core"
    )
    result.add_argument("--prefix", type=Path, default=PREFIX, help="where SPRAL is installed")
    result.add_argument("--output", type=Path, default=Path("build/benchmarks"), help="folder of the glasses")
    return result


if __name__ == "__main__":
    main()
