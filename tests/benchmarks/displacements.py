"""What recording displacements costs: core-seconds of the same hold with and without, taken in turns.

python tests/benchmarks/displacements.py [N ...]
"""

from __future__ import annotations

import sys
import time

import pssglass as pg
from pssglass.simulation.dynamics import CHUNK
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe

TURNS = 3
STEPS = 20_000
TEMPERATURE = 1.0


def core_seconds(model: pg.Model, N: int, with_displacements: bool) -> float:
    """Of one hold; its trajectory is the same either way."""
    dt = model.default_time_step(TEMPERATURE)
    recipe = Recipe(model, N, TEMPERATURE, Protocol(equilibration_time=STEPS * dt))
    liquid = pg.Liquid.create(model, N, TEMPERATURE, seed=7, melt_time=1.0)
    held = Equilibration(recipe, liquid.volume, None, liquid.species if with_displacements else None)
    begin = time.process_time()
    while steps := min(held.steps_left, CHUNK):
        run = liquid.run(steps * dt, dt, sample_every=held.sample_every, frames=held.frames(steps))
        held.advance(run)
        held.state()
    return time.process_time() - begin


def main() -> None:
    """Print the least of several turns of each kind."""
    for N in [int(one) for one in sys.argv[1:]] or [300, 1000, 3000]:
        for rc in (1.1, 1.5):
            model = pg.PSS(rc=rc)
            times: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(TURNS):
                for kind, spent in times.items():
                    spent.append(core_seconds(model, N, kind))
            without, with_them = min(times[False]), min(times[True])
            print(
                f"N = {N}, r_c = {rc}: {without:.2f} s, {with_them:.2f} s, {with_them / without - 1:+.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
