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

from .outcome import UnsuitableWorker, is_of_connection
from .worker_health import host_name

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 5.0
"""Who has not answered for so long is left out until it does."""

_log = logging.getLogger(__name__)


@dataclass
class _Candidate:
    """A worker, its answer to come, and what is known of it; time in seconds."""

    answer: Future[Any]
    since: float = field(default_factory=time.monotonic)
    is_suitable: bool = False
    fault: UnsuitableWorker | None = None

    def share(self, slots: int) -> int | None:
        """How many of its slots it gets; None if that is open."""
        if self.fault:
            return 0
        return slots if self.is_suitable else None


class Admission:
    """Each worker is asked for its version; nobody waits for one that does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ours = version("pssglass")
        self._candidates: dict[str, _Candidate] = {}
        self._told: set[str] = set()

    @property
    def complaint(self) -> UnsuitableWorker | None:
        """Of one of the workers present that are left out."""
        return next((one.fault for one in self._candidates.values() if one.fault), None)

    def admitted(self, slots: Mapping[str, int]) -> dict[str, int | None]:
        """The same with 0 for workers that are left out, None as long as that is open; none if all are."""
        for gone in self._candidates.keys() - slots.keys():
            self._candidates.pop(gone).answer.cancel()
        for new in slots.keys() - self._candidates.keys():
            self._candidates[new] = _Candidate(self._ask(new))
        for worker, one in self._candidates.items():
            if not one.is_suitable:
                self._judge(worker, one)
        if all(one.fault for one in self._candidates.values()):
            return {}
        return {worker: self._candidates[worker].share(number) for worker, number in slots.items()}

    def close(self) -> None:
        """Wait for no answer any more."""
        self.admitted({})

    def _ask(self, worker: str) -> Future[Any]:
        loop = self._client.loop.asyncio_loop  # type: ignore[union-attr]
        return asyncio.run_coroutine_threadsafe(_version_of(self._client, worker), loop)

    def _judge(self, worker: str, one: _Candidate) -> None:
        answer = (one.answer.exception() or one.answer.result()) if one.answer.done() else None
        if is_of_connection(answer):
            one.answer = self._ask(worker)  # if it has not gone
        remedy = f"start it where pssglass {self._ours} is installed"
        if answer == self._ours:
            one.is_suitable, one.fault = True, None
        elif answer is None or is_of_connection(answer):
            if time.monotonic() - one.since > ANSWER_SECONDS:
                self._leave_out(worker, one, f"does not answer{_in_brackets(answer)}; check that it runs")
        elif isinstance(answer, Exception):
            self._leave_out(worker, one, f"cannot import pssglass{_in_brackets(answer)}; {remedy}")
        else:
            self._leave_out(worker, one, f"has pssglass {answer}; {remedy}")

    def _leave_out(self, worker: str, one: _Candidate, why: str) -> None:
        message = f"a worker on {host_name(worker)} {why}"
        one.fault = UnsuitableWorker(message)
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
