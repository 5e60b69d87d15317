"""What becomes of tasks."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Generic, TypeVar

from pssglass.base.errors import PssglassError

Task = TypeVar("Task")
Value = TypeVar("Value")


class WorkerDied(PssglassError, RuntimeError):
    """The worker process vanished while it ran this task: a crash, lack of memory, or a kill."""


class UnsuitableWorker(PssglassError, RuntimeError):
    """A worker cannot carry tasks out, where another may; raised by a task, or known before it gets any.

    Attributes:
        worker: its address, known to who placed the task.
    """

    worker: str | None = None


@dataclass(frozen=True)
class TaskOutcome(Generic[Task, Value]):
    """What became of one task: a value, or the exception that ended it; and on which worker, where known."""

    task: Task
    value: Value | None = None
    error: BaseException | None = None
    worker: str | None = None


def is_of_connection(error: object) -> bool:
    """Whether an error tells of a peer that has gone, or does not answer; those of Dask have no number."""
    if isinstance(error, (CancelledError, ConnectionError, TimeoutError)):
        return True
    return isinstance(error, OSError) and error.errno is None
