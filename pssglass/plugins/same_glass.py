"""The same glass, said otherwise: moved, with its particles in another order, or with its axes turned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from pssglass.base.errors import InputError, QuenchNotConverged
from pssglass.base.results import Floats
from pssglass.configurations import Configuration
from pssglass.mechanics.glass import Glass
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.simulation.start import random_configuration

Change = Callable[[Configuration], Configuration]

SHIFT = (0.3137, -0.2211, 0.4513)
"""Of a box length: no simple part of it."""
FEWEST = 60
"""Particles of a tiny glass, if its box is wide enough for the potential."""
MOST = 2000


def translated(configuration: Configuration) -> Configuration:
    """With another origin; particles that leave the box come in again at the other side."""
    shift = np.array(SHIFT) * configuration.box[:3]
    return replace(configuration, positions=_wrapped(configuration, configuration.positions + shift))


def wrapped(configuration: Configuration) -> Configuration:
    """With some particles told by their images in other boxes."""
    rows = np.arange(configuration.N)
    crossings = np.stack([rows % 3 - 1, rows // 3 % 3 - 1, rows // 9 % 3 - 1], axis=1)
    return replace(configuration, positions=configuration.positions + crossings @ _vectors(configuration))


def relabelled(configuration: Configuration) -> Configuration:
    """With particles in another order."""
    order = np.random.default_rng(1).permutation(configuration.N)
    arrays = ("positions", "species", "velocities", "images", "diameters", "list_reference")
    there = {name: getattr(configuration, name) for name in arrays}
    return replace(configuration, **{name: one[order] for name, one in there.items() if one is not None})


def turned(configuration: Configuration) -> Configuration:
    """Turned by 90 degrees about z, then about x: each axis becomes another.

    Raises:
        InputError: its box is tilted.
    """
    if np.any(configuration.box[3:]):
        raise InputError("the box of the subject is tilted; give the contract a glass in an orthogonal box")
    x, y, z = configuration.positions.T
    lengths = configuration.box[[1, 2, 0]]
    box = np.concatenate([lengths, np.zeros(3)])
    return replace(
        configuration,
        positions=np.stack([-y, -z, x], axis=1),
        box=box,
        velocities=None,
        images=None,
        list_reference=None,
        list_box=None,
    )


def _vectors(configuration: Configuration) -> Floats:
    """The three vectors (3, 3) of the box."""
    lx, ly, lz, xy, xz, yz = configuration.box
    return np.array([[lx, 0.0, 0.0], [xy * ly, ly, 0.0], [xz * lz, yz * lz, lz]])


def _wrapped(configuration: Configuration, positions: Floats) -> Floats:
    vectors = _vectors(configuration)
    fractions = positions @ np.linalg.inv(vectors)
    return np.asarray((fractions - np.floor(fractions)) @ vectors)


def _glass(change: Change) -> Callable[[Glass], Glass]:
    """The glass and its parent liquid, changed alike."""

    def changed(glass: Glass) -> Glass:
        configuration, liquid = change(glass.configuration), glass.parent_liquid
        mechanics = mechanics_of(glass.model, configuration)
        other = None if liquid is None else change(liquid)
        return Glass(glass.model, configuration, glass.quench_record, mechanics, lambda: other)

    return changed


CHANGES: Mapping[str, tuple[Callable[[Glass], Glass], bool]] = {
    "translation": (_glass(translated), True),
    "wrapping": (_glass(wrapped), True),
    "relabelling": (_glass(relabelled), False),
    "rotation": (_glass(turned), False),
}
"""Name -> the change, and whether arrays stay as they are, too."""


def tiny(glass: Glass) -> Glass:
    """An inherent state of the model with a few dozen particles, or more where its potential needs them.

    Raises:
        InputError: there is none of fewer than 2000 particles.
    """
    reason: Exception | None = None
    for N in range(FEWEST, MOST, 20):
        try:
            start = random_configuration(glass.model, N, seed=1)
            return Glass.quenched(glass.model, start, method="fast")
        except (InputError, QuenchNotConverged) as error:
            reason = error
    raise InputError(f"model {glass.model.name} allows no glass of fewer than {MOST} particles: {reason}")
