"""What to make: campaigns of ensembles, each one model at one parent temperature, size and protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pssglass.base.canonical import canonical_json, digest
from pssglass.models import Model, build_model
from pssglass.simulation.protocol import Protocol


@dataclass(frozen=True)
class EnsembleSpec:
    """One model at one parent temperature, size and protocol.

    ``parameters`` are the model's, defaults filled in, so that what is written out by hand changes nothing.
    Only an ensemble of imported configurations may have no known ``parent_temperature``.
    """

    name: str
    model_name: str
    parameters: Mapping[str, Any] = field(hash=False)
    N: int
    parent_temperature: float | None
    protocol: Protocol
    seed: int

    def canonical(self) -> dict[str, Any]:
        """All of it as plain JSON values; the number of samples is no part of it."""
        return {**asdict(self), "protocol": self.protocol.canonical()}

    @property
    def hash(self) -> str:
        """SHA-256 of ``canonical()``."""
        return digest(self.canonical())

    @property
    def model(self) -> Model:
        """The model itself."""
        return build_model(self.model_name, self.parameters)

    def seeded(self, campaign_seed: int) -> EnsembleSpec:
        """This ensemble with the seed that a campaign's seed and everything but the name give it."""
        content = {key: value for key, value in self.canonical().items() if key not in ("name", "seed")}
        return replace(self, seed=derive_seed(campaign_seed, content))

    @classmethod
    def from_canonical(cls, plain: Mapping[str, Any]) -> EnsembleSpec:
        """Inverse of ``canonical``."""
        return cls(**{**plain, "protocol": Protocol.from_canonical(plain["protocol"])})


@dataclass(frozen=True)
class ObservableRequest:
    """An observable to measure and the parameters that differ from its defaults."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Campaign:
    """Ensembles with their numbers of samples, and the observables to measure in them."""

    name: str
    seed: int
    ensembles: tuple[tuple[EnsembleSpec, int], ...]
    observables: tuple[ObservableRequest, ...]


def derive_seed(*parts: Any) -> int:
    """A seed in [0, 2^63) that any change of any part (plain JSON values) changes."""
    return int.from_bytes(hashlib.sha256(canonical_json(parts).encode()).digest()[:8]) >> 1


def sample_seed(ensemble_seed: int, replica: int) -> int:
    """Seed of one sample of an ensemble."""
    return derive_seed(ensemble_seed, replica)
