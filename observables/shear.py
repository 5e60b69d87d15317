"""Stress-strain curve of a glass under athermal quasistatic deformation, and its plastic events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pssglass.observable import Bounds, Column, Level, Value

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


EVENTS = (
    ("event_strain", "1", "strain at which the elastic branch is gone", "strain"),
    ("event_strain_before", "1", "the last at which it was there", "strain_before"),
    ("event_stress_before", "epsilon/lambda^3", "stress of its last minimum", "stress_before"),
    ("event_stress_drop", "epsilon/lambda^3", "stress lost in the direction of straining", "stress_drop"),
    ("event_energy_drop", "epsilon", "energy of all particles lost at fixed strain", "energy_drop"),
    ("event_participation_ratio", "1", "(sum u^2)^2/(N sum u^4) of the displacements", "participation_ratio"),
    ("event_rearranging", "1", "number of particles with D2_min above 0.01 a0^2", "rearranging"),
    ("event_largest_displacement", "lambda", "of a particle", "largest_displacement"),
)
"""Columns of the table of events: name, unit, meaning, and attribute of an event."""


class Shear:
    """Athermal quasistatic deformation up to one strain, and where elastic branches end on the way.

    Measured on request only: it takes as long as hundreds of Hessians. ``kind`` is "simple", "pure" or
    "uniaxial", ``plane`` of shear or the axis, ``step`` the largest of the strain, ``resolution`` that of
    events, ``method`` that of minimising after these; see ``Glass.shear``. The stress is that along the
    strain. Yield is where the stress first falls to the line of the initial modulus shifted by a strain of
    0.02, flow the last quarter of the strains. Source: Maloney and Lemaître, doi:10.1103/PhysRevE.74.016118.
    """

    name = "shear"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    on_request = True
    parameters: Mapping[str, Any] = {
        "kind": "simple",
        "plane": "xy",
        "step": 1e-3,
        "max_strain": 0.2,
        "resolution": 1e-6,
        "method": "fast",
    }
    bounds: Mapping[str, Bounds] = {
        "kind": Bounds(one_of=("simple", "pure", "uniaxial")),
        "plane": Bounds(one_of=("xy", "xz", "yz", "x", "y", "z")),
        "step": Bounds(above=0.0, at_most=0.05),
        "max_strain": Bounds(above=0.0, at_most=10.0),
        "resolution": Bounds(above=0.0, at_most=0.05),
        "method": Bounds(one_of=("fast", "faithful", "fire", "lbfgs", "cg")),
    }
    columns = (
        Column("shear_peak_stress", "epsilon/lambda^3", "largest stress"),
        Column("shear_peak_strain", "1", "where it is"),
        Column("shear_flow_stress", "epsilon/lambda^3", "mean stress of the last quarter of the strains"),
        Column("shear_overshoot", "epsilon/lambda^3", "largest stress less that of flow"),
        Column("shear_yield_strain", "1", "where plastic strain first reaches 0.02", optional=True),
        Column("shear_event_count", "1", "number of plastic events"),
        Column("shear_first_event_strain", "1", "strain of the first", optional=True),
        Column("shear_strain", "1", "strain after each step, from 0", ("steps",)),
        Column("shear_stress", "epsilon/lambda^3", "stress dU/dgamma/V", ("steps",)),
        Column("shear_energy", "epsilon", "energy U/N per particle", ("steps",)),
        Column("shear_slope", "epsilon/lambda^3", "modulus of the elastic branch", ("steps",)),
        *(Column(name, unit, doc, ("events",), table="shear_events") for name, unit, doc, _ in EVENTS),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        found = subject.shear(**parameters)
        values: dict[str, Value] = {
            "shear_peak_stress": found.peak_stress,
            "shear_peak_strain": found.peak_strain,
            "shear_flow_stress": found.flow_stress,
            "shear_overshoot": found.overshoot,
            "shear_event_count": len(found.events),
            "shear_strain": found.strain,
            "shear_stress": found.stress,
            "shear_energy": found.energy / subject.N,
            "shear_slope": found.modulus,
        }
        for name, _, _, attribute in EVENTS:
            values[name] = np.array([getattr(event, attribute) for event in found.events], dtype=np.float64)
        yielded = found.yield_strain()
        if np.isfinite(yielded):
            values["shear_yield_strain"] = yielded
        if found.events:
            values["shear_first_event_strain"] = found.events[0].strain
        return values
