"""Crossover temperature of a model, from its elasticity and from collapsing energies of several models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pssglass.analysis.crossover_temperatures import (
    LEAST_BELOW,
    Curve,
    bend,
    bend_temperatures,
    cold_temperatures,
    collapse,
    collapse_chi_square,
    collapse_temperatures,
    interval_of,
)
from pssglass.analysis.shared_lineages import scatter_of_means
from pssglass.base.errors import InputError
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, ModelData, Value


class Crossover:
    """T_co below which glasses remember their parent temperature (paper, Sec. III and Appendix C).

    By elasticity: where the low-temperature line of G/K meets its plateau. By collapse: such that
    [u(T_p) - u(T_co)]/T_co against T_p/T_co is one curve below T_co for all models; the collapse leaves a
    common factor open, which is fixed by the geometric mean over the models of T_co by elasticity. Errors
    come from drawing all ensemble means again within their standard errors, those of the same lineages
    together.
    """

    name = "crossover"
    version = "5"
    level: Level = "model"
    requires: tuple[str, ...] = ("energetics", "moduli")
    parameters: Mapping[str, Any] = {"resamples": 200, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = (
        Column("T_co_elastic", "epsilon/k_B", "crossover temperature from G/K"),
        Column("T_co_elastic_error", "epsilon/k_B", "standard error"),
        Column("T_co_elastic_low", "epsilon/k_B", "lower end of the 95 % interval"),
        Column("T_co_elastic_high", "epsilon/k_B", "upper end of the 95 % interval"),
        Column("crossover_width", "1", "relative width of the bend of G/K"),
        Column("shear_to_bulk_plateau", "1", "G/K far above T_co"),
        Column("shear_to_bulk_slope", "k_B/epsilon", "slope of G/K far below T_co"),
        Column("T_co_collapse", "epsilon/k_B", "crossover temperature from u(T_p)", optional=True),
        Column("T_co_collapse_error", "epsilon/k_B", "standard error", optional=True),
        Column("T_co_collapse_low", "epsilon/k_B", "lower end of the 95 % interval", optional=True),
        Column("T_co_collapse_high", "epsilon/k_B", "upper end of the 95 % interval", optional=True),
        Column("energy_at_crossover", "epsilon", "u interpolated at T_co (by collapse, if there is one)"),
        Column("crossover_temperatures", "epsilon/k_B", "parent temperatures used", ("ensembles",)),
        Column("crossover_ratios", "1", "G/K used", ("ensembles",)),
        Column("crossover_ratio_errors", "1", "their standard errors", ("ensembles",)),
        Column("crossover_energies", "epsilon", "u used", ("energies",)),
        Column("crossover_energy_errors", "epsilon", "their standard errors", ("energies",)),
        Column("crossover_energy_temperatures", "epsilon/k_B", "their parent temperatures", ("energies",)),
        Column("collapsible_models", "1", "number of models with T_co by elasticity; a collapse needs two"),
        Column("fewest_cold_energies", "1", "energies of one model below T_co; a collapse needs three"),
        Column("collapse_chi_square", "1", "chi^2 of all energies about their curve", optional=True),
        Column("collapse_freedom", "1", "its degrees of freedom", optional=True),
        Column("collapse_chi_square_reduced", "1", "chi^2 over degrees of freedom, if any", optional=True),
    )

    def compute(self, subject: ModelData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one model; other models count in the collapse if they have a T_co by elasticity."""
        ratio = curve_of(subject.ensembles, "shear_to_bulk_ratio")
        energy = curve_of(subject.ensembles, "energy_per_particle")
        found = bend(ratio)
        rng = np.random.default_rng(parameters["seed"])
        temperatures = bend_temperatures(ratio, parameters["resamples"], rng)
        spread = interval_of(found.temperature, temperatures)
        collapsed = _collapsed(subject, energy, found.temperature, temperatures, rng)
        return {
            "T_co_elastic": found.temperature,
            **spread.named("T_co_elastic"),
            "crossover_width": found.width,
            "shear_to_bulk_plateau": found.plateau,
            "shear_to_bulk_slope": found.slope,
            "energy_at_crossover": energy.at(float(collapsed.get("T_co_collapse", found.temperature))),
            "crossover_temperatures": ratio.temperatures,
            "crossover_ratios": ratio.values,
            "crossover_ratio_errors": ratio.errors,
            "crossover_energies": energy.values,
            "crossover_energy_errors": energy.errors,
            "crossover_energy_temperatures": energy.temperatures,
            **collapsed,
        }


def curve_of(ensembles: Sequence[EnsembleData], key: str) -> Curve:
    """A scalar against parent temperature, of the ensembles that have an error bar for it."""
    used = [one for one in ensembles if key in one.scalars and one.scalars[key].standard_error > 0.0]
    scalars = [one.scalars[key] for one in used]
    return Curve(
        np.array([one.parent_temperature for one in used]),
        np.array([scalar.mean for scalar in scalars]),
        np.array([scalar.standard_error for scalar in scalars]),
        scatter_of_means(used, key),
    )


def _collapsed(
    subject: ModelData, energy: Curve, elastic: float, drawn: Floats, rng: np.random.Generator
) -> dict[str, float]:
    """T_co by collapse, its error and how well it fits; without it, the counts that tell why."""
    curves, guesses, guess_draws = [energy], [elastic], [drawn]
    for peer in subject.peers:
        ratio = curve_of(peer.ensembles, "shear_to_bulk_ratio")
        try:
            guesses.append(bend(ratio).temperature)
        except InputError:
            continue
        curves.append(curve_of(peer.ensembles, "energy_per_particle"))
        guess_draws.append(bend_temperatures(ratio, len(drawn), rng))
    draws = np.column_stack(guess_draws)
    # The errors come from points chosen by the mean of the draws, so that both choices need three of them.
    cold = min(cold_temperatures(curves * 2, np.append(guesses, np.mean(draws, axis=0))))
    counts = {"collapsible_models": float(len(curves)), "fewest_cold_energies": float(cold)}
    if len(curves) < 2 or cold < LEAST_BELOW:
        return counts
    temperatures = collapse(curves, guesses)
    chi_square, freedom = collapse_chi_square(curves, guesses, temperatures)
    again = collapse_temperatures(curves, draws, rng)[:, 0]
    fit = {"collapse_chi_square": chi_square, "collapse_freedom": float(freedom)}
    if freedom:
        fit["collapse_chi_square_reduced"] = chi_square / freedom
    found = float(temperatures[0])
    return {**counts, **fit, "T_co_collapse": found, **interval_of(found, again).named("T_co_collapse")}
