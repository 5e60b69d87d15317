"""What a stage is: one step of the protocol by which a liquid is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pssglass.base.results import RunResult
from pssglass.models import Model
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.keys import Key
from pssglass.simulation.trajectories import Keep

if TYPE_CHECKING:
    from pssglass.simulation.liquid import Liquid


@dataclass
class Progress:
    """How far a liquid has come: plain JSON values, from which it goes on with its last configuration.

    Attributes:
        stage: on which it is, or that it ended last; None before the first.
        state: of that stage; what it needs beside the liquid.
        record: what the stages tell of how the liquid was made, kept with its sample.
        liquid: what they measured of it, kept with its configurations.
    """

    stage: str | None = None
    state: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    liquid: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StageRun:
    """One liquid on one stage.

    Attributes:
        liquid: it is changed.
        recipe: what it is made of, and how.
        values: of the stage's keys.
        progress: where the stage keeps its state and leaves its results.
        pause: to be called where the stage may be stopped and go on from its state, every few thousand steps
            at least; what it raises ends the run.
        keep: takes frames of the trajectory that the protocol asks for; None where nobody wants them.
    """

    liquid: Liquid
    recipe: Recipe
    values: Mapping[str, Any]
    progress: Progress
    pause: Callable[[], None]
    keep: Keep | None = None

    @property
    def done(self) -> int:
        """Time steps done on this stage."""
        return int(self.progress.state.get("done", 0))

    def hold(self, temperature: float, until: int) -> None:
        """Hold a temperature until so many time steps of this stage are done, with pauses on the way."""

        def count(steps: int) -> None:
            self._count(steps)
            self.pause()

        if until > self.done:
            self._run(until - self.done, temperature, progress=count)

    def advance(self, steps: int, temperature: float, sample_every: int = 0, **options: Any) -> RunResult:
        """Run for some time steps without a pause; see ``Liquid.run``, whose options these are."""
        run = self._run(steps, temperature, sample_every=sample_every, **options)
        self._count(steps)
        return run

    def _run(self, steps: int, temperature: float, **options: Any) -> RunResult:
        """With the thermostat and the time step of the protocol."""
        protocol, dt = self.recipe.protocol, self.recipe.time_step(temperature)
        return self.liquid.run(
            steps * dt,
            dt,
            protocol.thermostat,
            temperature,
            friction=protocol.friction,
            relaxation_time=protocol.relaxation_time,
            **options,
        )

    def _count(self, steps: int) -> None:
        self.progress.state["done"] = self.done + steps


class Stage(ABC):
    """One step of the protocol; a subclass is registered in the entry-point group ``pssglass.stages``.

    It takes part where one of its keys is in the protocol table. Equal liquids must come out equal, bit by
    bit, wherever ``pause`` has stopped them: all that decides anything is in the liquid, the recipe and the
    state.

    Attributes:
        name: under which it is registered.
        version: changes when its results do; part of the specification.
        order: stages follow one another by it, and by name where it is equal; melt has 0, hold 100.
        keys: its keys in the protocol table; no other stage may have them.
    """

    name: ClassVar[str]
    version: ClassVar[str] = "1"
    order: ClassVar[float]
    keys: ClassVar[tuple[Key, ...]]

    def check(self, values: dict[str, Any], model: Model, temperature: float) -> dict[str, Any]:
        """The values of the keys at a parent temperature, where they must fit together or to the model.

        Raises:
            InputError: they do not.
        """
        return values

    @abstractmethod
    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """Number of time steps, at most."""

    def may_end_early(self, values: Mapping[str, Any]) -> bool:
        """Whether it may take fewer steps."""
        return False

    def run_options(self, protocol: Protocol) -> Mapping[str, Any]:
        """Options of ``Liquid.run`` that make its time steps dearer, as a barostat does."""
        return {}

    @abstractmethod
    def run(self, run: StageRun) -> None:
        """Take the liquid through, from the state on; where nothing is left to do, only results are told."""


StageInUse: TypeAlias = tuple[Stage, Mapping[str, Any]]
"""A stage that takes part, and the values of its keys."""
