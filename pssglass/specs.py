"""What to make: campaigns of ensembles, each one model at one parent temperature, size and protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pssglass.models import Model, build_model, canonical_json, digest
from pssglass.round_off import QUENCH_TOLERANCE

AUTO = "auto"
DEFAULT_N_TAU = 20.0
SHORTEST_STAY = 50.0
"""Before this time nothing is decided: averages are too uncertain to tell a liquid from a glass."""
SHORTEST_RELAXATION_TIME = 0.1
"""No dense liquid relaxes faster."""


@dataclass(frozen=True)
class Protocol:
    """How a sample is made; times in Lennard-Jones units.

    Attributes:
        equilibration_time: at the parent temperature, after melting; "auto" until the liquid is equilibrated.
        n_tau: of "auto", the number of relaxation times that must have passed.
        equilibration_cap: of "auto", the time after which it ends in any case.
        melt_temperature, melt_time: of the melt that precedes it.
        time_step: None takes the model's default at each temperature; up to twice that of the parent's.
        thermostat: "langevin" or "svr" (stochastic velocity rescaling).
        friction: of the Langevin thermostat, in inverse time.
        relaxation_time: of stochastic velocity rescaling.
        quench: minimiser.
        quench_tolerance: bound of max|F| at its end, in ε/λ.
        precision: of the dynamics, "double" or "mixed" (forces between pairs in single precision).
    """

    equilibration_time: float | str
    melt_temperature: float = 4.0
    melt_time: float = 10.0
    time_step: float | None = None
    thermostat: str = "langevin"
    friction: float = 1.0
    relaxation_time: float = 1.0
    quench: str = "faithful"
    precision: str = "double"
    n_tau: float | None = None
    equilibration_cap: float | None = None
    quench_tolerance: float = QUENCH_TOLERANCE

    @property
    def longest_time(self) -> float:
        """Bound of the time at the parent temperature."""
        bound = self.equilibration_cap if self.equilibration_time == AUTO else self.equilibration_time
        return float(bound or 0.0)


# Of these the usual value is no part of a specification, so that older ones keep their hash.
_LEFT_OUT = {"n_tau": None, "equilibration_cap": None, "quench_tolerance": QUENCH_TOLERANCE}


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
        plain = asdict(self)
        for key, usual in _LEFT_OUT.items():
            if plain["protocol"][key] == usual:
                del plain["protocol"][key]
        return plain

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
        return cls(**{**plain, "protocol": Protocol(**plain["protocol"])})


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


def least_cap(n_tau: float) -> float:
    """The shortest cap that "auto" can do anything with."""
    return max(SHORTEST_STAY, n_tau * SHORTEST_RELAXATION_TIME)


def derive_seed(*parts: Any) -> int:
    """A seed in [0, 2^63) that any change of any part (plain JSON values) changes."""
    return int.from_bytes(hashlib.sha256(canonical_json(parts).encode()).digest()[:8]) >> 1


def sample_seed(ensemble_seed: int, replica: int) -> int:
    """Seed of one sample of an ensemble."""
    return derive_seed(ensemble_seed, replica)
