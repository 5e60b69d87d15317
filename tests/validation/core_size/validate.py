"""Core size ξ_g of soft modes in large glasses against the frequency of the same dipoles; see README.md."""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
from pssglass.observables.dipole_field import DipoleField

import pssglass as pg
from pssglass.base.results import Floats
from pssglass.plugins.evaluation import evaluate

HIGHEST_TEMPERATURES = {1.1: 6.0, 1.2: 4.0, 1.3: 4.0, 1.5: 2.6}
MELT_TIME, EQUILIBRATION_TIME = 5.0, 10.0


@dataclass(frozen=True)
class CoreSize:
    """One glass: lengths over a0, frequencies over ω0 of its own isotropic G, seconds of each stage."""

    rc: float
    N: int
    omega_g: float
    omega_g_error: float
    length: float
    length_error: float
    distance: Floats
    scaled_square: Floats
    liquid_seconds: float
    quench_seconds: float
    response_seconds: float

    @property
    def frequency(self) -> float:
        """2πc_s/ξ_g over ω0."""
        return 2.0 * math.pi / self.length

    @property
    def ratio(self) -> float:
        """Of the frequency from the size to that of the dipoles."""
        return self.frequency / self.omega_g

    @property
    def ratio_error(self) -> float:
        """Standard error over dipoles, both errors taken as independent."""
        return self.ratio * math.hypot(self.length_error / self.length, self.omega_g_error / self.omega_g)


def measure(rc: float, N: int, dipoles: int = 64, seed: int = 1, threads: int = 1) -> CoreSize:
    """A glass quenched from a hot liquid, and the response to dipoles in it."""
    model, clock = pg.PSS(rc=rc), [time.perf_counter()]
    liquid = pg.Liquid.create(
        model, N=N, temperature=HIGHEST_TEMPERATURES[rc], seed=seed, melt_time=MELT_TIME, threads=threads
    )
    liquid.run(time=EQUILIBRATION_TIME)
    clock.append(time.perf_counter())
    glass = liquid.quench(method="fast")
    clock.append(time.perf_counter())
    scales = model.number_density ** (-1.0 / 3.0), glass.moduli().shear_modulus_isotropic
    values = evaluate(DipoleField(), glass, {"dipoles": dipoles})
    clock.append(time.perf_counter())
    a0, omega_0 = scales[0], math.sqrt(scales[1] / (model.number_density * model.mass)) / scales[0]
    distance = np.asarray(values["field_distance"])
    return CoreSize(
        rc,
        N,
        float(values["field_omega_g"]) / omega_0,
        float(values["field_omega_g_error"]) / omega_0,
        float(values.get("core_length", math.nan)) / a0,
        float(values.get("core_length_error", math.nan)) / a0,
        distance / a0,
        np.asarray(values["field_square"]) * distance**4,
        *np.diff(clock).tolist(),
    )


def line(found: CoreSize) -> str:
    """One row of the table."""
    seconds = f"{found.liquid_seconds:7.0f}{found.quench_seconds:7.0f}{found.response_seconds:7.0f}"
    return (
        f"{found.rc:4.1f}{found.N:9d}{found.omega_g:8.3f} ± {found.omega_g_error:5.3f}"
        f"{found.length:7.2f} ± {found.length_error:4.2f}{found.frequency:8.3f}"
        f"{found.ratio:7.2f} ± {found.ratio_error:4.2f}{seconds}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rc", type=float, nargs="+", default=list(HIGHEST_TEMPERATURES))
    parser.add_argument("--particles", type=int, default=256_000)
    parser.add_argument("--dipoles", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.dipoles} dipoles, {options.threads} threads, pssglass {pg.__version__}")
    print(
        " r_c        N  ω_g/ω0            ξ_g/a0        2π a0/ξ_g  ratio          liquid quench response (s)"
    )
    for rc in options.rc:
        found = measure(rc, options.particles, options.dipoles, threads=options.threads)
        print(line(found), flush=True)
        profile = zip(found.distance, found.scaled_square / np.max(found.scaled_square), strict=True)
        print("     r/a0: r⁴|u|²  ", "  ".join(f"{r:.2f}: {y:.3f}" for r, y in profile), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
