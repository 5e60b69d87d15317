"""Speed of molecular dynamics against N and number of workers, ours and LAMMPS's: numbers and a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import matplotlib.pyplot as plt
import samples
from comparison import Plan, interleaved, timed
from lammps_program import Lammps, Settings
from md import DT, simulation

import pssglass as pg
from pssglass import engine

# Copies of a liquid of 1000 along each edge: N = 10³, 8·10³, 6.4·10⁴, 10⁶.
COPIES = (1, 2, 4, 10)
WORKERS = (1, 2)
PARTICLE_STEPS = 12e6
REPEATS = 3
UNITS = {"pssglass": "thread(s)", "LAMMPS": "rank(s)"}
# Good at every N; the table's rows choose among more.
LAMMPS_SETTINGS = Settings("bitmap", 12, 0.25, "omp")


@dataclass(frozen=True)
class Point:
    """Million particle-steps per second at one size and number of threads (ours) or ranks (LAMMPS)."""

    program: str
    N: int
    workers: int
    speed: float


def measure(plan: Plan) -> list[Point]:
    return [point for copies in (COPIES[:1] if plan.smoke else COPIES) for point in at_size(plan, copies)]


def at_size(plan: Plan, copies: int) -> Iterator[Point]:
    """Both programs with each number of workers at N = 1000 copies³."""
    model = pg.PSS(rc=1.5)
    start = samples.tiled(model, copies, plan.folder)
    lammps = Lammps(model, start, plan.folder / f"lammps_scaling_{copies}")
    steps = plan.steps(max(10, round(PARTICLE_STEPS / start.N)))

    def speed(seconds: tuple[float, ...]) -> float:
        return start.N * steps / median(seconds) / 1e6

    for workers in WORKERS:
        ours, theirs = race(
            simulation(model, start, threads=workers), lammps, steps, workers, min(REPEATS, plan.repeats)
        )
        yield Point("pssglass", start.N, workers, speed(ours))
        yield Point("LAMMPS", start.N, workers, speed(theirs))


def race(
    running: engine.Simulation, lammps: Lammps, steps: int, workers: int, repeats: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    running.run(max(10, steps // 5), DT)
    return interleaved(
        lambda: timed(lambda: running.run(steps, DT)),
        lambda: lammps.molecular_dynamics(LAMMPS_SETTINGS, steps, dt=DT, ranks=workers),
        repeats,
    )


def draw(points: list[Point], plan: Plan) -> None:
    """Writes scaling.png."""
    figure, axes = plt.subplots(figsize=(5, 3.6), layout="constrained")
    for program, colour in (("pssglass", "C0"), ("LAMMPS", "C1")):
        for workers, line in zip(WORKERS, ("-", "--"), strict=True):
            chosen = [point for point in points if (point.program, point.workers) == (program, workers)]
            sizes, speeds = [point.N for point in chosen], [point.speed for point in chosen]
            axes.loglog(sizes, speeds, "o", ls=line, c=colour, label=f"{program}, {workers} {UNITS[program]}")
    axes.set(xlabel="N", ylabel="10⁶ particle-steps/s", title="NVE, PSS r_c = 1.5, T = 1, double")
    axes.legend()
    figure.savefig(plan.folder / "scaling.png", dpi=150)
    plt.close(figure)
