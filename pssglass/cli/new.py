"""``pssglass new``: a package for an author of plugins to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pssglass.cli.messages import say
from pssglass.cli.options import local
from pssglass.plugins import new_package


def new(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help=f"One of {', '.join(new_package.KINDS)}.",
            show_default=False,
            autocompletion=lambda: list(new_package.KINDS),
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Of the plugin: a lower-case identifier.", show_default=False),
    ],
    folder: Annotated[
        Path, typer.Option("--folder", metavar="FOLDER", callback=local, help="Where the package goes.")
    ] = Path(),
) -> None:
    """Write a package with a plugin that works, and its tests, to begin one of your own with."""
    package = new_package.write_package(kind, name, folder)
    print(package)
    say(f"next: pip install -e '{package}[test]' && pytest '{package}'")
