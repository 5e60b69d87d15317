"""``pssglass verify``: whether all that is stored is what it was, and what a second computation gives."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.cli.options import DEFAULT_DATABASE, Database, Workers
from pssglass.cli.output import say
from pssglass.db import Finding, Store
from pssglass.errors import EXIT_FAILED
from pssglass.pipeline import Remade

Recompute = Annotated[
    int, typer.Option("--recompute", min=0, metavar="K", help="Make K random samples again, and compare.")
]
Seed = Annotated[int, typer.Option(min=0, help="Chooses these samples.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def verify(
    recompute: Recompute = 0,
    seed: Seed = 0,
    workers: Workers = None,
    as_json: AsJson = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Check every file and row, and recompute samples bit for bit. Exit code 1 if there is a fault.

    Remarks are no faults: files that no row knows, samples that a killed command left, and bits that differ
    where program or machine are not those that computed them.
    """
    with Store.open(db, read_only=True) as store:
        files = list(pipeline.check_files(store))
        rows = list(store.findings())
        remade = list(pipeline.recompute(store, recompute, seed, workers)) if recompute else []
    known = [one for one in files if one is None or one.is_fault]
    findings = [one for one in (*files, *rows, *(found for one in remade for found in one.findings)) if one]
    faults, remarks = ([one.what for one in findings if one.is_fault is kind] for kind in (True, False))
    if as_json:
        report = {
            "files": {"checked": len(known), "sound": known.count(None)},
            "recomputed": [{**asdict(one), "identical": not one.findings} for one in remade],
            "faults": faults,
            "remarks": remarks,
        }
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _show(known, rows, remade)
        for kind, texts in (("fault", faults), ("remark", remarks)):
            for text in texts:
                say(f"pssglass: {kind}: {text}")
    if faults:
        raise typer.Exit(EXIT_FAILED)


def _show(files: list[Finding | None], rows: list[Finding], remade: list[Remade]) -> None:
    faults = sum(one.is_fault for one in rows)
    print(f"{files.count(None)} of {len(files)} files are as they were written")
    print(f"the database has {faults} faults" if faults else "the database is sound")
    for one in remade:
        same = len(one.compared) - len(one.findings)
        what = f"sample {one.replica} of {one.ensemble}"
        print(f"{what}, computed again: {same} of {len(one.compared)} results are the same bit for bit")
