"""A configuration in memory, and the geometry of its periodic box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats, Integers
from pssglass.models import Model

KINDS = ("liquid", "inherent")
# Files of other programs round the box; more than this is another density.
DENSITY_TOLERANCE = 1e-4


@dataclass(frozen=True, eq=False)
class Configuration:
    """Where N particles are, of which species, in which box.

    Attributes:
        kind: "liquid" or "inherent".
        positions: (N, 3).
        box: (6,) [Lx, Ly, Lz, xy, xz, yz], tilts without dimension as in GSD and HOOMD-blue.
        species: (N,) indices into ``species_names``.
        velocities: (N, 3), if it is a liquid.
        images: (N, 3) crossings of the box.
        step: of the trajectory.
        list_reference: (N, 3) positions at the last building of the neighbour list, with which a resumed
            trajectory continues bit by bit.
        metadata: plain JSON values: model, seed, how it was made; of a file that tells them, the masses.
    """

    kind: str
    positions: Floats
    box: Floats
    species: Integers
    species_names: tuple[str, ...] = ("A", "B")
    velocities: Floats | None = None
    images: Integers | None = None
    step: int = 0
    list_reference: Floats | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(
                f"kind = '{self.kind}' of a configuration must be one of {', '.join(KINDS)}"
            )
        shape = (len(self.species), 3)
        for name in ("positions", "velocities", "images", "list_reference"):
            value = getattr(self, name)
            if value is None:
                continue
            if value.shape != shape:
                raise ConfigurationError(
                    f"{name} of {shape[0]} particles have shape {value.shape}, not {shape}"
                )
            if not np.isfinite(value).all():
                particle = int(np.argwhere(~np.isfinite(value))[0, 0])
                bad = value[particle].tolist()
                raise ConfigurationError(f"{name} of particle {particle} are not finite: {bad}")
        if self.box.shape != (6,) or not np.isfinite(self.box).all() or (self.box[:3] <= 0).any():
            raise ConfigurationError(
                f"box {self.box.tolist()} must be six finite numbers with positive lengths"
            )

    @property
    def N(self) -> int:  # noqa: N802
        """Number of particles."""
        return len(self.species)

    @property
    def volume(self) -> float:
        """Volume of the box."""
        return float(np.prod(self.box[:3]))

    @property
    def symbols(self) -> list[str]:
        """Species name of each particle."""
        return [self.species_names[index] for index in self.species]

    def check_belongs_to(self, model: Model) -> None:
        """Make sure that this is a configuration of that model.

        Raises:
            ConfigurationError: it was made with another model, or has other species, composition or density.
        """
        made_with = self.metadata.get("model")
        if made_with is not None and made_with["hash"] != model.hash:
            made, given = (
                f"{record['name']} {record['parameters']}" for record in (made_with, model_record(model))
            )
            raise ConfigurationError(
                f"made with the model {made}, not with {given}; give the model it was made with"
            )
        masses = self.metadata.get("masses", [model.mass])
        if masses != [model.mass]:
            raise ConfigurationError(
                f"masses {masses} are not that of the model, {model.mass:g}; set one of the two to the other"
            )
        if self.species_names != model.species:
            raise ConfigurationError(
                f"species {self.species_names} are not those of the model, {model.species}"
            )
        counts = tuple(np.bincount(self.species, minlength=len(model.species)).tolist())
        if counts != model.counts(self.N):
            raise ConfigurationError(f"composition {counts} is not that of the model, {model.counts(self.N)}")
        density = self.N / self.volume
        if abs(density / model.number_density - 1.0) > DENSITY_TOLERANCE:
            raise ConfigurationError(
                f"number density {density:.6g} is not that of the model, {model.number_density:.6g};"
                " set the model's density or check the box"
            )


def model_record(model: Model) -> dict[str, Any]:
    """What a configuration's metadata say about its model."""
    return {"name": model.name, "parameters": dict(model.parameters), "hash": model.hash}


def species_indices(
    symbols: Sequence[str], species: Sequence[str], mapping: Mapping[str, str] | None
) -> Integers:
    """Indices (N,) of particles' names among ``species``, after renaming them by ``mapping``.

    Raises:
        ConfigurationError: a name is not among the species.
    """
    renamed = {symbol: (mapping or {}).get(symbol, symbol) for symbol in set(symbols)}
    unknown = sorted(symbol for symbol, name in renamed.items() if name not in species)
    if unknown:
        raise ConfigurationError(
            f"unknown species {', '.join(unknown)}; the model has {', '.join(species)}:"
            f" map them, as --map {unknown[0]}={species[0]} or mapping={{'{unknown[0]}': '{species[0]}'}}"
        )
    index = {symbol: tuple(species).index(name) for symbol, name in renamed.items()}
    return np.array([index[symbol] for symbol in symbols], dtype=np.int32)


def edge_vectors(box: Floats) -> Floats:
    """The edge vectors a, b, c of a box as rows (3, 3)."""
    Lx, Ly, Lz, xy, xz, yz = box
    return np.array([[Lx, 0.0, 0.0], [xy * Ly, Ly, 0.0], [xz * Lz, yz * Lz, Lz]])


def box_of_edges(edges: Floats) -> tuple[Floats, Floats | None]:
    """Box (6,) of the edge vectors in rows (3, 3), and the rotation Q (3, 3) for r ← Q·r, if one is needed.

    Raises:
        ConfigurationError: the edges are flat or left-handed.
    """
    if not np.isfinite(edges).all() or np.linalg.det(edges) <= 0.0:
        raise ConfigurationError(
            f"edge vectors {edges.tolist()} must span a right-handed cell of positive volume"
        )
    rotation = None
    if (edges.diagonal() <= 0.0).any() or np.triu(edges, 1).any():
        q, r = np.linalg.qr(edges.T)
        signs = np.sign(r.diagonal())
        rotation, edges = (q * signs).T, (r.T * signs)
    (Lx, _, _), (bx, Ly, _), (cx, cy, Lz) = edges
    return np.array([Lx, Ly, Lz, bx / Ly, cx / Lz, cy / Lz]), rotation


def wrapped(positions: Floats, box: Floats) -> Floats:
    """Positions (N, 3) moved into the box centred on the origin."""
    edges = edge_vectors(box)
    fractions = positions @ np.linalg.inv(edges)
    return positions - np.floor(fractions + 0.5) @ edges


def floats(values: npt.ArrayLike) -> Floats:
    """A contiguous float64 array."""
    return np.ascontiguousarray(values, dtype=np.float64)
