"""What to make: campaigns of ensembles, each one model at one parent temperature, size and protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pssglass.base.canonical import canonical_json, digest
from pssglass.base.lineages import replicas
from pssglass.models import Model, build_model
from pssglass.simulation.protocol import Protocol


@dataclass(frozen=True)
class Lineage:
    """What a liquid has gone through that is cooled from one parent temperature to the next.

    Attributes:
        spacing: relaxation times between one glass and the next at the same temperature.
        hotter: the steps before, the hottest first, as plain JSON values: ``parent_temperature``,
            ``protocol`` and ``seed`` of each ensemble, and ``extended`` of one that has been.
    """

    spacing: float
    hotter: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)

    def canonical(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return {"spacing": self.spacing, "hotter": [dict(step) for step in self.hotter]}


@dataclass(frozen=True)
class EnsembleSpec:
    """One model at one parent temperature, size and protocol.

    ``parameters`` are the model's, defaults filled in, so that what is written out by hand changes nothing.
    Only an ensemble of imported configurations may have no known ``parent_temperature``. Without a
    ``lineage`` each sample is a liquid of its own. ``extended`` are the protocols, as plain JSON values and
    the shortest first, with whose liquids the hold goes on to the end that ``protocol`` tells.
    """

    name: str
    model_name: str
    parameters: Mapping[str, Any] = field(hash=False)
    N: int
    parent_temperature: float | None
    protocol: Protocol
    seed: int
    lineage: Lineage | None = None
    extended: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)

    def canonical(self) -> dict[str, Any]:
        """All of it as plain JSON values; the number of samples is no part of it."""
        plain = {**asdict(self), "protocol": self.protocol.canonical()}
        # What has none keeps the hash that it had before there were any.
        del plain["lineage"], plain["extended"]
        if self.lineage is not None:
            plain["lineage"] = self.lineage.canonical()
        return plain | self._extensions()

    @property
    def hash(self) -> str:
        """SHA-256 of ``canonical()``."""
        return digest(self.canonical())

    @property
    def model(self) -> Model:
        """The model itself."""
        return build_model(self.model_name, self.parameters)

    @property
    def hotter(self) -> EnsembleSpec | None:
        """The ensemble from whose liquids those of this one are cooled, without its name; None for a melt."""
        if self.lineage is None or not self.lineage.hotter:
            return None
        *before, last = self.lineage.hotter
        return replace(
            self,
            name="",
            parent_temperature=last["parent_temperature"],
            protocol=Protocol.from_canonical(last["protocol"]),
            seed=last["seed"],
            lineage=replace(self.lineage, hotter=tuple(before)),
            extended=tuple(last.get("extended", ())),
        )

    @property
    def earlier(self) -> EnsembleSpec | None:
        """The ensemble with whose liquids the hold goes on, without its name; None where it is held anew."""
        if not self.extended:
            return None
        *before, last = self.extended
        return replace(self, name="", protocol=Protocol.from_canonical(last), extended=tuple(before))

    def longer(self, protocol: Protocol) -> EnsembleSpec:
        """The ensemble whose liquids are those of this one, held on to the end that a protocol tells."""
        return replace(self, protocol=protocol, extended=(*self.extended, self.protocol.canonical()))

    def cooled(self) -> Lineage | None:
        """The lineage of the next colder ensemble."""
        if self.lineage is None:
            return None
        step = {
            "parent_temperature": self.parent_temperature,
            "protocol": self.protocol.canonical(),
            "seed": self.seed,
            **self._extensions(),
        }
        return replace(self.lineage, hotter=(*self.lineage.hotter, step))

    def _extensions(self) -> dict[str, Any]:
        return {"extended": [dict(one) for one in self.extended]} if self.extended else {}

    def seeded(self, campaign_seed: int) -> EnsembleSpec:
        """This ensemble with the seed that a campaign's seed and everything but the name give it.

        By what rule "auto" ends has no part in it either: samples of a later version begin alike.
        """
        content = {key: value for key, value in self.canonical().items() if key not in ("name", "seed")}
        content["protocol"].pop("structural_relaxation", None)
        return replace(self, seed=derive_seed(campaign_seed, content))

    @classmethod
    def from_canonical(cls, plain: Mapping[str, Any]) -> EnsembleSpec:
        """Inverse of ``canonical``."""
        made = {**plain, "protocol": Protocol.from_canonical(plain["protocol"])}
        if "lineage" in plain:
            made["lineage"] = Lineage(plain["lineage"]["spacing"], tuple(plain["lineage"]["hotter"]))
        if "extended" in plain:
            made["extended"] = tuple(plain["extended"])
        return cls(**made)


@dataclass(frozen=True)
class ObservableRequest:
    """An observable to measure and the parameters that differ from its defaults."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Campaign:
    """Ensembles with their numbers of samples, and the observables to measure in them.

    ``glasses`` says of the ensembles of lineages, by name, how many of the samples each lineage has.
    """

    name: str
    seed: int
    ensembles: tuple[tuple[EnsembleSpec, int], ...]
    observables: tuple[ObservableRequest, ...]
    glasses: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def replicas(self) -> dict[str, Collection[int]]:
        """Name of each ensemble -> numbers of the samples that are asked for."""
        return {spec.name: self._replicas(spec, samples) for spec, samples in self.ensembles}

    def _replicas(self, spec: EnsembleSpec, samples: int) -> Collection[int]:
        if spec.lineage is None:
            return range(samples)
        glasses = self.glasses[spec.name]
        return replicas(samples // glasses, glasses)


def derive_seed(*parts: Any) -> int:
    """A seed in [0, 2^63) that any change of any part (plain JSON values) changes."""
    return int.from_bytes(hashlib.sha256(canonical_json(parts).encode()).digest()[:8]) >> 1


def sample_seed(ensemble_seed: int, replica: int) -> int:
    """Seed of one sample of an ensemble."""
    return derive_seed(ensemble_seed, replica)
