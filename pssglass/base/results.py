"""Plain result objects: what the engine measured, in Lennard-Jones units (epsilon = lambda = m = k_B = 1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pssglass.base import notebook
from pssglass.base.errors import MissingData
from pssglass.base.read_only import LookedUp, protect

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
IMPORTED = "imported"
"""In place of a way to quench in the protocol of ensembles that were made elsewhere."""
AUTO = "auto"
"""In place of an equilibration time: until the liquid is equilibrated, or a cap is reached."""
Value: TypeAlias = "float | int | npt.NDArray[Any]"


@dataclass(frozen=True)
class RunResult:
    """One run of molecular dynamics.

    ``series`` has one row for each sampled step: ``step``, ``potential_energy``, ``kinetic_energy``,
    ``pressure`` and ``born_shear`` (U_γγ/V) of shape (n,), and ``stress`` of shape (n, 3) with its components
    xy, xz, yz. At constant pressure also ``volume``, ``enthalpy`` (U + K + P V) and ``effective_energy``, the
    change since the run began of U + K + P V less what thermostat and barostat gave: the error of the time
    step, and less where moves were cut. ``volume_moves`` then tells of the barostat. ``frames`` are
    those that were asked for.
    """

    steps: int
    time: float
    time_step: float
    wall_time: float
    particle_steps_per_second: float
    series: Mapping[str, npt.NDArray[Any]]
    volume_moves: VolumeMoves | None = None
    swap_moves: SwapMoves | None = None
    frames: Frames | None = None


@dataclass(frozen=True)
class Frames:
    """Where particles were after some steps of a run: unwrapped positions (n, N, 3) and boxes (n, 6)."""

    positions: Floats
    boxes: Floats


@dataclass(frozen=True)
class VolumeMoves:
    """What a barostat did: moves of the volume, those accepted, and the change of the effective energy.

    ``cut`` counts moves far from balance, whose drift was cut. They lower the effective energy; all others
    and the thermostat change it by the error of the time step alone.
    """

    moves: int = 0
    accepted: int = 0
    effective_energy_change: float = 0.0
    cut: int = 0

    def __add__(self, other: VolumeMoves) -> VolumeMoves:
        """Of one run after the other."""
        return VolumeMoves(
            self.moves + other.moves,
            self.accepted + other.accepted,
            self.effective_energy_change + other.effective_energy_change,
            self.cut + other.cut,
        )


SWAP_PARTS = 10
"""Into which the differences of the diameters are divided."""


@dataclass(frozen=True)
class SwapMoves:
    """What swap Monte Carlo did: attempts and those accepted, by difference of the diameters.

    The parts (``SWAP_PARTS``,) are equal ones of ``largest_difference``, the largest that there is or that is
    tried; where species are exchanged all is in the first.
    """

    attempts: Integers
    accepted: Integers
    largest_difference: float
    seconds: float

    def __add__(self, other: SwapMoves) -> SwapMoves:
        """Of one run after the other."""
        return SwapMoves(
            self.attempts + other.attempts,
            self.accepted + other.accepted,
            other.largest_difference,
            self.seconds + other.seconds,
        )

    @property
    def acceptance(self) -> float:
        """Share of the attempts that were accepted; NaN without attempts."""
        tried = int(self.attempts.sum())
        return int(self.accepted.sum()) / tried if tried else math.nan

    @property
    def attempts_per_second(self) -> float:
        """By the time that swap moves took alone; 0 without attempts."""
        return float(self.attempts.sum()) / self.seconds if self.seconds > 0.0 else 0.0


@dataclass(frozen=True)
class Certificate:
    """Whether a configuration is an inherent state: its forces and the spectrum of its Hessian M.

    ``rattlers`` is the number of particles that the others do not hold in place: with fewer than four
    neighbours that bear force, found recursively. The spectrum is that of all others: M has three zero modes
    for each rattler besides ``zero_modes``. ``lowest_frequency`` is the root of the smallest eigenvalue of
    M/m with the translations left out, and has the sign of that eigenvalue; NaN where the state is no minimum
    and the eigenvalue unknown.
    """

    max_force: float
    negative_eigenvalues: int
    zero_modes: int
    lowest_frequency: float
    rattlers: int

    def __str__(self) -> str:
        zero = "three zero modes" if self.zero_modes == 3 else f"at least {self.zero_modes} zero modes"
        negative = (
            f"{self.negative_eigenvalues} negative eigenvalue(s), " if self.negative_eigenvalues else ""
        )
        rattlers = f" and {self.rattlers} rattler(s)" if self.rattlers else ""
        return f"max|F| = {self.max_force:.1e}, {negative}{zero}{rattlers}"

    @property
    def is_minimum(self) -> bool:
        """No negative eigenvalue, and no zero one but the three translations and those of rattlers."""
        return self.negative_eigenvalues == 0 and self.zero_modes == 3


@dataclass(frozen=True)
class QuenchRecord(Certificate):
    """A certificate and how the inherent state was reached; method "imported" is for one made elsewhere."""

    method: str
    iterations: int
    force_evaluations: int
    newton_steps: int


@dataclass(frozen=True)
class Descent:
    """A quench on its way: all that it takes to go on.

    Attributes:
        positions: (N, 3), inside the box.
        box: (6,) at constant pressure; None is that of the start.
        iterations: of the minimiser so far; likewise ``force_evaluations`` and ``newton_steps``.
        converged: whether max|F| is below the tolerance, so that only the certificate is missing.
    """

    positions: Floats
    iterations: int = 0
    force_evaluations: int = 0
    newton_steps: int = 0
    converged: bool = False
    box: Floats | None = None


@dataclass(frozen=True)
class Energetics:
    """Energy and virial pressure.

    ``pressure`` is the repulsive minus the attractive part, ``pressure_scale``, p0, their sum;
    ``coordination`` is the mean number of interacting neighbours, rattlers left out.
    """

    energy_per_particle: float
    pressure: float
    pressure_repulsive: float
    pressure_attractive: float
    pressure_scale: float
    coordination: float
    max_force: float


@dataclass(frozen=True)
class Moduli:
    """Elastic moduli of an inherent state (paper, Eqs. A1-A6, the factors of d in A4 restored).

    ``shear_modulus`` is that of simple shear in x-y, ``shear_modulus_nonaffine`` its nonaffine part,
    ``shear_modulus_isotropic`` the mean of xy, xz and yz; Poisson's ratio uses the x-y modulus.
    """

    shear_modulus: float
    shear_modulus_nonaffine: float
    shear_modulus_isotropic: float
    bulk_modulus: float
    poisson_ratio: float


@dataclass(frozen=True)
class Modes:
    """The lowest vibrational modes, translations left out.

    frequencies (k,) ascending; vectors (k, N, 3) of unit norm, zero for rattlers; participation_ratios (k,),
    normalised so that 1 is a mode spread evenly over all N particles, rattlers included: N/(N - n) times as
    much is normalised by all but the n rattlers; residuals (k,), norms of M·ψ - λ·ψ in ε/λ_small², with λ the
    eigenvalue of the Hessian M, mass left out.
    """

    frequencies: Floats
    vectors: Floats
    participation_ratios: Floats
    residuals: Floats

    def __post_init__(self) -> None:
        protect(self, "frequencies", "vectors", "participation_ratios", "residuals")

    def _repr_html_(self) -> str:
        rows = {
            "modes": len(self.frequencies),
            "lowest frequency": f"{self.frequencies[0]:.5g}",
            "largest residual": f"{self.residuals.max():.1e}",
        }
        spectrum = notebook.points(self.frequencies, self.participation_ratios, ("ω", "e"))
        return notebook.table("Vibrational modes", rows) + spectrum


@dataclass(frozen=True)
class QuasilocalisedModes:
    """Pseudo-harmonic modes z, minima of C(z) = (z·Mz)²/Σ(z_ij·z_ij)², from soft to stiff.

    frequencies (n,), √(κ/m); vectors (n, N, 3) of unit norm, zero for rattlers; participation_ratios (n,) as
    those of ``Modes``; costs (n,), C; kappa (n,) z·Mz, in ε/λ²; tau and chi (n,), third and fourth derivative
    of the energy along z, in ε/λ³ and ε/λ⁴; cores (n,), the particle that moves most; core_sizes (n,), radius
    of gyration of the core, in λ; decay_exponents (n,), p where z falls off as r^-p, NaN in a small box;
    times_found (n,), descents that ended there; residuals (n,), length of ∂ ln C/∂z. Of ``starts`` descents
    ``converged`` ended in a minimum.
    """

    frequencies: Floats
    vectors: Floats
    participation_ratios: Floats
    costs: Floats
    kappa: Floats
    tau: Floats
    chi: Floats
    cores: Integers
    core_sizes: Floats
    decay_exponents: Floats
    times_found: Integers
    residuals: Floats
    starts: int
    converged: int
    coverage: float
    """Chance that another such descent ends in a minimum that is known (Good and Turing)."""
    unseen: float
    """Lower bound of the minima that more such descents would still find (Chao's estimator Chao1)."""

    def __post_init__(self) -> None:
        protect(self, *(key for key, value in vars(self).items() if isinstance(value, np.ndarray)))

    @property
    def barrier(self) -> Floats:
        """Height (n,) of the barrier of the cubic expansion, 2κ³/(3τ²), in ε."""
        return np.asarray(2.0 * self.kappa**3 / (3.0 * self.tau**2))


@dataclass(frozen=True)
class DipoleResponse:
    """Characteristic frequencies of the response to pair dipoles: pairs (n, 2), frequencies (n,)."""

    pairs: Integers
    frequencies: Floats

    def __post_init__(self) -> None:
        protect(self, "pairs", "frequencies")

    @property
    def omega_g(self) -> float:
        """Mean frequency over the pairs."""
        return float(np.mean(self.frequencies))


@dataclass(frozen=True)
class ScalarStatistics:
    """Mean over an ensemble's samples; ``standard_error`` = ``std``/sqrt(count), ``std`` with count - 1.

    Where samples are glasses of ``lineages``, the error is that of the scatter between these; see
    ``analysis.statistics.summarize``.
    """

    mean: float
    standard_error: float
    count: int
    std: float
    lineages: int | None = None

    @property
    def effective_count(self) -> float:
        """Number of independent samples whose mean would be as certain, ``count`` at most; NaN if unknown.

        It is measured, and as uncertain as the error of few lineages is.
        """
        if self.lineages is None or self.std >= math.sqrt(self.count) * self.standard_error:
            return float(self.count)
        return (self.std / self.standard_error) ** 2

    @property
    def std_of_independent(self) -> float:
        """Standard deviation of as many independent samples whose mean would have this error."""
        return self.std if self.lineages is None else self.standard_error * math.sqrt(self.count)


@dataclass(frozen=True)
class EnsembleSummary:
    """One ensemble and the statistics of every scalar measured in it.

    Only that of imported configurations may have no known ``parent_temperature``. ``protocol`` tells how it
    was made, as plain JSON values; ``spacing`` the relaxation times between glasses of one lineage, None
    where each sample is a liquid of its own. Lineages of the same number in ensembles of the same ``stem``,
    the seed of the ensemble in which they began, are the same liquid. ``in_equilibrium`` is what the database
    says of its liquids (observable ``equilibrium``), None where it is not known.
    """

    name: str
    model_name: str
    parameters: Mapping[str, Any]
    N: int
    parent_temperature: float | None
    scalars: Mapping[str, ScalarStatistics]
    protocol: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    spacing: float | None = field(default=None, kw_only=True)
    stem: int | None = field(default=None, kw_only=True)
    in_equilibrium: bool | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        protect(self, "parameters", "scalars", "protocol")

    @property
    def is_imported(self) -> bool:
        """Whether its samples were made elsewhere: no protocol is known, and no liquid."""
        return self.protocol.get("quench") == IMPORTED

    @property
    def remedy_for_brevity(self) -> str:
        """What makes its liquids last longer: keys of the protocol."""
        if self.protocol.get("equilibration_time") == AUTO:
            return "raise equilibration_cap, or n_tau where it is not reached"
        return "set a longer equilibration_time"

    @property
    def measured(self) -> int:
        """Number of samples of which something was measured."""
        return max((scalar.count for scalar in self.scalars.values()), default=0)

    @property
    def known_temperature(self) -> float:
        """The parent temperature; MissingData where it is unknown."""
        if self.parent_temperature is None:
            raise MissingData(
                f"ensemble {self.name} has no parent temperature; tell it by `pssglass db describe"
                f" {self.name} --parent-temperature T`"
            )
        return self.parent_temperature


@dataclass(frozen=True)
class EnsembleData(EnsembleSummary):
    """One ensemble with the results of its samples: subject of ensemble observables, input of figures.

    Attributes:
        samples: scalar name -> (samples,), the value of each sample, in order of replica.
        arrays: array name -> one array a sample that has it, in the same order. Columns of a table that have
            entries without a value are none: arrays of several names need not be of the same samples.
        values: what ensemble observables of this ensemble, and model observables of its model, have returned.
        lineages: name of a scalar or array -> (samples,), the lineage of each sample that has it; empty where
            all samples are independent.
        peers: the other ensembles of the same model and N, where an ensemble observable is given them; theirs
            are empty.

    Of a database, ``samples``, ``arrays`` and ``lineages`` are read when they are asked for. Observables are
    told no ``in_equilibrium``: they may use the observable ``equilibrium``.
    """

    parent_temperature: float
    samples: Mapping[str, npt.NDArray[np.float64]]
    arrays: Mapping[str, tuple[npt.NDArray[Any], ...]]
    values: Mapping[str, Value]
    lineages: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict, kw_only=True)
    peers: Sequence[EnsembleData] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        protect(self, "samples", "arrays", "values", "lineages")

    def count(self, key: str) -> int:
        """Number of samples that have a scalar or an array."""
        found: Mapping[str, Any] = self.samples if key in self.samples else self.arrays
        return found.lengths.get(key, 0) if isinstance(found, LookedUp) else len(found.get(key, ()))

    def independent(self, key: str) -> int:
        """Number of lineages, or of samples where these are independent, that have a scalar or an array."""
        if key in self.lineages:
            return int(np.unique(self.lineages[key]).size)
        return self.count(key)


@dataclass(frozen=True)
class ModelData:
    """The ensembles of one model in ascending order of parent temperature: subject of model observables.

    ``peers`` are the campaign's other models, for observables that compare models; theirs are empty.
    """

    label: str
    ensembles: tuple[EnsembleData, ...]
    peers: tuple[ModelData, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """Who computed a result.

    software: version, git revision, compiler, flags, dependencies; platform: host, CPU, SIMD; worker: a name.
    """

    software: Mapping[str, Any]
    platform: Mapping[str, Any]
    worker: str


def with_error(value: float, error: float) -> str:
    """A value and its standard error, both to two digits of the error; the value alone if there is none.

    >>> with_error(37.6183, 0.4127), with_error(1234.5, 67.8), with_error(0.25, 0.0)
    ('37.62 ± 0.41', '1234 ± 68', '0.25')
    """
    if not error > 0.0:
        return f"{value:.4g}"
    decimals = max(0, 1 - int(f"{error:.1e}".partition("e")[2]))
    return f"{value:.{decimals}f} ± {error:.{decimals}f}"
