"""``pssglass db``: care of the database itself."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.errors import InputError
from pssglass.cli import completion
from pssglass.cli.messages import say
from pssglass.cli.options import (
    DEFAULT_DATABASE,
    Database,
    EquilibrationTime,
    ParentTemperature,
    check_liquid,
    parse_settings,
)
from pssglass.cli.output import show_fields
from pssglass.db import Removal, Store, upgrade

Parameters = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A parameter that was used; may be repeated."),
]
EnsembleOption = Annotated[
    str | None,
    typer.Option(
        "--ensemble",
        metavar="NAME",
        help="An ensemble with all that belongs to it.",
        autocompletion=completion.ensembles,
    ),
]
Samples = Annotated[
    str | None, typer.Option(metavar="0,3-7", help="With --ensemble: only the samples of these numbers.")
]
ObservableOption = Annotated[
    str | None,
    typer.Option(
        "--observable",
        metavar="NAME",
        help="An observable and its values.",
        autocompletion=completion.observables,
    ),
]
Failures = Annotated[
    str | None, typer.Option("--failures", metavar="NAME", help="The failures of an observable.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

database = typer.Typer()


@database.callback()
def _group() -> None:
    """Care of the database itself."""


@database.command("upgrade")
def upgrade_(db: Database = DEFAULT_DATABASE) -> None:
    """Bring a database of an older version to the present schema, after a back-up of its file."""
    done = upgrade(db)
    if done.before == done.after:
        print(f"schema {done.after}: up to date")
    else:
        print(f"schema {done.before} became {done.after}; back-up: {done.backup or 'none (a server)'}")


@database.command("show")
def show(
    observable: Annotated[
        str, typer.Argument(metavar="OBSERVABLE", help="Its name.", autocompletion=completion.observables)
    ],
    parameters: Parameters = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Choose which registration of an observable views, figures and the report show; `status` lists them."""
    with Store.open(db) as store:
        shown = pipeline.show_registration(store, observable, parse_settings(parameters or []))
    print(f"{shown.name} {shown.version} is shown, with {shown.settings}")


@database.command("describe")
def describe(
    ensemble: Annotated[str, typer.Argument(metavar="ENSEMBLE", help="Its name.")],
    parent_temperature: ParentTemperature = None,
    equilibration_time: EquilibrationTime = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Tell what is known of the liquids of an imported ensemble; it then takes part in curves against T_p."""
    check_liquid(parent_temperature, equilibration_time)
    if parent_temperature is None and equilibration_time is None:
        raise InputError("nothing is told; give --parent-temperature, --equilibration-time, or both")
    with Store.open(db) as store:
        spec = pipeline.describe_import(store, ensemble, parent_temperature, equilibration_time)
    time = spec.protocol.equilibration_time or "unknown"
    print(f"{spec.name}: parent temperature {spec.parent_temperature}, equilibration time {time}")


@database.command("remove")
def remove(
    ensemble: EnsembleOption = None,
    samples: Samples = None,
    observable: ObservableOption = None,
    failures: Failures = None,
    parameters: Parameters = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Remove what should not be there, with its values and files; a record of it stays in table `removal`."""
    given = {"--ensemble": ensemble, "--observable": observable, "--failures": failures}
    if len(chosen := [option for option, value in given.items() if value is not None]) != 1:
        raise InputError(f"{' and '.join(chosen) or 'nothing'} is given; give one of {', '.join(given)}")
    if samples is not None and ensemble is None:
        raise InputError("--samples goes with --ensemble; give both")
    if parameters and observable is None:
        raise InputError("--set goes with --observable; give both")
    replicas = None if samples is None else _numbers(samples)
    settings = parse_settings(parameters or [])
    with Store.open(db) as store:

        def removed(only_told: bool) -> Removal:
            if ensemble is not None:
                return pipeline.remove_samples(store, ensemble, replicas, dry_run=only_told)
            if observable is not None:
                return pipeline.remove_observable(store, observable, settings, dry_run=only_told)
            return pipeline.remove_failures(store, f"{failures}", dry_run=only_told)

        _tell(removed(True))
        if dry_run:
            return
        if not yes:
            _ask()
        removed(False)
    say("pssglass: removed; `pssglass analyze` puts ensembles and models together anew")


def _tell(removal: Removal) -> None:
    counts = {
        "samples": removal.samples,
        "files": len(removal.files),
        "analyses": removal.analyses,
        "values of ensembles and models": removal.aggregates,
        "registrations": removal.observables,
    }
    counted = [(name, count) for name, count in counts.items() if count]
    show_fields([("to be removed", removal.what), *counted])


def _ask() -> None:
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked; --yes removes without a question")
    if not typer.confirm("Remove all of this for good?", err=True):
        raise typer.Exit(0)


def _numbers(text: str) -> list[int]:
    """``"0,3-5"`` as [0, 3, 4, 5].

    Raises:
        InputError: something else.
    """
    numbers: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})(?:-(\d{1,9}))?\s*", part)
        if not match or int(match[2] or match[1]) < int(match[1]):
            raise InputError(f"--samples {text}: write numbers and ranges as 0,3-7")
        numbers.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return sorted(numbers)
