"""Mean stress-strain curve of an ensemble under athermal quasistatic deformation, its peak and its flow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from pssglass.analysis.mean_curves import numbers_of_mean
from pssglass.analysis.statistics import mean_curve
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Bounds, Column, EnsembleData, Floats, Level, Value

CURVES = {
    "stress": ("epsilon/lambda^3", "mean stress"),
    "energy": ("epsilon", "mean energy U/N per particle"),
    "slope": ("epsilon/lambda^3", "mean modulus of the elastic branches"),
}
NUMBERS = {
    "peak_stress": ("epsilon/lambda^3", "largest stress of the mean curve"),
    "peak_strain": ("1", "where it is"),
    "flow_stress": ("epsilon/lambda^3", "mean stress of the last quarter of the strains"),
    "overshoot": ("epsilon/lambda^3", "largest stress of the mean curve less that of flow"),
}
FLOW = 0.75


class MeanShear:
    """The stress-strain curve averaged over samples, with its peak, and the stress of flow.

    Errors are those between samples, of lineages those between these; those of the peak and of what follows
    from it are by bootstrap. Flow is the last quarter of the strains. The peak of the mean curve lies below
    the mean of peaks, observable shear's, as samples have theirs at different strains. Measured on request
    only, as observable shear is.
    """

    name = "mean_shear"
    version = "1"
    level: Level = "ensemble"
    requires: tuple[str, ...] = ("shear",)
    on_request = True
    parameters: Mapping[str, Any] = {"resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {"resamples": Bounds(at_least=2), "seed": Bounds(at_least=0)}
    columns = (
        Column("mean_shear_strain", "1", "strain", ("steps",)),
        *(
            column
            for key, (unit, doc) in CURVES.items()
            for column in (
                Column(f"mean_shear_{key}", unit, doc, ("steps",)),
                Column(f"mean_shear_{key}_error", unit, "its standard error", ("steps",), optional=True),
            )
        ),
        Column("mean_shear_samples", "1", "number of samples averaged"),
        *(
            column
            for key, (unit, doc) in NUMBERS.items()
            for column in (
                Column(f"mean_shear_{key}", unit, doc),
                Column(f"mean_shear_{key}_error", unit, "bootstrap standard error", optional=True),
                Column(f"mean_shear_{key}_low", unit, "lower end of the 95 % interval", optional=True),
                Column(f"mean_shear_{key}_high", unit, "upper end of the 95 % interval", optional=True),
            )
        ),
    )

    def compute(self, subject: EnsembleData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one ensemble from what observable shear has of every sample."""
        each = subject.arrays["shear_strain"]
        strain = each[0]
        if any(not np.array_equal(one, strain) for one in each):
            raise ObservableFailed("samples were sheared along different strains; shear them alike")
        values: dict[str, Value] = {"mean_shear_strain": strain, "mean_shear_samples": len(each)}
        lineages = subject.lineages.get("shear_stress")
        for key in CURVES:
            curves = np.array(subject.arrays[f"shear_{key}"])
            values[f"mean_shear_{key}"], error = mean_curve(curves, lineages)
            if error is not None:
                values[f"mean_shear_{key}_error"] = error
        stresses = np.array(subject.arrays["shear_stress"])
        names = [f"mean_shear_{key}" for key in NUMBERS]
        numbers, how = partial(peak_and_flow, strain), (parameters["resamples"], parameters["seed"])
        return {**values, **numbers_of_mean(names, stresses, numbers, lineages, *how)}


def peak_and_flow(strain: Floats, stress: Floats) -> tuple[float, float, float, float]:
    """Largest stress and its strain, the mean stress of flow, and how far the first exceeds it."""
    top = int(np.argmax(stress))
    x, y = (one[strain >= FLOW * strain[-1] * (1.0 - 1e-12)] for one in (strain, stress))
    flow = float(np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(x)) / (x[-1] - x[0])) if len(x) > 1 else float(y[0])
    return float(stress[top]), float(strain[top]), flow, float(stress[top] - flow)
