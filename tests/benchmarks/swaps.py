"""Swap moves beside LAMMPS's `fix atom/swap`: attempts per second, one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import samples
from comparison import Check, Comparison, Plan, interleaved, relative
from lammps_program import EXACT, TABLES, Lammps, LammpsError, Settings
from md import simulation
from polydisperse import Typed, types

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration

TEMPERATURE = samples.TEMPERATURE
SPEED = "M attempts/s"
UNIT = 1e6
EVERY = 25
"""Steps between two blocks of N attempts (ours): neighbours change, so finding them is paid for."""
STILL = 1e-9
"""A time step in which nothing moves."""
MOST_DEVIATIONS = 5.0


def compare(plan: Plan) -> Iterator[Comparison]:
    """Exchanges of species in a binary mixture, and of continuous sizes, N = 1500."""
    N = max(256, plan.particles // 2)
    mixture = pg.PSS(rc=1.5)
    start = samples.liquid(mixture, N, plan.folder)
    lammps = Lammps(mixture, start, plan.folder / "lammps_swap-species")
    yield Race("swap-species", "swap of species, r_c 1.5", mixture, start, start, lammps).run(plan)
    model = pg.PolyIPL()
    start = samples.liquid(model, N, plan.folder)
    typed = Typed(model, start, types(plan))
    lammps = typed.lammps(plan.folder / "lammps_swap-sizes")
    work = "swap of continuous sizes, poly-IPL"
    yield Race("swap-sizes", work, model, start, typed.rounded, lammps).run(plan)


@dataclass(frozen=True)
class Race:
    """One liquid; ``common`` is how LAMMPS has it, which exchanges two types."""

    key: str
    work: str
    model: pg.Model
    start: Configuration
    common: Configuration
    lammps: Lammps

    def run(self, plan: Plan) -> Comparison:
        attempts = 40 if plan.smoke else 1000
        tables = TABLES[-1:] if plan.smoke else TABLES
        settings = min(tables, key=lambda each: self.theirs(each, attempts))
        liquid = simulation(self.model, self.start)
        blocks, dt = plan.scaled(200), self.model.default_time_step(TEMPERATURE)
        mine, theirs = interleaved(
            lambda: seconds_per_attempt(swapped(liquid, blocks, EVERY, dt, self.start.N)) * UNIT,
            lambda: self.theirs(settings, attempts) * UNIT,
            plan.repeats,
        )
        return Comparison(
            self.key,
            f"{self.work}, N = {self.start.N}, N attempts every {EVERY} steps",
            f"LAMMPS, fix atom/swap, {settings}",
            mine,
            theirs,
            (self.same_energy(), *self.same_acceptance(settings, 4 * attempts)),
            20,
            None,
            SPEED,
        )

    @property
    def pair(self) -> tuple[int, int]:
        """Types that LAMMPS exchanges, from 1."""
        half = len(self.lammps.model.species) // 2
        return half, half + 1

    def theirs(self, settings: Settings, attempts: int) -> float:
        """Seconds an attempt."""
        try:
            return self.lammps.swaps(settings, self.pair, attempts, TEMPERATURE).seconds / attempts
        except LammpsError:
            return math.inf

    def same_energy(self) -> Check:
        energy, _, _ = self.lammps.energy_and_forces(EXACT)
        common = self.common
        ours = engine.energy_forces(
            engine.potential_of(self.model), common.box, common.positions, common.species, common.diameters
        )
        return Check("energy", relative(ours["energy"], energy), 1e-11)

    def same_acceptance(self, settings: Settings, attempts: int) -> Iterator[Check]:
        """Of two species at the same fixed positions; more than two LAMMPS does not exchange at once."""
        if self.start.diameters is not None:
            return
        record = swapped(simulation(self.model, self.start), 1, 1, STILL, 100 * attempts)
        theirs = self.lammps.swaps(settings, self.pair, attempts, TEMPERATURE)
        share = record["accepted"].sum() / record["attempts"].sum()
        error = math.sqrt(share * (1.0 - share) / attempts)
        yield Check("acceptance", abs(theirs.accepted / theirs.attempts - share), MOST_DEVIATIONS * error)


def swapped(liquid: engine.Simulation, blocks: int, every: int, dt: float, attempts: int) -> dict[str, Any]:
    """What the blocks of attempts did."""
    run = liquid.run(blocks * every, dt, "langevin", TEMPERATURE, swap_every=every, swap_attempts=attempts)
    return dict(run["swap"])


def seconds_per_attempt(record: dict[str, Any]) -> float:
    return float(record["seconds"]) / int(record["attempts"].sum())
