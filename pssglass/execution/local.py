"""Worker processes of a command on its own machine."""

from __future__ import annotations

import time
from contextlib import ExitStack
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import TYPE_CHECKING

from pssglass.base.errors import PssglassError, system_reason

from .clusters import LOOPBACK, own_scheduler, workers_of
from .serving import Service, employed
from .stopping import is_stopping

if TYPE_CHECKING:
    from distributed import Client

START_ATTEMPTS = 3
"""How often each worker is started in vain before the command gives up."""

LAST_SECONDS = 40.0
"""How long workers may take to save what they are making, when the command ends by an error."""


class LocalWorkers:
    """Worker processes that talk over loopback only; one that dies is replaced.

    They are processes of ours, and not of Dask, which does not replace one that is killed while it starts.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._processes: dict[str, SpawnProcess] = {}
        self._connected: set[str] = set()
        self._started = 0
        self._in_vain = 0
        self._stack = ExitStack()
        self._client: Client | None = None

    def client(self) -> Client:
        """The connection to the scheduler, which the first call starts."""
        if self._client is None:
            self._client = self._stack.enter_context(own_scheduler(host=LOOPBACK))
        return self._client

    def slots(self, needed: int) -> dict[str, int]:
        """The workers that are there, after the dead ones were replaced.

        Raises:
            PssglassError: one process after another has ended before it was connected.
        """
        present = workers_of(self.client())
        if present.keys() - self._connected:
            self._in_vain = 0
        self._connected |= present.keys()
        for name, process in list(self._processes.items()):
            if name in self._connected and name not in present:
                process.kill()  # silent for so long that Dask has given it up
            if not process.is_alive():
                del self._processes[name]
                self._in_vain += name not in self._connected
        if self._in_vain >= START_ATTEMPTS * self.size and not present:
            raise PssglassError(
                f"worker processes ended while they started, {START_ATTEMPTS} times each; give the job more"
                " memory, or use --workers 0"
            )
        self._start(0 if is_stopping() else min(self.size, needed))
        return dict.fromkeys(present.values(), 1)

    def _start(self, wanted: int) -> None:
        scheduler = self.client().cluster.scheduler_address  # type: ignore[union-attr]
        service = Service(scheduler, heeds_signals=False, host=LOOPBACK)
        while len(self._processes) < wanted:
            self._started += 1
            name = f"{self._started}"
            try:
                self._processes[name] = employed(service, name)
            except OSError as error:
                reason, remedy = system_reason(error, "use fewer by --workers")
                raise PssglassError(f"cannot start a worker process ({reason}); {remedy}") from None

    def __enter__(self) -> LocalWorkers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, process in self._processes.items():
            if name not in self._connected:
                process.kill()
        try:
            self._stack.close()  # without a scheduler they end by themselves
        finally:
            end = time.monotonic() + LAST_SECONDS
            for process in self._processes.values():
                process.join(max(0.0, end - time.monotonic()))
                process.kill()
                process.join()
