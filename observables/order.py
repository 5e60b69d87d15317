"""Signs of crystallisation and demixing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pssglass.analysis.bond_order import NEIGHBOUR_RANGE, SOLID_BONDS, SOLID_THRESHOLD, order_parameters
from pssglass.observable import Bounds, Column, Level, Value

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass


class Order:
    """Bond-orientational and chemical order; neighbours are pairs with r < ``neighbour_range``·λ_ij.

    The default range lies in the first minimum of the pair correlation of sticky spheres at every r_c.
    ``pssglass status`` tells which samples stand out. Observable liquid has the same of the parent liquids.
    """

    name = "order"
    version = "2"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {
        "neighbour_range": NEIGHBOUR_RANGE,
        "solid_threshold": SOLID_THRESHOLD,
        "solid_bonds": SOLID_BONDS,
    }
    bounds: Mapping[str, Bounds] = {
        "neighbour_range": Bounds(above=0.0),
        "solid_threshold": Bounds(at_least=-1.0, at_most=1.0),
        "solid_bonds": Bounds(at_least=1),
    }
    columns = (
        Column("q6", "1", "Lechner-Dellago bond order of degree 6, mean over particles"),
        Column("solid_fraction", "1", "share of particles with enough solid-like bonds"),
        Column("largest_cluster", "1", "largest cluster of solid-like particles as a share of all particles"),
        Column(
            "demixing",
            "1",
            "Warren-Cowley parameter of two species, or correlation of neighbours' diameters; 0 if mixed",
            optional=True,
        ),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        return {**order_parameters(subject.configuration, subject.model, **parameters)}
