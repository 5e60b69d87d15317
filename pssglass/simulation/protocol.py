"""How a sample is made: the protocol, with what its values are by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pssglass.analysis.equilibrium import RELAXATION_TIMES
from pssglass.base.results import AUTO
from pssglass.models.precision import QUENCH_TOLERANCE
from pssglass.simulation.displacement_scales import Scales
from pssglass.simulation.swap import Swap
from pssglass.simulation.trajectories import Trajectory

DEFAULT_N_TAU = RELAXATION_TIMES
CONSTANT_VOLUME, CONSTANT_PRESSURE = "constant volume", "constant pressure"
SHORTEST_HOLD = 50.0
"""Before this time nothing is decided: averages are too uncertain to tell a liquid from a glass."""
SHORTEST_RELAXATION_TIME = 0.1
"""No dense liquid relaxes faster."""


@dataclass(frozen=True)
class StageRequest:
    """A stage beyond melt and hold that is to take part.

    Attributes:
        distribution: that provides the stage: the same name of another one means something else.
        version: of the stage, which changes when its results do.
        values: of its keys, as in the protocol table of a campaign file, defaults filled in.
    """

    distribution: str
    version: str
    values: Mapping[str, Any]


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
        stages: further stages by name.
        pressure: held at the parent temperature, after a melt at the model's density; None holds the volume.
        barostat_relaxation_time, barostat_every, compressibility: of its barostat; see ``Liquid.run``.
        quench_pressure: "constant volume", or "constant pressure": the minimum of U + P V at ``pressure``.
        swap: swap Monte Carlo at the parent temperature; None leaves it out.
        size_relaxation: "auto" waits for the sizes that are exchanged, too; without swap it has no meaning.
            Specifications from before it did lack it.
        structural_relaxation: "auto" waits for the structure, F_s(k, t), too. Specifications from before it
            did lack it.
        dynamics: where displacements are looked at; None for the model's default.
        trajectory: frames that are kept of the hold; None keeps none.
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
    stages: Mapping[str, StageRequest] = field(default_factory=dict, hash=False)
    pressure: float | None = None
    barostat_relaxation_time: float | None = None
    barostat_every: int | None = None
    compressibility: float | None = None
    quench_pressure: str = CONSTANT_VOLUME
    swap: Swap | None = None
    size_relaxation: bool = False
    structural_relaxation: bool = False
    dynamics: Scales | None = None
    trajectory: Trajectory | None = None

    @property
    def sizes_count(self) -> bool:
        """Whether a relaxation time is that of stress and sizes, and not of the stress alone."""
        return self.swap is not None and (self.size_relaxation or self.equilibration_time != AUTO)

    @property
    def longest_time(self) -> float:
        """Bound of the time at the parent temperature."""
        bound = self.equilibration_cap if self.equilibration_time == AUTO else self.equilibration_time
        return float(bound or 0.0)

    @property
    def barostat(self) -> dict[str, float | int | None]:
        """Arguments of ``Liquid.run`` that hold the pressure, if it is held."""
        return {
            "pressure": self.pressure,
            "barostat_relaxation_time": self.barostat_relaxation_time,
            "barostat_every": self.barostat_every,
            "compressibility": self.compressibility,
        }

    @property
    def pressure_of_quench(self) -> float | None:
        """Of a quench at constant pressure; None for one at constant volume."""
        return self.pressure if self.quench_pressure == CONSTANT_PRESSURE else None

    def canonical(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        plain = asdict(self)
        return {key: value for key, value in plain.items() if key not in _LEFT_OUT or value != _LEFT_OUT[key]}

    @classmethod
    def from_canonical(cls, plain: Mapping[str, Any]) -> Protocol:
        """Inverse of ``canonical``; the stages need not be installed."""
        stages = {name: StageRequest(**one) for name, one in plain.get("stages", {}).items()}
        swap = Swap(**plain["swap"]) if "swap" in plain else None
        dynamics = Scales(**plain["dynamics"]) if "dynamics" in plain else None
        trajectory = Trajectory(**plain["trajectory"]) if "trajectory" in plain else None
        built = {"stages": stages, "swap": swap, "dynamics": dynamics, "trajectory": trajectory}
        return cls(**{**plain, **built})


# Of these the usual value is no part of a specification, so that older ones keep their hash.
_LEFT_OUT: dict[str, Any] = {
    "n_tau": None,
    "equilibration_cap": None,
    "quench_tolerance": QUENCH_TOLERANCE,
    "stages": {},
    "pressure": None,
    "barostat_relaxation_time": None,
    "barostat_every": None,
    "compressibility": None,
    "quench_pressure": CONSTANT_VOLUME,
    "swap": None,
    "size_relaxation": False,
    "structural_relaxation": False,
    "dynamics": None,
    "trajectory": None,
}


def least_cap(n_tau: float) -> float:
    """The shortest cap that "auto" can do anything with."""
    return max(SHORTEST_HOLD, n_tau * SHORTEST_RELAXATION_TIME)
