"""LAMMPS, run as a program of its own on one configuration: it reads a data file and tables, we read its log.

Ways of giving it the model's potential:

- ``TABLES``: `pair_style table`, its fast way, each at the lowest resolution with forces good to 2e-5.
- ``EXACT``: `pair_style lepton`, the formula itself compiled at run time: exact, but ten times slower.
  What the tables and we compute is checked against it. ``SPHERES`` is the same for diameters.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from lammps_potential import Floats, formula, formula_of_radii, table

from pssglass.configurations import Configuration, write_configuration
from pssglass.models import Model

# A bitmap table takes its 2^n points by interpolation in the file's.
BITMAP_FILE_POINTS = 20_000


class LammpsError(RuntimeError):
    """LAMMPS is missing or ended with an error."""


@dataclass(frozen=True)
class Settings:
    """Which pair style, with how many points (a bitmap: bits), and the skin of the neighbour lists.

    ``suffix`` "omp" takes the variants of the OPENMP package, which are a little faster on one thread too.
    """

    style: str
    points: int = 0
    skin: float = 0.3
    suffix: str = "off"

    def __str__(self) -> str:
        variant = "" if self.suffix == "off" else f"/{self.suffix}"
        table = f"table{variant} {self.style} {self.points}, skin {self.skin:g}"
        return table if self.points else self.style


EXACT = Settings("lepton")
SPHERES = Settings("lepton/sphere")
TABLES = tuple(
    Settings(style, points, suffix=suffix)
    for style, points in (("spline", 1000), ("linear", 2000), ("bitmap", 12))
    for suffix in ("off", "omp")
)
SKINS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


@dataclass(frozen=True)
class Minimised:
    """How a minimisation ended."""

    seconds: float
    force_evaluations: int
    stopped_by: str
    energy: float
    positions: Floats

    @property
    def converged(self) -> bool:
        """Whether the forces ended it, and not a line search or a limit."""
        return self.stopped_by == "force tolerance"


@dataclass(frozen=True)
class Swaps:
    """What `fix atom/swap` did."""

    seconds: float
    attempts: int
    accepted: int


class Lammps:
    """One configuration of a model as LAMMPS sees it. Files go to ``folder``."""

    def __init__(self, model: Model, configuration: Configuration, folder: Path) -> None:
        self.model, self.N, self.folder = model, configuration.N, folder
        self._moved: dict[tuple[Settings, int, float], Floats] = {}
        self._found: dict[Settings, tuple[float, Floats, float]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        write_configuration(folder / "start.data", configuration)

    def run(self, commands: str, settings: Settings, *, ranks: int = 1, dt: float = 0.005) -> str:
        """Run the program with ``commands`` after the set-up; its output.

        Raises:
            LammpsError: with the line in which LAMMPS says why.
        """
        script = self.folder / "in.lammps"
        script.write_text(f"{self._setup(settings)}\ntimestep {dt}\n{commands}\n")
        programs = Path(sys.prefix) / "bin"
        launcher = [str(programs / "mpirun"), "-np", str(ranks)] if ranks > 1 else []
        command = [*launcher, str(programs / "lmp"), "-log", "none", "-nocite", "-in", script.name]
        environment = os.environ | {"LD_LIBRARY_PATH": f"{sys.prefix}/lib", "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            raise LammpsError(f"{error.filename} is missing: install pssglass[benchmark]") from None
        if done.returncode or "ERROR" in done.stdout:
            reason = re.search(r"ERROR.*", done.stdout + done.stderr)
            raise LammpsError(reason[0] if reason else f"exit code {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    def energy_and_forces(self, settings: Settings) -> tuple[float, Floats, float]:
        """Potential energy, forces (N, 3) and potential part of the pressure, worked out once."""
        if settings in self._found:
            return self._found[settings]
        commands = (
            "compute virial all pressure NULL virial\n"
            f"{_dump('fx fy fz')}\n{_log('pe', 'c_virial')}\nthermo 1\nrun 0"
        )
        energy, pressure = _logged(self.run(commands, settings))[-1]
        self._found[settings] = energy, self._dumped(), pressure
        return self._found[settings]

    def molecular_dynamics(self, settings: Settings, steps: int, *, dt: float, ranks: int = 1) -> float:
        """Seconds that ``steps`` steps of NVE take after a warm-up, as LAMMPS itself counts them.

        Raises:
            LammpsError: neighbour lists were found to be too old.
        """
        commands = f"fix 1 all nve\nthermo {steps}\nrun {steps // 10}\nrun {steps}"
        output = self.run(commands, settings, ranks=ranks, dt=dt)
        if any(int(count) for count in re.findall(r"Dangerous builds\D+(\d+)", output)):
            raise LammpsError(f"dangerous neighbour list builds with {settings}")
        return _loop_times(output)[-1]

    def positions_after(self, settings: Settings, steps: int, *, dt: float) -> Floats:
        """Positions (N, 3) after ``steps`` steps of NVE, worked out once."""
        key = (settings, steps, dt)
        if key not in self._moved:
            self.run(f"fix 1 all nve\nthermo {steps}\nrun {steps}\n{_dump('x y z')}\nrun 0", settings, dt=dt)
            self._moved[key] = self._dumped()
        return self._moved[key]

    def total_energies(self, settings: Settings, steps: int, every: int, *, dt: float) -> Floats:
        """Total energy of the NVE trajectory every ``every`` steps."""
        commands = f"fix 1 all nve\n{_log('etotal')}\nthermo {every}\nrun {steps}"
        return np.array(_logged(self.run(commands, settings, dt=dt)))[:, 0]

    def minimise(self, method: str, settings: Settings, tolerance: float) -> Minimised:
        """Minimise the energy until no force is larger than ``tolerance``, or as far as the method goes."""
        commands = f"min_style {method}\nmin_modify norm max\nminimize 0 {tolerance} 100000 1000000"
        output = self.run(f"{commands}\n{_dump('x y z')}\n{_log('pe')}\nrun 0", settings)
        evaluations = re.findall(r"force evaluations = \d+ (\d+)", output)[-1]
        criterion = re.findall(r"Stopping criterion = (.*\S)", output)[-1]
        energy = _logged(output)[-1][0]
        return Minimised(_loop_times(output)[0], int(evaluations), criterion, energy, self._dumped())

    def swaps(self, settings: Settings, pair: tuple[int, int], attempts: int, T: float) -> Swaps:
        """Attempts to exchange a particle of one type (from 1) for one of another, at fixed positions."""
        commands = (
            f"fix 1 all atom/swap 1 {attempts} 4711 {T!r} ke no types {pair[0]} {pair[1]}\n"
            f"{_log('f_1[1]', 'f_1[2]')}\nthermo 1\nrun 1"
        )
        output = self.run(commands, settings)
        tried, accepted = _logged(output)[-1]
        return Swaps(_loop_times(output)[-1], round(tried), round(accepted))

    def dynamical_matrix(self, settings: Settings, displacement: float) -> Floats:
        """∂²U/∂x∂x (3N, 3N) by LAMMPS's central differences of the forces, for unit mass."""
        self.run(f"dynamical_matrix all regular {displacement} file matrix.bin binary yes", settings)
        return np.fromfile(self.folder / "matrix.bin").reshape(3 * self.N, 3 * self.N)

    def _setup(self, settings: Settings) -> str:
        lines = [
            "package omp 1",
            f"suffix {settings.suffix}",
            "units lj",
            "newton on",
            "atom_modify map array",
        ]
        if settings == SPHERES:
            lines.append("atom_style sphere")
        lines.append("read_data start.data")
        lines += [f"neighbor {settings.skin} bin", "neigh_modify delay 0 every 1 check yes"]
        if settings == SPHERES:
            assert self.model.sizes is not None
            cutoff = self.model.form.x_cut * self.model.sizes.longest
            lines += [f"pair_style {settings} {cutoff!r}", f"pair_coeff * * {formula_of_radii(self.model)}"]
            return "\n".join(lines)
        exact = settings == EXACT
        style = f"lepton {self.model.max_cutoff!r}" if exact else f"table {settings.style} {settings.points}"
        lines.append(f"pair_style {style}")
        for a, b in combinations_with_replacement(range(len(self.model.species)), 2):
            potential = formula(self.model, a, b) if exact else self._table_file(settings, a, b)
            cutoff = self.model.form.x_cut * self.model.lengths[a][b]
            lines.append(f"pair_coeff {a + 1} {b + 1} {potential} {cutoff!r}")
        return "\n".join(lines)

    def _table_file(self, settings: Settings, a: int, b: int) -> str:
        points = BITMAP_FILE_POINTS if settings.style == "bitmap" else settings.points
        path = self.folder / f"pair_{a}{b}_{points}.table"
        if not path.exists():
            path.write_text(table(self.model, a, b, points))
        return f"{path.name} PHI"

    def _dumped(self) -> Floats:
        return np.loadtxt(self.folder / "dump.txt", skiprows=9)


def _dump(quantities: str) -> str:
    """Commands that write per-particle quantities at the next `run 0`, exactly and in order of the ids."""
    return f"dump all all custom 1 dump.txt {quantities}\ndump_modify all format float %.17g sort id"


def _log(*quantities: str) -> str:
    """Commands that log totals at 17 digits."""
    return f"thermo_style custom {' '.join(quantities)}\nthermo_modify norm no format float %.17g"


def _logged(output: str) -> list[list[float]]:
    """The numbers logged by the last command that ran."""
    block = output.rpartition("Loop time of")[0].rpartition("Per MPI rank memory")[2]
    return [[float(word) for word in line.split()] for line in block.splitlines()[2:] if line.strip()]


def _loop_times(output: str) -> list[float]:
    return [float(seconds) for seconds in re.findall(r"Loop time of (\S+)", output)]
