"""The compiled engine as the rest of the program sees it: the only module that imports ``pssglass._core``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from pssglass import _core
from pssglass._core import (
    Mechanics,
    Potential,
    Quasistatic,
    Simulation,
    StrainedState,
    bond_cost,
    density_products,
    displacement_sums,
    energy_expansion,
    energy_forces,
    minimize,
    pair_counts,
    pairs_within,
    pseudo_harmonic_modes,
)
from pssglass.base.errors import (
    BoxTooSmall,
    InputError,
    ModesNotConverged,
    NotInherentState,
    TrajectoryDiverged,
)
from pssglass.models import Model, precision

__all__ = [
    "Mechanics",
    "Potential",
    "Quasistatic",
    "Simulation",
    "StrainedState",
    "__version__",
    "bond_cost",
    "build_info",
    "density_products",
    "displacement_sums",
    "energy_expansion",
    "energy_forces",
    "minimize",
    "pair_counts",
    "pairs_within",
    "potential_of",
    "pseudo_harmonic_modes",
    "translated",
]

__version__ = version("pssglass")
"""Here, as who can tell it can load the engine."""


@lru_cache(maxsize=16)
def potential_of(model: Model) -> Potential:
    """The engine's pair potential of a model.

    Raises:
        ModelError: double precision cannot evaluate its forces.
    """
    precision.require_accuracy(model, precision.DYNAMICS, "the bound of dynamics")
    form = model.form.arguments()
    if model.sizes is not None:
        return Potential.by_diameter(model.energies[0][0], model.sizes.nonadditivity, **form)
    return Potential(model.energies, model.lengths, **form)


def build_info() -> dict[str, Any]:
    """How the engine was built and what it uses: version, compiler, simd, threads, solver, blas and more."""
    with translated():
        return dict(_core.build_info())


@contextmanager
def translated() -> Iterator[None]:
    """Turn the engine's exceptions into those of ``pssglass.base.errors``."""
    try:
        yield
    except _core.TrajectoryDiverged as error:
        # What is no single particle's doing has its own remedy.
        message = str(error) if error.particle < 0 else f"{error}; use a smaller time step"
        raise TrajectoryDiverged(message, step=error.step, particle=error.particle) from None
    except _core.BoxTooSmall as error:
        raise BoxTooSmall(str(error)) from None
    except _core.InvalidArgument as error:
        raise InputError(str(error)) from None
    except _core.NotPositiveDefinite as error:
        raise NotInherentState(str(error)) from None
    except _core.NotConverged as error:
        raise ModesNotConverged(str(error)) from None
