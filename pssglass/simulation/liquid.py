"""The liquid: made without overlaps, melted, run at a temperature, and quenched to a glass."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pssglass.base import checks, notebook
from pssglass.base.errors import ConfigurationError, InputError, TrajectoryDiverged
from pssglass.base.results import Descent, RunResult
from pssglass.configurations import (
    read_configuration_of,
    write_configuration,
)
from pssglass.mechanics.glass import MAX_EVALUATIONS, Glass
from pssglass.mechanics.overlaps import overlap
from pssglass.models import Model
from pssglass.models.model import MOST_PARTICLES
from pssglass.models.precision import QUENCH_TOLERANCE
from pssglass.simulation import dynamics
from pssglass.simulation.barostat import barostat_of
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import run_stages, stages_of
from pssglass.simulation.start import random_configuration
from pssglass.simulation.state import LiquidState
from pssglass.simulation.swap import Swap, swap_of

ROUND_OFF = 1e-12
"""Relative, of a kinetic temperature."""


class Liquid(LiquidState):
    """A liquid of one model, with velocities and a clock; in Lennard-Jones units.

    ``Liquid.create`` and ``Liquid.read`` make one. Equal calls with equal seeds give equal trajectories, bit
    by bit, for any number of threads, and a run cut in two equals one run.

    Attributes:
        model: the model.
        target_temperature: that of the thermostat, unless a run says otherwise.
    """

    def __repr__(self) -> str:
        T = self.target_temperature
        return f"<Liquid of {self.model.name}, N = {self.N}, T = {T:g}, step {self.step}>"

    def _repr_html_(self) -> str:
        return notebook.table(
            f"Liquid of {self.model.name}",
            {
                "N": self.N,
                "volume": f"{self.configuration.volume:.6g}",
                "temperature of the thermostat": f"{self.target_temperature:g}",
                "step": self.step,
            },
        )

    @classmethod
    def create(
        cls,
        model: Model,
        N: int,
        temperature: float,
        seed: int,
        *,
        melt_temperature: float | None = None,
        melt_time: float = Protocol.melt_time,
        time_step: float | None = None,
        thermostat: str = Protocol.thermostat,
        friction: float = Protocol.friction,
        relaxation_time: float = Protocol.relaxation_time,
        threads: int = 1,
        precision: str = "double",
    ) -> Liquid:
        """A melted liquid with velocities of ``temperature``, to which its thermostat is set, too.

        It is made as a campaign makes it: one of the same model, N, seed and protocol has the same positions
        and velocities, bit by bit, after the melt, and after ``run`` for the equilibration time. Positions,
        species and first velocities, those of the melt, come from three streams of random numbers of the
        seed; the thermostat's numbers follow from seed, time step and particle, and go on from melt to run.
        At the end of the melt velocities are scaled; the structure is still that of the melt, and ``run``
        brings it to the temperature. The composition is exact, and the total momentum zero at first.

        Args:
            model: the model.
            N: number of particles.
            temperature: of the thermostat from now on.
            seed: of positions, species, velocities and thermostat.
            melt_temperature: of the first velocities and the melt; None takes the model's, or
                ``temperature`` if that is more.
            melt_time: of the melt; 0 leaves it out.
            time_step: of the melt; None takes the model's default.
            thermostat, friction, relaxation_time: of the melt, as of ``run``, but not "nve".
            threads: of the engine.
            precision: of the dynamics, "double" or "mixed".

        Raises:
            InputError: an argument is out of bounds.
            ModelError: the composition cannot be exact for this N.
            ModelError: round-off spoils the forces, where r_c is close to 1.
            BoxTooSmall: the box of N particles is smaller than two cutoffs.
            TrajectoryDiverged: the melt blew up.
        """
        model = checks.instance(InputError, "model", model, Model)
        temperature = checks.number(InputError, "temperature", temperature, above=0.0)
        seed = checks.integer(InputError, "seed", seed, at_least=0)
        N = checks.integer(InputError, "N", N, at_least=2, below=MOST_PARTICLES)
        if melt_temperature is None:
            melt_temperature = max(model.melt_temperature, temperature)
        if time_step is not None:
            time_step = checks.number(InputError, "time_step", time_step, above=0.0)
        checks.within(InputError, "thermostat", thermostat, checks.Bounds(one_of=("langevin", "svr")))
        melt = Protocol(
            equilibration_time=0.0,
            melt_temperature=checks.number(InputError, "melt_temperature", melt_temperature, above=0.0),
            melt_time=checks.not_negative(InputError, "melt_time", melt_time),
            time_step=time_step,
            thermostat=thermostat,
            friction=checks.number(InputError, "friction", friction, above=0.0),
            relaxation_time=checks.number(InputError, "relaxation_time", relaxation_time, above=0.0),
        )
        start = random_configuration(model, N, seed)
        hot = melt.melt_temperature
        liquid = cls(model, start, temperature=hot, seed=seed, threads=threads, precision=precision)
        run_stages(liquid, Recipe(model, N, temperature, melt), stages_of(melt))
        liquid.target_temperature = temperature
        return liquid

    @classmethod
    def read(
        cls,
        path: str | Path,
        model: Model,
        *,
        temperature: float | None = None,
        seed: int | None = None,
        mapping: Mapping[str, str] | None = None,
        frame: int | None = None,
        form: str | None = None,
        threads: int = 1,
        precision: str = "double",
    ) -> Liquid:
        """Read a liquid; one written by ``write`` as .gsd goes on bit by bit as if it had never stopped.

        Args:
            path: file of any format that ``read_configuration`` knows.
            model: it must be the one that the file was made with, if the file tells.
            temperature: of the thermostat, and of the velocities if the file has none; None takes the file's.
            seed: None takes the file's.
            mapping: from the names in the file to the model's species.
            frame: which one of several, from 0, or from -1 backwards; None takes the only one.
            form: name of the file's format, e.g. "extxyz"; None goes by its suffix.
            threads: of the engine.
            precision: of the dynamics, "double" or "mixed".

        Raises:
            ConfigurationError: the file cannot be read, does not belong to the model, or tells no temperature
                or seed where none is given.
        """
        configuration = read_configuration_of(model, path, mapping, frame, form)
        given = {"temperature": temperature, "seed": seed}
        known = {
            **configuration.metadata,
            **{key: value for key, value in given.items() if value is not None},
        }
        for key in given:
            if key not in known:
                raise ConfigurationError(f"{path} tells no {key}; give one")
        return cls(
            model,
            configuration,
            temperature=known["temperature"],
            seed=known["seed"],
            threads=threads,
            precision=precision,
        )

    def run(
        self,
        time: float,
        dt: float | None = None,
        thermostat: str = "langevin",
        temperature: float | None = None,
        *,
        friction: float = 1.0,
        relaxation_time: float = 1.0,
        sample_every: int = 0,
        progress: Callable[[int], None] | None = None,
        pressure: float | None = None,
        barostat_relaxation_time: float | None = None,
        compressibility: float | None = None,
        barostat_every: int | None = None,
        swap: Mapping[str, Any] | Swap | None = None,
        frames: Sequence[int] = (),
    ) -> RunResult:
        """Molecular dynamics by velocity Verlet, at constant volume or, by a barostat, at constant pressure.

        Args:
            time: rounded to the nearest whole number of steps.
            dt: time step; None takes the model's default at the temperature.
            thermostat: "langevin" (BAOAB), "svr" (stochastic velocity rescaling) or "nve".
            temperature: of the thermostat, now and from now on; None keeps it.
            friction: of the Langevin thermostat, in inverse time.
            relaxation_time: of stochastic velocity rescaling.
            sample_every: adds a row to the series after every step of which this is a divisor; 0 for none.
            progress: called every few thousand steps with their number; what it raises ends the run.
            pressure: of a barostat, in ε/λ³: stochastic cell rescaling, isotropic (doi:10.1063/5.0020514);
                None keeps the volume. It needs a thermostat.
            barostat_relaxation_time: of the volume; None takes 2.
            compressibility: β_T in λ³/ε, an estimate, on which no average depends; None takes 0.01/(ρ k_B T)
                with the model's density ρ.
            barostat_every: time steps from one move of the volume to the next, each as dear as four steps;
                None takes 20.
            swap: swap Monte Carlo between time steps, as {"moves_per_particle": 1.0, "every": 25}; see
                ``Swap`` for its keys. It needs a thermostat.
            frames: numbers of steps, ascending, from the beginning of the run, after which positions are
                kept; 0 is the beginning. They stay in memory.

        Raises:
            InputError: an argument is out of bounds, or particles overlap too much.
            TrajectoryDiverged: a particle ran away, the liquid heats up without reason, or the box collapses
                below two cutoffs or grows to four times the model's volume.
        """
        if temperature is not None:
            self.target_temperature = checks.number(InputError, "temperature", temperature, above=0.0)
        step = self.model.default_time_step(self.target_temperature) if dt is None else dt
        step = checks.number(InputError, "dt", step, above=0.0)
        steps = checks.number(InputError, "time / dt", checks.not_negative(InputError, "time", time) / step)
        of_barostat = {
            "pressure": pressure,
            "barostat_relaxation_time": barostat_relaxation_time,
            "compressibility": compressibility,
            "barostat_every": barostat_every,
        }
        barostat = barostat_of(self.model, self.N, self.target_temperature, of_barostat)
        exchange = swap_of(self.model, swap)
        if exchange is not None and self.diameters is not None:
            exchange.check_diameters(self.diameters)
        course = dynamics.Course(
            checks.integer(InputError, "number of steps", round(steps), at_least=0),
            step,
            dynamics.Thermostat(
                checks.text(InputError, "thermostat", thermostat),
                self.target_temperature,
                checks.number(InputError, "friction", friction, above=0.0),
                checks.number(InputError, "relaxation_time", relaxation_time, above=0.0),
            ),
            checks.integer(InputError, "sample_every", sample_every, at_least=0),
            barostat,
            exchange,
            [checks.integer(InputError, "a frame", one, at_least=0) for one in frames],
        )
        progress = checks.callback(InputError, "progress", progress)
        start, box, before = self.positions, self.box, self._ran_at
        if barostat is not None:
            self._pressure = barostat.pressure
        try:
            result = dynamics.advance(self._simulation, course, self._energies, progress)
        except TrajectoryDiverged:
            began = replace(self.configuration, positions=start, box=box)
            fault = overlap(self.model, began, self.target_temperature)
            if fault is None:
                raise
            remedy = "quench the configuration first, or move one of them"
            if before is not None and overlap(self.model, began, before) is None:
                remedy = f"it comes from T = {before:g}: lower that, or cool it by steps between"
            raise InputError(f"{fault}; {remedy}") from None
        self._ran_at = self.target_temperature
        return result

    def scale_velocities(self, temperature: float) -> None:
        """Give the motion relative to the centre of mass this kinetic temperature, not the thermostat.

        Velocities that have it already, but for round-off, stay as they are, bit by bit.

        Raises:
            InputError: the temperature is not above 0, or nothing moves.
        """
        temperature = checks.number(InputError, "temperature", temperature, above=0.0)
        if self.temperature == 0.0:
            raise InputError("all velocities are 0, which no factor scales; make the liquid with velocities")
        factor = math.sqrt(temperature / self.temperature)
        if abs(factor - 1.0) > ROUND_OFF:
            mean = self.velocities.mean(axis=0)
            scaled = mean + factor * (self.velocities - mean)
            self._simulation = self._simulated(self.configuration, scaled)

    def _energies(self) -> tuple[float, float]:
        """Potential and kinetic energy."""
        return self.potential_energy, 1.5 * (self.N - 1) * self.temperature

    def quench(
        self,
        method: str = "faithful",
        tolerance: float = QUENCH_TOLERANCE,
        max_evaluations: int = MAX_EVALUATIONS,
        *,
        begun: Descent | None = None,
        progress: Callable[[Descent], None] | None = None,
        pressure: float | None = None,
    ) -> Glass:
        """The certified inherent state of the present configuration, at its volume or at a pressure.

        See ``Glass.quenched``.

        Raises:
            QuenchNotConverged: max|F| stays above the tolerance, or the end is no minimum.
        """
        return Glass.quenched(
            self.model,
            self.configuration,
            method=method,
            tolerance=tolerance,
            max_evaluations=max_evaluations,
            threads=self._threads,
            begun=begun,
            progress=progress,
            pressure=pressure,
        )

    def write(self, path: str | Path) -> tuple[str, int]:
        """Write the configuration in the format of the suffix; returns its SHA-256 and number of bytes.

        Raises:
            ConfigurationError: unknown suffix, or the folder cannot be written.
        """
        return write_configuration(path, self.configuration)
