"""The commands that move data: sql, import, export."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base import checks
from pssglass.base.errors import InputError, NotInherentState, suggest
from pssglass.campaigns.own_models import OwnModels, read_own_models
from pssglass.cli.options import (
    DEFAULT_DATABASE,
    Campaigns,
    Database,
    EnsembleNames,
    EquilibrationTime,
    Models,
    ParentTemperature,
    check_liquid,
    local,
    parse_pairs,
    parse_settings,
)
from pssglass.cli.output import RowFormat, write_rows
from pssglass.cli.streams import as_utf8
from pssglass.configurations import format_of, formats, suffixes
from pssglass.db import TABLES, Store, cookbook
from pssglass.mechanics.glass import Glass

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the model; may be repeated."),
]
OfCampaign = Annotated[
    Path | None,
    typer.Option(
        "--campaign", metavar="FILE", help="Where [models.NAME] defines the model.", show_default="none"
    ),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=SPECIES", help="Species of a name in the file, as Cu=A."),
]
Names = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="SPECIES=NAME", help="Name of a species in the files, as A=Cu."),
]


class KindOption(StrEnum):
    """Which configurations of a sample."""

    inherent = "inherent"
    liquid = "liquid"
    trajectory = "trajectory"


TABLE_FORMATS = {"csv": "a table", "parquet": "a table, or arrays"}
WRITABLE = {name: one for name, one in formats().items() if one.write or one.write_samples}
DEFAULT_FORMAT = "extxyz"
DEFAULT_TABLE = "samples"
STDIN = "-"


def _choices() -> str:
    """The formats of exports and what they are."""
    about = TABLE_FORMATS | {name: one.about for name, one in WRITABLE.items()}
    return "; ".join(f"{name}, {words}" for name, words in about.items())


def sql(
    query: Annotated[
        str | None,
        typer.Argument(metavar='"SELECT …"', help="One reading SQL statement; - reads it from stdin."),
    ] = None,
    form: Annotated[RowFormat, typer.Option("--format", help="How the rows are written.")] = RowFormat.table,
    schema: Annotated[
        bool, typer.Option("--schema", help="List views and tables with their columns.")
    ] = False,
    recipes: Annotated[
        bool, typer.Option("--cookbook", help="Print queries to begin with, Markdown.")
    ] = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Ask the database; see the views v_samples, v_ensembles and v_scalars."""
    if [query is not None, schema, recipes].count(True) != 1:
        raise InputError("give one SELECT, --schema or --cookbook; see 'pssglass sql --help'")
    if recipes:
        print(cookbook(), end="")
        return
    with Store.open(db, read_only=True) as store:
        if query is None:
            columns: Sequence[str] = ("relation", "column", "unit", "meaning")
            rows: Sequence[Sequence[object]] = store.schema()
        else:
            columns, rows = store.query(as_utf8(sys.stdin.read() if query == STDIN else query))
    write_rows(columns, rows, form)


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=f"A file of the suffix {', '.join(suffixes())}, or of any with --format."
        ),
    ],
    ensemble: Annotated[str, typer.Option(metavar="NAME", help="The ensemble that it joins.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="Its model, as pss.")],
    settings: Settings = None,
    campaign: OfCampaign = None,
    mapping: Mapping = None,
    parent_temperature: ParentTemperature = None,
    equilibration_time: EquilibrationTime = None,
    quench: Annotated[bool, typer.Option("--quench", help="Minimise its energy first.")] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(name for name, one in formats().items() if one.read),
            help="Of the file.",
            show_default="as the suffix says",
        ),
    ] = None,
    frame: Annotated[
        int | None,
        typer.Option(metavar="K", help="Which frame, from 0; -1 is the last.", show_default="the only one"),
    ] = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Store a configuration from outside as an inherent state."""
    checks.identifier(InputError, "--ensemble", ensemble)
    check_liquid(parent_temperature, equilibration_time)
    models = read_own_models(campaign) if campaign else OwnModels()
    former = models.build(model, parse_settings(settings or []))
    try:
        names = parse_pairs("--map", mapping or [])
        glass = Glass.read(file, former, quench=quench, mapping=names, frame=frame, form=form)
    except NotInherentState as error:
        fault, _, _ = str(error).partition(";")
        raise NotInherentState(f"{fault}; --quench minimises its energy first") from None
    with Store.open(db, create=True) as store:
        sample, is_new = pipeline.import_glass(
            store, glass, ensemble, parent_temperature, file, equilibration_time or 0.0
        )
    again = "" if is_new else ", which was there already: nothing is added"
    print(f"{file} is sample {sample.replica} of {sample.ensemble}{again}")


def export(
    output: Annotated[
        Path,
        typer.Option(
            *("-o", "--output"),
            metavar="PATH",
            callback=local,
            help="A file for a table, a folder for configurations.",
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join((*TABLE_FORMATS, *WRITABLE)),
            help=f"Of the files: {_choices()}.",
            show_default="csv or parquet as PATH ends, else extxyz",
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"Of csv and parquet: {', '.join(TABLES)}, or a table of an observable.",
            show_default="samples",
        ),
    ] = None,
    campaigns: Campaigns = None,
    ensembles: EnsembleNames = None,
    models: Models = None,
    kind: Annotated[KindOption, typer.Option(help="Which configurations.")] = KindOption.inherent,
    mapping: Names = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write values or configurations to files that other programs read.

    csv and parquet hold one table: `samples` has a row for each sample and a column for each scalar,
    `scalars` a row for each value; parquet also has `arrays`. Configurations go to a folder: one file
    for each sample, of gsd one trajectory for each ensemble. While a large table is written from a SQLite
    file, commands that make samples there wait to store them.
    """
    chosen = form or _format_of(output)
    if chosen not in TABLE_FORMATS:
        if chosen not in WRITABLE:
            raise InputError(f"--format {chosen}: {suggest(chosen, (*TABLE_FORMATS, *WRITABLE))}")
        if table is not None:
            raise InputError(f"--table {table} goes with csv and parquet; {chosen} holds configurations")
        if os.path.lexists(output) and not output.is_dir():
            raise InputError(f"-o {output} is no folder; name one, or what is not there yet")
    elif mapping:
        raise InputError(f"--map goes with configurations; {chosen} holds a table")
    names_in_files = parse_pairs("--map", mapping or [])
    selection = pipeline.Selection(campaigns or (), ensembles or (), models or ())
    with Store.open(db, read_only=True) as store:
        names = selection.names(store)
        if chosen in TABLE_FORMATS:
            rows = pipeline.export_table(store, output, chosen, table or DEFAULT_TABLE, names, overwrite)
            print(f"{rows} rows written to {output}")
        else:
            written = pipeline.ConfigurationExport(WRITABLE[chosen], kind.value, overwrite, names_in_files)
            paths = pipeline.export_configurations(store, output, written, names)
            print(f"{len(list(paths))} files written to {output}")


def _format_of(output: Path) -> str:
    """As the path ends, extxyz if nothing tells.

    Raises:
        InputError: it ends like a file of configurations, which go to a folder.
    """
    suffix = output.suffix.lower()
    if suffix[1:] in TABLE_FORMATS:
        return suffix[1:]
    if form := format_of(output):
        raise InputError(f"-o {output}: configurations go to a folder; write -o FOLDER --format {form.name}")
    return DEFAULT_FORMAT
