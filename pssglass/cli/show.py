"""The commands that show: plot, observables, stages, info."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pssglass import engine, pipeline
from pssglass.base.errors import DatabaseError, DatabaseMissing, InputError, MissingData
from pssglass.base.results import EnsembleSummary
from pssglass.base.secrets import masked, masked_url
from pssglass.campaigns.protocol_table import GENERAL_KEYS
from pssglass.cli import completion
from pssglass.cli.messages import say
from pssglass.cli.options import DEFAULT_DATABASE, Campaigns, Database, EnsembleNames, Models, Style, local
from pssglass.cli.output import show_fields, show_table
from pssglass.db import SCHEMA_VERSION, Store
from pssglass.pipeline import provenance, speed
from pssglass.simulation.stages import installed_stages
from pssglass.simulation.stages.keys import Key, described

if TYPE_CHECKING:
    from pssglass.figures import Need
    from pssglass.plugins.aggregation import AggregateFailure

ALL = "all"


class FigureFormat(StrEnum):
    """Formats of figures."""

    png = "png"
    pdf = "pdf"
    svg = "svg"


def plot(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|all",
            help="As fig4; `all` draws what it can.",
            show_default=False,
            autocompletion=completion.figures,
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            *("-o", "--output"),
            metavar="PATH",
            callback=local,
            help="A .png, .pdf or .svg file; a folder for `all`.",
        ),
    ] = None,
    form: Annotated[
        FigureFormat | None, typer.Option("--format", help="As the suffix of -o; png without either.")
    ] = None,
    data: Annotated[bool, typer.Option("--data", help="Also write the numbers, as CSV beside it.")] = False,
    style: Style = "",
    campaigns: Campaigns = None,
    chosen: EnsembleNames = None,
    models: Models = None,
    listed: Annotated[bool, typer.Option("--list", help="Only list the installed figures.")] = False,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Draw figures of the paper from the results in the database."""
    from pssglass.cli import drawing  # matplotlib takes long to import

    if listed:
        show_table(["figure", "title", "needs", "from"], drawing.listed())
        return
    if not name:
        raise InputError("name a figure, or all; --list shows them")
    suffix = form or FigureFormat.png
    if name != ALL and output and form and output.suffix != f".{form}":
        raise InputError(f"{output}: --format {form} is written to a .{form} file; leave out one of the two")
    if name == ALL and output and output.suffix[1:] in list(FigureFormat) and not output.is_dir():
        remedy = f"write -o FOLDER --format {output.suffix[1:]}"
        raise InputError(f"-o {output}: all figures go to a folder, one file each; {remedy}")
    figures = drawing.figures([] if name == ALL else [name])
    selection = pipeline.Selection(campaigns or (), chosen or (), models or ())
    needs = [need for figure in figures for need in figure.needs]
    with ExitStack() as opened:  # values of samples are read as figures ask for them
        ensembles, failures = _ensembles(opened, db, needs, selection)
        if name == ALL:
            for path in drawing.draw_all(figures, ensembles, output or Path("figures"), data, suffix, style):
                print(path)
            if not any(one.scalars for one in ensembles):
                place = masked_url(db)
                raise MissingData(
                    f"no results for other figures in {place}; run `pssglass analyze --db {place}` first"
                )
            return
        try:
            print(drawing.draw(figures[0], ensembles, output or Path(f"{name}.{suffix}"), data, style))
        except MissingData as error:
            lacking = [
                need.observable for need in figures[0].needs if all(need.missing(one) for one in ensembles)
            ]
            reasons = [failure.reason for failure in failures if failure.observable in lacking]
            raise MissingData("; ".join([str(error), *reasons[:1]])) from None


def _ensembles(
    opened: ExitStack, db: str, needs: Sequence[Need], selection: pipeline.Selection
) -> tuple[Sequence[EnsembleSummary], Sequence[AggregateFailure]]:
    """Results as far as figures need them, and why values of ensembles or models are missing."""
    if not needs:
        return [], []
    store = opened.enter_context(Store.open(db, read_only=True))
    names = selection.names(store)
    if all(need.summaries_suffice for need in needs):
        return pipeline.summaries(store, names), []
    return pipeline.ensembles(store, {need.observable for need in needs}, names)


def observables(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME…", help="Only these.", show_default=False, autocompletion=completion.observables
        ),
    ] = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """List the installed observables and their columns, and the plugins that cannot be used."""
    registry = pipeline.registry()
    done = _measured(db)
    for name in names or registry.observables:
        observable = registry.get(name)
        distribution, version = registry.provider(name)
        source = f"level {observable.level}, from {distribution} {version}"
        print(f"{name} {observable.version}, {source}{done.get(name, '')}")
        settings = [f"{key} = {json.dumps(value)}" for key, value in observable.parameters.items()]
        if settings:
            print(f"  {', '.join(settings)}")
        for table, dimension in {one.table: one.shape[0] for one in observable.columns if one.table}.items():
            print(
                f"  SQL reads the columns of shape {dimension} row by row from v_{table}"
                f" (v_{name}_{table} where another has a table of this name)"
            )
        rows = [
            [f"  {one.name}", one.unit, "×".join(map(str, one.shape)), one.doc] for one in observable.columns
        ]
        show_table(["  column", "unit", "shape", "meaning"], rows)
    for problem in registry.problems:
        say(f"pssglass: {problem}")


def stages() -> None:
    """List the steps that a protocol may have, in their order, and all keys of its table in a campaign."""
    found = installed_stages()
    for plugin in found.plugins:
        stage = plugin.content
        print(f"{stage.name} {stage.version}, from {plugin.distribution} {plugin.version}")
        _show_keys(stage.keys)
    print("of no single stage")
    _show_keys(GENERAL_KEYS)
    for problem in found.problems.values():
        say(f"pssglass: {problem}")


def _show_keys(keys: tuple[Key, ...]) -> None:
    show_table(["  key", "default", "meaning"], [[f"  {key}", *rest] for key, *rest in described(keys)])


def _measured(db: str) -> dict[str, str]:
    """How often each observable was measured in the database, if there is one."""
    try:
        with Store.open(db, read_only=True) as store:
            return {one.observable: f", measured {one.done} times" for one in store.status().analyses}
    except DatabaseMissing:
        return {}


def info(
    db: Database = DEFAULT_DATABASE,
    benchmark: Annotated[
        bool, typer.Option("--benchmark", help="Also measure how fast this machine works, in ten seconds.")
    ] = False,
) -> None:
    """Tell versions, how the engine was built and what it uses, and about this machine and the database."""
    software, machine = provenance.software(), provenance.machine()
    fields: list[tuple[str, Any]] = [(key, value) for key, value in software.items() if key != "dependencies"]
    fields += [*software["dependencies"].items(), *machine.items()]
    fields += [("threads", engine.build_info()["threads"])]
    fields += [
        ("sqlite", sqlite3.sqlite_version),
        ("database schema", SCHEMA_VERSION),
        ("database", _about(db)),
    ]
    show_fields((name.replace("_", " "), value) for name, value in fields)
    if benchmark:
        for one in speed.measure():
            print(f"{one.work:<60}  {one.value:.3g} {one.unit}", flush=True)


def _about(db: str) -> str:
    try:
        with Store.open(db, read_only=True) as store:
            return f"{store.status().url}, schema {store.schema_version}"
    except DatabaseError as error:
        return masked(str(error))
