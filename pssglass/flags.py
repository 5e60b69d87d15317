"""What deserves a second look: samples that crystallise or demix, and ensembles whose numbers are weak."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pssglass.observable import EnsembleData
from pssglass.statistics import NORMAL_MAD

ORDER = ("q6", "largest_cluster", "demixing")
LARGEST_CLUSTER = 0.02
STRONGEST_DEMIXING = 0.2
UNUSUAL = 6.0
LEAST_SAMPLES = 10
BORN_TOLERANCE = 0.02


@dataclass(frozen=True)
class Flag:
    """One thing to look at: the ensemble, or one of its samples, and why."""

    subject: str
    reason: str


def suspicious_samples(query: Callable[[str], tuple[list[str], list[tuple[Any, ...]]]]) -> list[Flag]:
    """``sample_flags`` of a database, by its ``Store.query``."""
    keys = ", ".join(f"'{key}'" for key in ORDER)
    _, rows = query(
        f"SELECT ensemble, replica, key, value FROM v_scalars WHERE observable = 'order' AND key IN ({keys})"
        " AND value IS NOT NULL ORDER BY observable_id"
    )
    found: dict[str, dict[int, dict[str, float]]] = {}
    # Of several versions of the observable the latest comes last.
    for ensemble, replica, key, value in rows:
        found.setdefault(ensemble, {}).setdefault(replica, {})[key] = value
    return sample_flags(found)


def sample_flags(samples: Mapping[str, Mapping[int, Mapping[str, float]]]) -> list[Flag]:
    """Samples whose order speaks of a crystal or of separated species.

    Args:
        samples: by ensemble and replica, the scalars of observable order: ``q6``, ``largest_cluster``,
            ``demixing``; what is missing is not looked at.
    """
    flags = []
    for ensemble, replicas in samples.items():
        usual = _usual([scalars["q6"] for scalars in replicas.values() if "q6" in scalars])
        flags += [
            Flag(f"sample {replica} of {ensemble}", reason)
            for replica, scalars in replicas.items()
            for reason in _oddities(scalars, usual)
        ]
    return flags


def _usual(values: Sequence[float]) -> float:
    """Highest value that is no outlier: the median and six robust standard deviations."""
    if len(values) < LEAST_SAMPLES:
        return math.inf
    median = float(np.median(values))
    return median + UNUSUAL * NORMAL_MAD * float(np.median(np.abs(np.array(values) - median)))


def _oddities(scalars: Mapping[str, float], usual: float) -> Iterator[str]:
    cluster, demixing = scalars.get("largest_cluster", 0.0), scalars.get("demixing", 0.0)
    q6 = scalars.get("q6", 0.0)
    if cluster > LARGEST_CLUSTER:
        yield f"crystal? the largest solid-like cluster holds {100.0 * cluster:.1f} % of all particles"
    if q6 > usual:
        yield f"crystal? bond order q6 = {q6:.3f} stands out from its ensemble, at most {usual:.3f}"
    if demixing > STRONGEST_DEMIXING:
        yield f"demixing? Warren-Cowley parameter {demixing:.3f} is above {STRONGEST_DEMIXING}"


def ensemble_flags(ensemble: EnsembleData) -> list[Flag]:
    """Weak statistics of an ensemble: no error bars, few modes, another exponent than 4, no equilibrium."""
    values = {key: float(value) for key, value in ensemble.values.items() if np.ndim(value) == 0}
    reasons = [*_of_samples(ensemble), *_of_modes(values), *_of_the_liquid(values)]
    return [Flag(ensemble.name, reason) for reason in reasons]


def _of_samples(ensemble: EnsembleData) -> Iterator[str]:
    counts = {scalar.count for scalar in ensemble.scalars.values()}
    if counts and max(counts) == 1:
        yield "one sample only: its values have no error bar; simulate more"
    elif len(counts) > 1:
        yield f"quantities of {min(counts)} to {max(counts)} samples: some analyses failed or are pending"


def _of_modes(values: Mapping[str, float]) -> Iterator[str]:
    if values.get("vdos_supported") == 0.0:
        yield f"A_g rests on {values['modes_in_window']:.0f} modes only: simulate more samples"
    elif "beta" in values and abs(values["beta"] - 4.0) > 3.0 * values["beta_error"]:
        yield (
            f"D(ω) goes as ω^({values['beta']:.2f} ± {values['beta_error']:.2f}), not as ω⁴:"
            " A_g depends on the window"
        )


def _of_the_liquid(values: Mapping[str, float]) -> Iterator[str]:
    if not {"initial_correlation_error", "born_shear_error"} <= values.keys():
        return
    initial, born = values["initial_correlation"], values["born_shear"]
    error = math.hypot(values["initial_correlation_error"], values["born_shear_error"])
    if abs(initial - born) > max(3.0 * error, BORN_TOLERANCE * born):
        yield f"c(0) = {initial:.4g} differs from ⟨∂²U/∂γ²⟩/V = {born:.4g}: was the liquid in equilibrium?"
