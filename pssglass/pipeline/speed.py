"""How fast this machine works: a few seconds of the real thing, sticky spheres at r_c = 1.5."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pssglass import engine
from pssglass.mechanics.glass import Glass
from pssglass.models import PSS
from pssglass.simulation.liquid import Liquid

RC, TEMPERATURE = 1.5, 1.0
SMALL, LARGE = 3000, 10_000
"""Particles of a usual sample, and of one that is worth all threads."""
MODES, DIPOLES = 40, 110
CHUNK_TIME = 0.25


@dataclass(frozen=True)
class Benchmark:
    """What was done, how fast, in which unit."""

    work: str
    value: float
    unit: str


def measure(scale: float = 1.0) -> Iterator[Benchmark]:
    """The speeds, one after another, as they are measured: about ten seconds in all.

    Args:
        scale: of the sample sizes and times; 1 for figures that mean something.
    """
    model, seconds = PSS(rc=RC), 0.4 * scale
    small, large = 2 * round(SMALL * scale / 2), 2 * round(LARGE * scale / 2)
    threads = len(os.sched_getaffinity(0))
    with threadpool_limits(1):
        liquid = Liquid.create(model, small, TEMPERATURE, 1)
        start = liquid.configuration
        yield _dynamics(liquid, "double precision, 1 thread", seconds)
        mixed = Liquid(model, start, temperature=TEMPERATURE, seed=1, precision="mixed")
        yield _dynamics(mixed, "mixed precision, 1 thread", seconds)
        if threads > 1:
            shared = Liquid.create(model, large, TEMPERATURE, 1, threads=threads)
            yield _dynamics(shared, f"double precision, {threads} threads", seconds)
        yield from _mechanics(Liquid(model, start, temperature=TEMPERATURE, seed=1))


def _dynamics(liquid: Liquid, how: str, seconds: float) -> Benchmark:
    liquid.run(CHUNK_TIME)
    steps, elapsed = 0, 0.0
    while elapsed < seconds:
        run = liquid.run(CHUNK_TIME)
        steps, elapsed = steps + run.steps, elapsed + run.wall_time
    work = f"molecular dynamics, N = {liquid.N}, {how}"
    return Benchmark(work, liquid.N * steps / elapsed / 1e6, "million particle-steps/s")


def _mechanics(liquid: Liquid) -> Iterator[Benchmark]:
    """Quench and analysis of one glass, on one thread."""
    for method in ("faithful", "fast"):
        start = time.perf_counter()
        glass = liquid.quench(method)
        yield Benchmark(
            f"quench ({method}) and certificate, N = {liquid.N}", time.perf_counter() - start, "s"
        )
    works: dict[str, Callable[[Glass], object]] = {
        "Hessian": Glass.hessian,
        "moduli": Glass.moduli,
        f"{MODES} modes": lambda glass: glass.modes(MODES),
        f"{DIPOLES} dipoles": lambda glass: glass.dipole_response(n=DIPOLES),
    }
    for name, work in works.items():
        start = time.perf_counter()
        work(_nothing_computed(glass))
        yield Benchmark(f"{name}, N = {liquid.N}", time.perf_counter() - start, "s")


def _nothing_computed(glass: Glass) -> Glass:
    potential = engine.potential_of(glass.model)
    mechanics = engine.Mechanics(
        potential, glass.box, glass.positions, glass.species, diameters=glass.diameters
    )
    return Glass(glass.model, glass.configuration, glass.quench_record, mechanics)
