"""What a file says of its particles beside places and names, against what the model says of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats, Integers
from pssglass.models import Model

STATED = ("mass", "diameter", "charge")
# Of single precision, and of files with eight decimals.
TOLERANCE = 1e-6
MOST_SHOWN = 4


def agreed(statements: Mapping[str, Floats]) -> Floats | None:
    """What several places of a file say of the same thing; None where there are none.

    Args:
        statements: arrays of one shape (N, …), by what the file calls them.

    Raises:
        ConfigurationError: they contradict each other.
    """
    if not statements:
        return None
    (name, values), *others = statements.items()
    for other, again in others:
        away = ~(np.abs(again - values) <= TOLERANCE * np.maximum(1.0, np.abs(values)))
        if away.any():
            particle = int(np.argwhere(away)[0, 0])
            raise ConfigurationError(
                f"{name} and {other} contradict each other (particle {particle}); leave one out"
            )
    return values


def check_stated(stated: Mapping[str, Floats], species: Integers, model: Model) -> None:
    """Make sure that a file does not contradict the model.

    The diameter of a particle is the λ of a pair of its species, unless it has one of its own; there are no
    charges.

    Args:
        stated: "mass", "diameter" or "charge" of each particle (N,), as far as the file tells them.
        species: (N,) indices into the model's species.
        model: the model.

    Raises:
        ConfigurationError: a value is not that of the model.
    """
    of_model = {"mass": np.full(len(species), model.mass), "charge": np.zeros(len(species))}
    if model.sizes is None:
        of_model["diameter"] = np.array(model.lengths).diagonal()[species]
    for name in of_model.keys() & stated.keys():
        values = stated[name]
        expected = of_model[name]
        away = ~(np.abs(values - expected) <= TOLERANCE * np.maximum(1.0, np.abs(expected)))
        if not away.any():
            continue
        first = int(away.argmax())
        plural = {"mass": "masses"}.get(name, f"{name}s")
        raise ConfigurationError(
            f"{plural} {_distinct(values)} are not that of the model, {_distinct(expected)}"
            f" (particle {first}: {values[first]:g} instead of {expected[first]:g});"
            f" leave the {plural} out of the file if they mean nothing, or set one of the two to the other"
        )


def _distinct(values: Floats) -> str:
    found = [f"{value:g}" for value in np.unique(values)]
    if len(found) > MOST_SHOWN:
        found = [found[0], "…", found[-1]]
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"
