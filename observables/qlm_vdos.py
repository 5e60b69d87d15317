"""Density of quasilocalised modes per frequency and the prefactor of its quartic law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pssglass.analysis.completeness import chao1_unseen, good_turing_coverage
from pssglass.analysis.quartic_law import declared, quartic_law
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Level, Value

REMEDY = "raise count or starts of qlm, or add samples"


class QuasilocalisedDensity:
    """D(ω) of quasilocalised modes, per particle and unit of frequency, and its A_g, D = A_g ω⁴.

    Estimators, window and errors are those of observable vdos, whose A_g of harmonic modes stands beside:
    A_g = 5 n/(S N ω_max⁵) for n modes below ω_max in S samples. A quasilocalised mode is softer or stiffer
    than a phonon without mixing with it, so that ``window``, in units of the first shear phonon, may lie
    above 1.

    What it rests on: n counts the modes that were *found*, and is a lower bound of those there are; so are D
    and A_g. How complete it is tell the coverage, the chance that a further descent into the window ends in a
    known mode, and the unseen, a lower bound of the modes in the window, a glass, that descents of these
    starts would still find. Both say nothing of modes that no start leads to. Errors are those between
    samples; that modes are missing is not in them.
    """

    name = "qlm_vdos"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("qlm", "moduli")
    on_request = True
    parameters: Mapping[str, Any] = {"window": 0.7, "resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {
        "window": Bounds(above=0.0),
        "resamples": Bounds(at_least=2),
        "seed": Bounds(at_least=0),
    }
    columns = (
        *(
            Column(name, unit, doc, optional=optional)
            for name, unit, doc, optional in declared("qlm_", "; of modes found")
        ),
        Column("qlm_window_coverage", "1", "share of descents into the window that end in a known mode"),
        Column("qlm_window_unseen", "1", "modes in the window that a glass still has, at least"),
        Column("qlm_vdos_frequency", "1/time", "geometric centre of each bin", ("bins",)),
        Column("qlm_density_of_states", "time", "D(omega) of modes found, per particle", ("bins",)),
        Column("qlm_vdos_count", "1", "modes in each bin", ("bins",)),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble."""
        complete = _complete(subject)
        law = quartic_law(subject, "qlm_frequency", complete, subject.N, remedy=REMEDY, **parameters)
        named = {f"qlm_{name}": value for name, value in law.items()}
        values = {column.name: named[column.name] for column in self.columns if column.name in named}
        frequencies, times = subject.arrays["qlm_frequency"], subject.arrays["qlm_times_found"]
        finds = [n[w < law["window_high"]] for w, n in zip(frequencies, times, strict=True)]
        return {
            **values,
            "qlm_window_coverage": good_turing_coverage(np.concatenate(finds)),
            "qlm_window_unseen": float(np.mean([chao1_unseen(one) for one in finds])),
        }


def _complete(subject: EnsembleData) -> float:
    """Up to where every sample has all modes that were found in it: some may have kept the softest only."""
    found, frequencies = subject.samples["qlm_count"], subject.arrays["qlm_frequency"]
    ends = [float(one[-1]) for n, one in zip(found, frequencies, strict=True) if one.size < n]
    highest = max((float(one[-1]) for one in frequencies if one.size), default=math.nan)
    if math.isnan(highest):
        raise ObservableFailed("qlm_vdos: no sample has a quasilocalised mode: raise starts of qlm")
    return min([highest, *ends])
