"""``pssglass analyze``: observables of the inherent states in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

import typer

from pssglass import pipeline
from pssglass.base.errors import EXIT_FAILED, InputError
from pssglass.campaigns.reader import load_campaign
from pssglass.campaigns.specification import ObservableRequest
from pssglass.cli import completion
from pssglass.cli.failures import Failures
from pssglass.cli.machine_options import Settings, chosen_machine
from pssglass.cli.messages import say
from pssglass.cli.options import (
    DEFAULT_DATABASE,
    Campaigns,
    Database,
    EnsembleNames,
    Models,
    RetryFailed,
    TimeLimit,
    Workers,
    parse_settings,
)
from pssglass.cli.output import show_table
from pssglass.cli.progress import ProgressBar
from pssglass.db import StatusReport, Store
from pssglass.execution import Workers as WorkersOrCluster

CampaignFile = Annotated[
    str | None,
    typer.Argument(
        metavar="CAMPAIGN",
        help="A campaign file or preset: measure what it asks for.",
        autocompletion=completion.presets,
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--observable",
        metavar="NAME",
        help="Measure only this; may be repeated.",
        autocompletion=completion.observables,
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A parameter of the --observable, of several NAME.KEY=VALUE; may be repeated.",
    ),
]


def analyze(
    context: typer.Context,
    campaign: CampaignFile = None,
    names: Names = None,
    parameters: Parameters = None,
    campaigns: Campaigns = None,
    ensembles: EnsembleNames = None,
    models: Models = None,
    db: Database = DEFAULT_DATABASE,
    workers: Workers = None,
    settings: Settings = None,
    retry_failed: RetryFailed = False,
    time_limit: TimeLimit = pipeline.TIME_LIMIT,
) -> None:
    """Measure observables of all inherent states in the database; by default, all but those on request.

    With a campaign, of its inherent states only, and those observables that it names. Parameters have the
    defaults of `pssglass observables`, unless the campaign or --set says otherwise.
    """
    given = parameters_of(names or [], parse_settings(parameters or []))
    asked = {name: ObservableRequest(name, given.get(name, {})) for name in names or []}
    if campaign is not None:
        for one in load_campaign(campaign).observables:
            asked[one.name] = ObservableRequest(one.name, {**one.parameters, **given.get(one.name, {})})
    selection = pipeline.Selection(
        [*(campaigns or ()), *([campaign] if campaign else [])], ensembles or (), models or ()
    )
    with chosen_machine(context, workers, settings) as machine, Store.open(db) as store:
        chosen = selection.names(store)
        measured, complete = measure_all(
            store, list(asked.values()), machine, retry_failed, time_limit, chosen
        )
        status = store.status(chosen)
        told = [one for one in status.analyses if one.observable_id in measured]
        told += [one for one in status.aggregates if one.is_shown and (not asked or one.observable in asked)]
        show_table(
            ["observable", "version", "done", "failed", "pending"],
            [[one.observable, one.version, one.done, one.failed, one.pending] for one in told],
        )
        _tell_of_missing_values(status, asked)
        if not complete or any(one.failed for one in status.analyses if one.observable_id in measured):
            say("pssglass: not all is measured; `pssglass status` tells why, --retry-failed tries again")
            raise typer.Exit(EXIT_FAILED)


def parameters_of(names: Sequence[str], settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Parameters by observable, of these names; ``KEY`` is of the only one, ``NAME.KEY`` of one of several.

    Raises:
        InputError: it is not clear, or not asked for, whose parameter something is, or it has two values.
    """
    found: dict[str, dict[str, Any]] = {}
    for setting, value in settings.items():
        owner, _, key = setting.rpartition(".")
        if not owner and len(names) != 1:
            remedy = "write NAME.KEY=VALUE" if names else "name it by --observable"
            raise InputError(f"--set {setting}: of which observable? {remedy}")
        owner = owner or names[0]
        if owner not in names:
            raise InputError(
                f"--set {setting}: observable {owner} is not asked for; add --observable {owner}"
            )
        if found.setdefault(owner, {}).setdefault(key, value) != value:
            raise InputError(f"--set {setting}: {key} of observable {owner} is set twice; leave one out")
    return found


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
    tasks, left_out = _without_lost_models(
        store, pipeline.pending(store, requests, retry_failed, time_limit, chosen)
    )
    failures = Failures()
    with ProgressBar("analyze", sum(len(task.requests) for task in tasks)) as bar:

        def on_end(end: pipeline.AnalysisEnd) -> None:
            bar.advance()
            if end.reason is not None:
                failures.tell(f"{end.observable} of sample {end.replica} of {end.ensemble}", end.reason)

        pipeline.analyze(store, tasks, workers=workers, on_end=on_end, retry_failed=retry_failed)
    pipeline.store_ensembles(store, requests, time_limit, retry_failed)
    return {request.observable_id for request in requests}, not ((asked and problems) or left_out)


def _without_lost_models(
    store: Store, tasks: list[pipeline.GlassTask]
) -> tuple[list[pipeline.GlassTask], bool]:
    """Those tasks whose models can be made, and whether there are others, which are told of."""
    wanted, left_out = {task.configuration.ensemble for task in tasks}, set()
    for one in pipeline.lost_models(store) if tasks else ():
        if lost := wanted.intersection(one.ensembles):
            say(f"pssglass: {one.label}: {len(lost)} ensembles are left out: {one.reason}")
            left_out |= lost
    return [task for task in tasks if task.configuration.ensemble not in left_out], bool(left_out)
