"""Molecular dynamics beside LAMMPS: speed on the same liquid, and how well the energy is kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import samples
from comparison import Check, Comparison, Observation, Plan, interleaved, relative, timed
from lammps_potential import Floats
from lammps_program import EXACT, SKINS, TABLES, Lammps, LammpsError, Settings

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration

DT = 0.005
# Long enough for a few rebuildings of the neighbour lists, short enough that chaos amplifies rounding little.
COMMON_STEPS = 20
UNIT = 1e6
SPEED = "M particle-steps/s"
# Relative rms error of forces that we let LAMMPS's tables have: coarser ones are not faster.
TABLE_ACCURACY = 2e-5


def simulation(
    model: pg.Model, start: Configuration, *, precision: str = "double", threads: int = 1
) -> engine.Simulation:
    return engine.Simulation(
        engine.potential_of(model),
        start.box,
        start.positions,
        start.velocities,
        start.species,
        model.mass,
        1,
        threads=threads,
        precision=precision,
        diameters=start.diameters,
    )


def compare(plan: Plan) -> Iterator[Comparison]:
    """Kinds of dynamics, each at T = 1 from the same liquid; and two samples at once."""
    sticky, soft = pg.PSS(rc=1.1), pg.PSS(rc=1.5)
    N, large = plan.particles, plan.large
    yield dynamics("md", plan, soft, N, least=4, aim=5.5)
    yield dynamics("md-mixed", plan, soft, N, precision="mixed", least=6, aim=8)
    yield dynamics("md-sticky", plan, sticky, N, least=4, aim=6)
    yield dynamics("md-large", plan, soft, large, workers=2, least=2.5, aim=4)
    yield side_by_side(plan, soft, N)


def dynamics(
    key: str,
    plan: Plan,
    model: pg.Model,
    N: int,
    *,
    precision: str = "double",
    workers: int = 1,
    least: float,
    aim: float,
) -> Comparison:
    """NVE of ours with ``workers`` threads and of LAMMPS with as many ranks, at its best settings."""
    start = samples.liquid(model, N, plan.folder)
    lammps = Lammps(model, start, plan.folder / f"lammps_{key}")
    ends = ", two threads against two MPI ranks" if workers == 2 else ""
    return race(
        key,
        plan,
        f"NVE MD, r_c {model.parameters['rc']}, N = {N}, {precision}{ends}",
        (model, start),
        lammps,
        same_dynamics(model, start, lammps, precision),
        precision=precision,
        workers=workers,
        least=least,
        aim=aim,
    )


def race(
    key: str,
    plan: Plan,
    work: str,
    liquid: tuple[pg.Model, Configuration],
    lammps: Lammps,
    checks: tuple[Check, ...],
    peer: tuple[Settings, Check] | None = None,
    *,
    precision: str,
    workers: int = 1,
    least: float,
    aim: float | None = None,
    note: str = "",
) -> Comparison:
    """The same, given the liquid, how LAMMPS has it, proofs that both compute the same, and its settings."""
    model, start = liquid
    N = start.N
    steps = run_length(plan, N)
    settings, accuracy = peer or fastest(lammps, steps, workers, plan.smoke)
    running = simulation(model, start, precision=precision, threads=workers)
    running.run(steps, DT)
    per_unit = UNIT / (N * steps)
    ours, theirs = interleaved(
        lambda: timed(lambda: running.run(4 * steps, DT)) / 4 * per_unit,
        lambda: lammps.molecular_dynamics(settings, steps, dt=DT, ranks=workers) * per_unit,
        plan.repeats,
    )
    return Comparison(
        key,
        work,
        f"LAMMPS, {settings}",
        ours,
        theirs,
        (*checks, accuracy),
        least,
        aim,
        SPEED,
        note,
    )


def run_length(plan: Plan, N: int) -> int:
    """Steps of one of LAMMPS's runs."""
    return plan.steps(max(100, round(3000 / N * 2000)))


def side_by_side(plan: Plan, model: pg.Model, N: int) -> Comparison:
    """Time for each of two samples that run at once, and for one that runs alone."""
    start = samples.liquid(model, N, plan.folder)
    first, second, alone = (simulation(model, start) for _ in range(3))
    steps = plan.steps(8000)
    with ThreadPoolExecutor(2) as pool:

        def together() -> None:
            list(pool.map(lambda sample: sample.run(steps, DT), (first, second)))

        ours, theirs = interleaved(
            lambda: timed(together) / 2 * UNIT / (N * steps),
            lambda: timed(lambda: alone.run(steps, DT)) * UNIT / (N * steps),
            plan.repeats,
        )
    work = f"the same, two samples of N = {N} side by side"
    check = same_positions(second, alone)
    return Comparison("md-samples", work, "pssglass, one sample", ours, theirs, (check,), 1.9, None, SPEED)


def same_positions(one: engine.Simulation, other: engine.Simulation) -> Check:
    """Bit by bit: neither company nor threads change a trajectory."""
    return Check("positions at the end", float(np.abs(one.positions - other.positions).max()), 0.0)


def fastest(lammps: Lammps, steps: int, ranks: int, smoke: bool) -> tuple[Settings, Check]:
    """LAMMPS's best kind of table here, and then its best skin, each tried twice; smoke: some."""

    def seconds(settings: Settings) -> float:
        try:
            return min(lammps.molecular_dynamics(settings, steps, dt=DT, ranks=ranks) for _ in range(2))
        except LammpsError:
            return np.inf

    if smoke:
        best = replace(TABLES[-1], skin=SKINS[2])
    else:
        style = min(TABLES, key=seconds)
        best = min((replace(style, skin=skin) for skin in SKINS), key=seconds)
    forces, exact = (lammps.energy_and_forces(settings)[1] for settings in (best, EXACT))
    return best, Check("LAMMPS's table, rms force", rms(forces - exact) / rms(exact), TABLE_ACCURACY)


def same_dynamics(model: pg.Model, start: Configuration, lammps: Lammps, precision: str) -> tuple[Check, ...]:
    """Energy and a short trajectory of the very code that is timed, against LAMMPS with the exact formula."""
    energy, _, _ = lammps.energy_and_forces(EXACT)
    still = simulation(model, start, precision=precision).run(1, 1e-12, sample_every=1)
    running = simulation(model, start, precision=precision)
    running.run(COMMON_STEPS, DT)
    apart = running.positions - lammps.positions_after(EXACT, COMMON_STEPS, dt=DT)
    apart -= start.box[:3] * np.round(apart / start.box[:3])
    own_energy = float(still["series"]["potential_energy"][-1])
    bounds = (1e-6, 1e-3) if precision == "mixed" else (1e-11, 1e-9)
    return (
        Check("energy", relative(own_energy, energy), bounds[0]),
        Check(f"positions after {COMMON_STEPS} steps", float(np.abs(apart).max()), bounds[1]),
    )


def energy_drift(plan: Plan) -> Observation:
    """Slope and scatter of the total energy per particle over NVE runs from several liquids, dt = 0.005."""
    model, N = pg.PSS(rc=1.5), plan.particles
    steps, every = plan.scaled(20_000), 10
    ours, theirs = [], []
    for seed in range(1, plan.liquids + 1):
        start = samples.liquid(model, N, plan.folder, seed)
        series = simulation(model, start).run(steps, DT, sample_every=every)["series"]
        total = series["potential_energy"] + series["kinetic_energy"]
        ours.append(slope_and_scatter(total / N, every * DT))
        lammps = Lammps(model, start, plan.folder / f"lammps_drift_{seed}")
        energies = lammps.total_energies(Settings("spline", 4000, 0.3, "omp"), steps, every, dt=DT)
        theirs.append(slope_and_scatter(energies / N, every * DT))
    mine, other = np.array(ours), np.array(theirs)
    allowed = np.abs(other[:, 0]).mean() + 2 * mine[:, 0].std() / np.sqrt(len(mine))
    return Observation(
        "drift",
        f"NVE, r_c 1.5, N = {N}, dt {DT}, {steps} steps: drift of E/N per time; rms about it",
        "LAMMPS, table spline 4000",
        describe(mine),
        describe(other),
        bool(abs(mine[:, 0].mean()) <= allowed and mine[:, 1].mean() <= 1.1 * other[:, 1].mean()),
        {"ours": ours, "theirs": theirs},
    )


def slope_and_scatter(energy: Floats, interval: float) -> tuple[float, float]:
    """Fitted slope in time, and rms distance from the fit."""
    time = np.arange(len(energy)) * interval
    fit = np.polyfit(time, energy, 1)
    return float(fit[0]), float(rms(energy - np.polyval(fit, time)))


def describe(runs: Floats) -> str:
    (slope, scatter), error = runs.mean(axis=0), runs[:, 0].std() / np.sqrt(len(runs))
    return f"{slope:+.1e} ± {error:.0e}; {scatter:.1e}"


def rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
