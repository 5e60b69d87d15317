"""Where work for a database may be done: which machine, and where files go."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pssglass.base.errors import DatabaseError
from pssglass.db import Store
from pssglass.execution import UnsuitableWorker

Task = TypeVar("Task")
Value = TypeVar("Value")


@dataclass(frozen=True)
class ResultsLocation:
    """The folder of configurations, and the only machine that may write to it, if there is one."""

    folder: Path
    host: str | None

    def check(self) -> None:
        """Called by workers, which may be anywhere.

        Raises:
            DatabaseError: this machine may not work for the database.
            UnsuitableWorker: it does not see the folder.
        """
        here = socket.gethostname()
        if self.host not in (None, here):
            raise DatabaseError(
                f"a worker runs on {here}, but results go to a SQLite file, which serves only {self.host};"
                " name a PostgreSQL database with --db"
            )
        if not self.folder.is_dir():
            raise UnsuitableWorker(
                f"a worker on {here} does not see the folder {self.folder};"
                " run the command in a folder that all machines share"
            )


def results_location(store: Store) -> ResultsLocation:
    """Where work for this database may be done; makes its folder.

    Raises:
        ConfigurationError: the folder cannot be made.
        DatabaseError: it is gone with what was in it.
    """
    return ResultsLocation(store.make_folder(), socket.gethostname() if store.location.file else None)


def at_location(place: ResultsLocation, function: Callable[[Task], Value], task: Task) -> Value:
    """Carry out a task where it may be done."""
    place.check()
    return function(task)
