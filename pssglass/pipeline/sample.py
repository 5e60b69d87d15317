"""Making one sample: melt, hold at the parent temperature, quench, write. This is what workers run.

The liquid, and later its quench on its way, is saved at intervals and when a stop is requested; whoever makes
the sample next goes on from there, bit by bit as if nothing had happened.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.analysis.bond_order import order_parameters
from pssglass.base.errors import CampaignError, Interrupted, PssglassError
from pssglass.base.results import Descent, Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration
from pssglass.db import Claim, ConfigurationFile, SampleRecord
from pssglass.execution import check_interrupted
from pssglass.pipeline import provenance
from pssglass.pipeline.checkpoint import Checkpoint, Checkpoints
from pssglass.pipeline.files import store_configuration
from pssglass.simulation.dynamics import STRETCH
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.liquid import Liquid

CHECKPOINT_SECONDS = 600.0
"""Time between two checkpoints: what a worker that dies may lose."""
WORTH_SAVING = 10.0
"""A liquid is saved before its quench if this much time would be lost with it, in seconds."""


class ClaimLost(PssglassError, RuntimeError):
    """Another process has taken the sample over, and makes it."""


@dataclass(frozen=True)
class SampleTask:
    """What a worker needs: the claim on a sample, and the folder of the configurations."""

    claim: Claim
    folder: Path
    checkpoint_every: float = CHECKPOINT_SECONDS


@dataclass(frozen=True)
class Product:
    """What a worker made: files on disk, how they came about (plain JSON values), and the worker."""

    files: tuple[ConfigurationFile, ...]
    record: dict[str, Any]
    provenance: Provenance


def make_sample(task: SampleTask) -> Product:
    """Make the liquid and its inherent state, and write both; the same claim always gives the same files.

    Raises:
        TrajectoryDiverged, QuenchNotConverged: the sample cannot be made so.
        Interrupted: a stop was requested; what is reached is saved.
        ClaimLost: another has taken the sample over.
        UnreadableCheckpoint: what earlier attempts have saved cannot be read.
        ConfigurationError: the files cannot be written.
    """
    claim = task.claim
    spec = EnsembleSpec.from_canonical(claim.spec)
    journal = Journal(checkpoints_of(task.folder, claim), task.checkpoint_every)
    liquid, stay = make_liquid(spec, claim.seed, journal)
    journal.begin_quench(liquid)
    glass = liquid.quench(
        spec.protocol.quench,
        spec.protocol.quench_tolerance,
        begun=journal.descent,
        progress=partial(journal.after_a_leg, liquid),
    )
    seconds = journal.seconds()
    stem = f"{claim.ensemble}/{claim.replica:05d}-{claim.attempt}"
    both = (liquid.configuration, glass.configuration)
    recorded = {**stay.liquid_values(), **order_of_liquid(liquid)}
    files = _store(
        task.folder, stem, *(replace(one, metadata={**one.metadata, "liquid": recorded}) for one in both)
    )
    record = {
        "steps": liquid.step,
        "equilibration": asdict(stay.outcome()),
        "dynamics_seconds": seconds["dynamics"],
        "resumed": journal.resumed,
        "quench": asdict(glass.quench_record),
        "quench_seconds": seconds["quench"],
    }
    return Product(files, record, provenance.current())


def order_of_liquid(liquid: Liquid) -> dict[str, float]:
    """The columns of observable liquid that tell of a liquid's order, by the default convention."""
    found = order_parameters(liquid.configuration, np.array(liquid.model.lengths))
    return {f"liquid_{key}": value for key, value in found.items() if key != "solid_fraction"}


def checkpoints_of(folder: Path, claim: Claim) -> Checkpoints:
    """Where the liquid of a claimed sample is saved while it is being made."""
    place = checkpoint_folder(folder, claim)
    return Checkpoints(place, EnsembleSpec.from_canonical(claim.spec), claim.seed, claim.attempt)


def checkpoint_folder(folder: Path, sample: Claim | SampleRecord) -> Path:
    """Where all attempts at a sample have their checkpoints."""
    return folder / sample.ensemble / f"{sample.replica:05d}.checkpoints"


def _store(
    folder: Path, stem: str, liquid: Configuration, inherent: Configuration
) -> tuple[ConfigurationFile, ConfigurationFile]:
    """Both files, or none."""
    first = store_configuration(folder, f"{stem}-liquid.gsd", liquid)
    try:
        return first, store_configuration(folder, f"{stem}-inherent.gsd", inherent)
    except BaseException:
        (folder / first.path).unlink(missing_ok=True)
        raise


class Journal:
    """Saves a sample in the making, and knows of the earlier attempts on which it builds."""

    def __init__(self, checkpoints: Checkpoints, every: float) -> None:
        self._checkpoints = checkpoints
        self._every = every
        self._begun = self._saved = time.perf_counter()
        self._quench_begun: float | None = None
        self._seconds_before = {"dynamics": 0.0, "quench": 0.0}
        self._saved_progress = -1
        self.resumed: list[dict[str, Any]] = []
        self.equilibration: dict[str, Any] | None = None
        """State of the stay at the parent temperature; None before it has begun."""
        self.descent: Descent | None = None
        """How far the quench has come; None before its first leg is over."""

    def load(self) -> Configuration | None:
        """The liquid as it was saved last, if it was."""
        found = self._checkpoints.load()
        if found is None:
            return None
        history = found.history
        self._seconds_before = {"dynamics": history["seconds"], "quench": history.get("quench_seconds", 0.0)}
        self._saved_progress = found.progress
        self.descent = found.descent
        self.resumed = [*found.history["resumed"], found.history["made_by"]]
        self.equilibration = found.history["equilibration"]
        return found.liquid

    def after_a_stretch(self, liquid: Liquid) -> None:
        """Save what is reached if it is time, or if a stop is requested, which is passed on.

        Raises:
            Interrupted: a stop is requested.
            ClaimLost: the sample is another's by now.
        """
        if self._checkpoints.is_disowned:
            raise ClaimLost("another process has taken the sample over")
        try:
            check_interrupted()
        except Interrupted:
            self._save(liquid)
            raise
        if time.perf_counter() - self._saved >= self._every:
            self._save(liquid)

    def after_a_leg(self, liquid: Liquid, descent: Descent) -> None:
        """The same during the quench."""
        self.descent = descent
        self.after_a_stretch(liquid)

    def begin_quench(self, liquid: Liquid) -> None:
        """Save the liquid if it takes longer to come here again than to write a file."""
        if time.perf_counter() - self._saved >= min(self._every, WORTH_SAVING):
            self._save(liquid)
        self._quench_begun = time.perf_counter()

    def seconds(self) -> dict[str, float]:
        """Time that the dynamics and the quench took over all attempts."""
        now = time.perf_counter()
        end = self._quench_begun or now
        spent = {"dynamics": end - self._begun, "quench": now - end}
        return {part: self._seconds_before[part] + spent[part] for part in spent}

    def _save(self, liquid: Liquid) -> None:
        reached = Checkpoint(liquid.configuration, self._history(liquid.step), self.descent)
        self._saved = time.perf_counter()
        if reached.progress > self._saved_progress:  # else whoever comes next would not get further
            self._checkpoints.save(reached)
            self._saved_progress = reached.progress

    def _history(self, step: int) -> dict[str, Any]:
        now = provenance.current()
        made_by = {
            "until_step": step,
            "worker": now.worker,
            "git_revision": now.software["git_revision"],
            "simd": now.platform["simd"],
        }
        seconds = self.seconds()
        return {
            "seconds": seconds["dynamics"],
            "quench_seconds": seconds["quench"],
            "resumed": self.resumed,
            "made_by": made_by,
            "equilibration": self.equilibration,
        }


def make_liquid(
    spec: EnsembleSpec, seed: int, journal: Journal | None = None
) -> tuple[Liquid, Equilibration]:
    """The liquid of one sample after melting and equilibration, going on from where the journal ends."""
    protocol, precision = spec.protocol, spec.protocol.precision
    (hot, melt_time), (temperature, _) = stages(spec)
    saved = journal.load() if journal else None
    if saved:
        kept = saved.metadata["temperature"]
        liquid = Liquid(spec.model, saved, temperature=kept, seed=seed, precision=precision)
    else:
        liquid = Liquid.create(spec.model, spec.N, hot, seed, melt_time=0.0, precision=precision)

    def look_up() -> None:
        journal.after_a_stretch(liquid) if journal else check_interrupted()

    run = partial(
        liquid.run,
        thermostat=protocol.thermostat,
        friction=protocol.friction,
        relaxation_time=protocol.relaxation_time,
    )
    stay = Equilibration(
        spec.model, spec.N, protocol, temperature, journal.equilibration if journal else None
    )
    if not stay.has_begun:
        dt = protocol.time_step or spec.model.default_time_step(hot)
        left = round(melt_time / dt) - liquid.step
        run(left * dt, dt, temperature=hot, progress=lambda _steps: look_up())
    while steps := min(stay.steps_left, STRETCH):
        # A liquid is saved between two runs only, so that nothing recorded is missing beside it.
        dt = stay.time_step
        stay.advance(run(steps * dt, dt, temperature=temperature, sample_every=stay.sample_every))
        if journal:
            journal.equilibration = stay.state()
        look_up()
    return liquid, stay


def stages(spec: EnsembleSpec) -> tuple[tuple[float, float], ...]:
    """Temperature and longest duration of the dynamics that make a liquid: melt, equilibration.

    Raises:
        CampaignError: the ensemble was imported, and its parent temperature is not known.
    """
    protocol = spec.protocol
    if spec.parent_temperature is None:
        raise CampaignError(f"ensemble {spec.name} was imported: its samples cannot be made, only imported")
    return (
        (protocol.melt_temperature, protocol.melt_time),
        (spec.parent_temperature, protocol.longest_time),
    )


def steps_of(spec: EnsembleSpec) -> int:
    """Number of time steps that one sample takes, at most."""
    step, model = spec.protocol.time_step, spec.model
    return sum(
        round(time / (step or model.default_time_step(temperature))) for temperature, time in stages(spec)
    )
