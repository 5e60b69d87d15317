"""``pssglass cite``: what to cite for the results in a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.base.errors import DatabaseMissing
from pssglass.base.files import write_atomic
from pssglass.cli.messages import say
from pssglass.cli.options import DEFAULT_DATABASE, Database, local
from pssglass.db import Store

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", callback=local, help="A .bib file.")
]


def cite(output: Output = None, db: Database = DEFAULT_DATABASE) -> None:
    """Tell as BibTeX what to cite: the program, its paper, and models and methods of the database."""
    try:
        with Store.open(db, read_only=True) as store:
            text = pipeline.citations(store)
    except DatabaseMissing:
        if db != DEFAULT_DATABASE:
            raise
        say("pssglass: no database here: what every one of them rests on")
        text = pipeline.citations(None)
    if output is None:
        print(text, end="")
    else:
        write_atomic(output, text.encode())
        print(output)
