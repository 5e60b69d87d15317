"""Workers that somebody else has started show that they have our pssglass before they get tasks."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Mapping
from concurrent.futures import Future
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pssglass.errors import one_line

from .fitness import Fitness, host_name
from .outcome import UnfitWorker, is_of_connection

if TYPE_CHECKING:
    from distributed import Client


class Admission:
    """Each worker is asked for its version once; nobody waits for one that does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._fitness = Fitness()
        self._asked: dict[str, Future[Any]] = {}

    @property
    def complaint(self) -> UnfitWorker | None:
        """Of the first worker that was not admitted."""
        return next(iter(self._fitness.complaints.values()), None)

    def admitted(self, slots: Mapping[str, int]) -> dict[str, int]:
        """The workers present but for those that are not fit; with 0 as long as they have not answered."""
        for gone in self._asked.keys() - slots.keys():
            self._asked.pop(gone).cancel()
        for new in slots.keys() - self._asked.keys():
            self._asked[new] = asyncio.run_coroutine_threadsafe(
                _ask(self._client, new),
                self._client.loop.asyncio_loop,  # type: ignore[union-attr]
            )
        fit = {worker: self._is_fit(worker) for worker in slots}
        return {one: number if fit[one] else 0 for one, number in slots.items() if fit[one] is not False}

    def close(self) -> None:
        """Wait for no answer any more."""
        self.admitted({})

    def _is_fit(self, worker: str) -> bool | None:
        """None as long as it is not known."""
        asked = self._asked[worker]
        if not asked.done():
            return None
        answer = asked.exception() or asked.result()
        if is_of_connection(answer):
            del self._asked[worker]  # to be asked again, if it has not gone
            return None
        ours = version("pssglass")
        if answer == ours:
            return True
        fault = (
            f"cannot import pssglass ({one_line(answer)})"
            if isinstance(answer, Exception)
            else f"has pssglass {answer}"
        )
        error = UnfitWorker(
            f"a worker on {host_name(worker)} {fault}; start it where pssglass {ours} is installed"
        )
        error.worker = worker
        self._fitness.leave_out(error)
        return False


async def _ask(client: Client, worker: str) -> Any:
    """Its version of pssglass, or why it cannot be imported; an error of the connection if it has gone."""
    # A function of Python's own is known to workers without pssglass, too.
    answers = await client.run(
        pkgutil.resolve_name, "pssglass:__version__", workers=[worker], on_error="return"
    )
    return answers.get(worker, ConnectionError(f"{worker} has gone"))
