"""Workers in jobs of SLURM: submitted, looked after while there is work, and cancelled in the end."""

from __future__ import annotations

import logging
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

from pssglass.base import checks
from pssglass.base.errors import InputError, PssglassError, one_line

from .clusters import own_scheduler, security_of, workers_of
from .memory import MemoryLimit, SharedMemory
from .settings import MachineSettings

if TYPE_CHECKING:
    from distributed import Client

LOOK_SECONDS = 10.0
"""Time between two looks at the queue; it doubles with each look in a row that is of no use."""

LONGEST_LOOK_SECONDS = 300.0

BRIEF_SECONDS = 60.0
"""A job whose workers are connected for less than this is of no use."""

LOOKS_IN_VAIN = 3
"""After so many looks in a row that find jobs ended without a worker, no more are submitted."""

_WALLTIME = re.compile(r"(\d+-)?\d{1,2}:\d{2}(:\d{2})?")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?([kMGT])(i?)B")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SlurmProfile:
    """Jobs that run workers: their number, and what each asks for."""

    jobs: int
    walltime: str
    cores: int = 1
    memory: str = "2GB"
    partition: str | None = None
    account: str | None = None
    grace: int = 120
    """Seconds before the end of the walltime at which workers are told to save and leave."""
    interface: str | None = None
    """Network interface through which workers reach the command, such as "ib0"."""
    python: str | None = None
    log_folder: str | None = None
    directives: tuple[str, ...] = ()
    """More options of sbatch."""
    prologue: tuple[str, ...] = ()
    """Lines of shell before the workers start."""

    def __post_init__(self) -> None:
        """Raises InputError: a value that SLURM would not take."""
        for name in ("jobs", "cores"):
            checks.integer(InputError, name, getattr(self, name), at_least=1)
        if not _WALLTIME.fullmatch(self.walltime):
            raise InputError(f"walltime = '{self.walltime}' must be written as HH:MM:SS or D-HH:MM:SS")
        if not _MEMORY.fullmatch(self.memory):
            raise InputError(f"memory = '{self.memory}' must be written as 500MB, 16GB, …")


def bytes_of(memory: str) -> float:
    """A number of bytes, from text as profiles have it.

    >>> bytes_of("1.5GB"), bytes_of("2 MiB")
    (1500000000.0, 2097152.0)
    """
    match = _MEMORY.fullmatch(memory)
    assert match
    number, prefix, binary = match.groups()
    return float(number) * (1024.0 if binary else 1000.0) ** (1 + "kMGT".index(prefix))


class QueueError(PssglassError, RuntimeError):
    """A command of SLURM failed."""


class JobsInVain(PssglassError, RuntimeError):
    """One job of SLURM after another ends before a worker of it has connected."""


class SlurmCluster:
    """A scheduler in this process, and workers in jobs of SLURM, after a profile of the settings.

    Jobs end by their walltime; as long as there is work, others take their place. Once a job was accepted, a
    queue that does not answer, or takes no more, is asked again later.
    """

    def __init__(self, profile: str, settings: MachineSettings) -> None:
        """Raises InputError: no such profile, interface or certificate; dask-jobqueue is not installed."""
        self._profile: SlurmProfile = settings.profile("slurm", profile)
        self._where = f"profile {profile} in {settings.path}"
        self._security = security_of(settings.tls) if settings.tls else None
        self._name = f"pssglass-{uuid4().hex[:8]}"
        self._jobs: set[str] = set()
        self._connected: dict[str, float] = {}
        self._lasting: set[str] = set()
        self._was_accepted = False
        self._may_have_jobs = False
        self._next_look = 0.0
        self._looks_in_vain = 0
        self._failed_looks = 0
        self._told = False
        self._stack = ExitStack()
        self._client: Client | None = None
        self._address = ""
        try:
            import dask_jobqueue  # noqa: F401
        except ModuleNotFoundError:
            raise InputError("--slurm needs dask-jobqueue; run `pip install 'pssglass[slurm]'`") from None
        self._check_interface()

    def _check_interface(self) -> None:
        from distributed.utils import get_ip_interface

        name = self._profile.interface
        try:
            if name:
                get_ip_interface(name)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise InputError(f"{self._where}: interface = '{name}': {one_line(error)}") from None

    @property
    def size(self) -> int:
        """Number of worker processes when all jobs run."""
        return self._profile.jobs * self._profile.cores

    def memory(self) -> list[SharedMemory]:
        """That of a job, which its workers share."""
        limit = MemoryLimit(bytes_of(self._profile.memory), f"memory of each job ({self._where})")
        return [SharedMemory(limit, self._profile.cores, "raise that, or lower cores there")]

    def client(self) -> Client:
        """The connection to the scheduler, which the first call starts."""
        if self._client is None:
            self._client = self._started()
        return self._client

    def slots(self, needed: int) -> dict[str, int]:
        """The workers that are there; jobs for ``needed`` tasks are in the queue or running."""
        workers = workers_of(self.client())
        self._take_note_of_workers(workers)
        if time.monotonic() >= self._next_look:
            self._look_after_jobs(needed, len(workers))
        if self._jobs and not workers and not self._told:
            _log.warning("waiting for SLURM to start jobs (%s)", self._name)
            self._told = True
        return dict.fromkeys(workers.values(), 1)

    def _started(self) -> Client:
        self._stack.callback(self._cancel_jobs)
        interface = self._profile.interface
        place = {"interface": interface} if interface else {"host": "0.0.0.0"}
        client = self._stack.enter_context(own_scheduler(self._security, **place))
        self._address = client.cluster.scheduler_address  # type: ignore[union-attr]
        return client

    def _take_note_of_workers(self, names: Iterable[str]) -> None:
        now = time.monotonic()
        for job in {name.partition("-")[0] for name in names}:
            if now - self._connected.setdefault(job, now) >= BRIEF_SECONDS and job not in self._lasting:
                self._lasting.add(job)
                self._looks_in_vain = 0

    def _look_after_jobs(self, needed: int, workers: int) -> None:
        try:
            self._replace_ended_jobs(needed, workers)
            self._failed_looks = 0
        except QueueError as error:
            if not self._was_accepted:
                raise InputError(f"{one_line(error)}; check {self._where}") from None
            self._failed_looks += 1
            _log.warning("%s; asking again in %.0f s", one_line(error), self._pause)
        self._next_look = time.monotonic() + self._pause

    @property
    def _pause(self) -> float:
        """Seconds until the next look at the queue."""
        doublings = min(self._failed_looks + self._looks_in_vain, 10)
        return min(LOOK_SECONDS * 2.0**doublings, LONGEST_LOOK_SECONDS)

    def _replace_ended_jobs(self, needed: int, workers: int) -> None:
        queued = self._queued()
        if ended := self._jobs - queued - self._lasting:
            self._take_note_of_jobs_in_vain(ended, workers)
        self._jobs = queued
        wanted = min(self._profile.jobs, -(-needed // self._profile.cores))
        for _ in range(wanted - len(self._jobs)):
            self._jobs.add(self._submit())

    def _take_note_of_jobs_in_vain(self, ended: set[str], workers: int) -> None:
        self._looks_in_vain += 1
        had_workers = bool(ended & self._connected.keys())
        when = "soon after" if had_workers else "before"
        folder = self._profile.log_folder
        log = f"see their output in {folder}" if folder else "set log_folder there to see their output"
        what = f"jobs of SLURM end {when} a worker of theirs connects; check {self._where}, {log}"
        if self._looks_in_vain >= LOOKS_IN_VAIN and not had_workers and not workers:
            raise JobsInVain(what)
        _log.warning("%s", what)

    def _queued(self) -> set[str]:
        """Numbers of our jobs that wait or run, also of one that SLURM took without an answer."""
        if not self._was_accepted:
            return set()
        return set(_called(["squeue", "--noheader", f"--name={self._name}", "--format=%i"]).split())

    def _submit(self) -> str:
        # SLURM may take a job and yet not answer in time.
        self._may_have_jobs = shutil.which("sbatch") is not None
        answer = _called(["sbatch", "--parsable"], self.job_script(self._address))
        self._was_accepted = True
        return answer.strip().partition(";")[0]

    def job_script(self, scheduler: str) -> str:
        """What sbatch gets."""
        from dask_jobqueue.slurm import SLURMJob

        profile = self._profile
        options = ["--processes", str(profile.cores), "--for-version", version("pssglass")]
        # The signal reaches the process of the job script, so that must be the worker itself: exec.
        directives = [f"--signal=B:TERM@{profile.grace}", "--no-requeue", *profile.directives]
        if not profile.log_folder:
            directives.append("--output=/dev/null")
        job = SLURMJob(  # type: ignore[no-untyped-call]
            scheduler,
            name="$SLURM_JOB_ID",
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
        if not self._may_have_jobs:
            return
        command = ["scancel", f"--name={self._name}"]
        try:
            _called(command)
        except QueueError as error:
            _log.warning("%s; later run `%s`", one_line(error), " ".join(command))

    def __enter__(self) -> SlurmCluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client = None
        self._stack.close()


def _called(command: Sequence[str], script: str | None = None) -> str:
    """What a command of SLURM prints; ``script`` is its input.

    Raises:
        QueueError: it is not there, or fails.
    """
    try:
        done = subprocess.run(
            command, input=script or "", capture_output=True, text=True, timeout=120, check=False
        )
    except OSError as error:
        raise QueueError(f"cannot run {command[0]} ({error.strerror}); is SLURM on this machine?") from None
    except subprocess.TimeoutExpired:
        raise QueueError(f"{command[0]} does not answer; is the controller of SLURM running?") from None
    if done.returncode:
        raise QueueError(f"{command[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout
