"""The periodic cell: its edge vectors, and how the cell of a file becomes the box of a configuration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats, Integers

# Edges are exchanged for others only where that shortens one by more than round-off.
SHORTER = 1.0 - 1e-9
MOST_EXCHANGES = 200


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell of any shape and orientation as a box: a ∥ x, b in the x-y plane, edges as short as can be.

    Attributes:
        box: (6,) [Lx, Ly, Lz, xy, xz, yz].
        rotation: (3, 3) Q for r ← Q·r; None if none is needed.
        combination: (3, 3) of whole numbers: the edges of the box, before the rotation, are combination @ the
            edges of the file; None if they are the same.
    """

    box: Floats
    rotation: Floats | None
    combination: Floats | None

    @classmethod
    def of_edges(cls, edges: Floats) -> Cell:
        """The cell of the edge vectors in rows (3, 3).

        Raises:
            ConfigurationError: they do not span a volume.
        """
        if edges.shape != (3, 3) or not np.isfinite(edges).all() or np.linalg.det(edges) == 0.0:
            raise ConfigurationError(f"edge vectors {edges.tolist()} must span a cell of positive volume")
        combination = _combination(edges)
        same = np.array_equal(combination, np.eye(3))
        edges = edges if same else combination @ edges
        rotation = None
        if (edges.diagonal() <= 0.0).any() or np.triu(edges, 1).any():
            q, r = np.linalg.qr(edges.T)
            signs = np.sign(r.diagonal())
            rotation, edges = (q * signs).T, (r.T * signs)
        (Lx, _, _), (bx, Ly, _), (cx, cy, Lz) = edges
        box = np.array([Lx, Ly, Lz, bx / Ly, cx / Lz, cy / Lz])
        return cls(box, rotation, None if same else combination)

    def vectors(self, values: Floats) -> Floats:
        """Positions or velocities (N, 3) of the file in the orientation of the box."""
        return values if self.rotation is None else np.ascontiguousarray(values @ self.rotation.T)

    def images(self, counts: Integers | None) -> Integers | None:
        """Crossings (N, 3) of the cell of the file as crossings of the box."""
        if counts is None or self.combination is None:
            return counts
        return np.rint(counts @ np.linalg.inv(self.combination)).astype(np.int32)


def _combination(edges: Floats) -> Floats:
    """What makes of the edges in rows (3, 3) a right-handed basis of the shortest edges (Minkowski's)."""
    combination = np.eye(3)
    combination[2, 2] = np.sign(np.linalg.det(edges))
    for _ in range(MOST_EXCHANGES):
        present = combination @ edges
        a, b, c = np.argsort(np.linalg.norm(present, axis=1), kind="stable")
        if not (_shorten(combination, present, b, [a]) or _shorten(combination, present, c, [a, b])):
            return combination
    raise ConfigurationError(f"edge vectors {edges.tolist()} are too skew; write the cell with shorter ones")


def _shorten(combination: Floats, edges: Floats, long: int, others: list[int]) -> bool:
    """Take from one edge whole numbers of the others, if that makes it shorter."""
    basis = edges[others]
    nearest = np.floor(np.linalg.lstsq(basis.T, edges[long], rcond=None)[0])
    steps = [nearest + np.array(corner) for corner in np.ndindex(*(2,) * len(others))]
    best = min(steps, key=lambda step: float(np.linalg.norm(edges[long] - step @ basis)))
    if not np.linalg.norm(edges[long] - best @ basis) < SHORTER * np.linalg.norm(edges[long]):
        return False
    combination[long] -= best @ combination[others]
    return True


def edge_vectors(box: Floats) -> Floats:
    """The edge vectors a, b, c of a box as rows (3, 3)."""
    Lx, Ly, Lz, xy, xz, yz = box
    return np.array([[Lx, 0.0, 0.0], [xy * Ly, Ly, 0.0], [xz * Lz, yz * Lz, Lz]])


def wrapped(positions: Floats, box: Floats) -> Floats:
    """Positions (N, 3) moved into the box centred on the origin."""
    edges = edge_vectors(box)
    fractions = positions @ np.linalg.inv(edges)
    return positions - np.floor(fractions + 0.5) @ edges
