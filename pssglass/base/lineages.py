"""How the glasses of lineages are numbered in their ensemble."""

from __future__ import annotations

MOST_LINEAGES = MOST_GLASSES = 1000
"""Of an ensemble, and of one lineage in it."""


def replica_of(lineage: int, glass: int) -> int:
    """Number of a glass in its ensemble; more lineages, or more glasses of each, change none that exists.

    >>> replica_of(7, 0), replica_of(7, 3)
    (7, 3007)
    """
    return glass * MOST_LINEAGES + lineage


def place_of(replica: int) -> tuple[int, int]:
    """Inverse of ``replica_of``: lineage, and number of the glass in it.

    >>> place_of(3007)
    (7, 3)
    """
    glass, lineage = divmod(replica, MOST_LINEAGES)
    return lineage, glass


def replicas(lineages: int, glasses: int) -> frozenset[int]:
    """Those of so many lineages of so many glasses each."""
    return frozenset(replica_of(lineage, glass) for glass in range(glasses) for lineage in range(lineages))
