"""Workers that somebody else has started show that they have our pssglass before they get tasks.

One that joins in the midst of a run may be given a task that waits behind another just then: if it cannot
even read it, it closes, and Dask gives the task to another.
"""

from __future__ import annotations

import asyncio
import logging
import pkgutil
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pssglass.base.errors import one_line

from .outcome import UnfitWorker, is_of_connection
from .worker_health import host_name

if TYPE_CHECKING:
    from distributed import Client

PATIENCE_SECONDS = 5.0
"""Who has not answered for so long is left out until it does."""

_log = logging.getLogger(__name__)


@dataclass
class _Applicant:
    """A worker, its answer to come, and what is known of it; time in seconds."""

    answer: Future[Any]
    since: float = field(default_factory=time.monotonic)
    is_fit: bool = False
    fault: UnfitWorker | None = None

    def share(self, slots: int) -> int | None:
        """How many of its slots it gets; None if that is open."""
        if self.fault:
            return 0
        return slots if self.is_fit else None


class Admission:
    """Each worker is asked for its version; nobody waits for one that does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ours = version("pssglass")
        self._applicants: dict[str, _Applicant] = {}
        self._told: set[str] = set()

    @property
    def complaint(self) -> UnfitWorker | None:
        """Of one of the workers present that are left out."""
        return next((one.fault for one in self._applicants.values() if one.fault), None)

    def admitted(self, slots: Mapping[str, int]) -> dict[str, int | None]:
        """The same with 0 for workers that are left out, None as long as that is open; none if all are."""
        for gone in self._applicants.keys() - slots.keys():
            self._applicants.pop(gone).answer.cancel()
        for new in slots.keys() - self._applicants.keys():
            self._applicants[new] = _Applicant(self._ask(new))
        for worker, one in self._applicants.items():
            if not one.is_fit:
                self._judge(worker, one)
        if all(one.fault for one in self._applicants.values()):
            return {}
        return {worker: self._applicants[worker].share(number) for worker, number in slots.items()}

    def close(self) -> None:
        """Wait for no answer any more."""
        self.admitted({})

    def _ask(self, worker: str) -> Future[Any]:
        loop = self._client.loop.asyncio_loop  # type: ignore[union-attr]
        return asyncio.run_coroutine_threadsafe(_version_of(self._client, worker), loop)

    def _judge(self, worker: str, one: _Applicant) -> None:
        answer = (one.answer.exception() or one.answer.result()) if one.answer.done() else None
        if is_of_connection(answer):
            one.answer = self._ask(worker)  # if it has not gone
        remedy = f"start it where pssglass {self._ours} is installed"
        if answer == self._ours:
            one.is_fit, one.fault = True, None
        elif answer is None or is_of_connection(answer):
            if time.monotonic() - one.since > PATIENCE_SECONDS:
                self._leave_out(worker, one, f"does not answer{_in_brackets(answer)}; check that it runs")
        elif isinstance(answer, Exception):
            self._leave_out(worker, one, f"cannot import pssglass{_in_brackets(answer)}; {remedy}")
        else:
            self._leave_out(worker, one, f"has pssglass {answer}; {remedy}")

    def _leave_out(self, worker: str, one: _Applicant, why: str) -> None:
        message = f"a worker on {host_name(worker)} {why}"
        one.fault = UnfitWorker(message)
        if message not in self._told:
            _log.warning("worker left out: %s", message)
        self._told.add(message)


def _in_brackets(answer: object) -> str:
    return f" ({one_line(answer)})" if isinstance(answer, BaseException) else ""


async def _version_of(client: Client, worker: str) -> Any:
    """Its version of pssglass, or why it cannot be imported; an error of the connection if it has gone."""
    # A function of Python's own is known to workers without pssglass, too.
    answers = await client.run(
        pkgutil.resolve_name, "pssglass:__version__", workers=[worker], on_error="return"
    )
    return answers.get(worker, ConnectionError("it has gone"))
