"""An inherent state followed through strain: elastic branches, the strains at which they end, and falls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pssglass import engine
from pssglass.analysis.dipole_fields import nearest_image
from pssglass.base.errors import BoxTooSmall, NotInherentState, QuenchNotConverged
from pssglass.base.results import Certificate, Floats
from pssglass.configurations import QUENCH_PRESSURE, Configuration, edge_vectors
from pssglass.configurations.cell import wrapped
from pssglass.mechanics.inherent_states import certificate_of, mechanics_of
from pssglass.mechanics.shear_path import ShearSettings
from pssglass.models import Model

SMOOTHNESS = 2e-3
"""Of G V Δγ², by which energy may differ from the trapezoid of the work before a step is run backwards."""
ENERGY_NOISE = 1e-13
"""Of the energy, its round-off."""
SAME = 1e-5
"""Of λ: positions of one minimum reached twice agree by far more, those of two minima by less somewhere."""
REMEDIES = ("faithful", "fire")
"""Ways to quench that are tried where the chosen one ends at a saddle."""
MAX_EVALUATIONS = 200_000
"""Of the forces in one fall."""


class ElasticBranch:
    """Minima of one glass under one deformation; states are the engine's ``StrainedState``.

    Raises:
        InputError: bad arguments.
    """

    def __init__(self, model: Model, configuration: Configuration, settings: ShearSettings) -> None:
        self._model = model
        self._configuration = configuration
        self._settings = settings
        self._potential = engine.potential_of(model)
        with engine.translated():
            self._engine = engine.Quasistatic(
                self._potential,
                configuration.box,
                configuration.positions,
                configuration.species,
                kind=settings.kind,
                plane=settings.plane,
                tolerance=settings.tolerance,
                threads=settings.threads,
                diameters=configuration.diameters,
            )
        self._stiffness = 0.0

    def require_boxes(self, strains: Floats) -> None:
        """Refuse strains that make the box too narrow.

        Raises:
            BoxTooSmall: naming the first such.
        """
        for strain in strains.tolist():
            try:
                with engine.translated():
                    self._engine.box_at(strain)
            except BoxTooSmall as error:
                raise BoxTooSmall(f"at strain {strain:g} the {error}, or less strain") from None

    def start(self) -> engine.StrainedState:
        """The glass itself, polished to the tolerance.

        Raises:
            NotInherentState: it is no minimum.
        """
        begun = self._engine.state(0.0, self._configuration.positions)
        polished = self._engine.follow(begun, 0.0) if begun.positive else None
        if polished is None:
            raise NotInherentState(
                f"the glass with max|F| = {begun.max_force:.3g} cannot be sheared: it is no minimum, or its"
                f" forces cannot be brought below {self._settings.tolerance:g}; quench it, or raise tolerance"
            )
        self._stiffness = abs(polished.modulus)
        return polished

    def at(self, strain: float, positions: Floats) -> engine.StrainedState:
        """A state that was reached before: it is a function of strain and positions alone."""
        return self._engine.state(strain, positions)

    def continued(self, state: engine.StrainedState, strain: float) -> engine.StrainedState | None:
        """The branch of a state at another strain; None where it does not reach, or not reversibly."""
        found = self._engine.follow(state, strain)
        if found is None or self._is_smooth(state, found) or self._leads_back(found, state):
            return found
        return None

    def end(self, state: engine.StrainedState, strain: float) -> tuple[engine.StrainedState, float]:
        """The last state of a branch that does not reach a strain, and the strain at which it is gone."""
        last, gone = state, strain
        while abs(gone - last.strain) > self._settings.resolution:
            middle = 0.5 * (last.strain + gone)
            if middle in (last.strain, gone):
                break
            found = self.continued(last, middle)
            if found is None:
                gone = middle
            else:
                last = found
        return last, gone

    def fall(self, last: engine.StrainedState, strain: float) -> engine.StrainedState:
        """The certified minimum below the affine image of a branch's last state.

        Where the method ends at a saddle, others are tried from the same start.

        Raises:
            QuenchNotConverged: none is found.
        """
        start = self._engine.moved(last.positions, strain - last.strain)
        chosen = self._settings.method
        for method in (chosen, *(other for other in REMEDIES if other != chosen)):
            state = self._engine.state(strain, self._minimised(method, strain, start))
            if state.positive and self.certificate(state).is_minimum:
                return state
        raise QuenchNotConverged(
            f"minimisation at strain {strain:g} by '{chosen}' ends at a saddle, and so do other methods;"
            " take another step"
        )

    def is_one_branch(self, last: engine.StrainedState, after: engine.StrainedState) -> bool:
        """Whether a fall has led nowhere: the state goes back to that before it."""
        return self._leads_back(after, last)

    def certificate(self, state: engine.StrainedState) -> Certificate:
        """Forces and lowest spectrum of a state."""
        mechanics = mechanics_of(self._model, self.configuration(state), self._settings.threads)
        return certificate_of(mechanics, self._model)

    def configuration(self, state: engine.StrainedState) -> Configuration:
        """Of a state: particles inside the deformed box."""
        box = state.box
        kept = {key: value for key, value in self._configuration.metadata.items() if key != QUENCH_PRESSURE}
        return replace(
            self._configuration,
            positions=wrapped(state.positions, box),
            box=box,
            images=None,
            list_reference=None,
            list_box=None,
            metadata=kept,
        )

    def displacements(self, last: engine.StrainedState, after: engine.StrainedState) -> Floats:
        """(N, 3) from the affine image of a branch's last state to that after the fall, less their mean."""
        before = self._engine.moved(last.positions, after.strain - last.strain)
        moved = nearest_image(after.positions - before, edge_vectors(after.box))
        return np.asarray(moved - moved.mean(axis=0))

    def _minimised(self, method: str, strain: float, positions: Floats) -> Floats:
        with engine.translated():
            found = engine.minimize(
                self._potential,
                self._engine.box_at(strain),
                positions,
                self._configuration.species,
                method=method,
                tolerance=self._settings.tolerance,
                max_evaluations=MAX_EVALUATIONS,
                threads=self._settings.threads,
                diameters=self._configuration.diameters,
            )
        if not found["converged"]:
            raise QuenchNotConverged(f"minimisation at strain {strain:g} by '{method}': {found['message']}")
        return found["positions"]

    def _is_smooth(self, one: engine.StrainedState, other: engine.StrainedState) -> bool:
        """Whether the energy has changed by the work, as far as the stress is linear."""
        by, volume = other.strain - one.strain, self._configuration.volume
        work = 0.5 * (one.stress + other.stress) * by * volume
        bound = SMOOTHNESS * self._stiffness * volume * by**2 + ENERGY_NOISE * abs(one.energy)
        return abs(other.energy - one.energy - work) <= bound

    def _leads_back(self, state: engine.StrainedState, to: engine.StrainedState) -> bool:
        """Whether the branch of a state has the positions of another, but for periodic images and a shift."""
        found = self._engine.follow(state, to.strain)
        if found is None:
            return False
        moved = nearest_image(found.positions - to.positions, edge_vectors(to.box))
        return float(np.abs(moved - moved.mean(axis=0)).max()) <= SAME
