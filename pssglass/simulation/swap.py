"""Swap Monte Carlo: blocks of attempts to exchange the diameters, or species, of two particles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.base.results import Floats
from pssglass.base.toml_tables import as_table, check_keys, naming
from pssglass.models import Model

DEFAULT_MOVES = 1.0
DEFAULT_EVERY = 25


@dataclass(frozen=True)
class Swap:
    """Exchanges between time steps, accepted by Metropolis' criterion at the thermostat's temperature.

    Pairs are drawn with equal probability from those that differ, by no more than ``largest_difference``.
    Grigera and Parisi, Phys. Rev. E 63, 045102 (2001), doi:10.1103/PhysRevE.63.045102; with molecular
    dynamics Berthier et al., J. Stat. Mech. 064004 (2019), doi:10.1088/1742-5468/ab1910.

    Attributes:
        moves_per_particle: attempts of a block, over N; there is at least one.
        every: time steps from one block to the next.
        largest_difference: of the diameters of a pair; None for any.
    """

    moves_per_particle: float = DEFAULT_MOVES
    every: int = DEFAULT_EVERY
    largest_difference: float | None = None

    def arguments(self, N: int) -> dict[str, Any]:
        """As the engine takes them."""
        bound = (
            {} if self.largest_difference is None else {"swap_largest_difference": self.largest_difference}
        )
        attempts = max(1, round(self.moves_per_particle * N))
        return {"swap_every": self.every, "swap_attempts": attempts, **bound}

    def check_diameters(self, diameters: Floats) -> None:
        """Make sure that some of these (N,) can be exchanged.

        Raises:
            InputError: the differences of all that differ are above ``largest_difference``.
        """
        gaps = np.diff(np.unique(diameters))
        least = float(gaps.min(initial=np.inf))
        if self.largest_difference is not None and self.largest_difference < least:
            raise InputError(
                f"largest_difference = {self.largest_difference:g} of swap is below {least:.4g}, the smallest"
                f" difference of two of {len(diameters)} diameters; raise it"
            )


def swap_of(model: Model, given: object) -> Swap | None:
    """The swap that a table such as {"moves_per_particle": 1.0, "every": 25} asks for; None for None.

    Raises:
        InputError: it is no table, a value is out of bounds, or nothing of the model can be exchanged.
    """
    if given is None or isinstance(given, Swap):
        return given
    table: Mapping[str, Any] = as_table("swap", given)
    with naming("swap"):
        check_keys(table, [one.name for one in fields(Swap)])
        moves = checks.number(
            InputError, "moves_per_particle", table.get("moves_per_particle", DEFAULT_MOVES), above=0.0
        )
        checks.within(InputError, "moves_per_particle", moves, checks.Bounds(below=2.0**31))
        every = checks.integer(
            InputError, "every", table.get("every", DEFAULT_EVERY), at_least=1, below=2**31
        )
        bound = table.get("largest_difference")
        if bound is not None:
            bound = checks.number(InputError, "largest_difference", bound, above=0.0)
    if _are_alike(model):
        raise InputError(
            f"swap exchanges species or diameters, and all particles of the model {model.name} are alike;"
            " leave swap out"
        )
    if bound is not None and model.sizes is None:
        raise InputError("largest_difference of swap is one of diameters, which species lack; leave it out")
    return Swap(moves, every, bound)


def _are_alike(model: Model) -> bool:
    """Whether all particles are the same, by whatever name."""
    if model.sizes is not None:
        return model.sizes.smallest == model.sizes.largest
    return all(len({one for row in matrix for one in row}) == 1 for matrix in (model.lengths, model.energies))
