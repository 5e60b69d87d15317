"""The paper's claims, each with our number, its error and a verdict, from the values of glasses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from glasses import VALUES, Liquid, read, read_liquids
from scipy.special import ndtr, stdtrit

from pssglass.base.results import EnsembleData, with_error
from pssglass.pipeline.requests import registry
from pssglass.plugins.aggregation import aggregated

CAMPAIGNS = ("table1", "low-frequency")

NO_BOUND = "no bound given"
SIGMAS = 3.0
"""Standard errors between a number and the opposite of what is said of it."""
LEAST_LINEAGES = 3
"""Of an ensemble that counts as the coldest."""
PLATEAU = {1.1: 3.0, 1.2: 2.6, 1.3: 2.6, 1.5: 1.8}
"""r_c -> lowest temperature of the plateau, at least 1.8 T_co."""

Statistic = Callable[["Block"], float]


@dataclass(frozen=True)
class Number:
    """A value, its standard error, and how many lineages it rests on."""

    value: float
    error: float
    lineages: float = math.inf

    def __str__(self) -> str:
        return with_error(self.value, self.error)

    def against(self, bound: float) -> int:
        """1 above the bound, -1 below it, 0 where the error does not tell.

        It has to lie as improbably far as ``SIGMAS`` errors of a normal distribution: of few lineages, by
        Student's t, that is more errors.
        """
        needed = stdtrit(min(self.lineages - 1.0, 1e6), ndtr(SIGMAS))
        distance = self.value - bound
        return 0 if not abs(distance) >= needed * self.error else 1 if distance > 0.0 else -1


@dataclass(frozen=True)
class Claim:
    """One line of the table."""

    claim: str
    paper: str
    ours: str
    verdict: str


class Block:
    """All glasses of one r_c, if so asked without those of one lineage."""

    def __init__(self, ensembles: Sequence[EnsembleData], without: int | None = None) -> None:
        self.ensembles, self.without = ensembles, without
        self.cold = [one for one in ensembles if one.independent("bulk_modulus") >= LEAST_LINEAGES][:1]
        lowest = PLATEAU[ensembles[0].parameters["rc"]]
        self.hot = [one for one in ensembles if one.parent_temperature >= lowest]

    def mean(self, key: str, ensembles: Sequence[EnsembleData]) -> float:
        """Over these ensembles, each of which counts alike."""
        return float(np.mean([self._mean(one, key) for one in ensembles]))

    @property
    def name(self) -> str:
        """With its coldest temperature."""
        return f"r_c = {self.cold[0].parameters['rc']}, to T_p = {self.cold[0].parent_temperature}"

    def _mean(self, one: EnsembleData, key: str) -> float:
        kept = one.lineages[key] != self.without
        return float(np.mean(one.samples[key][kept]))

    def number(self, statistic: Statistic) -> Number:
        """A statistic with its error by the jackknife over lineages, each at all its temperatures."""
        lineages = np.unique(
            np.concatenate([one.lineages["bulk_modulus"] for one in (*self.cold, *self.hot)])
        )
        without = [statistic(Block(self.ensembles, int(one))) for one in lineages]
        error = math.sqrt((len(lineages) - 1) * float(np.var(without)))
        return Number(statistic(self), error, len(lineages))


def change(key: str) -> Statistic:
    """Relative change of a mean from the plateau to the coldest temperature."""
    return lambda block: block.mean(key, block.cold) / block.mean(key, block.hot) - 1.0


def nonaffine(block: Block, ensembles: Sequence[EnsembleData]) -> float:
    """G_na/G, a ratio of means."""
    return block.mean("shear_modulus_nonaffine", ensembles) / block.mean("shear_modulus", ensembles)


def change_of_nonaffine(block: Block) -> float:
    """Relative change of G_na/G from the plateau to the coldest temperature."""
    return nonaffine(block, block.cold) / nonaffine(block, block.hot) - 1.0


def change_of_ratio(above: str, below: str, power: float = 1.0) -> Statistic:
    """Relative change of ⟨a⟩/⟨b⟩^power from the plateau to the coldest temperature."""

    def at(block: Block, ensembles: Sequence[EnsembleData]) -> float:
        return block.mean(above, ensembles) / block.mean(below, ensembles) ** power

    return lambda block: at(block, block.cold) / at(block, block.hot) - 1.0


change_of_frequency = change_of_ratio("omega_g", "shear_modulus", 0.5)
"""Of ω_g/ω0: ω0 goes with √G."""


def verdict(number: Number, low: float = -math.inf, high: float = math.inf) -> str:
    """Whether a number lies between two bounds, by more than its error could make it."""
    sides = number.against(low), number.against(high)
    if sides == (1, -1):
        return "holds"
    return "does not hold" if sides[0] < 0 or sides[1] > 0 else "open"


def percent(number: Number) -> str:
    """With its sign."""
    text = with_error(100.0 * number.value, 100.0 * number.error)
    return f"{'' if text.startswith('-') else '+'}{text} %".replace("-", "−")


def of_moduli(blocks: Mapping[float, Block]) -> list[Claim]:
    """G and K, from the plateau to the coldest temperature."""
    soft, sticky = ends(blocks)
    G = {block: block.number(change("shear_modulus_isotropic")) for block in (soft, sticky)}
    K = {block: block.number(change("bulk_modulus")) for block in blocks.values()}
    most = K.pop(sticky)
    next_most = min(K.values(), key=lambda one: one.value)
    margin = difference(next_most, most)
    return [
        Claim(f"G rises, {soft.name}", "> 20 %", percent(G[soft]), verdict(G[soft], low=0.2)),
        Claim(f"G rises, {sticky.name}", "< 5 %", percent(G[sticky]), verdict(G[sticky], 0.0, 0.05)),
        Claim(f"K falls, {sticky.name}", "about 10 %", percent(most), verdict(most, -0.125, -0.075)),
        Claim(
            "K falls most at the smallest r_c",
            "largest of all",
            f"{percent(margin)}, next less this",
            verdict(margin, low=0.0),
        ),
    ]


def of_ratios(blocks: Mapping[float, Block]) -> list[Claim]:
    """G_na/G, ν, p/K and p/p0, from the plateau to the coldest temperature."""
    claims = []
    for block in blocks.values():
        number = block.number(change_of_nonaffine)
        claims.append(
            Claim(f"G_na/G falls, {block.name}", "40–50 %", percent(number), verdict(number, -0.5, -0.4))
        )
    soft, sticky = (block.number(lambda one: nonaffine(one, one.hot)) for block in ends(blocks))
    factor, nu = quotient(soft, sticky), of_each(blocks, change("poisson_ratio"))
    fall = all_of(verdict(one, high=0.0) for one in nu.values())
    claims += [
        Claim("G_na/G on the plateau varies over r_c", "> 2 ×", f"{factor} ×", verdict(factor, low=2.0)),
        Claim("ν falls at each r_c", "alike (Fig. 6)", listed(nu), fall),
    ]
    for above, below, name in (("pressure", "bulk_modulus", "p/K"), ("pressure", "pressure_scale", "p/p0")):
        found = listed(of_each(blocks, change_of_ratio(above, below)))
        claims.append(Claim(f"{name} varies little", "Fig. 13", found, NO_BOUND))
    return claims


def of_frequencies(blocks: Mapping[float, Block]) -> list[Claim]:
    """ω_g/ω0 from the plateau to the coldest temperature."""
    soft, sticky = ends(blocks)
    change_of_soft, change_of_sticky = (one.number(change_of_frequency) for one in (soft, sticky))
    return [
        Claim(
            f"ω_g/ω0 changes, {soft.name}",
            "> 30 %",
            percent(change_of_soft),
            verdict(change_of_soft, low=0.3),
        ),
        Claim(
            f"ω_g/ω0 changes, {sticky.name}",
            "3 %",
            percent(change_of_sticky),
            verdict(change_of_sticky, 0.01, 0.05),
        ),
    ]


def ends(blocks: Mapping[float, Block]) -> tuple[Block, Block]:
    """The largest r_c and the smallest."""
    return blocks[max(blocks)], blocks[min(blocks)]


def of_each(blocks: Mapping[float, Block], statistic: Statistic) -> dict[float, Number]:
    """A statistic of each r_c."""
    return {rc: block.number(statistic) for rc, block in blocks.items()}


def of_crossovers(models: Mapping[float, Mapping[str, Any]]) -> list[Claim]:
    """T_co by both ways."""
    claims = []
    for rc, paper in ((1.1, (1.39, 1.42)), (1.5, (0.88, 0.88))):
        for way in ("elastic", "collapse"):
            if f"T_co_{way}" not in models[rc]:
                continue
            found = Number(models[rc][f"T_co_{way}"], models[rc][f"T_co_{way}_error"])
            low, high = (end + sign * 2.0 * found.error for end, sign in zip(paper, (-1, 1), strict=True))
            name = "G/K" if way == "elastic" else "collapse"
            agrees = "within two errors" if low <= found.value <= high else "differs by more than two errors"
            text = "–".join(f"{end:g}" for end in sorted(set(paper)))
            claims.append(Claim(f"T_co by {name}, r_c = {rc}", text, str(found), agrees))
    return claims


def of_soft_modes(ensembles: Sequence[EnsembleData]) -> list[Claim]:
    """A_g ω0⁵ and N e0 of hot over cold glasses."""
    claims = []
    for rc in sorted({one.parameters["rc"] for one in ensembles}, reverse=True):
        cold, *_, hot = (one.values for one in ensembles if one.parameters["rc"] == rc)
        for key, name in (("A_g_scaled", "A_g ω0⁵"), ("N_e0", "N e0")):
            if key in cold and key in hot:
                factor = quotient(*(Number(one[key], one[f"{key}_error"]) for one in (hot, cold)))
                says = "depends on T_p" if rc > 1.4 else "hardly depends on T_p"
                claims.append(Claim(f"{name}, hot over cold, r_c = {rc}", says, str(factor), NO_BOUND))
    return claims


def of_power_laws(models: Mapping[float, Mapping[str, Any]]) -> list[Claim]:
    """Exponents of N e0 and A_g as powers of ω_g/ω0."""
    values = next(iter(models.values()))
    claims = []
    for key, name, paper in (
        ("N_e0_exponent_of_all", "N e0 ∼ (ω_g/ω0)^x", -3.0),
        ("A_g_exponent_without_stickiest", "A_g ω0⁵ ∼ (ω_g/ω0)^x but for the smallest r_c", -5.0),
    ):
        if key in values and values[f"{key}_supported"]:
            found = Number(values[key], values[f"{key}_error"])
            agrees = abs(found.value - paper) <= 2.0 * found.error
            text = "within two errors" if agrees else "differs by more than two errors"
            claims.append(Claim(name, f"x = {paper:g}", f"x = {found}", text))
    return claims


def of_liquids(liquids: Sequence[Liquid]) -> list[Claim]:
    """c(t): how far relaxation times reach, and c(0) = ⟨U_γγ⟩/V."""
    times = [one.values["relaxation_time"] for one in liquids if one.values["relaxation_time"] > 0.0]
    decades = math.log10(max(times) / min(times))
    deviations = [
        (one.values["initial_correlation"] - one.values["born_shear"])
        / math.hypot(one.values["initial_correlation_error"], one.values["born_shear_error"])
        for one in liquids
        if one.values["in_equilibrium"] == 1.0
    ]
    claims = [
        Claim(
            "c(t) relaxes over decades of τ",
            "4 (Fig. 18)",
            f"{decades:.1f}",
            "holds" if decades >= 4.0 else "open",
        )
    ]
    if deviations:
        rms = math.sqrt(float(np.mean(np.square(deviations))))
        text = f"root mean square of {len(deviations)} deviations: {rms:.2f} errors"
        claims.append(
            Claim("c(0) = ⟨U_γγ⟩/V in equilibrium", "exact", text, "holds" if rms < 2.0 else "does not hold")
        )
    return claims


def quotient(above: Number, below: Number) -> Number:
    """Of two independent numbers."""
    value = above.value / below.value
    relative = math.hypot(above.error / above.value, below.error / below.value)
    return Number(value, abs(value) * relative, min(above.lineages, below.lineages))


def difference(one: Number, other: Number) -> Number:
    """Of two independent numbers."""
    error = math.hypot(one.error, other.error)
    return Number(one.value - other.value, error, min(one.lineages, other.lineages))


def listed(numbers: Mapping[float, Number]) -> str:
    """One a cutoff."""
    return ", ".join(f"{rc}: {percent(number)}" for rc, number in numbers.items())


def all_of(verdicts: Iterable[str]) -> str:
    """Of a statement about every cutoff."""
    found = set(verdicts)
    return "holds" if found == {"holds"} else "does not hold" if "does not hold" in found else "open"


def table(claims: Sequence[Claim]) -> str:
    """Markdown."""
    rows = [f"| {one.claim} | {one.paper} | {one.ours} | {one.verdict} |" for one in claims]
    return "\n".join(["| claim | paper | here | verdict |", "|-|-|-|-|", *rows])


def main() -> None:
    """Print the table from the files in ``values``."""
    print(of_values())


def of_values() -> str:
    """The table, or why there is none."""
    every = {name: evaluated(read(VALUES, name)) for name in CAMPAIGNS}
    if not every["table1"]:
        return f"no values in {VALUES}: run validate.py first"
    models = {one.parameters["rc"]: one.values for one in every["table1"]}
    blocks = {rc: Block([one for one in every["table1"] if one.parameters["rc"] == rc]) for rc in models}
    if not all(block.cold and block.hot for block in blocks.values()):
        return f"fewer than {LEAST_LINEAGES} lineages at some r_c: make more of table1"
    return table(
        [
            *of_moduli(blocks),
            *of_ratios(blocks),
            *of_frequencies(blocks),
            *of_soft_modes(every["low-frequency"]),
            *of_power_laws(models),
            *of_crossovers(models),
            *of_liquids(read_liquids(VALUES, "table1")),
        ]
    )


def evaluated(ensembles: list[EnsembleData]) -> list[EnsembleData]:
    """With T_co, A_g, N e0 and their power laws."""
    observables = registry().resolve(["crossover", "vdos", "localisation", "power_laws"])
    return aggregated(ensembles, observables)[0]


if __name__ == "__main__":
    main()
