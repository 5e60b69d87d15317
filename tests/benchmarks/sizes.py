"""What a particle-step costs in large samples, and what a second thread brings there."""

from __future__ import annotations

import math
from collections.abc import Iterator

import samples
from comparison import Check, Comparison, Plan, interleaved, relative, timed
from md import DT, SPEED, UNIT, same_positions, simulation

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration

MODEL = pg.PSS(rc=1.5)
DEAREST = 1.3
PARTICLE_STEPS = 5e7
COPIES = 10


def large(plan: Plan) -> Iterator[Comparison]:
    """N = 10⁵."""
    yield from both(plan, "", samples.liquid(MODEL, plan.large, plan.folder))


def million(plan: Plan) -> Iterator[Comparison]:
    """N = 10⁶: periodic copies of a small liquid, each with velocities of its own."""
    yield from both(plan, "-million", samples.tiled(MODEL, 1 if plan.smoke else COPIES, plan.folder))


def both(plan: Plan, suffix: str, start: Configuration) -> Iterator[Comparison]:
    yield cost(f"md-cost{suffix}", plan, start)
    yield two_threads(f"md-threads{suffix}", plan, start)


def cost(key: str, plan: Plan, start: Configuration) -> Comparison:
    """One particle-step of the large sample beside one of a usual sample, each on one thread."""
    small = samples.liquid(MODEL, plan.particles, plan.folder)
    sides = [
        (simulation(MODEL, liquid), plan.steps(round(PARTICLE_STEPS / liquid.N)), liquid.N)
        for liquid in (start, small)
    ]
    energies = [energy(running) / N for running, _, N in sides]

    def each(side: tuple[engine.Simulation, int, int]) -> float:
        running, steps, N = side
        return timed(lambda: running.run(steps, DT)) * UNIT / (N * steps)

    for side in sides:
        each(side)
    ours, theirs = interleaved(lambda: each(sides[0]), lambda: each(sides[1]), plan.repeats)
    return Comparison(
        key,
        f"NVE MD, r_c 1.5, N = {start.N}, double",
        f"pssglass, N = {small.N}",
        ours,
        theirs,
        (Check("potential energy per particle", relative(*energies), energy_bound(small.N)),),
        1 / DEAREST,
        None,
        SPEED,
    )


def energy_bound(N: int) -> float:
    """Of the relative difference: four deviations of a liquid's energy at one time, which go as 1/√N."""
    return 2.0 / math.sqrt(N)


def energy(running: engine.Simulation) -> float:
    return float(running.run(1, DT, sample_every=1)["series"]["potential_energy"][-1])


def two_threads(key: str, plan: Plan, start: Configuration) -> Comparison:
    """One large sample on two threads and on one."""
    two, one = (simulation(MODEL, start, threads=threads) for threads in (2, 1))
    steps = plan.steps(round(PARTICLE_STEPS / start.N))
    ours, theirs = interleaved(
        lambda: timed(lambda: two.run(steps, DT)) * UNIT / (start.N * steps),
        lambda: timed(lambda: one.run(steps, DT)) * UNIT / (start.N * steps),
        plan.repeats,
    )
    work = f"the same, N = {start.N}, two threads"
    check = same_positions(two, one)
    return Comparison(key, work, "pssglass, one thread", ours, theirs, (check,), 1.7, None, SPEED)
