"""The commands that move data: sql, import, export."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base import checks
from pssglass.base.errors import InputError, NotInherentState
from pssglass.cli.options import DEFAULT_DATABASE, Database, EnsembleName, parse_pairs, parse_settings
from pssglass.cli.output import Format, write_rows
from pssglass.db import TABLES, Store
from pssglass.mechanics.glass import Glass
from pssglass.models import build_model

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the model; may be repeated."),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="NAME=SPECIES", help="Species of a name in the file, as Cu=A."),
]


class FileFormat(StrEnum):
    """Formats of exported files."""

    csv = "csv"
    parquet = "parquet"
    extxyz = "extxyz"
    lammps = "lammps"
    gsd = "gsd"


class KindOption(StrEnum):
    """Which configurations of a sample."""

    inherent = "inherent"
    liquid = "liquid"


TABLE_FORMATS = (FileFormat.csv, FileFormat.parquet)
SUFFIXES = {FileFormat.extxyz: ".extxyz", FileFormat.lammps: ".data", FileFormat.gsd: ".gsd"}
FORMATS = {
    ".csv": FileFormat.csv,
    ".parquet": FileFormat.parquet,
    ".xyz": FileFormat.extxyz,
    ".lammps": FileFormat.lammps,
    **{suffix: form for form, suffix in SUFFIXES.items()},
}
DEFAULT_TABLE = "samples"


def sql(
    query: Annotated[str, typer.Argument(metavar='"SELECT …"', help="One reading SQL statement.")],
    form: Annotated[Format, typer.Option("--format", help="How the rows are written.")] = Format.table,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Ask the database; see the views v_samples, v_ensembles and v_scalars."""
    with Store.open(db, read_only=True) as store:
        columns, rows = store.query(query)
    write_rows(columns, rows, form)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .extxyz, .data (LAMMPS) or .gsd file.")],
    ensemble: Annotated[str, typer.Option(metavar="NAME", help="The ensemble that it joins.")],
    model: Annotated[str, typer.Option(metavar="NAME", help="Its model, as pss.")],
    settings: Settings = None,
    mapping: Mapping = None,
    parent_temperature: Annotated[float | None, typer.Option(metavar="T", help="Of its liquid.")] = None,
    quench: Annotated[bool, typer.Option("--quench", help="Minimise its energy first.")] = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Store a configuration from outside as an inherent state."""
    checks.identifier(InputError, "--ensemble", ensemble)
    if parent_temperature is not None:
        checks.number(InputError, "--parent-temperature", parent_temperature, above=0.0)
    former = build_model(model, parse_settings(settings or []))
    try:
        glass = Glass.read(file, former, quench=quench, mapping=parse_pairs("--map", mapping or []))
    except NotInherentState as error:
        fault, _, _ = str(error).partition(";")
        raise NotInherentState(f"{fault}; --quench minimises its energy first") from None
    with Store.open(db, create=True) as store:
        sample = pipeline.import_glass(store, glass, ensemble, parent_temperature, file)
    print(f"{file} is sample {sample.replica} of {sample.ensemble}")


def export(
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="PATH", help="A file for a table, a folder for configurations."
        ),
    ],
    form: Annotated[
        FileFormat | None,
        typer.Option(
            "--format", help="Of the files.", show_default="csv or parquet as PATH ends, else extxyz"
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"Of csv and parquet: {', '.join(TABLES)}.", show_default="samples"
        ),
    ] = None,
    ensemble: EnsembleName = None,
    kind: Annotated[KindOption, typer.Option(help="Which configurations.")] = KindOption.inherent,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write values or configurations to files that other programs read.

    csv and parquet hold one table: `samples` has a row for each sample and a column for each scalar,
    `scalars` a row for each value; parquet also has `arrays`. gsd is one trajectory for each ensemble,
    extxyz and lammps are one file for each sample.
    """
    chosen = form or _format_of(output)
    if table is not None and chosen not in TABLE_FORMATS:
        raise InputError(f"--table {table} goes with csv and parquet; {chosen} holds configurations")
    if chosen in SUFFIXES and os.path.lexists(output) and not output.is_dir():
        raise InputError(f"-o {output} is no folder; name one, or what is not there yet")
    with Store.open(db, read_only=True) as store:
        if chosen in TABLE_FORMATS:
            rows = pipeline.export_table(
                store, output, chosen.value, table or DEFAULT_TABLE, ensemble, overwrite
            )
            print(f"{rows} rows written to {output}")
        else:
            suffix = SUFFIXES[chosen]
            paths = pipeline.export_configurations(store, output, suffix, ensemble, kind.value, overwrite)
            print(f"{len(list(paths))} files written to {output}")


def _format_of(output: Path) -> FileFormat:
    """As the path ends, extxyz if nothing tells.

    Raises:
        InputError: it ends like a file of configurations, of which each has one of its own.
    """
    suffix = output.suffix.lower()
    form = FORMATS.get(suffix, FileFormat.extxyz)
    if suffix in FORMATS and form in SUFFIXES:
        raise InputError(f"-o {output}: configurations go to a folder; write -o FOLDER --format {form}")
    return form
