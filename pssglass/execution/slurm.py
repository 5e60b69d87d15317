"""Workers in jobs of SLURM: submitted, looked after while there is work, and cancelled in the end."""

from __future__ import annotations

import logging
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

from pssglass.errors import InputError, PssglassError, one_line

from .clusters import LOOPBACK, OWN_SCHEDULER, security_of, silence
from .settings import MachineSettings

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOOK_SECONDS = 5.0
"""Time between two looks at the queue."""

_log = logging.getLogger(__name__)


class QueueError(PssglassError, RuntimeError):
    """A command of SLURM failed."""


class SlurmCluster:
    """A scheduler in this process, and workers in jobs of SLURM, after a profile of the settings.

    Jobs end by their walltime; as long as there is work, others take their place.
    """

    def __init__(self, profile: str, settings: MachineSettings) -> None:
        """Raises InputError: no such profile, or dask-jobqueue is not installed."""
        self._profile = settings.profile(profile)
        self._where = f"profile {profile} in {settings.path}"
        self._security = security_of(settings.tls) if settings.tls else None
        self._name = f"pssglass-{uuid4().hex[:8]}"
        self._numbers = count()
        self._jobs: set[str] = set()
        self._looked = 0.0
        self._told = False
        self._stack = ExitStack()
        self._client: Client | None = None
        self._address = ""
        try:
            import dask_jobqueue  # noqa: F401
        except ModuleNotFoundError:
            raise InputError("--slurm needs dask-jobqueue; run `pip install 'pssglass[slurm]'`") from None

    @property
    def size(self) -> int:
        """Number of worker processes when all jobs run."""
        return self._profile.jobs * self._profile.cores

    def client(self) -> Client:
        """The connection to the scheduler, which the first call starts."""
        if self._client is None:
            self._client = self._started()
        return self._client

    def slots(self, needed: int) -> int:
        """Number of workers that are there; jobs for ``needed`` tasks are in the queue or running."""
        client = self.client()
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._look_after_jobs(needed)
        workers = len(client.nthreads())  # type: ignore[no-untyped-call]
        if self._jobs and not workers and not self._told:
            _log.warning("waiting for SLURM to start jobs (%s)", self._name)
            self._told = True
        return workers

    def _started(self) -> Client:
        import dask
        from distributed import Client, LocalCluster

        silence()
        self._stack.callback(self._cancel_jobs)
        self._stack.enter_context(dask.config.set(OWN_SCHEDULER))
        place: dict[str, str | None] = {"interface": self._profile.interface}
        if not self._profile.interface:
            place = {"host": "0.0.0.0"}
        cluster: LocalCluster = self._stack.enter_context(
            LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=0,
                protocol="tls://" if self._security else "tcp://",
                security=self._security,
                dashboard_address=f"{LOOPBACK}:0",
                silence_logs=logging.CRITICAL,
                **place,
            )
        )
        self._address = cluster.scheduler_address
        client: Client = self._stack.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        return client

    def _look_after_jobs(self, needed: int) -> None:
        """Submit jobs in the place of those that have ended."""
        self._looked = time.monotonic()
        self._jobs &= self._queued()
        wanted = min(self._profile.jobs, -(-needed // self._profile.cores))
        for _ in range(wanted - len(self._jobs)):
            self._jobs.add(self._submit())

    def _queued(self) -> set[str]:
        """Numbers of our jobs that wait or run."""
        if not self._jobs:
            return set()
        lines = _called(["squeue", "--noheader", f"--name={self._name}", "--format=%i"]).split()
        return set(lines)

    def _submit(self) -> str:
        script = self.job_script(self._address)
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
            file.write(script)
            file.flush()
            try:
                answer = _called(["sbatch", "--parsable", file.name])
            except QueueError as error:
                raise InputError(f"{one_line(error)}; check {self._where}") from None
        return answer.strip().partition(";")[0]

    def job_script(self, scheduler: str) -> str:
        """What sbatch gets."""
        from dask_jobqueue.slurm import SLURMJob

        profile = self._profile
        options = ["--processes", str(profile.cores)]
        # The signal reaches the process of the job script, so that must be the worker itself: exec.
        directives = [f"--signal=B:TERM@{profile.grace}", "--no-requeue", *profile.directives]
        if not profile.log_folder:
            directives.append("--output=/dev/null")
        job = SLURMJob(  # type: ignore[no-untyped-call]
            scheduler,
            name=f"{self._name}-{next(self._numbers)}",
            job_name=self._name,
            cores=profile.cores,
            processes=profile.cores,
            memory=profile.memory,
            walltime=profile.walltime,
            queue=profile.partition,
            account=profile.account,
            security=self._security,
            worker_command="pssglass.execution.worker",
            worker_extra_args=options,
            job_extra_directives=directives,
            job_script_prologue=list(profile.prologue),
            log_directory=profile.log_folder,
            python=f"exec {shlex.quote(profile.python or sys.executable)}",
        )
        return str(job.job_script())  # type: ignore[no-untyped-call]

    def _cancel_jobs(self) -> None:
        if self._jobs:
            with suppress(QueueError):
                _called(["scancel", *sorted(self._jobs & self._queued())])
        self._jobs.clear()

    def __enter__(self) -> SlurmCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client = None
        self._stack.close()


def _called(command: Sequence[str]) -> str:
    """What a command of SLURM prints.

    Raises:
        QueueError: it is not there, or fails.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except OSError as error:
        raise QueueError(f"cannot run {command[0]} ({error.strerror}); is SLURM on this machine?") from None
    except subprocess.TimeoutExpired:
        raise QueueError(f"{command[0]} does not answer; is the controller of SLURM running?") from None
    if done.returncode:
        raise QueueError(f"{command[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout
