"""``pssglass verify``: whether all that is stored is what it was, and what a second computation gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.errors import EXIT_FAILED
from pssglass.cli.messages import say
from pssglass.cli.options import DEFAULT_DATABASE, Database, TimeLimit, Workers
from pssglass.cli.output import json_text
from pssglass.db import Finding, Store
from pssglass.pipeline import Reproduction

Recompute = Annotated[
    int, typer.Option("--recompute", min=0, metavar="K", help="Make K random samples again, and compare.")
]
Seed = Annotated[int, typer.Option(min=0, help="Chooses these samples.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def verify(
    recompute: Recompute = 0,
    seed: Seed = 0,
    workers: Workers = None,
    time_limit: TimeLimit = pipeline.TIME_LIMIT,
    as_json: AsJson = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Check every file and row, and recompute samples bit for bit. Exit code 1 if there is a fault.

    Remarks are no faults: files that no row knows, samples that a killed command left, observables that did
    not end in time, and bits that differ where program or machine are not those that computed them.
    """
    reproduction: list[Reproduction] = []

    def on_end(one: Reproduction) -> None:
        reproduction.append(one)
        if not as_json:
            _show_reproduction(one)

    with Store.open(db, read_only=True) as store:
        files, rows = list(pipeline.check_files(store)), [*store.findings(), *_of_lost_models(store)]
        if not as_json:
            _show_stored(files, rows)
        is_complete = False
        try:
            if recompute:
                pipeline.recompute(
                    store, recompute, seed, workers=workers, time_limit=time_limit, on_end=on_end
                )
            is_complete = True
        finally:
            if as_json:
                _print_json(is_complete, files, rows, reproduction)
    if any(one.is_fault for one in _findings(files, rows, reproduction)):
        raise typer.Exit(EXIT_FAILED)


def _of_lost_models(store: Store) -> Iterator[Finding]:
    """No fault of the database, but nothing of theirs can be made again."""
    for one in pipeline.lost_models(store):
        what = f"{one.label}, {len(one.ensembles)} ensembles: {one.reason}; samples are not made again"
        yield Finding(what, is_fault=False)


def _show_stored(files: Sequence[Finding | None], rows: Sequence[Finding]) -> None:
    known, faults = _known(files), sum(one.is_fault for one in rows)
    print(f"{known.count(None)} of {len(known)} files are as they were written")
    print(f"the database has {faults} faults" if faults else "the database is sound", flush=True)
    _tell(_findings(files, rows))


def _show_reproduction(one: Reproduction) -> None:
    same = len(one.compared) - len(one.findings)
    what = f"sample {one.replica} of {one.ensemble}"
    print(
        f"{what}, computed again: {same} of {len(one.compared)} results are the same bit for bit", flush=True
    )
    _tell(one.findings)


def _tell(findings: Iterable[Finding]) -> None:
    """Faults first."""
    for one in sorted(findings, key=lambda one: not one.is_fault):
        say(f"pssglass: {'fault' if one.is_fault else 'remark'}: {one.what}")


def _print_json(
    is_complete: bool,
    files: Sequence[Finding | None],
    rows: Sequence[Finding],
    reproduction: Sequence[Reproduction],
) -> None:
    known, findings = _known(files), _findings(files, rows, reproduction)
    report = {
        "complete": is_complete,
        "files": {"checked": len(known), "sound": known.count(None)},
        "recomputed": [{**asdict(one), "identical": not one.findings} for one in reproduction],
        "faults": [one.what for one in findings if one.is_fault],
        "remarks": [one.what for one in findings if not one.is_fault],
    }
    print(json_text(report))


def _known(files: Sequence[Finding | None]) -> list[Finding | None]:
    """Those of which the database knows."""
    return [one for one in files if one is None or one.is_fault]


def _findings(
    files: Sequence[Finding | None], rows: Sequence[Finding], reproduction: Sequence[Reproduction] = ()
) -> list[Finding]:
    return [one for one in (*files, *rows, *(found for one in reproduction for found in one.findings)) if one]
