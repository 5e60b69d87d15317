"""The certificate of an ensemble: whether its liquids were in equilibrium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pssglass.analysis import equilibrium
from pssglass.analysis.correlation import RELAXED, relaxation_time
from pssglass.analysis.displacements import decay_time
from pssglass.analysis.equilibrium import LEAST_LIQUIDS, NOT_IN_EQUILIBRIUM, Criterion, Thermal, verdict
from pssglass.observable import LIQUID, Column, EnsembleData, Floats, Level, Value

HISTORY = (
    *("equilibration_time", "n_tau", "equilibration_cap", "melt_temperature", "melt_time", "swap"),
    "stages",
)
"""Keys of the protocol that say how a liquid came to its state."""
OF_CRITERIA = {
    "relaxation_times_passed": (
        "1",
        "shortest time at the parent temperature over tau; below it, if c(t) never decays",
    ),
    "structural_relaxation_times_passed": (
        "1",
        "the same of F_s(k, t) at the first peak of S(k)",
    ),
    "energy_trend": (
        "epsilon",
        "u of the last third of the record less that of the first, mean over liquids",
    ),
    "pressure_trend": ("epsilon/lambda^3", "the same of the pressure"),
    "combined_drift": ("1", "drifts of the energies of all liquids together, in standard errors"),
    "missing_correlation": ("1", "1 - c(0)/(U_gammagamma/V), zero in equilibrium"),
    "inherent_energy_trend": ("epsilon", "change of u from one glass of a lineage to the next"),
    "energy_reduction": ("1", "R of u: width of all lineages together over that of one"),
    "pressure_reduction": ("1", "R of the pressure of glasses"),
    "heat_capacity_mismatch": (
        "epsilon",
        "u of the next hotter ensemble less u, less what heat capacities say",
    ),
    "histogram_mismatch": ("1", "slope of ln P/P' of energies with the same, over what it should be, less 1"),
    "history_difference": ("epsilon", "u less that of an ensemble with another history"),
}
"""Unit and meaning of the number of each criterion."""
WITHOUT_ERROR = (
    *("relaxation_times_passed", "structural_relaxation_times_passed"),
    *("energy_reduction", "pressure_reduction"),
)
PER_LIQUID = (
    *("liquid_energy", "liquid_energy_variance", "liquid_energy_third_moment"),
    *("liquid_energy_early", "liquid_energy_late", "liquid_pressure_early", "liquid_pressure_late"),
)


def _columns() -> Iterator[Column]:
    yield Column("in_equilibrium", "1", "the verdict: 1 in equilibrium, 0 not in equilibrium, -1 not known")
    yield Column("equilibrium_liquids", "1", "independent liquids that were recorded")
    yield Column("longest_relaxation_time", "time", "tau of stress or sizes, down to a tenth", optional=True)
    yield Column("structural_relaxation_time", "time", "tau of F_s(k, t), down to 1/e", optional=True)
    for name, (unit, doc) in OF_CRITERIA.items():
        yield Column(name, unit, doc, optional=True)
        if name not in WITHOUT_ERROR:
            yield Column(f"{name}_error", unit, "its standard error", optional=True)
        yield Column(f"{name}_limit", unit, "what it must keep", optional=True)
        yield Column(f"{name}_holds", "1", "1 if it does, 0 if it fails", optional=True)


class Equilibrium:
    """Whether the liquids were in equilibrium: criteria with numbers and limits, and the verdict.

    An ensemble is not in equilibrium if one criterion fails. It is in equilibrium if enough relaxation times
    have passed, the energy has no trend, and c(0) = ⟨U_γγ⟩/V; else it is not known. Of neighbouring
    temperatures that are not consistent the colder one is at fault, unless the hotter one fails by itself:
    then the next hotter one that does not is asked. Ensembles that fail by themselves say nothing of others.
    """

    name = "equilibrium"
    version = "2"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = (LIQUID, "energetics", "displacements")
    parameters: Mapping[str, Any] = {}
    columns = tuple(_columns())

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble, judged beside its peers."""
        found = _judged([subject, *subject.peers])
        criteria = [*found[subject.name], *_of_histories(subject, found)]
        values: dict[str, Value] = {
            "in_equilibrium": verdict(criteria),
            "equilibrium_liquids": _liquids(subject),
        }
        tau = _longest_time(subject)
        if tau is not None:
            values["longest_relaxation_time"] = tau
        structural, _ = _structural_time(subject)
        if structural is not None:
            values["structural_relaxation_time"] = structural
        for one in criteria:
            values |= {one.name: one.value, f"{one.name}_limit": one.limit}
            if one.error is not None and one.name not in WITHOUT_ERROR:
                values[f"{one.name}_error"] = one.error
            if one.holds is not None:
                values[f"{one.name}_holds"] = float(one.holds)
        return values


def _judged(ensembles: Sequence[EnsembleData]) -> dict[str, list[Criterion]]:
    """All but histories: name -> criteria, from hot to cold, as a colder one rests on hotter ones."""
    found: dict[str, list[Criterion]] = {}
    sound: list[EnsembleData] = []
    for one in sorted(ensembles, key=lambda each: -each.parent_temperature):
        criteria = [*_of_itself(one), *_of_neighbours(one, sound)]
        found[one.name] = criteria
        if verdict(criteria) != NOT_IN_EQUILIBRIUM:
            sound.append(one)
    return found


def _of_itself(subject: EnsembleData) -> Iterator[Criterion]:
    """What the ensemble alone tells, as far as it was recorded."""
    times = _relaxation_times(subject)
    if times is not None:
        yield times
    if (structural := _structural_times(subject)) is not None:
        yield structural
    if (drifts := subject.samples.get("liquid_energy_drift")) is not None and drifts.size:
        yield equilibrium.combined_drift(drifts)
    if _liquids(subject) >= LEAST_LIQUIDS:
        initial = np.array([one[0] for one in subject.arrays["stress_correlation"]])
        yield equilibrium.missing_correlation(initial, subject.samples["liquid_born_shear"])
        for name in ("energy", "pressure") if _is_recorded(subject) else ():
            change = subject.samples[f"liquid_{name}_late"] - subject.samples[f"liquid_{name}_early"]
            yield equilibrium.vanishing(f"{name}_trend", equilibrium.mean_of(change))
    yield from _of_lineages(subject)


def _of_lineages(subject: EnsembleData) -> Iterator[Criterion]:
    """What glasses of lineages tell; sizes that are drawn anew make lineages differ for ever."""
    lineages = subject.lineages.get("energy_per_particle")
    if lineages is None:
        return
    energies = subject.samples["energy_per_particle"]
    found = [equilibrium.trend_in_lineages("inherent_energy_trend", energies, lineages)]
    if not _is_drawn(subject):
        found.append(equilibrium.reduction("energy_reduction", energies, lineages))
        pressures = subject.samples["pressure"]
        found.append(equilibrium.reduction("pressure_reduction", pressures, subject.lineages["pressure"]))
    yield from (one for one in found if one is not None)


def _of_neighbours(subject: EnsembleData, sound: Sequence[EnsembleData]) -> Iterator[Criterion]:
    """What the nearest hotter one tells of those that do not fail by themselves."""
    cold = _thermal(subject)
    hotter = [
        (one, hot)
        for one in sound
        if one.parent_temperature > subject.parent_temperature and (hot := _thermal(one)) is not None
    ]
    if cold is None or not hotter:
        return
    nearest = min(one.parent_temperature for one, _ in hotter)
    hot = max(
        (hot for one, hot in hotter if one.parent_temperature == nearest), key=lambda each: each.mean.size
    )
    yield equilibrium.heat_capacity(hot, cold)
    if (overlap := equilibrium.histograms(hot, cold)) is not None:
        yield overlap


def _of_histories(subject: EnsembleData, judged: Mapping[str, Sequence[Criterion]]) -> Iterator[Criterion]:
    """That of the ensembles of the same state with another history which is furthest off."""
    found = []
    for peer in subject.peers:
        is_same_state = peer.parent_temperature == subject.parent_temperature and _pressure(
            peer
        ) == _pressure(subject)
        if is_same_state and _history(peer) != _history(subject) and _may_be_compared(subject, peer, judged):
            ours, theirs = (equilibrium.mean_of(one.samples["liquid_energy"]) for one in (subject, peer))
            found.append(equilibrium.vanishing("history_difference", ours - theirs))
    yield from sorted(found, key=lambda one: -abs(one.value) / max(one.limit, 1e-300))[:1]


def _may_be_compared(
    subject: EnsembleData, peer: EnsembleData, judged: Mapping[str, Sequence[Criterion]]
) -> bool:
    if min(_liquids(subject), _liquids(peer)) < LEAST_LIQUIDS:
        return False
    return verdict(judged[peer.name]) != NOT_IN_EQUILIBRIUM


def _history(ensemble: EnsembleData) -> list[Any]:
    return [ensemble.spacing, *(ensemble.protocol.get(key) for key in HISTORY)]


def _pressure(ensemble: EnsembleData) -> Any:
    return ensemble.protocol.get("pressure")


def _is_drawn(ensemble: EnsembleData) -> bool:
    """Whether the particles of each sample are others: then liquids differ by more than their state."""
    sizes = ensemble.parameters.get("sizes")
    table = sizes if isinstance(sizes, Mapping) else ensemble.parameters
    return table.get("drawing") == "random"


def _liquids(ensemble: EnsembleData) -> int:
    """Number of liquids that were recorded, each of them once."""
    return len(ensemble.arrays.get("stress_correlation", ()))


def _is_recorded(ensemble: EnsembleData) -> bool:
    """Whether all its liquids have what was recorded only by later versions of the program."""
    counts = {ensemble.samples[key].size if key in ensemble.samples else 0 for key in PER_LIQUID}
    return counts == {_liquids(ensemble)}


def _thermal(ensemble: EnsembleData) -> Thermal | None:
    """Energies of its liquids, where heat capacities are those of one system at constant volume."""
    if _liquids(ensemble) < LEAST_LIQUIDS or not _is_recorded(ensemble):
        return None
    if _is_drawn(ensemble) or _pressure(ensemble) is not None:
        return None
    mean, variance, third = (ensemble.samples[key] for key in PER_LIQUID[:3])
    energies = ensemble.arrays.get("liquid_energies", ())
    return Thermal(ensemble.parent_temperature, ensemble.N, mean, variance, third, energies)


def _relaxation_times(subject: EnsembleData) -> Criterion | None:
    """The shortest hold over the longest τ; None where something was not recorded."""
    if not _liquids(subject) or "liquid_time" not in subject.samples:
        return None
    records = _correlations(subject)
    if records is None:
        return None
    needed = _needed(subject)
    time, tau = _hold_time(subject), _longest_time(subject)
    if tau is not None:
        return equilibrium.relaxation_times(time / tau, needed)
    bound = max(
        lags[-1] for lags, correlation in records if relaxation_time(lags, correlation, RELAXED) is None
    )
    return equilibrium.relaxation_times(time / bound, needed, is_bound=True)


def _needed(subject: EnsembleData) -> float:
    """Relaxation times of the stress that must have passed."""
    return float(subject.protocol.get("n_tau") or equilibrium.RELAXATION_TIMES)


def _structural_times(subject: EnsembleData) -> Criterion | None:
    """The shortest hold over the time in which F_s(k, t) decays; None where it was not recorded of all."""
    tau, longest = _structural_time(subject)
    if longest is None or "liquid_time" not in subject.samples:
        return None
    passed = _hold_time(subject) / (tau or longest)
    return equilibrium.structural_relaxation_times(passed, _needed(subject), is_bound=tau is None)


def _structural_time(subject: EnsembleData) -> tuple[float | None, float | None]:
    """When F_s(k, t), mean over liquids, is down to 1/e, None if it never is; and the longest lag, if any."""
    curves = subject.arrays.get("self_scattering", ())
    if not curves or len(curves) != _liquids(subject):
        return None, None
    lags, scattering = _mean_correlation(subject.arrays["displacement_lag"], curves)
    return decay_time(lags, scattering), float(lags[-1])


def _hold_time(subject: EnsembleData) -> float:
    """The shortest of a liquid, in a lineage before its first glass.

    Where liquids end as they look like equilibrium, some do by the noise of their own c(t), long before.
    """
    return float(np.min(subject.samples["liquid_time"]))


def _longest_time(subject: EnsembleData) -> float | None:
    """τ at which all that has to relax is down to a tenth, of means over liquids; None if one never is."""
    records = _correlations(subject)
    if not records:
        return None
    times = [relaxation_time(lags, correlation, RELAXED) for lags, correlation in records]
    known = [one for one in times if one is not None]
    return max(known) if len(known) == len(times) else None


def _correlations(subject: EnsembleData) -> list[tuple[Floats, Floats]] | None:
    """c(t) and, where sizes are exchanged, C_λ(t); None where one was not recorded."""
    names = [("correlation_time", "stress_correlation")]
    if subject.protocol.get("swap"):
        names.append(("size_time", "size_correlation"))
    if any(not subject.arrays.get(key) for pair in names for key in pair):
        return None
    return [_mean_correlation(subject.arrays[time], subject.arrays[key]) for time, key in names]


def _mean_correlation(times: Sequence[Floats], correlations: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Mean over liquids, up to a lag that half of them have; of those that have it.

    Short records are those of liquids that relax fast, so that the mean is rather too slow than too fast.
    Sizes are looked at at other lags in records of another length: these are put on the lags of the longest.
    """
    longest = max(times, key=lambda one: float(one[-1]))
    lags = longest[longest <= np.median([one[-1] for one in times])]
    sums, counts = np.zeros(lags.size), np.zeros(lags.size)
    for time, correlation in zip(times, correlations, strict=True):
        has = lags <= time[-1] * (1.0 + 1e-12)
        sums[has] += np.interp(lags[has], time, correlation)
        counts[has] += 1.0
    return lags, sums / counts
