"""The compiled engine. Arrays are float64 and C-contiguous; a box is [Lx, Ly, Lz, xy, xz, yz] as in GSD."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict, overload

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int32]

class InvalidArgument(ValueError): ...
class BoxTooSmall(InvalidArgument): ...
class NotPositiveDefinite(RuntimeError): ...
class NotConverged(RuntimeError): ...

class TrajectoryDiverged(RuntimeError):
    step: int
    particle: int

class Potential:
    @overload
    def __init__(
        self,
        epsilon: npt.ArrayLike,
        length: npt.ArrayLike,
        inner: npt.ArrayLike,
        outer: npt.ArrayLike,
        x_join: float,
        x_cut: float,
    ) -> None: ...
    @overload
    def __init__(
        self, epsilon: npt.ArrayLike, length: npt.ArrayLike, prefactor: float, alpha: float
    ) -> None: ...
    @overload
    def __init__(
        self,
        epsilon: npt.ArrayLike,
        length: npt.ArrayLike,
        exponents: npt.ArrayLike,
        coefficients: npt.ArrayLike,
        polynomial: npt.ArrayLike,
        x_cut: float,
    ) -> None: ...
    @overload
    def __init__(
        self,
        epsilon: npt.ArrayLike,
        length: npt.ArrayLike,
        exponents: npt.ArrayLike,
        coefficients: npt.ArrayLike,
        polynomial: npt.ArrayLike,
        x_cut: float,
        inner_coefficients: npt.ArrayLike,
        x_join: float,
    ) -> None: ...
    @overload
    def __init__(
        self,
        epsilon: npt.ArrayLike,
        length: npt.ArrayLike,
        q_first: float,
        q_cut: float,
        nodes: npt.ArrayLike,
    ) -> None: ...
    @staticmethod
    @overload
    def by_diameter(
        epsilon: float,
        nonadditivity: float,
        inner: npt.ArrayLike,
        outer: npt.ArrayLike,
        x_join: float,
        x_cut: float,
    ) -> Potential: ...
    @staticmethod
    @overload
    def by_diameter(epsilon: float, nonadditivity: float, prefactor: float, alpha: float) -> Potential: ...
    @staticmethod
    @overload
    def by_diameter(
        epsilon: float,
        nonadditivity: float,
        exponents: npt.ArrayLike,
        coefficients: npt.ArrayLike,
        polynomial: npt.ArrayLike,
        x_cut: float,
    ) -> Potential: ...
    @staticmethod
    @overload
    def by_diameter(
        epsilon: float,
        nonadditivity: float,
        exponents: npt.ArrayLike,
        coefficients: npt.ArrayLike,
        polynomial: npt.ArrayLike,
        x_cut: float,
        inner_coefficients: npt.ArrayLike,
        x_join: float,
    ) -> Potential: ...
    @staticmethod
    @overload
    def by_diameter(
        epsilon: float,
        nonadditivity: float,
        q_first: float,
        q_cut: float,
        nodes: npt.ArrayLike,
    ) -> Potential: ...
    def terms(self, species_a: int, species_b: int, r2: float) -> list[float]: ...

class _ForceField(TypedDict):
    energy: float
    forces: _Floats
    stress: _Floats

def energy_forces(
    potential: Potential,
    box: npt.ArrayLike,
    positions: npt.ArrayLike,
    species: npt.ArrayLike,
    diameters: npt.ArrayLike | None = None,
) -> _ForceField: ...
def pairs_within(box: npt.ArrayLike, positions: npt.ArrayLike, cutoff: float) -> tuple[_Ints, _Floats]: ...
def pair_counts(
    box: npt.ArrayLike,
    positions: npt.ArrayLike,
    species: npt.ArrayLike,
    kinds: int,
    range: float,
    bins: int,
) -> npt.NDArray[np.int64]: ...
def density_products(
    box: npt.ArrayLike, positions: npt.ArrayLike, species: npt.ArrayLike, kinds: int, waves: npt.ArrayLike
) -> _Floats: ...
def displacement_sums(
    positions: Sequence[_Floats],
    pairs: Sequence[tuple[int, int]],
    species: npt.ArrayLike,
    kinds: int,
    wave_number: float,
    overlap_distance: float,
) -> _Floats: ...

class _Frames(TypedDict):
    positions: _Floats
    boxes: _Floats

class _Run(TypedDict):
    steps: int
    wall_time: float
    rebuilds: int
    series: dict[str, npt.NDArray[Any]]
    volume_moves: NotRequired[int]
    volume_moves_accepted: NotRequired[int]
    volume_moves_cut: NotRequired[int]
    effective_energy_change: NotRequired[float]
    frames: NotRequired[_Frames]

class Simulation:
    def __init__(
        self,
        potential: Potential,
        box: npt.ArrayLike,
        positions: npt.ArrayLike,
        velocities: npt.ArrayLike,
        species: npt.ArrayLike,
        mass: float,
        seed: int,
        *,
        step: int = 0,
        images: npt.ArrayLike | None = None,
        list_reference: npt.ArrayLike | None = None,
        list_box: npt.ArrayLike | None = None,
        threads: int = 1,
        precision: str = "double",
        diameters: npt.ArrayLike | None = None,
    ) -> None: ...
    def run(
        self,
        steps: int,
        dt: float,
        thermostat: str = "nve",
        temperature: float = 0.0,
        friction: float = 1.0,
        relaxation_time: float = 1.0,
        sample_every: int = 0,
        *,
        pressure: float | None = None,
        barostat_relaxation_time: float = 1.0,
        compressibility: float = 1.0,
        barostat_every: int = 1,
        largest_volume: float = ...,
        swap_every: int = 0,
        swap_attempts: int = 0,
        swap_largest_difference: float = ...,
        frames: Sequence[int] = (),
    ) -> _Run: ...
    @property
    def species(self) -> _Ints: ...
    @property
    def diameters(self) -> _Floats: ...
    @property
    def positions(self) -> _Floats: ...
    @property
    def velocities(self) -> _Floats: ...
    @property
    def images(self) -> _Ints: ...
    @property
    def list_reference(self) -> _Floats: ...
    @property
    def box(self) -> _Floats: ...
    @property
    def list_box(self) -> _Floats | None: ...
    @property
    def step(self) -> int: ...

class _Quench(TypedDict):
    positions: _Floats
    box: _Floats
    pressure: float
    method: str
    iterations: int
    force_evaluations: int
    newton_steps: int
    max_force: float
    energy: float
    converged: bool
    message: str

def minimize(
    potential: Potential,
    box: npt.ArrayLike,
    positions: npt.ArrayLike,
    species: npt.ArrayLike,
    *,
    method: str = "fast",
    tolerance: float = 1e-9,
    max_evaluations: int = 200000,
    threads: int = 1,
    flow_tolerance: float = 1e-5,
    diameters: npt.ArrayLike | None = None,
    pressure: float | None = None,
) -> _Quench: ...

class _Energetics(TypedDict):
    energy: float
    pressure: float
    pressure_repulsive: float
    pressure_attractive: float
    coordination: float
    max_force: float

class _Certificate(TypedDict):
    positive: bool
    negative_eigenvalues: int
    zero_modes: int
    lowest_eigenvalues: _Floats
    rattlers: int
    bears_load: bool

class _Moduli(TypedDict):
    shear_modulus: float
    shear_modulus_nonaffine: float
    shear_modulus_xz: float
    shear_modulus_yz: float
    bulk_modulus: float
    bulk_modulus_nonaffine: float
    born_shear: float
    volume: float

class _Elasticity(TypedDict):
    born: _Floats
    nonaffine: _Floats
    displacements: _Floats
    virials: _Floats

class _Modes(TypedDict):
    eigenvalues: _Floats
    vectors: _Floats
    participation_ratios: _Floats
    residuals: _Floats
    converged: bool

class Mechanics:
    def __init__(
        self,
        potential: Potential,
        box: npt.ArrayLike,
        positions: npt.ArrayLike,
        species: npt.ArrayLike,
        threads: int = 1,
        diameters: npt.ArrayLike | None = None,
    ) -> None: ...
    @property
    def particles(self) -> int: ...
    def energetics(self) -> _Energetics: ...
    def hessian(self) -> tuple[_Floats, _Ints, _Ints]: ...
    def certify(self) -> _Certificate: ...
    def moduli(self) -> _Moduli: ...
    def elasticity(self) -> _Elasticity: ...
    def solve(self, b: npt.ArrayLike) -> _Floats: ...
    def modes(self, count: int, tolerance: float = 1e-10, solver: str = "block") -> _Modes: ...
    def largest_eigenvalue(self) -> float: ...
    def pairs(self) -> _Ints: ...
    def rattlers(self) -> _Ints: ...
    def dipole_response(self, pairs: npt.ArrayLike) -> _Floats: ...

class _PseudoHarmonicModes(TypedDict):
    vectors: _Floats
    stiffnesses: _Floats
    costs: _Floats
    residuals: _Floats
    iterations: npt.NDArray[np.int64]

class _Expansion(TypedDict):
    stiffnesses: _Floats
    cubic: _Floats
    quartic: _Floats

def pseudo_harmonic_modes(
    mechanics: Mechanics,
    starts: npt.ArrayLike,
    tolerance: float = 1e-10,
    max_iterations: int = 20000,
    longest_step: float = 0.2,
    threads: int = 1,
) -> _PseudoHarmonicModes: ...
def bond_cost(mechanics: Mechanics, fields: npt.ArrayLike) -> tuple[_Floats, _Floats]: ...
def energy_expansion(mechanics: Mechanics, fields: npt.ArrayLike) -> _Expansion: ...

class StrainedState:
    @property
    def strain(self) -> float: ...
    @property
    def box(self) -> _Floats: ...
    @property
    def positions(self) -> _Floats: ...
    @property
    def energy(self) -> float: ...
    @property
    def stress(self) -> float: ...
    @property
    def max_force(self) -> float: ...
    @property
    def tangent(self) -> _Floats: ...
    @property
    def modulus(self) -> float: ...
    @property
    def positive(self) -> bool: ...

class Quasistatic:
    def __init__(
        self,
        potential: Potential,
        box: npt.ArrayLike,
        positions: npt.ArrayLike,
        species: npt.ArrayLike,
        *,
        kind: str,
        plane: str,
        tolerance: float = 1e-9,
        threads: int = 1,
        diameters: npt.ArrayLike | None = None,
    ) -> None: ...
    def box_at(self, strain: float) -> _Floats: ...
    def moved(self, positions: npt.ArrayLike, by: float) -> _Floats: ...
    def state(self, strain: float, positions: npt.ArrayLike) -> StrainedState: ...
    def follow(self, state: StrainedState, strain: float) -> StrainedState | None: ...

class _BuildInfo(TypedDict):
    version: str
    revision: str
    compiler: str
    flags: str
    simd: str
    threads: int
    solver: str
    blas: str
    eigen: str

def build_info() -> _BuildInfo: ...
