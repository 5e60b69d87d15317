"""The library of glass formers: each one a function that makes a Model from its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import ModelError, suggest
from pssglass.models.model import Model
from pssglass.models.tapers import LENNARD_JONES, smoothed_lennard_jones, sticky_taper

# Computed once for all samples of an ensemble.
_sticky_taper = lru_cache(sticky_taper)


def PSS(  # noqa: N802
    rc: float,
    *,
    size_ratios: Sequence[float] = (1.18, 1.4),
    composition: Sequence[float] = (0.5, 0.5),
    density: float = 0.6,
    mass: float = 1.0,
) -> Model:
    """Piecewise sticky spheres: Lennard-Jones up to its minimum, then a taper up to ``rc`` (paper, Eq. 1).

    Args:
        rc: cutoff over the distance of the minimum, in (1, 2.5]; the smaller, the stickier.
        size_ratios: λ of small-large and of large-large pairs over that of small-small pairs.
        composition: number fractions of small (A) and large (B) particles.
        density: N/V in units of λ_small-small⁻³.
        mass: of every particle.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    rc = checks.number(ModelError, "rc", rc)
    if not 1.0 < rc <= 2.5:
        raise ModelError(f"rc = {rc} is outside (1, 2.5]; the paper uses 1.1, 1.2, 1.3 and 1.5")
    ratios = checks.sequence(ModelError, "size_ratios", size_ratios, 2)
    cross, large = (checks.number(ModelError, "size_ratios", ratio, above=0.0) for ratio in ratios)
    fractions = _fractions(composition)
    density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    x_join, x_cut, outer = _sticky_taper(rc)
    return Model(
        name="pss",
        parameters={
            "rc": rc,
            "size_ratios": [cross, large],
            "composition": list(fractions),
            "density": density,
            "mass": mass,
        },
        species=("A", "B"),
        composition=fractions,
        number_density=density,
        mass=mass,
        energies=((1.0, 1.0), (1.0, 1.0)),
        lengths=((1.0, cross), (cross, large)),
        inner=LENNARD_JONES,
        outer=outer,
        x_join=x_join,
        x_cut=x_cut,
    )


def KABLJ(  # noqa: N802
    *, composition: Sequence[float] = (0.8, 0.2), density: float = 1.2, mass: float = 1.0
) -> Model:
    """Kob-Andersen mixture, cut at 2.5σ and smoothed by c0 + c2 x² + c4 x⁴ so that φ, φ′ and φ″ vanish there.

    Kob and Andersen, Phys. Rev. E 51, 4626 (1995), doi:10.1103/PhysRevE.51.4626, cut and shift the potential
    instead; smoothing it like this is common where Hessians are wanted, as forces and stiffness must be
    continuous.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    fractions = _fractions(composition)
    density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    smoothed = smoothed_lennard_jones(2.5)
    return Model(
        name="kablj",
        parameters={"composition": list(fractions), "density": density, "mass": mass},
        species=("A", "B"),
        composition=fractions,
        number_density=density,
        mass=mass,
        energies=((1.0, 1.5), (1.5, 0.5)),
        lengths=((1.0, 0.8), (0.8, 0.88)),
        inner=smoothed,
        outer=smoothed,
        x_join=2.0 ** (1.0 / 6.0),
        x_cut=2.5,
    )


MODELS: dict[str, Callable[..., Model]] = {"pss": PSS, "kablj": KABLJ}


def build_model(name: str, parameters: Mapping[str, Any]) -> Model:
    """The model of this name, e.g. ``build_model("pss", {"rc": 1.5})``.

    Raises:
        ModelError: unknown model, unknown, missing or wrong parameter.
    """
    if name not in MODELS:
        raise ModelError(f"there is no model '{name}'; {suggest(name, MODELS)}")
    accepted = inspect.signature(MODELS[name]).parameters
    for key in parameters:
        if key not in accepted:
            raise ModelError(f"model {name} has no parameter '{key}'; {suggest(key, accepted)}")
    for key, parameter in accepted.items():
        if parameter.default is parameter.empty and key not in parameters:
            raise ModelError(f"model {name} needs the parameter '{key}'; add it to parameters")
    return MODELS[name](**parameters)


def _fractions(composition: object) -> tuple[float, float]:
    values = checks.sequence(ModelError, "composition", composition, 2)
    first, second = (checks.number(ModelError, "composition", value, above=0.0) for value in values)
    if abs(first + second - 1.0) > 1e-9:
        raise ModelError(f"composition = [{first}, {second}] adds up to {first + second}; it must be 1")
    return first, second
