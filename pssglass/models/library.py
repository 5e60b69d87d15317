"""The library of glass formers: each one a function that makes a Model, and an entry in pyproject.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pssglass.base import checks
from pssglass.base.errors import ModelError
from pssglass.models.contacts import contacts
from pssglass.models.form import PairForm
from pssglass.models.model import Model
from pssglass.models.registry import Example
from pssglass.models.smoothing import inverse_powers
from pssglass.models.tapers import smoothed, sticky

TAPERS = {"smooth": 2, "shifted-force": 1, "smoother": 3}
"""Derivatives that vanish at the cutoff besides the potential, by the name of the taper."""


def PSS(  # noqa: N802
    rc: Annotated[float, Example(1.5)],
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
    made = _of_two_sizes("pss", sticky(rc), size_ratios, composition, density, mass)
    return replace(made, parameters={"rc": rc, **made.parameters})


def KABLJ(  # noqa: N802
    *,
    composition: Sequence[float] = (0.8, 0.2),
    density: float = 1.2,
    mass: float = 1.0,
    taper: str = "smooth",
) -> Model:
    """Kob-Andersen mixture, cut at 2.5σ and smoothed by c0 + c2 x² + c4 x⁴ so that φ, φ′ and φ″ vanish there.

    Kob and Andersen, Phys. Rev. E 51, 4626 (1995), doi:10.1103/PhysRevE.51.4626, cut and shift the potential
    instead; smoothing it like this is common where Hessians are wanted, as forces and stiffness must be
    continuous.

    Args:
        composition: number fractions of large (A) and small (B) particles.
        density: N/V in units of λ_AA⁻³.
        mass: of every particle.
        taper: "smooth" as above; "shifted-force" with c0 + c2 x², where φ and φ′ vanish; "smoother" with
            another term c6 x⁶, where φ‴ vanishes too.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    fractions = _fractions(composition)
    density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    checks.within(ModelError, "taper", taper, checks.Bounds(one_of=tuple(TAPERS)))
    usual = taper == "smooth"
    # Databases know the usual one by a hash from before there were others.
    variant = {} if usual else {"taper": taper}
    return Model(
        name="kablj",
        parameters={"composition": list(fractions), "density": density, "mass": mass, **variant},
        species=("A", "B"),
        composition=fractions,
        number_density=density,
        mass=mass,
        energies=((1.0, 1.5), (1.5, 0.5)),
        lengths=((1.0, 0.8), (0.8, 0.88)),
        form=smoothed(2.5) if usual else _lennard_jones(2.5, TAPERS[taper]),
    )


def Hertzian(  # noqa: N802
    *,
    alpha: float = 2.5,
    prefactor: float = 1.0,
    size_ratios: Sequence[float] = (1.2, 1.4),
    composition: Sequence[float] = (0.5, 0.5),
    density: float = 0.938,
    mass: float = 1.0,
) -> Model:
    """Soft spheres in contact: prefactor·(1 - x)^alpha where they overlap, nothing else.

    The mixture of the Hertzian glasses in Figs. 3 and 16 of the paper. Authors differ in the prefactor, e.g.
    1 or 2/5: energies, moduli and temperatures are proportional to it.

    Args:
        alpha: 2.5 (Hertzian) or 2 (harmonic).
        prefactor: energy, in ε, of two particles in one place, from 0.02 to 100.
        size_ratios: λ of small-large and of large-large pairs over that of small-small pairs.
        composition: number fractions of small (A) and large (B) particles.
        density: N/V in units of λ_small-small⁻³.
        mass: of every particle.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    form = contacts(prefactor, alpha)
    made = _of_two_sizes("hertzian", form, size_ratios, composition, density, mass)
    own = {"alpha": form.alpha, "prefactor": form.prefactor}
    return replace(made, parameters={**own, **made.parameters}, melt_temperature=0.02 * form.prefactor)


def _lennard_jones(cutoff: float, order: int) -> PairForm:
    return inverse_powers([12, 6], [4.0, -4.0], cutoff=cutoff, smoothing=order)


def _of_two_sizes(
    name: str, form: PairForm, size_ratios: object, composition: object, density: object, mass: object
) -> Model:
    """A mixture of small and large particles of the same energy, with the parameters that it has for that."""
    ratios = checks.sequence(ModelError, "size_ratios", size_ratios, 2)
    cross, large = (checks.number(ModelError, "size_ratios", ratio, above=0.0) for ratio in ratios)
    fractions = _fractions(composition)
    number_density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    return Model(
        name=name,
        parameters={
            "size_ratios": [cross, large],
            "composition": list(fractions),
            "density": number_density,
            "mass": mass,
        },
        species=("A", "B"),
        composition=fractions,
        number_density=number_density,
        mass=mass,
        energies=((1.0, 1.0), (1.0, 1.0)),
        lengths=((1.0, cross), (cross, large)),
        form=form,
    )


def _fractions(composition: object) -> tuple[float, float]:
    values = checks.sequence(ModelError, "composition", composition, 2)
    first, second = (checks.number(ModelError, "composition", value, above=0.0) for value in values)
    if abs(first + second - 1.0) > 1e-9:
        raise ModelError(f"composition = [{first}, {second}] adds up to {first + second}; it must be 1")
    return first, second
