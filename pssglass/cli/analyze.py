"""``pssglass analyze``: observables of the inherent states in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.errors import EXIT_FAILED
from pssglass.campaigns.reader import load_campaign
from pssglass.campaigns.specification import ObservableRequest
from pssglass.cli.failures import Failures
from pssglass.cli.machine_options import Settings, chosen_machine
from pssglass.cli.options import (
    DEFAULT_DATABASE,
    Campaigns,
    Database,
    EnsembleNames,
    Models,
    RetryFailed,
    TimeLimit,
    Workers,
)
from pssglass.cli.output import say, show_table
from pssglass.cli.progress import ProgressBar
from pssglass.db import StatusReport, Store
from pssglass.execution import Workers as WorkersOrCluster

CampaignFile = Annotated[
    str | None,
    typer.Argument(metavar="CAMPAIGN", help="A campaign file or preset: measure what it asks for."),
]
Names = Annotated[
    list[str] | None, typer.Option("--observable", metavar="NAME", help="Measure only this; may be repeated.")
]


def analyze(
    context: typer.Context,
    campaign: CampaignFile = None,
    names: Names = None,
    campaigns: Campaigns = None,
    ensembles: EnsembleNames = None,
    models: Models = None,
    db: Database = DEFAULT_DATABASE,
    workers: Workers = None,
    settings: Settings = None,
    retry_failed: RetryFailed = False,
    time_limit: TimeLimit = pipeline.TIME_LIMIT,
) -> None:
    """Measure observables of all inherent states in the database; by default, all installed ones.

    With a campaign, of its inherent states only, and those observables that it names.
    """
    asked = [ObservableRequest(name) for name in names or []]
    if campaign is not None:
        asked += load_campaign(campaign).observables
    selection = pipeline.Selection(
        [*(campaigns or ()), *([campaign] if campaign else [])], ensembles or (), models or ()
    )
    with chosen_machine(context, workers, settings) as machine, Store.open(db) as store:
        chosen = selection.names(store)
        measured, complete = measure_all(store, asked, machine, retry_failed, time_limit, chosen)
        status = store.status(chosen)
        named = {request.name for request in asked}
        told = [one for one in status.analyses if one.observable_id in measured]
        told += [one for one in status.aggregates if one.is_shown and (not named or one.observable in named)]
        show_table(
            ["observable", "version", "done", "failed", "pending"],
            [[one.observable, one.version, one.done, one.failed, one.pending] for one in told],
        )
        _tell_of_missing_values(status, named)
        if not complete or any(one.failed for one in status.analyses if one.observable_id in measured):
            say("pssglass: not all is measured; `pssglass status` tells why, --retry-failed tries again")
            raise typer.Exit(EXIT_FAILED)


def _tell_of_missing_values(status: StatusReport, asked: Collection[str]) -> None:
    """Why what was asked for by name has no value for some ensembles or models."""
    failures = Failures()
    for one in status.without_values:
        if one.observable in asked:
            failures.tell(f"{one.observable} of {one.subject}", one.reason)


def measure_all(
    store: Store,
    asked: Sequence[ObservableRequest],
    workers: WorkersOrCluster,
    retry_failed: bool = False,
    time_limit: float = pipeline.TIME_LIMIT,
    chosen: Collection[str] | None = None,
) -> tuple[set[int], bool]:
    """Measure what is missing, behind a progress bar; nothing asked for means all installed observables.

    ``chosen`` are the ensembles whose samples are measured, by default all.

    Then ensembles and models are put together anew; where that fails, ``status`` tells why.

    Returns:
        Ids of the observables that were measured, and whether they are all that was asked for.

    Raises:
        PluginError: none of those asked for can be used.
    """
    requests, problems = pipeline.register(store, asked)
    if problems and not requests:
        raise problems[0]
    for problem in problems:
        say(f"pssglass: {problem}")
    tasks = pipeline.pending(store, requests, retry_failed, time_limit, chosen)
    failures = Failures()
    with ProgressBar("analyze", sum(len(task.requests) for task in tasks)) as bar:

        def on_end(end: pipeline.AnalysisEnd) -> None:
            bar.advance()
            if end.reason is not None:
                failures.tell(f"{end.observable} of sample {end.replica} of {end.ensemble}", end.reason)

        pipeline.analyze(store, tasks, workers=workers, on_end=on_end, retry_failed=retry_failed)
    pipeline.store_ensembles(store, requests, time_limit)
    return {request.observable_id for request in requests}, not (asked and problems)
