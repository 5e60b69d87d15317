"""Making one sample: melt, hold at the parent temperature, quench, write. This is what workers run."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pssglass.configurations import Configuration
from pssglass.db import Claim, ConfigurationFile
from pssglass.errors import CampaignError
from pssglass.execution import check_interrupted
from pssglass.liquid import Liquid
from pssglass.pipeline.files import store_configuration
from pssglass.specs import EnsembleSpec


@dataclass(frozen=True)
class SampleTask:
    """What a worker needs: the claim on a sample, and the folder of the configurations."""

    claim: Claim
    folder: Path


@dataclass(frozen=True)
class Product:
    """What a worker made: files on disk, and how they came about (plain JSON values)."""

    files: tuple[ConfigurationFile, ...]
    record: dict[str, Any]


def make_sample(task: SampleTask) -> Product:
    """Make the liquid and its inherent state, and write both; the same claim always gives the same files.

    Raises:
        TrajectoryDiverged, QuenchNotConverged: the sample cannot be made so.
        Interrupted: a stop was requested.
        ConfigurationError: the files cannot be written.
    """
    claim = task.claim
    spec = EnsembleSpec.from_canonical(claim.spec)
    started = time.perf_counter()
    liquid, steps = make_liquid(spec, claim.seed)
    simulated = time.perf_counter()
    glass = liquid.quench(method=spec.protocol.quench)
    quenched = time.perf_counter()
    check_interrupted()
    stem = f"{claim.ensemble}/{claim.replica:05d}-{claim.attempt}"
    files = _store(task.folder, stem, liquid.configuration, glass.configuration)
    record = {
        "steps": steps,
        "dynamics_seconds": simulated - started,
        "quench": asdict(glass.quench_record),
        "quench_seconds": quenched - simulated,
    }
    return Product(files, record)


def _store(
    folder: Path, stem: str, liquid: Configuration, inherent: Configuration
) -> tuple[ConfigurationFile, ConfigurationFile]:
    """Both files, or none."""
    first = store_configuration(folder, f"{stem}-liquid.gsd", liquid)
    try:
        return first, store_configuration(folder, f"{stem}-inherent.gsd", inherent)
    except BaseException:
        (folder / first.path).unlink()
        raise


def make_liquid(spec: EnsembleSpec, seed: int) -> tuple[Liquid, int]:
    """The liquid of one sample after melting and equilibration, and the number of time steps that it took."""
    protocol = spec.protocol
    liquid = Liquid.create(
        spec.model,
        spec.N,
        protocol.melt_temperature,
        seed,
        melt_time=0.0,
        precision=protocol.precision,
    )
    steps = 0
    for temperature, duration in stages(spec):
        run = liquid.run(
            duration,
            protocol.time_step,
            protocol.thermostat,
            temperature,
            friction=protocol.friction,
            relaxation_time=protocol.relaxation_time,
            progress=lambda _steps: check_interrupted(),
        )
        steps += run.steps
    return liquid, steps


def stages(spec: EnsembleSpec) -> tuple[tuple[float, float], ...]:
    """Temperature and duration of the stretches of dynamics that make a liquid: melt, equilibration.

    Raises:
        CampaignError: the ensemble was imported, and its parent temperature is not known.
    """
    protocol = spec.protocol
    if spec.parent_temperature is None:
        raise CampaignError(f"ensemble {spec.name} was imported: its samples cannot be made, only imported")
    return (
        (protocol.melt_temperature, protocol.melt_time),
        (spec.parent_temperature, protocol.equilibration_time),
    )


def steps_of(spec: EnsembleSpec) -> int:
    """Number of time steps that one sample takes."""
    step, model = spec.protocol.time_step, spec.model
    return sum(
        round(time / (step or model.default_time_step(temperature))) for temperature, time in stages(spec)
    )
