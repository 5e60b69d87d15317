"""The units that the program works in: ε and λ near 1, as what it calls small, or zero, is small in these."""

from __future__ import annotations

from itertools import pairwise

from pssglass.base.errors import ModelError
from pssglass.models.form import PairForm

SHORTEST, LONGEST = 0.1, 10.0
"""What the longest λ_ij may be. Neighbour lists have margins of a third of 1."""
WEAKEST, STRONGEST = 1e-3, 1e6
"""What the largest force may be, in ε/λ. To stronger ones round-off adds as much as a quench may leave."""
OVERLAP = 0.9
"""Times the distance at which two particles touch, how close they are where that force is looked for."""
STEPS = 64


def require_unit_of_length(name: str, longest: float) -> None:
    """Raises ModelError: the longest λ_ij is far from 1."""
    if not SHORTEST <= longest <= LONGEST:
        raise ModelError(
            f"{name} = {longest:g} must be within {SHORTEST:g} and {LONGEST:g}; take units of length in which"
            " it is near 1, and give density in these"
        )


def require_force(form: PairForm, strength: float) -> None:
    """Raises ModelError: forces of pairs are far from 1.

    Args:
        form: of the pair potential.
        strength: the largest ε/λ of a pair.
    """
    force = strength * largest_slope(form)
    if not WEAKEST <= force <= STRONGEST:
        raise ModelError(
            f"pairs push or pull with at most {force:.3g} where they touch or overlap by {1.0 - OVERLAP:.1g};"
            f" it must be within {WEAKEST:g} and {STRONGEST:g}: energies, moduli and temperatures are"
            " proportional to it, so take units of energy in which ε is near 1"
        )


def largest_slope(form: PairForm) -> float:
    """The largest mean slope of φ between close places, from an overlap to the cutoff.

    Particles touch at the minimum, or else at x = 1 or at a shorter cutoff.
    """
    touch = form.x_core if form.x_core < form.x_cut else min(1.0, form.x_cut)
    width = (form.x_cut - OVERLAP * touch) / STEPS
    energies = [form.evaluate(OVERLAP * touch + k * width) for k in range(STEPS + 1)]
    return max(abs(one - next_one) for one, next_one in pairwise(energies)) / width
