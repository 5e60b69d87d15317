"""An inherent state in memory, with the linear algebra derived from it, each piece computed once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import numpy.typing as npt
import scipy.sparse as sp

from pssglass import engine
from pssglass.base import checks, notebook
from pssglass.base.errors import InputError
from pssglass.base.read_only import read_only
from pssglass.base.results import (
    Certificate,
    Descent,
    DipoleResponse,
    Energetics,
    Floats,
    Integers,
    Modes,
    Moduli,
    QuasilocalisedModes,
    QuenchRecord,
)
from pssglass.configurations import Configuration, model_record, read_configuration_of, write_configuration
from pssglass.mechanics import arguments, inherent_states
from pssglass.mechanics.elasticity import Elasticity
from pssglass.mechanics.modes import ModeSearch
from pssglass.mechanics.quasilocalised import STARTS, QuasilocalisedSearch
from pssglass.mechanics.shear import ShearRun
from pssglass.mechanics.shear_path import RESOLUTION, STEP, ShearSettings
from pssglass.mechanics.shear_result import Shear, ShearProgress
from pssglass.models import Model
from pssglass.models.precision import QUENCH_TOLERANCE

# Files of others are less polished than our own quenches, and moduli feel a residual force only through its
# ratio to the stiffness.
READ_TOLERANCE = 1e-6
MAX_EVALUATIONS = 200_000


class Glass:
    """An inherent state: a minimum of the potential energy at fixed volume, or of U + P V at a pressure.

    In Lennard-Jones units. ``Liquid.quench``, ``Glass.quenched`` and ``Glass.read`` make certified ones.
    Whatever it hands out is read-only or a copy, so that all who measure it measure the same.
    """

    _model: Model
    _quench_record: QuenchRecord
    _configuration: Configuration
    _mechanics: engine.Mechanics
    _mode_search: ModeSearch
    _read_liquid: Callable[[], Configuration | None]

    def __init__(
        self,
        model: Model,
        configuration: Configuration,
        quench_record: QuenchRecord,
        mechanics: engine.Mechanics,
        liquid: Callable[[], Configuration | None] = lambda: None,
    ) -> None:
        metadata = {**configuration.metadata, "model": model_record(model), "quench": asdict(quench_record)}
        vars(self).update(
            _model=model,
            _quench_record=quench_record,
            _configuration=replace(configuration, kind="inherent", velocities=None, metadata=metadata),
            _mechanics=mechanics,
            _mode_search=ModeSearch(mechanics, model.mass),
            _read_liquid=liquid,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a glass is read-only: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a glass is read-only: {name} cannot be deleted")

    def __repr__(self) -> str:
        record = self.quench_record
        return f"<Glass of {self.model.name}, N = {self.N}, max|F| = {record.max_force:.1e}>"

    def _repr_html_(self) -> str:
        energetics, record = self._energetics, self.quench_record
        return notebook.table(
            f"Glass of {self.model.name}",
            {
                "N": self.N,
                "volume": f"{self.volume:.6g}",
                "energy per particle": f"{energetics.energy_per_particle:.6g}",
                "pressure": f"{energetics.pressure:.6g}",
                "quench": f"{record.method}, {record.force_evaluations} force evaluations",
                "max|F|": f"{record.max_force:.1e}",
                "rattlers": record.rattlers,
            },
        )

    @classmethod
    def quenched(
        cls,
        model: Model,
        configuration: Configuration,
        *,
        method: str = "faithful",
        tolerance: float = QUENCH_TOLERANCE,
        max_evaluations: int = MAX_EVALUATIONS,
        threads: int = 1,
        begun: Descent | None = None,
        progress: Callable[[Descent], None] | None = None,
        pressure: float | None = None,
    ) -> Glass:
        """The inherent state that minimising the energy of a configuration leads to.

        With a pressure P the enthalpy U + P V is minimised over positions and ln V: max|F| and the deviation
        of p from P end below the tolerance, and the bulk modulus is positive. The steepest descent of the
        faithful method is then that of x e^-η and 3 a0 √N η, with η = ln(V/V0)/3, a0 = (V0/N)^(1/3) and V0
        the volume at the start: a convention, as there is no natural unit of length for a strain.

        Args:
            model: of the configuration.
            configuration: where to start.
            method: "faithful" (along steepest descent, then Newton), "fast" (L-BFGS, then Newton), "fire",
                "lbfgs" or "cg". Only the faithful one ends in the basin of steepest descent: nearly always
                from supercooled liquids, in four of five cases from hot ones.
            tolerance: bound of max|F|, in ε/λ.
            max_evaluations: of the forces, before giving up.
            threads: of the engine.
            begun: how far an earlier quench with the same arguments had come, which goes on from there.
            progress: called every few seconds' work with what is reached; what it raises ends the quench.
                One that goes on from there with the same arguments reaches the same state bit by bit.
            pressure: in ε/λ³; None keeps the volume.

        Raises:
            ModelError: round-off alone exceeds the tolerance, where r_c is close to 1.
            QuenchNotConverged: max|F| stays above the tolerance, or the end is no minimum; no volume has this
                pressure.
        """
        settings = inherent_states.QuenchSettings(method, tolerance, max_evaluations, threads, pressure)
        state, record, mechanics = inherent_states.minimize(model, configuration, settings, begun, progress)
        liquid = configuration if configuration.kind == "liquid" else None
        return cls(model, state, record, mechanics, lambda: liquid)

    @classmethod
    def read(
        cls,
        path: str | Path,
        model: Model,
        quench: bool = False,
        *,
        tolerance: float = READ_TOLERANCE,
        mapping: Mapping[str, str] | None = None,
        frame: int | None = None,
        form: str | None = None,
        threads: int = 1,
    ) -> Glass:
        """Read an inherent state from a file of any format that ``read_configuration`` knows, and certify it.

        Args:
            path: file.
            model: it must be the one that the file was made with, if the file tells.
            quench: minimise the energy first, instead of refusing what is no inherent state.
            tolerance: bound of max|F|, in ε/λ.
            mapping: from the names in the file to the model's species, e.g. ``{"Cu": "A", "Zr": "B"}``.
            frame: which one of several, from 0, or from -1 backwards; None takes the only one.
            form: name of the file's format, e.g. "extxyz"; None goes by its suffix.
            threads: of the engine.

        Raises:
            ConfigurationError: the file cannot be read, or does not belong to the model.
            NotInherentState: forces do not vanish, or the Hessian is not that of a minimum.
            QuenchNotConverged: with ``quench``, see ``quenched``.
        """
        quench = checks.boolean(InputError, "quench", quench)
        configuration = read_configuration_of(model, path, mapping, frame, form)
        try:
            if quench:
                return cls.quenched(model, configuration, threads=threads)
            record, mechanics = inherent_states.accept(model, configuration, tolerance, threads)
        except InputError as error:
            raise type(error)(f"{path}: {error}") from None
        return cls(model, configuration, record, mechanics)

    def write(self, path: str | Path, fields: Mapping[str, npt.ArrayLike] | None = None) -> tuple[str, int]:
        """Write the configuration in the format of the suffix; returns its SHA-256 and number of bytes.

        Args:
            path: of the file.
            fields: (N,) or (N, components) over the particles, by names, such as vectors of modes, which
                OVITO reads as properties from GSD and extended XYZ.

        Raises:
            ConfigurationError: unknown suffix, one that has no place for fields, a field of another shape or
                that is not real and finite, or the folder cannot be written.
        """
        return write_configuration(path, self._configuration, fields)

    @property
    def model(self) -> Model:
        """The model."""
        return self._model

    @property
    def configuration(self) -> Configuration:
        """Positions, box and species, and what is known of their origin."""
        return _copied(self._configuration)

    @property
    def parent_liquid(self) -> Configuration | None:
        """The liquid whose inherent state this is; None where it is not known, as of files from elsewhere.

        Raises:
            ConfigurationError: the file that has it cannot be read any more.
        """
        return None if self._liquid is None else _copied(self._liquid)

    @cached_property
    def _liquid(self) -> Configuration | None:
        return self._read_liquid()

    @property
    def quench_record(self) -> QuenchRecord:
        """How the state was reached, and its certificate."""
        return self._quench_record

    @property
    def N(self) -> int:  # noqa: N802
        """Number of particles."""
        return self._configuration.N

    @property
    def positions(self) -> Floats:
        """Positions (N, 3)."""
        return read_only(self._configuration.positions)

    @property
    def box(self) -> Floats:
        """Box (6,) [Lx, Ly, Lz, xy, xz, yz]."""
        return read_only(self._configuration.box)

    @property
    def species(self) -> Integers:
        """Species (N,), indices into ``model.species``."""
        return read_only(self._configuration.species)

    @property
    def diameters(self) -> Floats | None:
        """Diameters (N,), where the model has such."""
        return read_only(self._configuration.diameters)

    @property
    def rattlers(self) -> Integers:
        """Indices (n,), ascending, of the particles that the others do not hold in place.

        They have fewer than four neighbours that bear load (d + 1) and all push; other rattlers do not count.
        The load of a pair is its force or, if that is more, its energy over its length, and counts above a
        millionth of the mean. A particle all of whose loads are below a hundred times max|F| bears none. All
        that is derived from the Hessian leaves rattlers out.
        """
        return self._rattlers.copy()

    @cached_property
    def _rattlers(self) -> Integers:
        return self._mechanics.rattlers()

    @property
    def volume(self) -> float:
        """Volume of the box."""
        return self._configuration.volume

    def certify(self) -> Certificate:
        """Forces and lowest spectrum, computed from the positions."""
        return inherent_states.certificate_of(self._mechanics, self.model)

    def energetics(self) -> Energetics:
        """Energy, pressure and its parts (paper, Eq. A7), and coordination, of which rattlers have none."""
        return replace(self._energetics)

    @cached_property
    def _energetics(self) -> Energetics:
        found = self._mechanics.energetics()
        repulsive, attractive = found["pressure_repulsive"], found["pressure_attractive"]
        return Energetics(
            energy_per_particle=found["energy"] / self.N,
            pressure=found["pressure"],
            pressure_repulsive=repulsive,
            pressure_attractive=attractive,
            pressure_scale=repulsive + attractive,
            coordination=found["coordination"],
            max_force=found["max_force"],
        )

    def moduli(self) -> Moduli:
        """Shear and bulk modulus (paper, Eqs. A1-A6, the factors of d in A4 restored)."""
        return replace(self._moduli)

    @cached_property
    def _moduli(self) -> Moduli:
        with engine.translated():
            found = self._mechanics.moduli()
        G, K = found["shear_modulus"], found["bulk_modulus"]
        return Moduli(
            shear_modulus=G,
            shear_modulus_nonaffine=found["shear_modulus_nonaffine"],
            shear_modulus_isotropic=(G + found["shear_modulus_xz"] + found["shear_modulus_yz"]) / 3.0,
            bulk_modulus=K,
            poisson_ratio=(3.0 * K - 2.0 * G) / (6.0 * K + 2.0 * G),
        )

    def elasticity(self) -> Elasticity:
        """All elastic constants, with what is made of them: averages, anisotropy, speeds of sound.

        Raises:
            NotInherentState: the state is no minimum.
        """
        return self._elasticity[0]

    def nonaffine_displacements(self) -> Floats:
        """-M⁺·Ξ (6, N, 3): what particles move, per strain, besides what the strain makes of their positions.

        Green's strain in the order of ``Elasticity``; zero for rattlers. In λ.

        Raises:
            NotInherentState: the state is no minimum.
        """
        return read_only(self._elasticity[1])

    def virials(self) -> Floats:
        """Each particle's share (N, 6) of the volume times the stress, in ε: half of each of its pairs.

        In the order of ``Elasticity``, tension positive.

        Raises:
            NotInherentState: the state is no minimum.
        """
        return read_only(self._elasticity[2])

    @cached_property
    def _elasticity(self) -> tuple[Elasticity, Floats, Floats]:
        with engine.translated():
            found = self._mechanics.elasticity()
        number_density = self.N / self.volume
        elasticity = Elasticity(
            stress=found["virials"].sum(axis=0) / self.volume,
            born=found["born"],
            nonaffine=found["nonaffine"],
            mass_density=self.model.mass * number_density,
            number_density=number_density,
        )
        return elasticity, found["displacements"], found["virials"]

    def hessian(self) -> sp.csr_matrix:
        """M = ∂²U/∂x∂x, sparse and symmetric, 3N x 3N; row 3i + a is component a of particle i.

        Rows and columns of rattlers are empty, as if they touched nothing: its eigenvectors are those of
        ``modes``, besides three zero modes of translation and three of each rattler. Its arrays are the
        glass's own: they are read-only, ``.copy()`` is yours.
        """
        return sp.csr_matrix(read_only(self._hessian), shape=(3 * self.N, 3 * self.N))

    @cached_property
    def _hessian(self) -> tuple[Floats, Integers, Integers]:
        """Values, columns, and where each row begins."""
        return read_only(self._mechanics.hessian())

    def solve(self, b: npt.ArrayLike) -> Floats:
        """M⁺·b, translations projected out; zero for rattlers, whatever acts on them.

        Args:
            b: forces of shape (3N,), (N, 3), (n, 3N) or (n, N, 3); the result has the same shape.

        Raises:
            InputError: b has another shape, or is not real and finite.
        """
        forces = arguments.forces(b, self.N)
        with engine.translated():
            response = self._mechanics.solve(forces.reshape(-1, 3 * self.N))
        return response.reshape(forces.shape)

    def modes(self, count: int, tolerance: float = 1e-10, solver: str = "block") -> Modes:
        """The lowest vibrational modes, translations and rattlers left out, and none missing.

        The eigenvalues below the highest one are counted (by the inertia of the shifted Hessian), because no
        residual tells of a missing member of a degenerate mode. Of a degenerate one at the upper end as many
        members are given as were asked for.

        Args:
            count: how many.
            tolerance: bound of the norm of M⁺ψ - ψ/λ in units of 1/λ, for each unit eigenvector ψ of
                eigenvalue λ.
            solver: "block" (block Lanczos) or "spectra" (Spectra's restarted Lanczos).

        Raises:
            InputError: count is not in [1, 3(N - n) - 3] with n rattlers, tolerance not in (0, 0.1], or the
                solver is unknown.
            ModesNotConverged: some mode does not reach the tolerance, or some may be missing.
        """
        return self._mode_search.lowest(count, tolerance, solver)

    def quasilocalised_modes(
        self,
        count: int | None = None,
        *,
        starts: int = 100,
        kinds: Sequence[str] = STARTS,
        seed: int = 0,
        tolerance: float = 1e-10,
        threads: int = 1,
    ) -> QuasilocalisedModes:
        """Pseudo-harmonic modes, minima of C(z) = (z·Mz)²/Σ(z_ij·z_ij)² over pairs, from soft to stiff.

        Richard et al., doi:10.1103/PhysRevLett.126.015501. Descents of ln C by L-BFGS from many starts; ends
        that overlap by more than 0.999 are one mode. Nothing tells that all minima were found: ``coverage``
        and ``unseen`` say what more starts of these kinds would find. The result depends on the seed, not on
        threads.

        Args:
            count: how many of those found, the softest ones; None gives all.
            starts: descents in all, shared by the kinds.
            kinds: "local" (softest mode of 5, 15 or 40 particles, all others held fixed), "dipoles"
                (responses to force dipoles on random pairs), "nonaffine" (the six fields of
                ``nonaffine_displacements``).
            seed: of the drawing of places and pairs.
            tolerance: bound of the residual, the length of ∂ ln C/∂z, of a unit vector z.
            threads: each descent runs on one.

        Raises:
            InputError: count is not in [1, 3(N - n) - 3] with n rattlers, a number is out of its range, or a
                kind is unknown.
            NotInherentState: the state is no minimum.
        """
        search = QuasilocalisedSearch(self, self._mechanics)
        return search.modes(count, starts, kinds, seed, tolerance, threads)

    def largest_frequency(self) -> float:
        """The frequency of the stiffest mode; velocity Verlet is unstable for time steps above 2 over it.

        Raises:
            ModesNotConverged: round-off spoils the iteration.
        """
        with engine.translated():
            return math.sqrt(self._mechanics.largest_eigenvalue() / self.model.mass)

    def random_pairs(self, n: int | None = None, seed: int = 0) -> Integers:
        """Interacting pairs (n, 2) of no rattlers, drawn without repetition; None draws 110, or all if fewer.

        Raises:
            InputError: n is no whole number from 1 to the number of pairs, or the seed is negative.
        """
        return arguments.drawn_pairs(self._mechanics.pairs(), n, seed)

    def dipole_response(
        self, pairs: npt.ArrayLike | None = None, n: int | None = None, seed: int = 0
    ) -> DipoleResponse:
        """ω_g = √(u·d / u·u) with u = M⁺·d for the unit force dipole d of each pair (paper, Eq. 3).

        Args:
            pairs: (k, 2) indices; None draws interacting pairs without repetition.
            n: number of pairs drawn; None draws 110, or all where there are fewer.
            seed: of the drawing.

        Raises:
            InputError: an index is no whole number or out of range, a particle is a rattler or paired with
                itself, n exceeds the number of pairs, or pairs are given together with n or seed.
        """
        if pairs is not None and (n is not None or seed != 0):
            raise InputError(f"n = {n} and seed = {seed} draw pairs, but pairs are given; leave them out")
        given = arguments.pairs(self.random_pairs(n, seed) if pairs is None else pairs, self.N)
        with engine.translated():
            frequencies = self._mechanics.dipole_response(given)
        return DipoleResponse(pairs=given, frequencies=frequencies / math.sqrt(self.model.mass))

    def shear(
        self,
        plane: str = "xy",
        step: float = STEP,
        max_strain: float = 0.2,
        *,
        path: Sequence[float] | None = None,
        kind: str = "simple",
        resolution: float = RESOLUTION,
        method: str = "fast",
        tolerance: float = QUENCH_TOLERANCE,
        keep_displacements: bool = False,
        threads: int = 1,
        begun: ShearProgress | None = None,
        progress: Callable[[ShearProgress], None] | None = None,
    ) -> Shear:
        """Athermal quasistatic deformation at constant volume: strain in steps, with a minimum at each.

        A minimum is followed by Newton's method from what its Hessian predicts. An elastic branch has ended
        where that meets no minimum, or one from which no way leads back though the energy has changed by more
        than the work; the step is then halved down to the resolution, and the energy minimised from there.
        At every strain max|F| is below the tolerance, and no direction met by conjugate gradients curves
        downward; after each event and at the end, the whole spectrum of the Hessian is certified.

        The stress is ∂U/∂γ / V, shear and tension positive. "simple" is x ← x + γ y (plane "xy"), x ← x + γ z
        ("xz") or y ← y + γ z ("yz"); "pure" e^(γ/2) along the first axis of the plane and e^(-γ/2) along the
        second; "uniaxial" e^γ along the axis "x", "y" or "z" and e^(-γ/2) across it. The slope at zero strain
        of an isotropic glass is G for the first two, and 3G for the third.

        Args:
            plane: of shear; of uniaxial strain the axis.
            step: largest of the strain, at most 0.05.
            max_strain: where the path ends.
            path: turning points, as [0.05, -0.05, 0.05], in place of ``max_strain``.
            kind: "simple", "pure" or "uniaxial".
            resolution: of the strains of events.
            method: of minimising after events, as in ``quenched``: the state after one depends on it.
            tolerance: bound of max|F|, in ε/λ.
            keep_displacements: whether events keep their displacement fields.
            threads: of the engine.
            begun: how far an earlier path with the same arguments had come, which goes on from there.
            progress: called after each step with what is reached; what it raises ends the path. One that
                goes on from there with the same arguments is the same bit by bit.

        A particle counts as rearranging in an event where D²_min, by its neighbours within 1.5 a0, exceeds
        0.01 a0² per neighbour, a0 = (V/N)^(1/3). Source: Maloney and Lemaître,
        doi:10.1103/PhysRevE.74.016118.

        Raises:
            InputError: an argument is out of bounds, or ``begun`` is of another path.
            BoxTooSmall: the box becomes narrower than two cutoffs on the way.
            NotInherentState: the glass is no minimum, or cannot be polished to the tolerance.
            ModelError: round-off alone exceeds the tolerance.
            QuenchNotConverged: minimising after an event does not end at a minimum.
        """
        settings = ShearSettings.of(
            kind=kind,
            plane=plane,
            step=step,
            max_strain=max_strain,
            path=path,
            resolution=resolution,
            tolerance=tolerance,
            method=method,
            threads=threads,
        )
        progress = checks.callback(InputError, "progress", progress)
        run = ShearRun(self.model, self._configuration, settings, keep_displacements)
        reached, state = run.run(begun, progress)
        strain, stress, energy, modulus = reached.rows.T
        glass = Glass(self.model, *run.configuration(state), self._read_liquid)
        turns = settings.turning_points
        return Shear(kind, plane, strain, stress, energy, modulus, reached.events, turns, glass)


def _copied(configuration: Configuration) -> Configuration:
    """With metadata of its own; arrays are read-only."""
    return replace(configuration, metadata=deepcopy(dict(configuration.metadata)))
