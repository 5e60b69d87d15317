"""What deserves a second look: odd samples, ensembles out of equilibrium, numbers that rest on too little."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import chdtrc

from pssglass.analysis.certificates import certificate
from pssglass.analysis.crossover_temperatures import LEAST_BELOW, WIDTHS
from pssglass.analysis.odd_samples import ENERGIES, ORDER, RIGIDITY, Scalars, odd_samples
from pssglass.analysis.series import by_series
from pssglass.analysis.statistics import summarize
from pssglass.analysis.weak_numbers import weak
from pssglass.base.lineages import place_of
from pssglass.base.results import EnsembleSummary, with_error

SAMPLE_SCALARS = (*ORDER, *ENERGIES, RIGIDITY)
"""Scalars of samples that flags are made from."""
LEAST_CHANCE = 1e-3
"""Of a χ² as large as that of the collapse, if all energies lay on one curve."""
LEAST_LINEAGES = 8
"""Error bars of fewer are uncertain by more than a quarter."""
OF_SEVERAL = ("_of_all", "_without_stickiest")
"""Ends of results that several models have in common."""


@dataclass(frozen=True)
class Flag:
    """One thing to look at: the ensemble, one of its samples, or a model, and why."""

    subject: str
    reason: str


@dataclass(frozen=True)
class Twin:
    """A sample that was made here, and that had been imported before as a sample of another ensemble."""

    ensemble: str
    replica: int
    imported: str
    imported_replica: int


@dataclass(frozen=True)
class Evidence:
    """What a database holds that may give rise to flags.

    Attributes:
        ensembles: all of them; their statistics are not looked at.
        done: ensemble -> number of its samples that are done.
        measured: ensemble -> observable -> number of samples in which it was measured.
        samples: ensemble -> replica -> those of ``SAMPLE_SCALARS`` that are known.
        values: ensemble -> scalars of ensemble observables, errors included.
        models: label of a model -> scalars of model observables, errors included.
        repetitions: ensemble -> an earlier one whose specification and seed it has.
        capped: ensemble -> number of its samples whose equilibration ended at the cap, where there are any.
        twins: samples that the database holds twice.
    """

    ensembles: Sequence[EnsembleSummary]
    done: Mapping[str, int]
    measured: Mapping[str, Mapping[str, int]]
    samples: Mapping[str, Mapping[int, Scalars]]
    values: Mapping[str, Scalars]
    models: Mapping[str, Scalars]
    repetitions: Mapping[str, str] = field(default_factory=dict)
    capped: Mapping[str, int] = field(default_factory=dict)
    twins: Sequence[Twin] = ()

    def of(self, chosen: Collection[str] | None, models: Mapping[str, Scalars]) -> Evidence:
        """That of some ensembles, or of all, and what was found of the models of these alone."""
        found = replace(self, models=models)
        if chosen is None:
            return found
        return replace(
            found,
            ensembles=[one for one in self.ensembles if one.name in chosen],
            samples={name: samples for name, samples in self.samples.items() if name in chosen},
            twins=[one for one in self.twins if {one.ensemble, one.imported} <= set(chosen)],
        )


def flags(evidence: Evidence) -> list[Flag]:
    """All that deserves a second look: what may be wrong first, then what only rests on too little.

    Of each, samples come before ensembles, and ensembles before models.
    """
    samples = odd_samples(evidence.ensembles, evidence.samples)
    return [
        *(Flag(f"sample {replica} of {name}", reason) for name, replica, reason in samples),
        *map(_of_twin, evidence.twins),
        *(Flag(one.name, reason) for one in evidence.ensembles for reason in _doubts(one, evidence)),
        *size_flags(evidence.ensembles),
        *(Flag(label, reason) for label, values in evidence.models.items() for reason in _of_model(values)),
        *(Flag(one.name, reason) for one in evidence.ensembles for reason in _scarcity(one, evidence)),
    ]


def _of_twin(twin: Twin) -> Flag:
    return Flag(
        f"sample {twin.replica} of {twin.ensemble}",
        f"is the glass that was imported as sample {twin.imported_replica} of {twin.imported}, and counts"
        f" twice with it; take that back by `pssglass db remove --ensemble {twin.imported} --samples"
        f" {twin.imported_replica}`",
    )


def size_flags(ensembles: Iterable[EnsembleSummary]) -> list[Flag]:
    """Models with ensembles of several N in one curve against the parent temperature."""
    at_known = [one for one in ensembles if one.parent_temperature is not None]
    sizes = {label: sorted({one.N for one in members}) for label, members in by_series(at_known).items()}
    return [
        Flag(
            label,
            f"one curve of ensembles with N = {', '.join(map(str, found))}: what depends on the box"
            " (softest modes, their number and size) is not comparable",
        )
        for label, found in sizes.items()
        if len(found) > 1
    ]


def _doubts(ensemble: EnsembleSummary, evidence: Evidence) -> Iterator[str]:
    """What may be wrong with an ensemble, and more samples do not mend."""
    name, longer = ensemble.name, ensemble.remedy_for_brevity
    values = evidence.values.get(name, {})
    if name in evidence.repetitions:
        first = evidence.repetitions[name]
        yield (
            f"its samples are those of {first} (same specification and seed), and count twice in fits and"
            f" figures; take it back by `pssglass db remove --ensemble {name}`"
        )
    if ensemble.is_imported and ensemble.parent_temperature is None:
        yield (
            "no parent temperature: it is in no figure, and in no value of ensembles and models; tell it by"
            f" `pssglass db describe {name} --parent-temperature T`"
        )
    yield from _of_equilibrium(ensemble, evidence, longer)
    yield from _of_exponent(values)


def _scarcity(ensemble: EnsembleSummary, evidence: Evidence) -> Iterator[str]:
    """What of an ensemble rests on too little."""
    name = ensemble.name
    samples = evidence.samples.get(name, {})
    yield from _of_counts(evidence.done.get(name, 0), set(evidence.measured.get(name, {}).values()))
    if ensemble.spacing is not None and len(samples) > 1:
        yield from _of_lineages(len({place_of(replica)[0] for replica in samples}))
    yield from dict.fromkeys(weak(evidence.values.get(name, {})).values())
    yield from _of_rigidity(ensemble, {key: one[RIGIDITY] for key, one in samples.items() if RIGIDITY in one})


def _of_equilibrium(ensemble: EnsembleSummary, evidence: Evidence, longer: str) -> Iterator[str]:
    """What its certificate refuses; without a verdict, what samples and records tell against it."""
    name, values = ensemble.name, evidence.values.get(ensemble.name, {})
    capped, done = evidence.capped.get(name, 0), evidence.done.get(name, 0)
    found = certificate(name, values)
    told = f"{capped} of {done} samples ended at equilibration_cap"
    if found is not None and found.is_refused:
        also = f"; {told}" if capped else ""
        yield f"not in equilibrium: {found.text}{also}: {longer}"
        return
    if capped and (found is None or found.lacks):
        yield f"{told}, and the ensemble has no certificate of equilibrium: {longer}"
    if short := values.get("short_records", 0.0):
        yield (
            f"no relaxation time: liquids of {short:.0f} of {values['relaxation_samples']:.0f} samples are"
            f" recorded too briefly, the briefest up to lag {values['longest_lag']:.4g}, to see c(t) fall to"
            f" {values['relaxation_criterion']:.3g} c(0): {longer}"
        )


def _of_counts(done: int, measured: set[int]) -> Iterator[str]:
    if done == 1:
        yield "one sample only: its values have no error bar; add samples"
    elif len(measured) > 1:
        few, many = min(measured), max(measured)
        yield f"quantities of {few} to {many} samples: some analyses failed or are pending"


def _of_lineages(lineages: int) -> Iterator[str]:
    """Glasses of a few liquids, however many they are."""
    if lineages == 1:
        yield "one lineage only: its values have no error bar; add lineages"
    elif 1 < lineages < LEAST_LINEAGES:
        part = round(100.0 / math.sqrt(2.0 * (lineages - 1)))
        yield f"error bars rest on {lineages} lineages, and are uncertain by {part} %: add lineages"


def _of_exponent(values: Scalars) -> Iterator[str]:
    if (
        "beta" in values
        and "beta" not in weak(values)
        and abs(values["beta"] - 4.0) > 3.0 * values["beta_error"]
    ):
        yield (
            f"D(ω) goes as ω^({values['beta']:.2f} ± {values['beta_error']:.2f}), not as ω⁴:"
            " A_g depends on the window"
        )


def _of_rigidity(ensemble: EnsembleSummary, moduli: Mapping[int, float]) -> Iterator[str]:
    """G that is zero within its error says nothing, nor does what is divided by it; by replica."""
    if len(moduli) < 2:
        return
    lineages = None if ensemble.spacing is None else [place_of(replica)[0] for replica in moduli]
    G = summarize(np.array(list(moduli.values())), lineages)
    if G.standard_error >= G.mean:
        yield (
            f"G = {with_error(G.mean, G.standard_error)} is no more than its error: do not trust what is"
            " divided by it, as curves are by G of the hottest ensemble; add samples"
        )


def _of_model(values: Scalars) -> Iterator[str]:
    """G/K that bends as widely as is allowed, energies that do not collapse, exponents that say nothing."""
    yield from _of_crossover(values)
    yield from (reason for key, reason in weak(values).items() if not key.endswith(OF_SEVERAL))


def _of_crossover(values: Scalars) -> Iterator[str]:
    widest = WIDTHS[1]
    if values.get("crossover_width", 0.0) > 0.99 * widest:
        yield f"G/K bends so widely that T_co depends on the bound of its width, {widest}: add samples"
    models, cold = values.get("collapsible_models"), values.get("fewest_cold_energies", LEAST_BELOW)
    chi_square, freedom = values.get("collapse_chi_square", 0.0), values.get("collapse_freedom", 0.0)
    if models == 1.0:
        yield "no T_co by collapse: it needs another model with T_co by elasticity"
    elif cold < LEAST_BELOW:
        yield (
            f"no T_co by collapse: a model has {cold:.0f} energies with error bars below its T_co by"
            f" elasticity, {LEAST_BELOW} are needed: add colder ensembles"
        )
    elif freedom and chdtrc(freedom, chi_square) < LEAST_CHANCE:
        yield (
            f"energies do not collapse: χ² = {chi_square:.3g} for {freedom:.0f} degrees of freedom, do not"
            " trust T_co by collapse: are cold liquids in equilibrium?"
        )
