"""The command line: parse, call, show. Results on stdout, everything else on stderr."""

from __future__ import annotations

import logging
import sys

import typer

from pssglass.cli import analyze, data, demo, show, simulate, status
from pssglass.cli.errors import run

app = typer.Typer(
    name="pssglass",
    help="Computer glasses from the liquid to the database, and their figures.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(demo.demo)
app.command()(simulate.simulate)
app.command()(analyze.analyze)
app.command()(status.status)
app.command()(data.sql)
app.command()(show.plot)
app.command("import")(data.import_)
app.command()(data.export)
app.command()(data.verify)
app.command()(show.observables)
app.command()(show.info)
app.add_typer(data.database, name="db")


def main() -> None:
    """Entry point of the program ``pssglass``."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="pssglass: %(levelname)s: %(message)s"
    )
    sys.exit(run(lambda: app(prog_name="pssglass", standalone_mode=False)))
