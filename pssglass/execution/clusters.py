"""Dask clusters: what all have in common, and those that somebody has started."""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from pssglass.base.errors import InputError, PssglassError, one_line

from .admission import Admission
from .memory import MemoryLimit, SharedMemory
from .outcome import is_of_connection
from .settings import Certificates, MachineSettings
from .stopping import pause

if TYPE_CHECKING:
    from distributed import Client, Security

CONNECT_SECONDS = 10.0
"""How long to wait for an answer of a scheduler, and for the first worker of a running cluster."""

LOOPBACK = "127.0.0.1"

_LOOK_SECONDS = 0.05
"""Time between two looks for workers that may have answered."""

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
}
"""Settings of Dask for every process of ours: what it would measure of itself all the time, nobody reads."""

OWN_SCHEDULER = {
    "distributed.scheduler.allowed-failures": 0,
    # A task waits here, and not behind another on a worker that may die.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": "60s",
    "distributed.scheduler.http.routes": [],
    # Nobody reads its logs, and they grow for thousands of tasks.
    "distributed.admin.low-level-log-length": 100,
    "distributed.admin.system-monitor.log-length": 100,
    **QUIET,
}
"""Settings of Dask for a scheduler in the process of the command."""

_ADDRESS = re.compile(r"(tcp|tls)://(\[[^\]]+\]|[^:\[\]/]+):(\d{1,5})")
"""Of a scheduler; its host is a name or a number, of IPv6 in brackets."""

_log = logging.getLogger(__name__)


class SchedulerLost(PssglassError, RuntimeError):
    """The scheduler of a running cluster does not answer any more."""


class Cluster(Protocol):
    """Workers that come and go, for one or several runs of tasks.

    One that knows how much memory they have also has a method ``memory()``, which returns a list of
    ``SharedMemory``; what needs more is refused before it starts.
    """

    @property
    def size(self) -> int:
        """How many tasks run at once when all workers are there."""

    def client(self) -> Client:
        """The connection to the scheduler; the first call makes it."""

    def slots(self, needed: int) -> Mapping[str, int | None]:
        """How many tasks each worker of this moment takes, by its address: 0 if it is left out, None if
        that is not known yet; none at all if all are left out.

        It is seen to it that there will be workers for ``needed`` tasks, if there can be.
        """

    def __enter__(self) -> Cluster: ...

    def __exit__(self, *reason: Any) -> None: ...


class RunningCluster:
    """A Dask cluster that somebody has started, by the address of its scheduler."""

    def __init__(self, address: str, settings: MachineSettings | None = None) -> None:
        """Raises InputError: an address of another kind, or of TLS without certificates."""
        check_address("--scheduler", address)
        self._address = address
        self._security: Security | None = None
        if address.startswith("tls://"):
            if settings is None or settings.tls is None:
                raise InputError(f"--scheduler {address}: certificates are missing; add [tls] to --settings")
            self._security = security_of(settings.tls)
        self._client: Client | None = None
        self._admission: Admission | None = None
        self._warned = False

    @property
    def size(self) -> int:
        """Threads of all workers that have our pssglass."""
        while None in (found := self.slots(0).values()):
            pause(_LOOK_SECONDS)
        return sum(filter(None, found))

    def memory(self) -> list[SharedMemory]:
        """What the workers of this moment that were given a limit may use, each for its threads."""
        workers = self.client().scheduler_info()["workers"]
        shares = {(int(one.get("memory_limit") or 0), int(one["nthreads"])) for one in workers.values()}
        origin, remedy = "a worker of the cluster", "start workers with fewer threads or more memory"
        return [
            SharedMemory(MemoryLimit(limit, origin), threads, remedy)
            for limit, threads in sorted(shares)
            if limit
        ]

    def client(self) -> Client:
        """The connection; the first call makes it.

        Raises:
            InputError: nobody answers, or nobody is there to work.
            UnsuitableWorker: none of the workers has our pssglass.
        """
        if self._client is None:
            self._client = self._connected()
            self._admission = Admission(self._client)
            self._wait_for_a_worker(self._client, self._admission)
        return self._client

    def slots(self, needed: int) -> dict[str, int | None]:
        """Threads of all workers that have our pssglass; raises SchedulerLost."""
        client = self.client()
        assert self._admission
        with noticing_its_loss(client):
            threads = self._admission.admitted(client.nthreads())  # type: ignore[no-untyped-call]
        is_empty = not any(threads.values())
        if is_empty and not self._warned:
            _log.warning("the cluster at %s has no workers any more; waiting for new ones", self._address)
        self._warned = is_empty
        return threads

    def _connected(self) -> Client:
        import dask
        from distributed import Client

        quieten()
        try:
            with dask.config.set({"distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s"}):
                return Client(self._address, security=self._security, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
        except (OSError, RuntimeError):
            raise InputError(
                f"no scheduler answers at {self._address}; check the address, and that it runs"
            ) from None

    def _wait_for_a_worker(self, client: Client, admission: Admission) -> None:
        end = time.monotonic() + CONNECT_SECONDS
        while not any(admission.admitted(client.nthreads()).values()):  # type: ignore[no-untyped-call]
            if time.monotonic() >= end:
                remedy = f"start some with `python -m pssglass.execution.worker {self._address}`"
                nobody = InputError(f"the cluster at {self._address} has no workers; {remedy}")
                raise admission.complaint or nobody
            pause(_LOOK_SECONDS)

    def __enter__(self) -> RunningCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admission is not None:
            self._admission.close()
        if self._client is not None:
            with suppress(OSError):
                self._client.close()  # type: ignore[no-untyped-call]
        self._client = self._admission = None


def check_address(what: str, address: str) -> None:
    """Raises InputError: no address of a scheduler."""
    parts = _ADDRESS.fullmatch(address)
    if not parts or not 0 < int(parts[3]) < 2**16:
        raise InputError(f"{what} {address}: write it as tcp://HOST:PORT, or tls://HOST:PORT")


@contextmanager
def noticing_its_loss(client: Client) -> Iterator[Client]:
    """Within the block SchedulerLost takes the place of the many errors by which Dask tells of it."""
    try:
        yield client
    except PssglassError:
        raise
    except Exception as error:
        if not is_of_connection(error) and (client.status == "running" or isinstance(error, OSError)):
            raise
        address = client.scheduler.address  # type: ignore[union-attr]
        raise SchedulerLost(f"lost the scheduler {address}; the same command resumes") from None


def security_of(certificates: Certificates) -> Security:
    """Encrypted connections on which both ends show a certificate.

    Raises:
        InputError: the files are no certificates, or do not belong together.
    """
    from distributed import Security

    try:
        context = ssl.create_default_context(cafile=certificates.ca_file)
        context.load_cert_chain(certificates.certificate, certificates.key, password="")
    except OSError as error:
        files = ", ".join(str(getattr(certificates, one.name)) for one in fields(certificates))
        raise InputError(f"[tls]: cannot use {files} ({one_line(error)}); give files in PEM format") from None
    ends = {
        f"tls_{role}_{what}": str(path)
        for role in ("client", "scheduler", "worker")
        for what, path in (("cert", certificates.certificate), ("key", certificates.key))
    }
    return Security(tls_ca_file=str(certificates.ca_file), require_encryption=True, **ends)  # type: ignore[no-untyped-call]


@contextmanager
def own_scheduler(security: Security | None = None, **place: str) -> Iterator[Client]:
    """A scheduler in this process, and the connection to it; ``place`` is its host or interface."""
    import dask
    from distributed import Client, LocalCluster

    quieten()
    with (
        dask.config.set(OWN_SCHEDULER),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=0,
            protocol="tls://" if security else "tcp://",
            security=security,
            dashboard_address=f"{LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
            **place,
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        yield client


def workers_of(client: Client) -> dict[str, str]:
    """Addresses of the workers of a scheduler in this process that take tasks, by name."""
    from distributed.core import Status

    # A copy at one stroke, as the scheduler has a thread of its own: not by the iterator of its sorted dict.
    found = list(dict.values(client.cluster.scheduler.workers))  # type: ignore[union-attr]
    return {str(worker.name): worker.address for worker in found if worker.status == Status.running}


def quieten() -> None:
    """What goes wrong comes back as an outcome, so that Dask need not write about it."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
