"""A configuration in memory, and whether it belongs to a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pssglass.base import checks
from pssglass.base.canonical import shortened
from pssglass.base.errors import ConfigurationError
from pssglass.base.read_only import protect
from pssglass.base.results import Floats, Integers
from pssglass.configurations.stated import STATED, check_stated
from pssglass.models import Model

KINDS = ("liquid", "inherent")
MOST_CROSSINGS = 2**31
# Files of other programs round the box; more than this is another density.
DENSITY_TOLERANCE = 1e-4
PRESSURE = "pressure"
"""Entry of the metadata where the volume was not the model's to decide: the pressure that decided it."""
QUENCH_PRESSURE = "quench_pressure"
"""Entry of the metadata of a minimum of U + P V: the pressure."""


@dataclass(frozen=True, eq=False)
class Configuration:
    """Where N particles are, of which species and sizes, in which box; its arrays are read-only.

    Attributes:
        kind: "liquid" or "inherent".
        positions: (N, 3).
        box: (6,) [Lx, Ly, Lz, xy, xz, yz], tilts without dimension as in GSD and HOOMD-blue.
        species: (N,) indices into ``species_names``.
        velocities: (N, 3), if it is a liquid.
        diameters: (N,), of a model whose particles have such.
        images: (N, 3) crossings of the box.
        step: of the trajectory.
        list_reference: (N, 3) positions at the last building of the neighbour list, with which a resumed
            trajectory continues bit by bit.
        list_box: (6,) the box of ``list_reference``, where the volume has changed since.
        metadata: plain JSON values: model, seed, how it was made.
        stated: (N,) mass, diameter and charge of each particle, as far as the file tells them; the model
            decides, so they are compared with it and not kept.
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
    diameters: Floats | None = None
    list_box: Floats | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    stated: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigurationError(
                f"kind = '{self.kind}' of a configuration must be one of {', '.join(KINDS)}"
            )
        checks.integer(ConfigurationError, "step", self.step, at_least=0)
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
        if self.diameters is not None:
            _check_diameters(self.diameters, shape[0])
        if self.images is not None:
            far = (self.images >= MOST_CROSSINGS) | (self.images < -MOST_CROSSINGS)
            if far.any():
                particle = int(np.argwhere(far)[0, 0])
                raise ConfigurationError(
                    f"images of particle {particle}, {self.images[particle].tolist()}, must be below 2^31"
                )
        for name, values in self.stated.items():
            if name not in STATED or values.shape != shape[:1]:
                raise ConfigurationError(
                    f"stated {name} of shape {values.shape} must be one of {', '.join(STATED)}, of shape (N,)"
                )
        for box in (self.box, self.list_box):
            if box is None:
                continue
            if box.shape != (6,) or not np.isfinite(box).all() or (box[:3] <= 0).any():
                raise ConfigurationError(
                    f"box {box.tolist()} must be six finite numbers with positive lengths"
                )
        arrays = ("positions", "box", "species", "velocities", "images", "list_reference", "diameters")
        protect(self, *arrays, "list_box", "stated")

    def __repr__(self) -> str:
        """Without its arrays."""
        return f"<Configuration, {self.kind}, N = {self.N}, V = {self.volume:.6g}, step {self.step}>"

    @property
    def N(self) -> int:  # noqa: N802
        """Number of particles."""
        return len(self.species)

    @property
    def volume(self) -> float:
        """Volume of the box."""
        return float(np.prod(self.box[:3]))

    @property
    def mass(self) -> float:
        """Of each particle: by the model it was made with, or else by its file; 1 if neither tells."""
        parameters = self.metadata.get("model", {}).get("parameters", {})
        return float(parameters.get("mass", self.stated.get("mass", [1.0])[0]))

    @property
    def symbols(self) -> list[str]:
        """Species name of each particle."""
        return [self.species_names[index] for index in self.species]

    def check_belongs_to(self, model: Model) -> None:
        """Make sure that this is a configuration of that model.

        Raises:
            ConfigurationError: it was made with another model, or has other species, composition, density,
                masses, diameters or charges.
        """
        made_with = self.metadata.get("model")
        if made_with is not None and made_with["hash"] != model.hash:
            made, given = (
                f"{record['name']} {shortened(record['parameters'])}"
                for record in (made_with, model_record(model))
            )
            raise ConfigurationError(
                f"made with the model {made}, not with {given}; give the model it was made with"
            )
        if self.species_names != model.species:
            raise ConfigurationError(
                f"species {self.species_names} are not those of the model, {model.species}"
            )
        counts = tuple(np.bincount(self.species, minlength=len(model.species)).tolist())
        if counts != model.counts(self.N):
            raise ConfigurationError(f"composition {counts} is not that of the model, {model.counts(self.N)}")
        density = self.N / self.volume
        is_free = PRESSURE in self.metadata
        if not is_free and abs(density / model.number_density - 1.0) > DENSITY_TOLERANCE:
            raise ConfigurationError(
                f"number density {density:.6g} is not that of the model, {model.number_density:.6g};"
                " set the model's density or check the box"
            )
        check_stated(self.stated, self.species, model)
        if model.sizes is None or self.diameters is None:
            return
        if fault := model.sizes.check(self.diameters):
            raise ConfigurationError(f"{fault}; set the model's parameters or the file's diameters")

    def with_diameters(self, model: Model) -> Configuration:
        """The same with the diameters that the file states, of a model whose particles have such.

        Raises:
            ConfigurationError: it states none.
        """
        if model.sizes is None or self.diameters is not None:
            return self
        if "diameter" not in self.stated:
            raise ConfigurationError(
                f"it states no diameters, which particles of the model {model.name} have; write them as"
                " GSD particles/diameter, extended XYZ diameter:R:1 or LAMMPS atom style sphere"
            )
        return replace(self, diameters=self.stated["diameter"])


def _check_diameters(diameters: Floats, N: int) -> None:
    if diameters.shape != (N,):
        raise ConfigurationError(f"diameters of {N} particles have shape {diameters.shape}, not ({N},)")
    wrong = ~((diameters > 0.0) & np.isfinite(diameters))
    if wrong.any():
        particle = int(wrong.argmax())
        raise ConfigurationError(
            f"diameter of particle {particle} is {diameters[particle]:g}; it must be above 0 and finite"
        )


def model_record(model: Model) -> dict[str, Any]:
    """What a configuration's metadata say about its model."""
    return {"name": model.name, "parameters": dict(model.parameters), "hash": model.hash}
