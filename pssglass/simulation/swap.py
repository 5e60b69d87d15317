"""Swap Monte Carlo: blocks of attempts to exchange the diameters, or species, of two particles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import InputError
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
        moves_per_particle: attempts of a block, over N.
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
        return {"swap_every": self.every, "swap_attempts": round(self.moves_per_particle * N), **bound}


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
        every = checks.integer(
            InputError, "every", table.get("every", DEFAULT_EVERY), at_least=1, below=2**31
        )
        bound = table.get("largest_difference")
        if bound is not None:
            bound = checks.number(InputError, "largest_difference", bound, above=0.0)
    alike = len(model.species) == 1 if model.sizes is None else model.sizes.smallest == model.sizes.largest
    if alike:
        raise InputError(
            f"swap exchanges species or diameters, and all particles of the model {model.name} are alike;"
            " leave swap out"
        )
    if bound is not None and model.sizes is None:
        raise InputError("largest_difference of swap is one of diameters, which species lack; leave it out")
    return Swap(moves, every, bound)
