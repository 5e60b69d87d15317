"""What deserves a second look: samples that crystallise or demix, and ensembles whose numbers are weak.

Thresholds of order rest on 730 liquids and as many glasses of N = 500, r_c = 1.1 to 1.5, T_p = 6 to 0.8
(tests/validation/crossover): none had more than one solid-like particle; q6 scattered around 0.118 to 0.135
by at most 0.11/√N, the Warren-Cowley parameter around -0.05 to -0.02 by at most 0.41/√N. No energy lay
6 standard deviations, as the median deviation gives them, below its ensemble's median. A caesium chloride
crystal has q6 = 0.55; with the species of half of the particles given by the side of the box that they are
in, and those of the others at random, the parameter is 0.14.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.special import chdtrc

from pssglass.analysis.crossover_temperatures import LEAST_BELOW, WIDTHS
from pssglass.analysis.series import by_model, by_series
from pssglass.analysis.statistics import NORMAL_MAD
from pssglass.base.results import EnsembleData, EnsembleSummary

Query: TypeAlias = Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]
Scalars: TypeAlias = Mapping[str, float]

ORDER = ("q6", "largest_cluster", "demixing")
ENERGIES = {"energy_per_particle": "u", "liquid_energy": "energy of the liquid"}
LARGEST_CLUSTER = 0.02
Q6_SCATTER, DEMIXING_SCATTER, LEAST_ENERGY_SCATTER = 0.11, 0.41, 0.4
"""Standard deviation between samples, times √N; of energies it depends on the ensemble."""
Q6_SHIFT, DEMIXING_SHIFT = 0.03, 0.02
"""What the mean of an ensemble may have more than the hot liquid's q6, and than a random mixture."""
UNUSUAL = 6.0
"""Standard deviations that a sample may lie off: by chance one of 10⁹ lies further."""
LEAST_SAMPLES = 10
"""Samples that tell how much an ensemble scatters."""
LEAST_CHANCE = 1e-3
"""Of a χ² as large as that of the collapse, if all energies lay on one curve."""
BORN_TOLERANCE = 0.02
WEAKNESS = (
    *("vdos_supported", "modes_in_window", "beta"),
    *("initial_correlation", "born_shear"),
    *("relaxation_samples", "relaxation_criterion", "longest_lag", "short_records"),
)


@dataclass(frozen=True)
class Flag:
    """One thing to look at: the ensemble, one of its samples, or a model, and why."""

    subject: str
    reason: str


def stored_flags(specs: Iterable[Mapping[str, Any]], samples: Mapping[str, int], query: Query) -> list[Flag]:
    """All flags of a database, from what is stored in it.

    Args:
        specs: of its ensembles, as plain JSON values.
        samples: by name of ensemble, how many are done.
        query: ``Store.query``.
    """
    ensembles = [described(spec) for spec in specs]
    keys = ", ".join(f"'{key}'" for key in WEAKNESS)
    _, rows = query(f"SELECT ensemble, key, value, error FROM v_ensemble_values WHERE key IN ({keys})")
    values: dict[str, dict[str, float]] = {one.name: {} for one in ensembles}
    for ensemble, key, value, error in rows:
        values[ensemble] |= {key: value} if error is None else {key: value, f"{key}_error": error}
    weak = [Flag(name, reason) for name in values for reason in _weaknesses([samples[name]], values[name])]
    _, rows = query("SELECT label, key, value FROM v_model_values WHERE observable = 'crossover'")
    crossovers: dict[str, dict[str, float]] = {}
    for label, key, value in rows:
        crossovers.setdefault(label, {})[key] = value
    models = [*size_flags(ensembles), *crossover_flags(crossovers)]
    return [*suspicious_samples(ensembles, query), *weak, *models]


def suspicious_samples(ensembles: Sequence[EnsembleSummary], query: Query) -> list[Flag]:
    """``sample_flags`` of a database, by its ``Store.query``."""
    keys = ", ".join(f"'{key}'" for key in (*ORDER, *ENERGIES))
    _, rows = query(
        "SELECT ensemble, replica, key, value FROM v_scalars WHERE observable IN ('order', 'energetics',"
        f" 'liquid') AND key IN ({keys}) AND value IS NOT NULL ORDER BY observable_id"
    )
    found: dict[str, dict[int, dict[str, float]]] = {}
    # Of several versions of the observable the latest comes last.
    for ensemble, replica, key, value in rows:
        found.setdefault(ensemble, {}).setdefault(replica, {})[key] = value
    return sample_flags(ensembles, found)


def sample_flags(
    ensembles: Iterable[EnsembleSummary], samples: Mapping[str, Mapping[int, Scalars]]
) -> list[Flag]:
    """Samples whose order or energy speaks of a crystal or of separated species.

    Energies are compared with the median of the sample's ensemble, if it is large enough to tell. The bond
    order q6 is compared with the same, and with that of the hottest ensemble of the model, as all samples of
    a cold one may have crystallised.

    Args:
        ensembles: all that are in ``samples``.
        samples: by ensemble and replica, the scalars in ``ORDER`` and ``ENERGIES``; what is missing is not
            looked at.
    """
    flags = []
    for members in by_model(one for one in ensembles if one.name in samples).values():
        for one in members:
            order, energies = (
                _usual_order(one, members[-1], samples),
                _least_energies(one.N, samples[one.name]),
            )
            flags += [
                Flag(f"sample {replica} of {one.name}", reason)
                for replica, scalars in samples[one.name].items()
                for reason in (*_oddities(scalars, one.N, order), *_steps(scalars, energies))
            ]
    return flags


def _least_energies(N: int, samples: Mapping[int, Scalars]) -> dict[str, float]:
    """Lowest energies that are no outliers of an ensemble; none of an ensemble too small to tell."""
    found = {}
    for key in ENERGIES:
        energies = np.array([scalars[key] for scalars in samples.values() if key in scalars])
        if energies.size >= LEAST_SAMPLES:
            median = float(np.median(energies))
            scatter = NORMAL_MAD * float(np.median(np.abs(energies - median)))
            found[key] = median - UNUSUAL * max(scatter, LEAST_ENERGY_SCATTER / math.sqrt(N))
    return found


def _steps(scalars: Scalars, least: Scalars) -> Iterator[str]:
    for key, bound in least.items():
        if scalars.get(key, bound) < bound:
            yield (
                f"energy step? {ENERGIES[key]} = {scalars[key]:.4g} is below {bound:.4g}, unlike that of"
                " other samples: crystal or demixing?"
            )


def _usual_order(
    one: EnsembleSummary, hottest: EnsembleSummary, samples: Mapping[str, Mapping[int, Scalars]]
) -> float:
    """Highest q6 that is no outlier of an ensemble."""
    own, hot = (
        [scalars["q6"] for scalars in samples[name].values() if "q6" in scalars]
        for name in (one.name, hottest.name)
    )
    if not own or not hot:
        return math.inf
    median = float(np.median(own))
    scatter = Q6_SCATTER / math.sqrt(one.N)
    if len(own) >= LEAST_SAMPLES:
        scatter = max(scatter, NORMAL_MAD * float(np.median(np.abs(np.array(own) - median))))
    return min(median, float(np.median(hot)) + Q6_SHIFT) + UNUSUAL * scatter


def _oddities(scalars: Scalars, N: int, usual: float) -> Iterator[str]:
    cluster, demixing = scalars.get("largest_cluster", 0.0), scalars.get("demixing", 0.0)
    q6, mixed = scalars.get("q6", 0.0), DEMIXING_SHIFT + UNUSUAL * DEMIXING_SCATTER / math.sqrt(N)
    if cluster > LARGEST_CLUSTER:
        yield f"crystal? the largest solid-like cluster holds {100.0 * cluster:.1f} % of all particles"
    if q6 > usual:
        yield f"crystal? bond order q6 = {q6:.3f} is above {usual:.3f}, unlike that of other glasses"
    if demixing > mixed:
        yield f"demixing? Warren-Cowley parameter {demixing:.3f} is above {mixed:.3f}"


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


def crossover_flags(models: Mapping[str, Scalars]) -> list[Flag]:
    """Models whose G/K bends as widely as is allowed, or whose energies do not collapse, by label.

    Args:
        models: scalars of observable crossover.
    """
    return [Flag(label, reason) for label, values in models.items() for reason in _of_crossover(values)]


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


def ensemble_flags(ensemble: EnsembleData, optional: Collection[str] = ()) -> list[Flag]:
    """Weak statistics of an ensemble: no error bars, few modes, another exponent than 4, no equilibrium.

    ``optional`` are the scalars that not every sample needs to have.
    """
    values = {key: float(value) for key, value in ensemble.values.items() if np.ndim(value) == 0}
    counts = [scalar.count for key, scalar in ensemble.scalars.items() if key not in optional]
    return [Flag(ensemble.name, reason) for reason in _weaknesses(counts, values)]


def _weaknesses(counts: Sequence[int], values: Scalars) -> Iterator[str]:
    yield from _of_samples(set(counts))
    yield from _of_modes(values)
    yield from _of_the_liquid(values)
    yield from _of_relaxation(values)


def _of_samples(counts: set[int]) -> Iterator[str]:
    if counts and max(counts) == 1:
        yield "one sample only: its values have no error bar; simulate more"
    elif len(counts) > 1:
        yield f"quantities of {min(counts)} to {max(counts)} samples: some analyses failed or are pending"


def _of_modes(values: Scalars) -> Iterator[str]:
    if values.get("vdos_supported") == 0.0:
        yield f"A_g rests on {values['modes_in_window']:.0f} modes only: simulate more samples"
    elif "beta" in values and abs(values["beta"] - 4.0) > 3.0 * values["beta_error"]:
        yield (
            f"D(ω) goes as ω^({values['beta']:.2f} ± {values['beta_error']:.2f}), not as ω⁴:"
            " A_g depends on the window"
        )


def _of_the_liquid(values: Scalars) -> Iterator[str]:
    if not {"initial_correlation_error", "born_shear_error"} <= values.keys():
        return
    initial, born = values["initial_correlation"], values["born_shear"]
    error = math.hypot(values["initial_correlation_error"], values["born_shear_error"])
    if abs(initial - born) > max(3.0 * error, BORN_TOLERANCE * born):
        yield f"c(0) = {initial:.4g} differs from ⟨∂²U/∂γ²⟩/V = {born:.4g}: was the liquid in equilibrium?"


def _of_relaxation(values: Scalars) -> Iterator[str]:
    if short := values.get("short_records", 0.0):
        yield (
            f"no relaxation time: liquids of {short:.0f} of {values['relaxation_samples']:.0f} samples are"
            f" recorded too briefly, the briefest up to lag {values['longest_lag']:.4g}, to see c(t) fall to"
            f" {values['relaxation_criterion']:.3g} c(0): set a longer equilibration_time or a higher cap"
        )


def described(spec: Mapping[str, Any]) -> EnsembleSummary:
    """An ensemble without values."""
    return EnsembleSummary(
        name=spec["name"],
        model_name=spec["model_name"],
        parameters=spec["parameters"],
        N=spec["N"],
        parent_temperature=spec["parent_temperature"],
        scalars={},
    )
