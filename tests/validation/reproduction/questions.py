"""The paper's open questions, answered with numbers and errors from the values of glasses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from claims import (
    LEAST_LINEAGES,
    Block,
    Number,
    Statistic,
    change,
    change_of_frequency,
    change_of_nonaffine,
    percent,
    verdict,
)
from glasses import VALUES, read, read_liquids

from pssglass.analysis.elastic_scales import over_frequency
from pssglass.base.results import EnsembleData, with_error

CROSSOVERS = {1.1: 1.6, 1.5: 1.1}
"""r_c -> a temperature just above T_co: dK/dT_p is told of what lies below."""
SHOWN = {
    "number_density": "rho",
    "energy_per_particle": "u_IS",
    "shear_modulus_isotropic": "G",
    "bulk_modulus": "K",
}


def main() -> None:
    """Answer what can be answered from the files in ``values``."""
    for campaign, model, answer in (("pressure", "pss", of_pressure), ("swap", "poly-pss", of_swap)):
        if ensembles := read(VALUES, campaign, model):
            print(f"\n{campaign}")
            show(ensembles)
            for rc in sorted({one.parameters["rc"] for one in ensembles}):
                answer(rc, Block([one for one in ensembles if one.parameters["rc"] == rc]))
    enough = [one for one in read(VALUES, "table1") if one.independent("bulk_modulus") >= LEAST_LINEAGES]
    if enough:
        print("\nannealing and stickiness")
        show_softness(enough)


def of_pressure(rc: float, block: Block) -> None:
    """The sign of dK/dT_p at constant pressure, of all liquids and of those found in equilibrium."""
    certified = in_equilibrium("pressure", rc)
    only = Block([one for one in block.ensembles if one.parent_temperature in certified])
    print(f"r_c = {rc}: dK/dT_p below T_p = {CROSSOVERS[rc]}")
    for name, chosen in (("all", block), ("in equilibrium", only)):
        slope = chosen.number(slope_below(CROSSOVERS[rc]))
        sign = {"holds": "positive", "does not hold": "negative", "open": "open"}[verdict(slope, low=0.0)]
        cold, *_, hot = (one.parent_temperature for one in chosen.ensembles)
        rise = percent(chosen.number(from_hottest(0)))
        print(f"  {name}: {slope}: {sign}; from T_p = {hot} to {cold} K changes by {rise}")


def from_hottest(number: int) -> Statistic:
    """Relative change of K from the hottest ensemble to the one of this number, from cold to hot."""

    def statistic(block: Block) -> float:
        one, hottest = block.ensembles[number], block.ensembles[-1]
        return block.mean("bulk_modulus", [one]) / block.mean("bulk_modulus", [hottest]) - 1.0

    return statistic


def in_equilibrium(campaign: str, rc: float) -> set[float]:
    """Parent temperatures whose liquids passed every criterion in all runs."""
    liquids = [one for one in read_liquids(VALUES, campaign) if one.rc == rc]
    failed = {one.temperature for one in liquids if one.values["in_equilibrium"] != 1.0}
    return {one.temperature for one in liquids} - failed


def slope_below(highest: float) -> Statistic:
    """Slope of the straight line through K(T_p) at and below a temperature, each of which counts alike."""

    def statistic(block: Block) -> float:
        used = [one for one in block.ensembles if one.parent_temperature <= highest]
        temperatures = [one.parent_temperature for one in used]
        return float(np.polyfit(temperatures, [block.mean("bulk_modulus", [one]) for one in used], 1)[0])

    return statistic


def of_swap(rc: float, block: Block) -> None:
    """How much glasses change from the plateau to the coldest liquids that swap reaches."""
    changes = {
        "G": change("shear_modulus_isotropic"),
        "K": change("bulk_modulus"),
        "G_na/G": change_of_nonaffine,
        "ω_g/ω0": change_of_frequency,
    }
    found = ", ".join(f"{name} {percent(block.number(of))}" for name, of in changes.items())
    print(f"{block.name}: {found}")


def show(ensembles: Sequence[EnsembleData]) -> None:
    """Means of glasses, by r_c and from cold to hot."""
    there = [key for key in SHOWN if key in ensembles[0].scalars]
    print(f"{'r_c':>4}{'T_p':>6}{'glasses':>8}  " + "".join(f"{SHOWN[key]:<20}" for key in there))
    for one in ensembles:
        scalars = [one.scalars[key] for key in there]
        texts = (with_error(scalar.mean, scalar.standard_error) for scalar in scalars)
        print(f"{one.parameters['rc']:>4}{one.parent_temperature:>6}{scalars[0].count:>8}  ", end="")
        print("".join(f"{text:<20}" for text in texts))


def show_softness(ensembles: Sequence[EnsembleData]) -> None:
    """ω_g/ω0 and χ of G of each state point: is it one curve, whether glasses are annealed or sticky?"""
    print(f"{'r_c':>4}{'T_p':>6}  {'omega_g/omega_0':<20}chi_G")
    for one in ensembles:
        frequency = Number(*over_frequency(one, one.samples, "omega_g", one.lineages))
        chi = fluctuation(one)
        print(f"{one.parameters['rc']:>4}{one.parent_temperature:>6}  {frequency!s:<20}{chi}")


def fluctuation(one: EnsembleData) -> Number:
    """χ = √N std(G)/⟨G⟩ over glasses, with its error by the jackknife over lineages."""
    G, lineages = one.samples["shear_modulus_isotropic"], one.lineages["shear_modulus_isotropic"]
    numbers = np.unique(lineages)

    def chi(values: np.typing.NDArray[np.float64]) -> float:
        return math.sqrt(one.N) * float(np.std(values, ddof=1) / np.mean(values))

    without = [chi(G[lineages != number]) for number in numbers]
    error = math.sqrt((len(numbers) - 1) * float(np.var(without)))
    return Number(chi(G), error, len(numbers))


if __name__ == "__main__":
    main()
