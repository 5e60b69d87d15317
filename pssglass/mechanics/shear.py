"""Athermal quasistatic shear of an inherent state: the path, step by step and event by event."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np

from pssglass import engine
from pssglass.analysis.rearrangements import nonaffine_squares, participation_ratio
from pssglass.base import checks
from pssglass.base.errors import InputError, QuenchNotConverged
from pssglass.base.results import Floats, QuenchRecord
from pssglass.configurations import Configuration
from pssglass.mechanics.elastic_branch import ElasticBranch
from pssglass.mechanics.inherent_states import certificate_of, mechanics_of
from pssglass.mechanics.shear_path import ShearSettings
from pssglass.mechanics.shear_result import ShearEvent, ShearProgress
from pssglass.models import Model, precision

REARRANGED = 0.01
"""Of a0², D²_min above which a particle counts as rearranged."""
NEIGHBOURHOOD = 1.5
"""Of a0 = (V/N)^(1/3), the distance of neighbours: about the first minimum of g(r)."""


class ShearRun:
    """One path; ``Glass.shear`` tells what the arguments are."""

    def __init__(
        self, model: Model, configuration: Configuration, settings: ShearSettings, keep_displacements: bool
    ) -> None:
        precision.require_quench(model, settings.method, settings.tolerance)
        self._model = model
        self._settings = settings
        self._keep = checks.boolean(InputError, "keep_displacements", keep_displacements)
        self._strains = settings.strains
        self._spacing = math.cbrt(configuration.volume / configuration.N)
        self._branch = ElasticBranch(model, configuration, settings)
        self._branch.require_boxes(self._strains)
        self._first = self._branch.start()

    def run(
        self, begun: ShearProgress | None, progress: Callable[[ShearProgress], None] | None
    ) -> tuple[ShearProgress, engine.StrainedState]:
        """From the start, or from where an earlier run had come, to the end of the path.

        Raises:
            InputError: ``begun`` is of another path.
            QuenchNotConverged: the fall after an event reaches no minimum.
        """
        state, rows = self._first, [_row(self._first)]
        events: tuple[ShearEvent, ...] = ()
        if begun is not None:
            state, rows, events = self._taken_up(begun)
        for step in range(len(rows), self._settings.steps + 1):
            state, found = self._advanced(state, float(self._strains[step]), step)
            rows.append(_row(state))
            events += found
            if progress is not None:
                progress(self._progress(state, rows, events))
        return self._progress(state, rows, events), state

    def configuration(
        self, state: engine.StrainedState
    ) -> tuple[Configuration, QuenchRecord, engine.Mechanics]:
        """The certified glass of a state.

        Raises:
            QuenchNotConverged: it is none.
        """
        settings = self._settings
        configuration = self._branch.configuration(state)
        mechanics = mechanics_of(self._model, configuration, settings.threads)
        certificate = certificate_of(mechanics, self._model)
        if not certificate.is_minimum:
            raise QuenchNotConverged(f"the state at strain {state.strain:g} is no minimum: {certificate}")
        record = QuenchRecord(
            **asdict(certificate),
            method="shear",
            iterations=0,
            force_evaluations=0,
            newton_steps=0,
        )
        way = {
            "kind": settings.kind,
            "plane": settings.plane,
            "step": settings.step,
            "turning_points": list(settings.turning_points),
        }
        metadata = {**configuration.metadata, "shear": way}
        return replace(configuration, metadata=metadata), record, mechanics

    def _taken_up(
        self, begun: ShearProgress
    ) -> tuple[engine.StrainedState, list[Floats], tuple[ShearEvent, ...]]:
        begun = checks.instance(InputError, "begun", begun, ShearProgress)
        steps, rows = begun.steps, list(begun.rows)
        same = begun.of == self._settings.steps and len(rows) == steps + 1 <= len(self._strains)
        if not same or not np.array_equal(begun.rows[:, 0], self._strains[: steps + 1]):
            raise InputError(
                f"begun has {steps} of {begun.of} steps to strain {begun.strain:g}, not those of this path;"
                " give the arguments it was begun with"
            )
        state = self._branch.at(begun.strain, begun.positions)
        if not np.array_equal(_row(state), rows[-1]):
            raise InputError("begun is of another glass or deformation; give the arguments it was begun with")
        return state, rows, begun.events

    def _progress(
        self, state: engine.StrainedState, rows: list[Floats], events: tuple[ShearEvent, ...]
    ) -> ShearProgress:
        return ShearProgress(len(rows) - 1, state.positions, np.array(rows), events, self._settings.steps)

    def _advanced(
        self, state: engine.StrainedState, strain: float, step: int
    ) -> tuple[engine.StrainedState, tuple[ShearEvent, ...]]:
        """The state at the end of a step, and the events on the way."""
        events: tuple[ShearEvent, ...] = ()
        while state.strain != strain:
            found = self._branch.continued(state, strain)
            if found is not None:
                return found, events
            last, gone = self._branch.end(state, strain)
            state = self._branch.fall(last, gone)
            if not self._branch.is_one_branch(last, state):
                events += (self._event(last, state, step),)
        return state, events

    def _event(self, last: engine.StrainedState, after: engine.StrainedState, step: int) -> ShearEvent:
        displacements = self._branch.displacements(last, after)
        squares = self._nonaffine_squares(last, displacements)
        by = after.strain - last.strain
        volume = self._spacing**3 * len(displacements)
        return ShearEvent(
            strain=after.strain,
            strain_before=last.strain,
            step=step,
            stress_before=last.stress,
            stress_after=after.stress,
            stress_drop=math.copysign(1.0, by) * (last.stress - after.stress),
            energy_drop=last.energy + last.stress * by * volume - after.energy,
            participation_ratio=participation_ratio(displacements),
            rearranging=int(np.count_nonzero(squares > REARRANGED * self._spacing**2)),
            largest_displacement=float(np.linalg.norm(displacements, axis=1).max()),
            displacements=displacements if self._keep else None,
        )

    def _nonaffine_squares(self, last: engine.StrainedState, displacements: Floats) -> Floats:
        with engine.translated():
            found = engine.pairs_within(last.box, last.positions, NEIGHBOURHOOD * self._spacing)
        return nonaffine_squares(displacements, *found)


def _row(state: engine.StrainedState) -> Floats:
    return np.array([state.strain, state.stress, state.energy, state.modulus])
