"""The commands under their names."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pssglass import __version__
from pssglass.base.errors import EXIT_USAGE
from pssglass.cli import (
    analyze,
    browse,
    cite,
    data,
    database,
    demo,
    models,
    new,
    report,
    show,
    simulate,
    status,
    verify,
)
from pssglass.cli.errors import run
from pssglass.cli.machine_options import MachineCommand
from pssglass.cli.messages import say

app = typer.Typer(
    name="pssglass",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _without_command(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Tell the version and exit.")] = False,
) -> None:
    """Computer glasses from the liquid to the database, and their figures."""
    if version:
        print(f"pssglass {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        say(context.get_help(), is_error=True)
        raise typer.Exit(EXIT_USAGE)


app.command()(demo.demo)
app.command(cls=MachineCommand)(simulate.simulate)
app.command(cls=MachineCommand)(analyze.analyze)
app.command()(status.status)
app.command()(data.sql)
app.command()(show.plot)
app.command()(report.report)
app.command()(browse.browse)
app.command("import", cls=models.ListsModels)(data.import_)
app.command()(data.export)
app.command()(verify.verify)
app.command()(show.observables)
app.command()(show.stages)
app.command()(models.models)
app.command()(show.info)
app.command()(new.new)
app.command()(cite.cite)
app.add_typer(database.database, name="db")


def run_app() -> int:
    """Run the command of this process; its exit code."""
    # A Jupyter kernel hands on a backend that need not be installed here; files are drawn without one.
    os.environ.pop("MPLBACKEND", None)
    return run(lambda: app(prog_name="pssglass", standalone_mode=False))
