"""Whether double precision can evaluate a model's forces: tapers close to r_c = 1 are sums of huge terms.

The coefficients of the sticky-sphere taper grow as (r_c - 1)⁻⁵ while the force itself stays moderate, so that
the terms cancel and leave their round-off.
"""

from __future__ import annotations

from bisect import bisect_left

from pssglass.base.errors import ModelError
from pssglass.models import Model, build_model

# An error of a force that does not matter to dynamics: about 10⁻⁴ of a typical force in the liquid.
DYNAMICS = 1e-3
# The same of single precision, which averages bear: tests/validation/mixed_precision, rc = 1.1.
MIXED = 0.05
SINGLE = 2.0**29
"""Round-off of single precision over that of double."""
QUENCH_TOLERANCE = 1e-9
"""Usual tolerance of a quench, in ε/λ."""
# Minimisers that compare energies stall beyond this one, measured between rc = 1.017 and 1.02.
DESCENT = 1e-7
# Those that never compare energies, of which round-off leaves less than of forces.
FOLLOW_FORCES = ("faithful", "fire")


def force_error(model: Model) -> float:
    """Estimate of the round-off in the force between two particles, in ε/λ."""
    return model.form.round_off_of_slope() * max(
        abs(epsilon) / length
        for energies, lengths in zip(model.energies, model.shortest_lengths, strict=True)
        for epsilon, length in zip(energies, lengths, strict=True)
    )


def require_dynamics(model: Model, precision: str) -> None:
    """Refuse a model whose forces the dynamics would spoil.

    Raises:
        ModelError: see ``require_accuracy``.
    """
    require_accuracy(model, DYNAMICS, "the bound of dynamics")
    if precision == "mixed":
        require_accuracy(model, MIXED, "the bound of mixed precision", "precision 'double'", SINGLE)


def require_quench(
    model: Model, method: str, tolerance: float = QUENCH_TOLERANCE, remedy: str = "a larger tolerance"
) -> None:
    """Refuse a model whose quench cannot reach its tolerance; ``remedy`` as in ``require_accuracy``.

    Raises:
        ModelError: see ``require_accuracy``.
    """
    require_accuracy(model, tolerance, "the quench tolerance", remedy)
    if method not in FOLLOW_FORCES:
        require_accuracy(model, DESCENT, f"what '{method}' bears,", "method 'faithful'")


def require_accuracy(
    model: Model, bound: float, purpose: str, remedy: str = "", round_off: float = 1.0
) -> None:
    """Refuse a model whose forces are less accurate than ``bound``.

    Args:
        model: the model.
        bound: of the error of a force.
        purpose: what the bound is, for the message.
        remedy: what else than a larger rc would help, likewise.
        round_off: of the arithmetic, over that of double precision.

    Raises:
        ModelError: the error is larger.
    """
    error = round_off * force_error(model)
    if error <= bound:
        return
    rc = model.parameters.get("rc")
    name = f"rc = {rc:g}" if rc else f"model {model.name}"
    remedies = [text for text in (_least_rc(model, bound / round_off) if rc else "", remedy) if text]
    raise ModelError(
        f"{name}: round-off makes forces wrong by about {error:.1g}, above {purpose} {bound:g};"
        f" take {' or '.join(remedies or ['another model'])}"
    )


def _least_rc(model: Model, bound: float) -> str:
    """The smallest rc, in thousandths, with which the model is accurate enough."""

    def accurate(thousandths: int) -> bool:
        rc = 1.0 + 1e-3 * thousandths
        try:
            return force_error(build_model(model.name, {**model.parameters, "rc": rc})) <= bound
        except ModelError:  # made without an entry in the library, or its rc has other bounds
            return False

    choices = range(1, 1501)
    first = bisect_left(choices, True, key=accurate)
    return f"rc >= {1.0 + 1e-3 * choices[first]:.3f}" if first < len(choices) else ""
