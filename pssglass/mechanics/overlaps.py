"""Particles that overlap so much that neither dynamics nor every minimiser can bear it."""

from __future__ import annotations

import numpy as np

from pssglass import engine
from pssglass.configurations import Configuration
from pssglass.models import Model

CLOSE = 0.8
"""Pairs that are looked at, in pair lengths."""
SAME_PLACE = 1e-7
"""Pair lengths; the energy of nearer pairs may be infinite."""
ABSURD = 1e3
"""Energy of a pair, in k_B T, that no equilibrated liquid has."""


def overlap(model: Model, configuration: Configuration, temperature: float) -> str | None:
    """Which pair overlaps most, in words; None where its energy is not absurd at that temperature."""
    species, reach = configuration.species, CLOSE * model.max_cutoff / model.form.x_cut
    with engine.translated():
        pairs, separations = engine.pairs_within(configuration.box, configuration.positions, reach)
    if not len(pairs):
        return None
    i, j = pairs.T
    distances = np.linalg.norm(separations, axis=1)
    closeness = distances / model.pair_lengths(species, configuration.diameters, pairs)
    most = int(np.argmin(closeness))
    nearest = max(float(closeness[most]), SAME_PLACE)
    one, other = int(i[most]), int(j[most])
    energy = model.energies[species[one]][species[other]] * model.potential(nearest)
    if not energy > ABSURD * temperature:
        return None
    return f"particles {one} and {other} overlap: {distances[most]:.3g} apart, with an energy of {energy:.3g}"
