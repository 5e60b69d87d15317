"""How core size and number of quasilocalised modes go with their frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pssglass.analysis.power_laws import EXPONENTS, LAWS, Points, points_of, power_law, together
from pssglass.base.errors import ObservableFailed
from pssglass.observable import Column, Level, ModelData, Value

GROUPS = {
    "": "of this model",
    "_of_all": "of all models together",
    "_without_stickiest": "without the stickiest model",
}


def _columns(quantity: str, group: str) -> tuple[Column, ...]:
    key, of = EXPONENTS[quantity] + group, GROUPS[group]
    law = f"x of {quantity} ~ (omega_g/omega_0)^x {of}, {LAWS[quantity]:g} in the paper"
    return (
        Column(key, "1", law, optional=True),
        Column(f"{key}_error", "1", "standard error", optional=True),
        Column(f"{key}_points", "1", "ensembles in the fit", optional=True),
        Column(f"{key}_supported", "1", "1 if modes and points suffice, else 0", optional=True),
    )


class PowerLaws:
    """Exponents of N e0 and A_g ω0⁵ as powers of ω_g/ω0 (paper, Fig. 12).

    One point an ensemble, with errors of both coordinates; at least three are needed. The paper finds -5 for
    A_g everywhere but in the stickiest glasses, those of the highest ω_g/ω0. Points of the same lineages are
    taken as correlated.
    """

    name = "power_laws"
    version = "2"
    level: Level = "model"
    requires: tuple[str, ...] = ("dipole_response", "moduli", "localisation", "vdos")
    parameters: Mapping[str, Any] = {}
    columns = (
        Column("stickiest", "1", "1 for the model of the highest omega_g/omega_0, else 0"),
        *(column for quantity in EXPONENTS for group in GROUPS for column in _columns(quantity, group)),
    )

    def compute(self, subject: ModelData, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one model; those of several models together are the same for each."""
        models = {one.label: one.ensembles for one in (subject, *subject.peers)}
        labels, values = sorted(models), dict[str, Value]()
        heights = [float(np.median(points_of(models[label], "N_e0").x)) for label in labels]
        stickiest = labels[int(np.argmax(heights))]
        for quantity in EXPONENTS:
            points = {label: points_of(models[label], quantity) for label in labels}
            values |= _exponent(EXPONENTS[quantity], [points[subject.label]])
            if len(points) > 1:
                values |= _exponent(f"{EXPONENTS[quantity]}_of_all", list(points.values()))
            if len(points) > 2:
                others = [points[label] for label in points if label != stickiest]
                values |= _exponent(f"{EXPONENTS[quantity]}_without_stickiest", others)
        if not values:
            raise ObservableFailed(
                "power_laws: fewer than three ensembles of a model have N e0, A_g and omega_g with error"
                " bars: add samples or parent temperatures"
            )
        return {"stickiest": float(subject.label == stickiest), **values}


def _exponent(key: str, models: Sequence[Points]) -> dict[str, Value]:
    law = power_law(together(models))
    if law is None:
        return {}
    return {
        key: law.exponent,
        f"{key}_error": law.error,
        f"{key}_points": law.points,
        f"{key}_supported": float(law.is_supported),
    }
