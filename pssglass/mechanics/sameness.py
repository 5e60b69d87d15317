"""Whether two configurations are the same glass, whatever the digits, origin or order of their files."""

from __future__ import annotations

import numpy as np

from pssglass import engine
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.models import Model

TOLERANCE = 1e-5
"""Of λ: once minimised, files of six digits and more have the same distances. Those of two glasses, sorted,
differ by more than 1e-3 λ somewhere, for large N where they are fewest, near contact."""


def are_same(model: Model, one: Configuration, other: Configuration) -> bool:
    """Whether all r/λ within the interaction range agree, sorted, for each pair of species.

    So periodic images, shifts, turns, reflections, and the order of particles of a species change nothing.
    Distances r alone would not tell which particles are the large ones.
    """
    if one.N != other.N:
        return False
    sets = [_distances(model, each) for each in (one, other)]
    for first, second in zip(*sets, strict=True):
        # A pair at the very end of the range may be missing from one of them.
        shared = min(len(first), len(second))
        if np.abs(first[:shared] - second[:shared]).max(initial=0.0) > TOLERANCE:
            return False
        if any((rest[shared:] < model.form.x_cut - TOLERANCE).any() for rest in (first, second)):
            return False
    return True


def _distances(model: Model, configuration: Configuration) -> list[Floats]:
    """r/λ, sorted, of each pair of species."""
    with engine.translated():
        pairs, separations = engine.pairs_within(configuration.box, configuration.positions, model.max_cutoff)
    lengths = model.pair_lengths(configuration.species, configuration.diameters, pairs)
    x = np.linalg.norm(separations, axis=1) / lengths
    first, second = np.sort(configuration.species[pairs], axis=1).T
    kinds = range(len(model.species))
    return [
        np.sort(x[(first == a) & (second == b) & (x < model.form.x_cut)])
        for a in kinds
        for b in kinds
        if a <= b
    ]
