"""Making one sample: the stages of its liquid, then quench and write. This is what workers run.

The liquid, and later its quench on its way, is saved at intervals and when a stop is requested; whoever makes
the sample next goes on from there, bit by bit as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.analysis.bond_order import order_parameters
from pssglass.base.errors import CampaignError
from pssglass.base.results import AUTO, Provenance
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration
from pssglass.db import Claim, ConfigurationFile, SampleRecord
from pssglass.execution import check_interrupted
from pssglass.pipeline import provenance
from pssglass.pipeline.checkpoint import Checkpoints
from pssglass.pipeline.files import store_configuration, store_trajectory
from pssglass.pipeline.frame_file import FrameFile
from pssglass.pipeline.journal import Journal
from pssglass.pipeline.lineages import Start, goes_on_with_hold, place_in
from pssglass.simulation import stages
from pssglass.simulation.lineages import HANDED_ON, lineage_stages, longest_interval
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import Progress, StageInUse
from pssglass.simulation.stages.extension import Held
from pssglass.simulation.trajectories import KeptFrame

CHECKPOINT_SECONDS = 600.0
"""Time between two checkpoints: what a worker that dies may lose."""


@dataclass(frozen=True)
class SampleTask:
    """What a worker needs: the claim on a sample, and the folder of the configurations.

    ``starts`` is the folder of the liquid with which it begins, if that is another.
    """

    claim: Claim
    folder: Path
    checkpoint_every: float = CHECKPOINT_SECONDS
    starts: Path | None = None


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
        NoStart: the liquid of the sample before it in its lineage cannot be read.
        ConfigurationError: the files cannot be written.
    """
    spec = EnsembleSpec.from_canonical(task.claim.spec)
    checkpoints = checkpoints_of(task.folder, task.claim)
    kept = frames_of(spec, checkpoints.folder)
    with closing(kept) if kept else nullcontext():
        return _made(task, spec, Journal(checkpoints, task.checkpoint_every, kept), kept)


def _made(task: SampleTask, spec: EnsembleSpec, journal: Journal, kept: FrameFile | None) -> Product:
    claim = task.claim
    start = Start.of(spec, claim, task.starts or task.folder)
    liquid, progress = make_liquid(spec, claim.seed, journal, start)
    journal.begin_quench(liquid)
    glass = liquid.quench(
        spec.protocol.quench,
        spec.protocol.quench_tolerance,
        begun=journal.descent,
        progress=partial(journal.look_up_in_quench, liquid),
        pressure=spec.protocol.pressure_of_quench,
    )
    seconds = journal.seconds()
    stem = f"{claim.folder}/{claim.replica:05d}-{claim.attempt}"
    both = (liquid.configuration, glass.configuration)
    handed_on = start.hand_on(spec, recipe_of(spec), progress) if start else {}
    recorded = {**progress.liquid, **order_of_liquid(liquid)}
    told = {"liquid": recorded, **({HANDED_ON: handed_on} if handed_on else {})}
    files = _store(task.folder, stem, *(replace(one, metadata={**one.metadata, **told}) for one in both))
    if kept and "trajectory" in progress.record:
        files = (*files, _store_trajectory(task.folder, stem, files, kept, liquid.configuration, progress))
    record = {
        **progress.record,
        **(start.record(handed_on) if start else {}),
        "steps": liquid.step - (start.step if start else 0),
        "core_seconds": journal.core_seconds,
        "dynamics_seconds": seconds["dynamics"],
        "resumed": journal.resumed,
        "quench": asdict(glass.quench_record),
        "quench_seconds": seconds["quench"],
    }
    if spec.protocol.stages:
        record["stages"] = stages.origins(spec.protocol)
    return Product(files, record, provenance.current())


def frames_of(spec: EnsembleSpec, folder: Path) -> FrameFile | None:
    """Where frames of a sample's trajectory are kept while it is made, beside its checkpoints."""
    protocol = spec.protocol
    if protocol.trajectory is None:
        return None
    exchanged = np.float64 if spec.model.sizes else np.int32
    return FrameFile(folder, spec.N, exchanged if protocol.swap else None)


def order_of_liquid(liquid: Liquid) -> dict[str, float]:
    """The columns of observable liquid that tell of a liquid's order, by the default convention."""
    found = order_parameters(liquid.configuration, liquid.model)
    return {f"liquid_{key}": value for key, value in found.items() if key != "solid_fraction"}


def checkpoints_of(folder: Path, claim: Claim) -> Checkpoints:
    """Where the liquid of a claimed sample is saved while it is being made."""
    place = checkpoint_folder(folder, claim)
    # The folder keeps its name when the ensemble gets another one.
    spec = replace(EnsembleSpec.from_canonical(claim.spec), name=claim.folder)
    return Checkpoints(place, spec, claim.seed, claim.attempt)


def checkpoint_folder(folder: Path, sample: Claim | SampleRecord) -> Path:
    """Where all attempts at a sample have their checkpoints."""
    return folder / sample.folder / f"{sample.replica:05d}.checkpoints"


def _store(
    folder: Path, stem: str, liquid: Configuration, inherent: Configuration
) -> tuple[ConfigurationFile, ...]:
    """Both files, or none."""
    first = store_configuration(folder, f"{stem}-liquid.gsd", liquid)
    try:
        return first, store_configuration(folder, f"{stem}-inherent.gsd", inherent)
    except BaseException:
        (folder / first.path).unlink(missing_ok=True)
        raise


def _store_trajectory(
    folder: Path,
    stem: str,
    others: Iterable[ConfigurationFile],
    kept: FrameFile,
    liquid: Configuration,
    progress: Progress,
) -> ConfigurationFile:
    """The frames in a file; if it cannot be written the others vanish as well."""
    count = progress.record["trajectory"]["frames"]
    try:
        return store_trajectory(
            folder, f"{stem}-trajectory.gsd", (_configuration(liquid, one) for one in kept.frames(count))
        )
    except BaseException:
        for one in others:
            (folder / one.path).unlink(missing_ok=True)
        raise


def _configuration(liquid: Configuration, frame: KeptFrame) -> Configuration:
    """A frame with unwrapped positions; what is not exchanged is that of the liquid."""
    sizes: dict[str, Any] = {}
    if frame.sizes is not None:
        sizes = {"species" if liquid.diameters is None else "diameters": frame.sizes}
    return Configuration(
        **{
            "kind": "liquid",
            "positions": frame.positions,
            "box": frame.box,
            "species": liquid.species,
            "species_names": liquid.species_names,
            "diameters": liquid.diameters,
            "step": frame.step,
            "metadata": {key: liquid.metadata[key] for key in ("model",) if key in liquid.metadata},
            **sizes,
        }
    )


def make_liquid(
    spec: EnsembleSpec, seed: int, journal: Journal | None = None, start: Start | None = None
) -> tuple[Liquid, Progress]:
    """The liquid of one sample after all stages, going on from where the journal ends; what they recorded.

    ``start`` is its place in a lineage.

    Raises:
        CampaignError: the ensemble was imported, and its parent temperature is not known.
        MissingPlugin: a stage of its protocol is not installed.
    """
    recipe, protocol = recipe_of(spec), spec.protocol
    steps = start.stages(recipe) if start else stages.stages_of(protocol)
    saved = journal.load() if journal else None
    if saved:
        kept = saved.metadata["temperature"]
        liquid = Liquid(recipe.model, saved, temperature=kept, seed=seed, precision=protocol.precision)
    elif start and start.liquid:
        liquid = Liquid(
            *(recipe.model, start.liquid),
            temperature=recipe.temperature,
            seed=seed,
            precision=protocol.precision,
        )
        if start.is_cooled:
            liquid.scale_velocities(recipe.temperature)
    else:
        hot = protocol.melt_temperature
        liquid = Liquid.create(
            *(recipe.model, spec.N, hot, seed),
            melt_temperature=hot,
            melt_time=0.0,
            precision=protocol.precision,
        )
    progress = journal.progress if journal else Progress()

    def pause() -> None:
        journal.look_up(liquid) if journal else check_interrupted()

    keep = journal.frames.keep if journal and journal.frames else None
    return liquid, stages.run_stages(liquid, recipe, steps, progress, pause, keep)


def recipe_of(spec: EnsembleSpec) -> Recipe:
    """What the liquids of an ensemble are made of, and how.

    Raises:
        CampaignError: the ensemble was imported, and its parent temperature is not known.
    """
    if spec.parent_temperature is None:
        raise CampaignError(f"ensemble {spec.name} was imported: its samples cannot be made, only imported")
    return Recipe(spec.model, spec.N, spec.parent_temperature, spec.protocol)


def steps_of(spec: EnsembleSpec, replica: int = 0) -> int:
    """Number of time steps that one sample takes, at most."""
    return stages.steps_of(recipe_of(spec), stages_of_sample(spec, replica))


def stages_of_sample(spec: EnsembleSpec, replica: int = 0) -> list[StageInUse]:
    """The stages by which its liquid is made; between glasses of a lineage the longest time that may be."""
    recipe = recipe_of(spec)
    if goes_on_with_hold(spec, replica):
        earlier = spec.earlier
        given = earlier and earlier.protocol.equilibration_time != AUTO
        held = Held({"time": earlier.protocol.longest_time if earlier and given else 0.0})
        return held.stages(spec.protocol)
    if spec.lineage is None:
        return stages.stages_of(spec.protocol)
    longest = longest_interval(recipe, spec.lineage.spacing)
    return lineage_stages(recipe, place_in(spec, replica), {"interval": longest})
