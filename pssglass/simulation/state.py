"""What a liquid is: a model, the simulation of its particles, and what can be told of its state."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from pssglass import engine
from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.base.results import Floats, Integers
from pssglass.configurations import PRESSURE, Configuration, model_record
from pssglass.models import Model
from pssglass.models.precision import require_dynamics
from pssglass.simulation import dynamics


class LiquidState:
    """Particles of one model with velocities and a clock, and all that is needed to go on from there."""

    def __init__(
        self,
        model: Model,
        configuration: Configuration,
        *,
        temperature: float,
        seed: int,
        threads: int = 1,
        precision: str = "double",
    ) -> None:
        self.model = checks.instance(InputError, "model", model, Model)
        self.target_temperature = checks.number(InputError, "temperature", temperature, above=0.0)
        self._origin = configuration
        self._seed = checks.integer(InputError, "seed", seed, at_least=0)
        self._threads = checks.integer(InputError, "threads", threads, at_least=1, below=2**31)
        precision = checks.text(InputError, "precision", precision)
        require_dynamics(model, precision)
        velocities = configuration.velocities
        if velocities is None:
            velocities = dynamics.maxwell_velocities(
                configuration.N, self.target_temperature, model.mass, seed
            )
        self._precision = precision
        self._pressure: float | None = configuration.metadata.get(PRESSURE)
        self._ran_at: float | None = None  # temperature of the last run
        self._simulation = self._simulated(configuration, velocities)

    def _simulated(self, configuration: Configuration, velocities: Floats) -> engine.Simulation:
        with engine.translated():
            return engine.Simulation(
                engine.potential_of(self.model),
                configuration.box,
                configuration.positions,
                velocities,
                configuration.species,
                self.model.mass,
                self._seed,
                step=configuration.step,
                images=configuration.images,
                list_reference=configuration.list_reference,
                list_box=configuration.list_box,
                threads=self._threads,
                precision=self._precision,
                diameters=configuration.diameters,
            )

    @property
    def configuration(self) -> Configuration:
        """The present state, with all that is needed to go on from it."""
        return replace(
            self._origin,
            kind="liquid",
            species=self.species,
            diameters=self.diameters,
            positions=self.positions,
            box=self.box,
            velocities=self.velocities,
            images=self._simulation.images,
            step=self.step,
            list_reference=self._simulation.list_reference,
            list_box=self._simulation.list_box,
            metadata={
                **self._origin.metadata,
                **({} if self._pressure is None else {PRESSURE: self._pressure}),
                "model": model_record(self.model),
                "temperature": self.target_temperature,
                "seed": self._seed,
            },
        )

    @property
    def N(self) -> int:  # noqa: N802
        """Number of particles."""
        return self._origin.N

    @property
    def seed(self) -> int:
        """Seed of its random numbers."""
        return self._seed

    @property
    def box(self) -> Floats:
        """Box (6,) [Lx, Ly, Lz, xy, xz, yz]."""
        return self._simulation.box

    @property
    def volume(self) -> float:
        """Volume of the box, rounded once: that of a cube is its edge cubed."""
        return float(math.prod(map(Fraction, self.box[:3].tolist())))

    @property
    def species(self) -> Integers:
        """Species (N,), indices into ``model.species``."""
        return self._simulation.species

    @property
    def diameters(self) -> Floats | None:
        """Diameters (N,), where the model has such."""
        return None if self.model.sizes is None else self._simulation.diameters

    @property
    def positions(self) -> Floats:
        """Positions (N, 3), inside the box up to what they moved since the neighbour lists were built."""
        return self._simulation.positions

    @property
    def velocities(self) -> Floats:
        """Velocities (N, 3)."""
        return self._simulation.velocities

    @property
    def step(self) -> int:
        """Time steps done since the liquid was created."""
        return self._simulation.step

    @property
    def temperature(self) -> float:
        """Kinetic temperature of the motion relative to the centre of mass."""
        return dynamics.kinetic_temperature(self.velocities, self.model.mass)

    @property
    def potential_energy(self) -> float:
        """U of all particles."""
        found = engine.energy_forces(
            engine.potential_of(self.model), self.box, self.positions, self.species, self.diameters
        )
        return found["energy"]
