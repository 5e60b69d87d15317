"""Which basin each way to quench ends in, at what cost, and whether averages depend on it; see README.md."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

import pssglass as pg
from pssglass import engine
from pssglass.base.results import Floats
from pssglass.configurations import Configuration

REFERENCE = "reference"
WAYS = ("faithful", "fast", "lbfgs", "fire", "cg")
FLOW_TOLERANCE, REFERENCE_TOLERANCE = 1e-5, 1e-8
SAME_BASIN = 1e-6
EQUILIBRATION_TIME = 20.0
DIPOLES = 110
CASES = tuple((rc, temperature) for rc in (1.1, 1.5) for temperature in (1.0, 4.0))


@dataclass(frozen=True)
class Ending:
    """Where one way took one liquid, at what cost."""

    same_basin: bool
    evaluations: int
    seconds: float
    energy_per_particle: float
    shear_modulus: float
    bulk_modulus: float
    omega_g: float


Sample = dict[str, Ending]
AVERAGES = ("energy_per_particle", "shear_modulus", "bulk_modulus", "omega_g")


def measure(rc: float, temperature: float, N: int, seed: int) -> Sample:
    """One liquid, quenched by the reference and by every way."""
    model = pg.PSS(rc=rc)
    start = make_liquid(model, temperature, N, seed)
    results = {REFERENCE: quench(model, start, "faithful", flow_tolerance=REFERENCE_TOLERANCE)}
    results |= {way: quench(model, start, way) for way in WAYS}
    reference = results[REFERENCE]["positions"]
    return {way: ending(model, start, result, reference) for way, result in results.items()}


def measure_bias(N: int, seed: int) -> Sample:
    """One supercooled liquid, quenched faithfully and fast: what the fast way does to averages."""
    model = pg.PSS(rc=1.1)
    start = make_liquid(model, 1.0, N, seed)
    results = {way: quench(model, start, way) for way in ("faithful", "fast")}
    reference = results["faithful"]["positions"]
    return {way: ending(model, start, result, reference) for way, result in results.items()}


def make_liquid(model: pg.Model, temperature: float, N: int, seed: int) -> Configuration:
    liquid = pg.Liquid.create(model, N=N, temperature=temperature, seed=seed)
    liquid.run(time=EQUILIBRATION_TIME)
    return liquid.configuration


def quench(
    model: pg.Model, liquid: Configuration, method: str, flow_tolerance: float = FLOW_TOLERANCE
) -> dict[str, Any]:
    start = time.process_time()
    result = engine.minimize(
        engine.potential_of(model),
        liquid.box,
        liquid.positions,
        liquid.species,
        method=method,
        max_evaluations=10_000_000,
        flow_tolerance=flow_tolerance,
    )
    assert result["converged"], result["message"]
    return {**result, "seconds": time.process_time() - start}


def ending(model: pg.Model, liquid: Configuration, result: dict[str, Any], reference: Floats) -> Ending:
    apart = result["positions"] - reference
    apart -= liquid.box[0] * np.round(apart / liquid.box[0])
    glass = engine.Mechanics(engine.potential_of(model), liquid.box, result["positions"], liquid.species)
    assert glass.certify()["positive"]
    moduli = glass.moduli()
    pairs = glass.pairs()
    chosen = pairs[:: max(1, len(pairs) // DIPOLES)][:DIPOLES]
    return Ending(
        same_basin=bool(np.linalg.norm(apart, axis=1).max() < SAME_BASIN),
        evaluations=result["force_evaluations"],
        seconds=result["seconds"],
        energy_per_particle=result["energy"] / liquid.N,
        shear_modulus=moduli["shear_modulus"],
        bulk_modulus=moduli["bulk_modulus"],
        omega_g=float(glass.dipole_response(chosen).mean()),
    )


def cost_table(samples: list[Sample]) -> Iterator[str]:
    """How often each way ends in the reference's basin, and what it costs."""
    yield f"{'way':<10}{'same basin':>12}{'evaluations':>13}{'ms':>9}"
    for way in samples[0]:
        endings = [sample[way] for sample in samples]
        agreement = f"{sum(e.same_basin for e in endings)}/{len(endings)}"
        evaluations = np.mean([e.evaluations for e in endings])
        milliseconds = 1e3 * np.mean([e.seconds for e in endings])
        yield f"{way:<10}{agreement:>12}{evaluations:>13.0f}{milliseconds:>9.1f}"


def average_table(samples: list[Sample], reference: str = REFERENCE) -> Iterator[str]:
    """The reference's averages, and how far the other ways' are from them; mean ± standard error."""
    yield f"{'way':<10}" + "".join(f"{name:>24}" for name in AVERAGES)
    for way in samples[0]:
        cells = []
        for name in AVERAGES:
            values = np.array([getattr(sample[way], name) for sample in samples])
            if way != reference:
                values = values - [getattr(sample[reference], name) for sample in samples]
            error = values.std(ddof=1) / np.sqrt(len(values))
            cells.append(f"{values.mean():>{'12.4f' if way == reference else '+12.4f'}} ± {error:<9.4f}")
        yield f"{way:<10}" + "".join(cells)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--liquids", type=int, default=50)
    parser.add_argument("--paired", type=int, default=500, help="liquids quenched faithfully and fast only")
    parser.add_argument("--particles", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.liquids} liquids a case, N = {options.particles}, pssglass {pg.__version__}")
    with ProcessPoolExecutor(options.workers) as pool:
        for rc, temperature in CASES:
            pending = [
                pool.submit(measure, rc, temperature, options.particles, seed)
                for seed in range(options.liquids)
            ]
            samples = [future.result() for future in pending]
            print(
                f"\nr_c = {rc}, T = {temperature}",
                *cost_table(samples),
                "",
                *average_table(samples),
                sep="\n",
            )
        pending = [pool.submit(measure_bias, options.particles, seed) for seed in range(options.paired)]
        pairs = [future.result() for future in pending]
        print(f"\n{options.paired} liquids, r_c = 1.1, T = 1", *average_table(pairs, "faithful"), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
