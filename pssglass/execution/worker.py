"""Worker processes for a scheduler: ``python -m pssglass.execution.worker tcp://HOST:PORT --processes 8``.

On SIGTERM, which a queue sends before it ends a job, they save what they are making, hand it back and leave;
a second one ends them at once.
A process that crashes is replaced; when the scheduler is gone they end by themselves.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pssglass.base import checks
from pssglass.base.entry_points import survive_broken_distributions
from pssglass.base.errors import InputError, one_line

from .clusters import check_address, security_of
from .serving import Service, employed
from .settings import Certificates
from .stopping import is_stopping, stopped_by_signals

BRIEF_SECONDS = 60.0
"""Who crashes earlier than this is replaced after a pause, twice as long each time in a row, up to this."""

_POLL_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the processes until the scheduler ends, or a signal comes."""
    options = _parser().parse_args(arguments)
    survive_broken_distributions()
    try:
        check_address("scheduler", options.scheduler)
        checks.integer(InputError, "--processes", options.processes, at_least=1)
        _check_version(options.for_version)
        service = _service(options)
    except InputError as error:
        sys.exit(f"pssglass: error: {one_line(error)}")
    with stopped_by_signals():
        team = [WorkerProcess(service, f"{options.name}-{number}") for number in range(options.processes)]
        while not is_stopping() and sum(one.is_kept() for one in team):
            time.sleep(_POLL_SECONDS)
        for one in team:
            one.process.terminate()
        for one in team:
            one.process.join()
    return int(any(one.process.exitcode for one in team) and not is_stopping())


class WorkerProcess:
    """One of the processes, and those that replace it."""

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._name = name
        self._pause = 0.0
        self._start()

    def _start(self) -> None:
        self._since = time.monotonic()
        self._starts_at: float | None = None
        self.process = employed(self._service, self._name)

    def is_kept(self) -> bool:
        """Whether there is a process, or will be, as the last one has crashed."""
        code, now = self.process.exitcode, time.monotonic()
        if code is None or code >= 0:
            return code is None
        if self._starts_at is None:
            brief = now - self._since < BRIEF_SECONDS
            self._starts_at = now + (self._pause if brief else 0.0)
            self._pause = min(2.0 * self._pause or 1.0, BRIEF_SECONDS) if brief else 0.0
        if now >= self._starts_at:
            self._start()
        return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pssglass.execution.worker", description=__doc__)
    parser.add_argument("scheduler")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--name", default=f"{os.uname().nodename}-{os.getpid()}")
    parser.add_argument("--for-version", metavar="VERSION", help="end unless pssglass has this version")
    parser.add_argument("--death-timeout", type=float, default=60.0, help="seconds to wait for the scheduler")
    parser.add_argument("--local-directory", default=None)
    parser.add_argument("--tls-ca-file", type=Path)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    # dask-jobqueue gives these to any kind of worker; ours has one thread, and leaves memory to the queue.
    parser.add_argument("--nthreads", help=argparse.SUPPRESS)
    parser.add_argument("--memory-limit", help=argparse.SUPPRESS)
    return parser


def _check_version(wanted: str | None) -> None:
    ours = version("pssglass")
    if wanted not in (None, ours):
        raise InputError(f"{sys.executable} has pssglass {ours}, and the command {wanted}; install that here")


def _service(options: argparse.Namespace) -> Service:
    certificates = _certificates(options)
    if certificates:
        security_of(certificates)  # to tell now of files that are no good
    return Service(options.scheduler, options.death_timeout, options.local_directory, certificates)


def _certificates(options: argparse.Namespace) -> Certificates | None:
    files = [options.tls_ca_file, options.tls_cert, options.tls_key]
    if not any(files):
        return None
    if not all(files):
        raise InputError("--tls-ca-file, --tls-cert and --tls-key go together; give all of them")
    return Certificates(*files)


if __name__ == "__main__":
    sys.exit(main())
