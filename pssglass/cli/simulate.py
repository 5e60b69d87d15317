"""``pssglass simulate``: from a campaign to inherent states in the database."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.errors import EXIT_FAILED, CampaignError
from pssglass.base.lineages import place_of, replica_of
from pssglass.campaigns.reader import PRESETS, load_campaign, preset_text
from pssglass.campaigns.specification import Campaign
from pssglass.cli import completion
from pssglass.cli.dry_run import require_memory, show_plan
from pssglass.cli.failures import Failures
from pssglass.cli.machine_options import Settings, chosen_machine
from pssglass.cli.messages import say
from pssglass.cli.options import DEFAULT_DATABASE, CheckpointEvery, Database, Lease, RetryFailed, Workers
from pssglass.cli.output import duration, show_table
from pssglass.cli.progress import ProgressBar
from pssglass.db import EnsembleRecord, State, Store
from pssglass.db.claims import LEASE_SECONDS
from pssglass.execution import Workers as WorkersOrCluster
from pssglass.pipeline.sample import CHECKPOINT_SECONDS

CampaignFile = Annotated[Path | None, typer.Argument(metavar="CAMPAIGN.toml", help="The campaign file.")]
Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help=f"A campaign that comes along: {', '.join(PRESETS)}.",
        autocompletion=completion.presets,
    ),
]
Extend = Annotated[
    bool,
    typer.Option(
        "--extend",
        help="Where the file states a longer time at the parent temperature than the ensemble in the database"
        " has, hold its liquids on and make new glasses of them.",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Only say what would be done, how long it should take, and with how much memory."
    ),
]
Print = Annotated[
    bool, typer.Option("--print", help="Only print the file of the preset, to change a copy of it.")
]


def simulate(
    context: typer.Context,
    campaign: CampaignFile = None,
    preset: Preset = None,
    db: Database = DEFAULT_DATABASE,
    workers: Workers = None,
    settings: Settings = None,
    retry_failed: RetryFailed = False,
    extend: Extend = False,
    checkpoint_every: CheckpointEvery = CHECKPOINT_SECONDS,
    lease: Lease = LEASE_SECONDS,
    dry_run: DryRun = False,
    print_preset: Print = False,
) -> None:
    """Make the samples of a campaign: melt, equilibrate, quench, certify. The same command again goes on."""
    chosen = read_campaign(campaign, preset)
    if print_preset:
        if preset is None:
            raise CampaignError("--print is for a preset: give --preset NAME")
        print(preset_text(preset), end="")
        return
    pipeline.check_requests(chosen.observables)  # so that no mistake comes to light after hours of work
    with chosen_machine(context, workers, settings) as machine:
        if dry_run:
            show_plan(chosen, db, machine, retry_failed, extend)
            return
        with Store.open(db, create=True) as store:
            made = make_samples(store, chosen, machine, retry_failed, checkpoint_every, lease, extend)
            _show_samples(store, made)


def read_campaign(campaign: Path | None, preset: str | None) -> Campaign:
    """The campaign of the file or of the preset, whichever was given.

    Raises:
        CampaignError: both or none were given, or it is no good campaign.
    """
    if (campaign is None) == (preset is None):
        raise CampaignError("give either a campaign file or --preset NAME")
    if preset is not None and preset not in PRESETS:
        raise CampaignError(f"there is no preset '{preset}'; the presets are {', '.join(PRESETS)}")
    return load_campaign(preset or Path(f"{campaign}"))


def make_samples(
    store: Store,
    campaign: Campaign,
    workers: WorkersOrCluster,
    retry_failed: bool = False,
    checkpoint_every: float = CHECKPOINT_SECONDS,
    lease: float = LEASE_SECONDS,
    extend: bool = False,
) -> Campaign:
    """Make the samples that are missing, behind a progress bar; the campaign as the database has it."""
    require_memory(pipeline.missing_samples(campaign, store, retry_failed, extend), workers)
    samples = pipeline.prepare(store, campaign, retry_failed, extend)
    campaign = pipeline.resolved(store, campaign).campaign
    specs = {spec.name: spec for spec, _ in campaign.ensembles}

    @cache
    def steps(ensemble: str, is_further: bool) -> float:
        replica = replica_of(0, 1) if is_further else 0
        return float(pipeline.steps_of(specs[ensemble], replica) * specs[ensemble].N)

    def cost(ensemble: str, replica: int) -> float:
        is_further = specs[ensemble].lineage is not None and place_of(replica)[1] > 0
        return steps(ensemble, is_further)

    failures = Failures()
    with ProgressBar(
        "simulate", len(samples), sum(cost(one.ensemble, one.replica) for one in samples)
    ) as bar:

        def on_end(end: pipeline.SampleEnd) -> None:
            bar.advance(cost(end.ensemble, end.replica))
            if end.reason is not None:
                failures.tell(f"sample {end.replica} of {end.ensemble}", end.reason)

        pipeline.simulate(
            store, samples, workers=workers, on_end=on_end, checkpoint_every=checkpoint_every, lease=lease
        )
    return campaign


def _show_samples(store: Store, campaign: Campaign) -> None:
    """How many samples the campaign's ensembles have; Exit(1) when some failed or are not done."""
    wanted = campaign.replicas
    ensembles = [ensemble for ensemble in store.ensembles() if ensemble.name in wanted]
    show_table(
        ["ensemble", "done", "failed", "time per sample"],
        [
            [
                ensemble.name,
                count(ensemble, State.DONE),
                count(ensemble, State.FAILED),
                duration(ensemble.seconds_per_sample),
            ]
            for ensemble in ensembles
        ],
    )
    failed = sum(count(ensemble, State.FAILED) for ensemble in ensembles)
    if failed:
        say(
            f"pssglass: {failed} samples failed; `pssglass status` tells why, --retry-failed tries them again"
        )
    unfinished = store.unfinished_samples([ensemble.id for ensemble in ensembles])
    undone = sum(sample.replica in wanted[sample.ensemble] for sample in unfinished)
    if undone:
        say(f"pssglass: {undone} samples are not done; the same command goes on with them")
    if failed or undone:
        raise typer.Exit(EXIT_FAILED)


def count(ensemble: EnsembleRecord, state: State) -> int:
    """Number of samples of an ensemble in a state."""
    return ensemble.counts.get(state, 0)
