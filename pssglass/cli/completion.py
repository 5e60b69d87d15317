"""What a shell may complete: names of campaigns, ensembles, observables and figures.

Nothing is said of a mistake here: a shell that completes shows the user no messages.
"""

from __future__ import annotations

from collections.abc import Iterable

import typer

from pssglass import pipeline
from pssglass.base.errors import PssglassError
from pssglass.campaigns.reader import PRESETS
from pssglass.db import Store


def presets(incomplete: str) -> list[str]:
    """Campaigns that come along; where none fits, the shell offers files."""
    return _fitting(PRESETS, incomplete)


def observables(incomplete: str) -> list[str]:
    """Those that are installed."""
    return _fitting(pipeline.registry().observables, incomplete)


def figures(incomplete: str) -> list[str]:
    """Those that are installed, and ``all`` of them."""
    from pssglass.figures import discover_figures  # matplotlib takes long to import

    return _fitting([*discover_figures().plugins, "all"], incomplete)


def ensembles(context: typer.Context, incomplete: str) -> list[str]:
    """Those of the database that the command line names."""
    try:
        with Store.open(context.params["db"], read_only=True) as store:
            return _fitting((one.name for one in store.ensembles()), incomplete)
    except PssglassError:
        return []


def _fitting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
