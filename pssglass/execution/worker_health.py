"""Which of the workers that are there are given tasks."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pssglass.base.errors import one_line

from .outcome import TaskOutcome, UnsuitableWorker, WorkerDied

DEATHS = 3
"""A host rests after so many tasks in a row have died on it."""
FIRST_REST = 600.0
LONGEST_REST = 6 * 3600.0

_log = logging.getLogger(__name__)


@dataclass
class _Host:
    """How a host has done of late; times in seconds."""

    deaths: int = 0
    rests_until: float = 0.0
    next_rest: float = FIRST_REST


class WorkerHealth:
    """Not those get tasks that cannot carry them out, nor those of a host on which one after another died.

    Such a host rests for a while, longer each time, unless there is no other: so it does not use up the
    attempts of all samples, and where tasks are to blame, they are brought to their ends.

    Attributes:
        complaints: of workers that are unsuitable, each kind once.
    """

    def __init__(self) -> None:
        self.complaints: dict[str, UnsuitableWorker] = {}
        self._unsuitable: set[str] = set()
        self._has_choice = False
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    def usable(self, slots: Mapping[str, int | None]) -> dict[str, int]:
        """Those of the workers present that are to get tasks; none if all are unsuitable."""
        self._unsuitable.intersection_update(
            slots
        )  # at the address of one that has left a better one may come
        fit = {one: number for one, number in slots.items() if number and one not in self._unsuitable}
        self._has_choice = len({host_name(worker) for worker in fit}) > 1
        now = time.monotonic()
        awake = {one: number for one, number in fit.items() if self._host_of(one).rests_until <= now}
        return awake or fit

    def note(self, outcome: TaskOutcome[Any, Any]) -> None:
        """Learn from what became of a task."""
        if isinstance(outcome.error, UnsuitableWorker) and outcome.worker:
            self._leave_out(outcome.worker, outcome.error)
        elif outcome.worker and isinstance(outcome.error, WorkerDied):
            self._count_death(outcome.worker)
        elif outcome.worker:
            self._hosts.pop(host_name(outcome.worker), None)

    def _leave_out(self, worker: str, error: UnsuitableWorker) -> None:
        self._unsuitable.add(worker)
        if str(error) not in self.complaints:
            _log.warning("worker left out: %s", one_line(error))
        self.complaints[str(error)] = error

    def _count_death(self, worker: str) -> None:
        host, now = self._host_of(worker), time.monotonic()
        host.deaths += 1
        if host.deaths < DEATHS or now < host.rests_until or not self._has_choice:
            return
        _log.warning(
            "%d tasks in a row died on %s; it gets no more for %.0f minutes",
            host.deaths,
            host_name(worker),
            host.next_rest / 60.0,
        )
        host.rests_until = now + host.next_rest
        host.next_rest = min(2.0 * host.next_rest, LONGEST_REST)

    def _host_of(self, worker: str) -> _Host:
        return self._hosts[host_name(worker)]


def host_name(worker: str) -> str:
    """Of a worker with this address."""
    from distributed.comm.addressing import get_address_host

    return str(get_address_host(worker))
