"""First configurations: particles placed without overlaps, species and sizes at random."""

from __future__ import annotations

import math

import numpy as np

from pssglass import engine
from pssglass.base.results import Floats
from pssglass.configurations import Configuration, model_record
from pssglass.models import Model

# Independent random numbers from one seed; those of velocities and diameters are 2 and 4.
POSITIONS, SPECIES = range(2)
JITTER = 0.05
# A few dozen steps take the clashes out of the lattice, down to forces usual in a hot liquid.
RELAXATION_FORCE = 50.0
RELAXATION_EVALUATIONS = 500


def random_configuration(model: Model, N: int, seed: int) -> Configuration:
    """N particles of random species on a jittered cubic lattice with vacancies, relaxed until none overlap.

    Raises:
        ModelError: the composition cannot be exact for this N.
        BoxTooSmall: the box is smaller than two cutoffs.
    """
    species = np.repeat(np.arange(len(model.species), dtype=np.int32), model.counts(N))
    species = np.random.default_rng((seed, SPECIES)).permutation(species)
    diameters = None if model.sizes is None else model.sizes.diameters(N, seed)
    box = np.array([*[model.box_length(N)] * 3, 0.0, 0.0, 0.0])
    with engine.translated():
        relaxed = engine.minimize(
            engine.potential_of(model),
            box,
            _lattice(N, box[0], seed),
            species,
            method="fire",
            tolerance=RELAXATION_FORCE,
            max_evaluations=RELAXATION_EVALUATIONS,
            diameters=diameters,
        )
    return Configuration(
        kind="liquid",
        positions=relaxed["positions"],
        box=box,
        species=species,
        species_names=model.species,
        diameters=diameters,
        metadata={"model": model_record(model), "seed": seed},
    )


def _lattice(N: int, edge: float, seed: int) -> Floats:
    """N of the sites of the smallest cubic lattice that has as many, each moved at random a little."""
    rng = np.random.default_rng((seed, POSITIONS))
    sites = math.ceil(round(N ** (1 / 3), 9))
    chosen = rng.permutation(sites**3)[:N]
    grid = np.stack(np.unravel_index(chosen, (sites,) * 3), axis=1)
    positions: Floats = (grid + rng.uniform(-JITTER, JITTER, (N, 3))) * (edge / sites) - edge / 2
    return positions
