"""``pssglass browse``: the database in a browser."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from pssglass.base.errors import InputError
from pssglass.cli.messages import say
from pssglass.cli.options import DEFAULT_DATABASE, Database
from pssglass.db import Store

Port = Annotated[int, typer.Option(min=0, max=65535, help="To listen at; 0 takes a free one.")]


def browse(port: Port = 8001, db: Database = DEFAULT_DATABASE) -> None:
    """Serve the database to browsers on this machine: views, recipes, figures and the report; read-only."""
    with Store.open(db, read_only=True) as store:
        try:
            from pssglass.browse import Server  # an extra
        except ModuleNotFoundError as error:
            if error.name not in ("datasette", "uvicorn"):
                raise
            raise InputError("Datasette is not installed; pip install 'pssglass[browse]'") from None
        with closing(Server(store, port)) as server:
            print(server.url, flush=True)
            say("pssglass: Ctrl-C ends it")
            server.serve()
