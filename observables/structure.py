"""Pair correlation function and structure factor of glass and liquid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pssglass.analysis.structure import RANGE, VECTORS, narrowest, pair_correlation, structure_factor
from pssglass.observable import Bounds, Column, Level, Value

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

STATES = {"inherent": "the inherent state", "liquid": "its parent liquid"}


def _columns(state: str, of: str) -> tuple[Column, ...]:
    optional = state != "inherent"
    return (
        Column(f"{state}_pair_correlation", "1", f"g(r) of {of}", ("bins",), optional),
        Column(
            f"{state}_species_pair_correlation",
            "1",
            f"g(r) of {of}, by species: AA, AB, BB",
            ("species pairs", "bins"),
            optional=True,
        ),
        Column(f"{state}_wave_number", "lambda^-1", f"k of {of}, mean of a shell", ("shells",), optional),
        Column(f"{state}_structure_factor", "1", f"S(k) of {of}", ("shells",), optional),
        Column(
            f"{state}_species_structure_factor",
            "1",
            f"Re<rho_a(k) rho_b(-k)>/N of {of}, by species: AA, AB, BB",
            ("species pairs", "shells"),
            optional=True,
        ),
    )


class Structure:
    """g(r) and S(k), total and by pairs of species, of the inherent state and of the liquid stored with it.

    g_ab(r) = V n_ab/(N_a (N_b - δ_ab) v) with n_ab ordered pairs in a bin of volume v, 1 for particles at
    random; distances end at half of the box. S_ab(k) = ⟨ρ_a(k) ρ_b(-k)⟩/N over exact wave vectors of the box
    in a shell, and S = Σ_ab S_ab; a shell of n vectors scatters by S/√n in one sample. Where particles have
    diameters of their own there are no species, and the total alone. Parameters: ``range`` and ``bin`` in
    λ, ``largest_wave_number`` and ``shell`` in 1/λ; null takes 5 and 0.02 ρ^(-1/3), 20.4 and 0.1 ρ^(1/3)
    with the number density ρ of the model. Of shells with more than ``vectors`` wave vectors so many are
    drawn. Source: Hansen and McDonald, Theory of Simple Liquids (2013), doi:10.1016/C2010-0-66723-X.
    """

    name = "structure"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {
        "range": None,
        "bin": None,
        "largest_wave_number": None,
        "shell": None,
        "vectors": VECTORS,
    }
    bounds: Mapping[str, Bounds] = {
        **dict.fromkeys(("range", "bin", "largest_wave_number", "shell"), Bounds(above=0.0)),
        "vectors": Bounds(at_least=1),
    }
    columns = (
        Column("pair_distance", "lambda", "r, middle of a bin", ("bins",)),
        Column("shell_vectors", "1", "wave vectors of a shell, k and -k being one", ("shells",)),
        *(column for state, of in STATES.items() for column in _columns(state, of)),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass, and of its liquid where that is known."""
        glass, liquid = subject.configuration, subject.parent_liquid
        values: dict[str, Value] = {}
        # A quench at constant pressure leaves another box: both get as many bins.
        edges = [narrowest(one.box) for one in (glass, liquid) if one is not None]
        usual = RANGE * subject.model.number_density ** (-1.0 / 3.0)
        longest = min(parameters["range"] or usual, 0.5 * min(edges))
        for state, one in (("liquid", liquid), ("inherent", glass)):
            if one is None:
                continue
            g = pair_correlation(one, subject.model, longest, parameters["bin"])
            S = structure_factor(
                one,
                subject.model,
                parameters["largest_wave_number"],
                parameters["shell"],
                parameters["vectors"],
            )
            values |= {
                "pair_distance": g.distance,
                "shell_vectors": S.vectors,
                f"{state}_pair_correlation": g.total,
                f"{state}_wave_number": S.wave_number,
                f"{state}_structure_factor": S.total,
            }
            if g.partial is not None and S.partial is not None:
                values |= {
                    f"{state}_species_pair_correlation": g.partial,
                    f"{state}_species_structure_factor": S.partial,
                }
        return values
