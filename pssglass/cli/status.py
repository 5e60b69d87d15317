"""``pssglass status``: how far everything is, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from time import sleep
from typing import Annotated

import typer
from rich.console import Console

from pssglass.analysis.certificates import Certificate, certificate
from pssglass.analysis.warnings import Evidence, Flag, flags
from pssglass.base.errors import DatabaseUnreachable, InputError, Stopped
from pssglass.base.secrets import masked_url
from pssglass.cli.failures import REASONS_SHOWN
from pssglass.cli.options import DEFAULT_DATABASE, Database
from pssglass.cli.output import duration, json_text, show_table
from pssglass.cli.simulate import count
from pssglass.db import EnsembleRecord, State, StatusReport, Store
from pssglass.pipeline import lost_models, registry
from pssglass.plugins.protocol import is_on_request

STATES = (State.DONE, State.RUNNING, State.PENDING, State.FAILED)
SECONDS_BETWEEN_LOOKS = 2.0

Json = Annotated[bool, typer.Option("--json", help="All of it for programs, every failure included.")]
Watch = Annotated[bool, typer.Option("--watch", help="Look again and again until no sample is left to do.")]


def status(db: Database = DEFAULT_DATABASE, for_programs: Json = False, watch: Watch = False) -> None:
    """Tell what is done, running, to be done and failed, and why; and what deserves a second look."""
    if for_programs and watch:
        raise InputError("give either --json or --watch")
    with Store.open(db, read_only=True) as store:
        report = store.status()
        evidence = None if watch else store.evidence()
        lost = [Flag(one.label, one.reason) for one in lost_models(store)]
    flagged, certificates = ([*lost, *flags(evidence)], _certificates(evidence)) if evidence else ([], [])
    if for_programs:
        everything = asdict(report) | {
            "equilibrium": [asdict(one) for one in certificates],
            "flags": [asdict(flag) for flag in flagged],
        }
        print(json_text(everything))
        return
    _show(report)
    if certificates:
        _show_certificates(certificates)
    if flagged:
        _show_flags(flagged)
    if not watch:
        print(f"next: {_next_step(report, db)}")
    try:
        while watch and any(_remaining(one) for one in report.ensembles):
            sleep(SECONDS_BETWEEN_LOOKS)
            try:
                report, outage = _look(db), None
            except DatabaseUnreachable as error:
                outage = error
            Console().clear()  # nothing where stdout is no terminal
            print(f"{outage}; looking again") if outage else _show(report)
        if watch:
            print(f"next: {_next_step(report, db)}")
    except Stopped:
        return  # how one stops watching


def _next_step(report: StatusReport, db: str) -> str:
    """What there is to do with a database in this state."""
    counts = {state: sum(count(one, state) for one in report.ensembles) for state in STATES}
    here = "" if db == DEFAULT_DATABASE else f" --db {masked_url(db)}"
    usual = [one for one in report.analyses if one.is_shown and not _is_on_request(one.observable)]
    if counts[State.RUNNING]:
        return (
            f"`pssglass status --watch{here}` looks on; if no command is at work any more,"
            f" `pssglass simulate CAMPAIGN.toml{here}` goes on"
        )
    if counts[State.PENDING] or not any(counts.values()):
        return f"`pssglass simulate CAMPAIGN.toml{here}` makes the samples that are missing"
    if not counts[State.DONE]:
        return f"`pssglass simulate CAMPAIGN.toml --retry-failed{here}` tries again what failed"
    if not usual or any(one.pending for one in usual):
        return f"`pssglass analyze{here}` measures what is not measured yet"
    again = [
        f"`pssglass {command} --retry-failed{here}`"
        for command, failed in (
            ("simulate CAMPAIGN.toml", counts[State.FAILED]),
            ("analyze", sum(one.failed for one in usual)),
        )
        if failed
    ]
    shown = f"`pssglass report{here}` and `pssglass plot all{here}` show the results"
    return "; ".join([shown, *(f"{one} tries again what failed" for one in again)])


def _is_on_request(observable: str) -> bool:
    """Of one that is not installed any more, too: nothing measures it."""
    known = registry().observables.get(observable)
    return known is None or is_on_request(known)


def _look(db: str) -> StatusReport:
    with Store.open(db, read_only=True) as store:
        return store.status()


def _certificates(evidence: Evidence) -> list[Certificate]:
    """Of the ensembles that were judged."""
    found = (certificate(one.name, evidence.values.get(one.name, {})) for one in evidence.ensembles)
    return [one for one in found if one is not None]


def _show(report: StatusReport) -> None:
    print(f"{report.url}, schema {report.schema_version}")
    _show_progress(report)
    if report.failures:
        _show_failures(report)
    if report.without_values:
        _show_without_values(report)


def _remaining(ensemble: EnsembleRecord) -> int:
    return count(ensemble, State.PENDING) + count(ensemble, State.RUNNING)


def _pace(ensembles: Sequence[EnsembleRecord]) -> str:
    """Samples an hour and time left, with as many at a time as now; empty where nothing tells.

    Ensembles of which no sample was done yet are taken to cost the mean of the others.
    """
    workers = sum(count(one, State.RUNNING) for one in ensembles)
    known = [one.seconds_per_sample for one in ensembles if one.seconds_per_sample]
    if not workers or not known:
        return ""
    mean = sum(known) / len(known)
    each = [(one, one.seconds_per_sample or mean) for one in ensembles]
    occupied = sum(count(one, State.RUNNING) * seconds for one, seconds in each)
    left = sum(_remaining(one) * seconds for one, seconds in each) / workers
    return f", {3600.0 * workers**2 / occupied:.3g} samples an hour, {duration(left)} left"


def _show_progress(report: StatusReport) -> None:
    show_table(
        ["ensemble", *STATES, "time per sample"],
        [
            [one.name, *(count(one, state) for state in STATES), duration(one.seconds_per_sample)]
            for one in report.ensembles
        ],
    )
    done, every = (
        sum(count(one, state) for one in report.ensembles for state in states)
        for states in ((State.DONE,), STATES)
    )
    print(f"{done} of {every} samples done{_pace(report.ensembles)}")
    if report.lineages:
        _show_lineages(report)
    if observables := [*report.analyses, *report.aggregates]:
        show_table(
            ["observable", "version", "of", "parameters", "shown", "done", "pending", "failed"],
            [
                [
                    *(one.observable, one.version, f"{one.level}s", one.settings),
                    *("yes" if one.is_shown else "no", one.done, one.pending, one.failed),
                ]
                for one in observables
            ],
        )


def _show_lineages(report: StatusReport) -> None:
    show_table(
        ["ensemble", "lineages", "glasses", "worth independent ones"],
        [[one.ensemble, one.lineages, one.glasses, one.effective_count] for one in report.lineages],
        title="glasses of lineages, by the error of the mean energy",
    )


def _show_failures(report: StatusReport) -> None:
    latest = report.failures[:REASONS_SHOWN]
    show_table(
        ["ensemble", "replica", "failed", "reason"],
        [[one.ensemble, one.replica, one.observable or "sample", one.reason] for one in latest],
        title=f"the latest {_of(latest, report.failures)} failures",
    )


def _show_without_values(report: StatusReport) -> None:
    shown = report.without_values[:REASONS_SHOWN]
    show_table(
        ["ensemble or model", "observable", "reason"],
        [[one.subject, one.observable, one.reason] for one in shown],
        title=f"without a value: {_of(shown, report.without_values)}",
    )


def _show_certificates(certificates: Sequence[Certificate]) -> None:
    """Why one is not in equilibrium is told by its flag."""
    show_table(
        ["ensemble", "verdict", "relaxation times", "criteria that hold", "that fail", "not recorded"],
        [
            [
                *(one.ensemble, one.verdict, one.times, len(one.holds), len(one.fails)),
                ", ".join(one.lacks),
            ]
            for one in certificates
        ],
        title="equilibrium of the liquids",
    )


def _show_flags(flags: Sequence[Flag]) -> None:
    shown = flags[:REASONS_SHOWN]
    show_table(
        ["where", "what"],
        [[one.subject, one.reason] for one in shown],
        title=f"worth a second look: {_of(shown, flags)}",
    )


def _of(shown: Sequence[object], every: Sequence[object]) -> str:
    """How many of them are shown, and where the others are."""
    rest = "" if len(shown) == len(every) else " (--json and the report have all)"
    return f"{len(shown)} of {len(every)}{rest}"
