"""``pssglass report``: everything in a database on one page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.files import write_atomic
from pssglass.cli.options import DEFAULT_DATABASE, Campaigns, Database, EnsembleNames, Models, Style, local
from pssglass.db import Store

Page = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", callback=local, help="The HTML file.")]


def report(
    output: Page = Path("report.html"),
    style: Style = "",
    campaigns: Campaigns = None,
    ensembles: EnsembleNames = None,
    models: Models = None,
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Write one HTML page with tables, figures, relations and flags; it needs no network to be read."""
    selection = pipeline.Selection(campaigns or (), ensembles or (), models or ())
    from pssglass.report.page import report as page  # matplotlib takes long to import

    with Store.open(db, read_only=True) as store:
        text = page(store, datetime.now(UTC), style, selection)
    write_atomic(output, text.encode(errors="backslashreplace"))
    print(output)
