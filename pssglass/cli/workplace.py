"""Options that say where the work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pssglass.base.errors import InputError
from pssglass.execution import Cluster, RunningCluster, SlurmCluster, Workers, load_settings

Scheduler = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="Work on a Dask cluster that is running.")
]
Slurm = Annotated[
    str | None,
    typer.Option(metavar="PROFILE", help="Work in jobs of SLURM, as this profile of the settings says."),
]
Settings = Annotated[
    Path | None,
    typer.Option(
        metavar="machine.toml",
        help="Settings of this machine.",
        show_default="~/.config/pssglass/machine.toml",
    ),
]


@contextmanager
def workplace(
    workers: int | None, scheduler: str | None, slurm: str | None, settings: Path | None
) -> Iterator[Workers]:
    """Where these options want the work to be done; what was started for it ends with the block.

    Raises:
        InputError: options that exclude each other, or wrong settings.
    """
    given = {"--workers": workers, "--scheduler": scheduler, "--slurm": slurm}
    chosen = [option for option, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise InputError(f"{' and '.join(chosen)} exclude each other; give one of them")
    if scheduler is None and slurm is None:
        if settings is not None:
            raise InputError("--settings goes with --scheduler or --slurm; give one of them")
        yield workers
        return
    found = load_settings(settings)
    cluster: Cluster = SlurmCluster(slurm, found) if slurm else RunningCluster(f"{scheduler}", found.tls)
    with cluster:
        yield cluster
