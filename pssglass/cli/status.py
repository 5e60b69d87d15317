"""``pssglass status``: how far everything is, and what failed."""

from __future__ import annotations

from pssglass.cli.failures import REASONS_SHOWN
from pssglass.cli.options import DEFAULT_DATABASE, Database
from pssglass.cli.output import duration, show_table
from pssglass.cli.simulate import count
from pssglass.db import State, StatusReport, Store

STATES = (State.DONE, State.RUNNING, State.PENDING, State.FAILED)


def status(db: Database = DEFAULT_DATABASE) -> None:
    """Tell how many samples and observables are done, running, to be done and failed, and why."""
    with Store.open(db, read_only=True) as store:
        report = store.status()
    print(f"{report.url}, schema {report.schema_version}")
    _show_progress(report)
    if report.failures:
        _show_failures(report)


def _show_progress(report: StatusReport) -> None:
    show_table(
        ["ensemble", *STATES, "time per sample"],
        [
            [one.name, *(count(one, state) for state in STATES), duration(one.seconds_per_sample)]
            for one in report.ensembles
        ],
    )
    if report.analyses:
        show_table(
            ["observable", "version", "done", "pending", "failed"],
            [[one.observable, one.version, one.done, one.pending, one.failed] for one in report.analyses],
        )


def _show_failures(report: StatusReport) -> None:
    latest = report.failures[:REASONS_SHOWN]
    show_table(
        ["ensemble", "replica", "failed", "reason"],
        [[one.ensemble, one.replica, one.observable or "sample", one.reason] for one in latest],
        title=f"the latest {len(latest)} of {len(report.failures)} failures",
    )
