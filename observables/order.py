"""Signs of crystallisation and demixing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pssglass import structure
from pssglass.observable import Column, Level, Value
from pssglass.results import Floats

if TYPE_CHECKING:
    from pssglass.configurations import Configuration
    from pssglass.glass import Glass


class Order:
    """Bond-orientational and chemical order; neighbours are pairs with r < ``neighbour_range``·λ_ij.

    The default range lies in the first minimum of the pair correlation of sticky spheres at every r_c.
    ``pssglass status`` tells which samples stand out. Observable liquid has the same of the parent liquids.
    """

    name = "order"
    version = "2"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {"neighbour_range": 1.4, "solid_threshold": 0.7, "solid_bonds": 8}
    columns = (
        Column("q6", "1", "Lechner-Dellago bond order of degree 6, mean over particles"),
        Column("solid_fraction", "1", "share of particles with enough solid-like bonds"),
        Column("largest_cluster", "1", "largest cluster of solid-like particles as a share of all particles"),
        Column("demixing", "1", "Warren-Cowley parameter of two species, 0 if mixed", optional=True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        lengths = np.array(subject.model.lengths)
        return order_parameters(subject.positions, subject.box, subject.species, lengths, **parameters)


def order_of_liquid(configuration: Configuration, lengths: Floats) -> dict[str, float]:
    """The columns of observable liquid that tell of a liquid's order, by the default convention."""
    found = order_parameters(
        configuration.positions, configuration.box, configuration.species, lengths, **Order.parameters
    )
    return {f"liquid_{key}": float(value) for key, value in found.items() if key != "solid_fraction"}


def order_parameters(
    positions: Floats,
    box: Floats,
    species: Any,
    lengths: Floats,
    neighbour_range: float,
    solid_threshold: float,
    solid_bonds: int,
) -> dict[str, Value]:
    """The observable's values for any configuration, liquid or glass."""
    bonds = structure.neighbour_bonds(positions, box, neighbour_range * lengths, species)
    solid, largest = structure.solid_clusters(bonds, solid_threshold, solid_bonds)
    values: dict[str, Value] = {
        "q6": float(np.mean(structure.averaged_order(bonds))),
        "solid_fraction": solid,
        "largest_cluster": largest / len(positions),
    }
    if math.isfinite(alpha := structure.warren_cowley(bonds, species)):
        values["demixing"] = alpha
    return values
