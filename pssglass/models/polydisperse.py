"""Glass formers whose particles each have a diameter of their own, made for swap Monte Carlo."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pssglass.base import checks
from pssglass.base.errors import ModelError
from pssglass.models.form import PairForm
from pssglass.models.model import Model
from pssglass.models.registry import Example
from pssglass.models.sizes import Sizes
from pssglass.models.smoothing import inverse_powers
from pssglass.models.tapers import sticky

LARGEST = 2.22
NONADDITIVITY = 0.1
IPL_MELT, STICKY_MELT = 2.0, 4.0
"""Temperatures well above the onset of slow dynamics: 0.77 for inverse powers."""


def PolyIPL(  # noqa: N802
    *,
    largest: float = LARGEST,
    nonadditivity: float = NONADDITIVITY,
    drawing: str = "quantiles",
    density: float = 0.58,
    mass: float = 1.0,
) -> Model:
    """Polydisperse inverse-power-law spheres: x^-10 with an even polynomial that ends it smoothly at x = 1.4.

    Of Lerner, J. Non-Cryst. Solids 522, 119570 (2019), doi:10.1016/j.jnoncrysol.2019.119570, with the sizes
    and the mixing of Ninarello, Berthier and Coslovich, Phys. Rev. X 7, 021039 (2017),
    doi:10.1103/PhysRevX.7.021039. φ and three derivatives vanish at the cutoff.

    Args:
        largest: diameter, over the smallest; the density of sizes falls as λ^-3 between them.
        nonadditivity: n_a in λ_ij = (λ_i + λ_j)/2 · (1 - n_a·abs(λ_i - λ_j)).
        drawing: "quantiles", the same sizes in every sample, or "random".
        density: N/V in units of λ_smallest⁻³.
        mass: of every particle.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    form = inverse_powers([10], [1.0], cutoff=1.4, smoothing=3)
    return _polydisperse("poly-ipl", form, _sizes(largest, nonadditivity, drawing), density, mass, IPL_MELT)


def PolyPSS(  # noqa: N802
    rc: Annotated[float, Example(1.5)],
    *,
    largest: float = LARGEST,
    nonadditivity: float = NONADDITIVITY,
    drawing: str = "quantiles",
    density: float = 0.42,
    mass: float = 1.0,
) -> Model:
    """Polydisperse sticky spheres: the potential of ``pss`` with the sizes of ``poly-ipl``.

    The default density keeps ρ⟨λ_ij³⟩ of the binary mixture at ρ = 0.6.

    Args:
        rc: cutoff over the distance of the minimum, in (1, 2.5]; the smaller, the stickier.
        largest, nonadditivity, drawing, density, mass: as of ``poly-ipl``.

    Raises:
        ModelError: a parameter is out of bounds.
    """
    rc = checks.number(ModelError, "rc", rc)
    if not 1.0 < rc <= 2.5:
        raise ModelError(f"rc = {rc} is outside (1, 2.5]; the paper uses 1.1, 1.2, 1.3 and 1.5")
    sizes = _sizes(largest, nonadditivity, drawing)
    made = _polydisperse("poly-pss", sticky(rc), sizes, density, mass, STICKY_MELT)
    return replace(made, parameters={"rc": rc, **made.parameters})


def _sizes(largest: object, nonadditivity: object, drawing: object) -> Sizes:
    return Sizes(
        smallest=1.0,
        largest=checks.number(ModelError, "largest", largest, above=0.0),
        nonadditivity=checks.number(ModelError, "nonadditivity", nonadditivity),
        drawing=checks.text(ModelError, "drawing", drawing),
    )


def _polydisperse(
    name: str, form: PairForm, sizes: Sizes, density: object, mass: object, melt_temperature: float
) -> Model:
    number_density = checks.number(ModelError, "density", density, above=0.0)
    mass = checks.number(ModelError, "mass", mass, above=0.0)
    return Model(
        name=name,
        parameters={
            "largest": sizes.largest,
            "nonadditivity": sizes.nonadditivity,
            "drawing": sizes.drawing,
            "density": number_density,
            "mass": mass,
        },
        species=("A",),
        composition=(1.0,),
        number_density=number_density,
        mass=mass,
        energies=((1.0,),),
        lengths=((1.0,),),
        form=form,
        melt_temperature=melt_temperature,
        sizes=sizes,
    )
