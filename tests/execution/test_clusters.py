"""Tasks on Dask clusters that others have started: in the clear, by TLS, without workers, and going away."""

from __future__ import annotations

import importlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from distributed import Client

from pssglass.base.errors import InputError, PssglassError
from pssglass.execution import (
    MachineSettings,
    RunningCluster,
    TaskOutcome,
    UnsuitableWorker,
    WorkerDied,
    admission,
    clusters,
    local,
    run_tasks,
)
from pssglass.execution.serving import Service, employed
from pssglass.execution.settings import Certificates
from pssglass.execution.worker import main

FOLDER = Path(__file__).parent
"""Here workers find the module of tasks."""
sys.path.insert(0, str(FOLDER))
cluster_tasks = importlib.import_module("cluster_tasks")


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module that runs within the block."""
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    with subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stderr=subprocess.DEVNULL
    ) as running:
        try:
            yield running
        finally:
            running.terminate()


@contextmanager
def scheduler(kind: str = "tcp", *options: str) -> Iterator[str]:
    """A scheduler on loopback; its address."""
    with scheduler_process(kind, *options) as (address, _):
        yield address


@contextmanager
def scheduler_process(kind: str = "tcp", *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler on loopback: its address and its process."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address = f"{kind}://127.0.0.1:{port}"
    place = ("--host", address, "--no-dashboard")
    with process("distributed.cli.dask_scheduler", *place, *options) as running:
        for _ in range(6000):
            time.sleep(0.05)
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield address, running


def worker(address: str, *options: str) -> list[str]:
    """Command line of workers of ours."""
    return ["pssglass.execution.worker", address, *options]


def outcomes_of(function, tasks, cluster: RunningCluster) -> list[TaskOutcome]:
    outcomes: list[TaskOutcome] = []
    run_tasks(function, tasks, cluster, outcomes.append)
    return outcomes


def test_tasks_run_on_a_running_cluster_and_what_crashes_fails_alone() -> None:
    with (
        scheduler() as address,
        process(*worker(address, "--processes", "2")),
        RunningCluster(address) as cluster,
    ):
        squares = outcomes_of(cluster_tasks.square, range(20), cluster)
        outcomes = outcomes_of(cluster_tasks.crash_if_negative, [1, -1, 2, 3], cluster)
        again = outcomes_of(cluster_tasks.square, range(3), cluster)
    assert {one.task: one.value for one in squares} == {n: n * n for n in range(20)}
    assert [one.task for one in outcomes if isinstance(one.error, WorkerDied)] == [-1]
    assert len(again) == 3, "crashed workers are replaced"


def test_workers_of_dask_tell_how_much_memory_they_may_use() -> None:
    limited = ("distributed.cli.dask_worker", "--memory-limit", "500MB", "--nthreads", "2", "--no-dashboard")
    for command, expected in ((limited, [(500_000_000, 2)]), (("pssglass.execution.worker",), [])):
        with (
            scheduler() as address,
            process(command[0], address, *command[1:]),
            RunningCluster(address) as cluster,
        ):
            assert [(place.limit.bytes, place.workers) for place in cluster.memory()] == expected


def test_the_task_of_a_worker_that_leaves_goes_on_with_another(tmp_path: Path) -> None:
    marker = str(tmp_path / "first")
    with ExitStack() as stack:
        address = stack.enter_context(scheduler())
        for _ in range(2):
            stack.enter_context(process(*worker(address)))
        with RunningCluster(address) as cluster:
            [outcome] = outcomes_of(cluster_tasks.leave_once, [marker], cluster)
    assert outcome.error is None
    assert outcome.value


def test_a_task_that_the_last_workers_hand_back_waits_for_another(tmp_path: Path) -> None:
    class SlowQueue(RunningCluster):
        """New workers come some time after the first have left."""

        looks_in_vain = 0

        def slots(self, needed: int) -> dict[str, int | None]:
            time.sleep(0.5)
            slots = super().slots(needed)
            self.looks_in_vain += not slots
            if not slots and self.looks_in_vain == 4:
                stack.enter_context(process(*worker(address)))
            return slots

    with ExitStack() as stack:
        address = stack.enter_context(scheduler())
        stack.enter_context(process(*worker(address, "--processes", "2")))
        with SlowQueue(address) as cluster:
            outcomes = outcomes_of(cluster_tasks.leave_once, [str(tmp_path / "first")], cluster)
    assert [one.error for one in outcomes] == [None]


def test_a_worker_that_cannot_carry_out_tasks_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marker = str(tmp_path / "first")
    with scheduler() as address, ExitStack() as stack, RunningCluster(address) as cluster:
        stack.enter_context(process(*worker(address)))
        with pytest.raises(UnsuitableWorker, match="does not see the folder /data"):
            outcomes_of(cluster_tasks.refuse_where_first_begun, [marker], cluster)
        stack.enter_context(process(*worker(address)))
        while sum(number or 0 for number in cluster.slots(2).values()) < 2:
            time.sleep(0.05)
        caplog.clear()
        outcomes = outcomes_of(cluster_tasks.refuse_where_first_begun, [marker] * 6, cluster)
    assert len({one.value for one in outcomes}) == 1
    assert len(outcomes) == 6
    assert [one.getMessage() for one in caplog.records] == [
        "worker left out: a worker does not see the folder /data"
    ]


def test_workers_that_cannot_import_pssglass_get_no_tasks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fault = r"a worker on 127.0.0.1 cannot import pssglass \(No module named 'pssglass'\)"
    with scheduler() as address, process("bare_worker", address, "--no-nanny", "--no-dashboard"):
        with process(*worker(address)), RunningCluster(address) as cluster:
            while sorted(cluster.slots(2).values(), key=str) != [0, 1]:
                time.sleep(0.02)
            outcomes = outcomes_of(cluster_tasks.square, range(20), cluster)
            assert cluster.size == 1
        monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1.0)
        alone = pytest.raises(UnsuitableWorker, match=f"{fault}; start it where pssglass .* is installed")
        with RunningCluster(address) as cluster, alone:
            outcomes_of(cluster_tasks.square, [1], cluster)
    assert {one.task: one.value for one in outcomes} == {n: n * n for n in range(20)}
    assert re.match(f"worker left out: {fault}", caplog.messages[0])


def test_workers_of_another_version_get_no_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    other = r"has pssglass 0.*; start it where pssglass 9.9 is installed"
    with scheduler() as address, process(*worker(address)):
        with RunningCluster(address) as cluster:
            cluster.client()
        monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1.0)
        monkeypatch.setattr(admission, "version", lambda _name: "9.9")
        with RunningCluster(address) as cluster, pytest.raises(UnsuitableWorker, match=other):
            cluster.client()


@contextmanager
def frozen(running: subprocess.Popen[bytes]) -> Iterator[None]:
    """A process stands still within the block."""
    running.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        running.send_signal(signal.SIGCONT)


@pytest.fixture
def silent_and_bare(stack: ExitStack) -> tuple[str, Client]:
    """A cluster with a worker that does not answer and one without pssglass: its address and a connection."""
    bare = "bare_worker", "--no-nanny", "--no-dashboard"
    address = stack.enter_context(scheduler())
    client = stack.enter_context(Client(address))
    silent = stack.enter_context(process(*bare, address))
    client.wait_for_workers(1)
    stack.enter_context(frozen(silent))
    stack.enter_context(process(*bare, address))
    client.wait_for_workers(2)
    return address, client


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_nobody_waits_for_long_if_no_worker_is_of_use(
    silent_and_bare: tuple[str, Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address, _ = silent_and_bare
    monkeypatch.setattr(admission, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 3.0)
    with (
        RunningCluster(address) as cluster,
        pytest.raises(UnsuitableWorker, match=r"a worker on 127\.0\.0\.1 "),
    ):
        cluster.client()
    told = "\n".join(caplog.messages)
    assert "worker left out: a worker on 127.0.0.1 does not answer; check that it runs" in told
    assert "worker left out: a worker on 127.0.0.1 cannot import pssglass" in told


def test_a_silent_worker_does_not_hide_that_the_others_are_unfit(
    silent_and_bare: tuple[str, Client], stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = silent_and_bare
    monkeypatch.setattr(admission, "ANSWER_SECONDS", 1.0)
    stack.enter_context(process(*worker(address)))
    with RunningCluster(address) as cluster, pytest.raises(UnsuitableWorker, match="does not see the folder"):
        outcomes_of(cluster_tasks.refuse_where_first_begun, [str(tmp_path / "first")], cluster)


def test_two_commands_share_a_cluster_and_what_is_left_out_gets_no_task_of_either(
    silent_and_bare: tuple[str, Client], stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, client = silent_and_bare
    monkeypatch.setattr(admission, "ANSWER_SECONDS", 0.5)
    stack.enter_context(process(*worker(address)))
    client.wait_for_workers(3)
    with (
        RunningCluster(address) as one,
        RunningCluster(address) as other,
        ThreadPoolExecutor() as commands,
    ):
        for cluster in (one, other):
            while sorted(cluster.slots(1).values(), key=str) != [0, 0, 1]:
                time.sleep(0.02)
        runs = [
            commands.submit(outcomes_of, cluster_tasks.doze, range(5), cluster) for cluster in (one, other)
        ]
        outcomes = [outcome for run in runs for outcome in run.result(timeout=600)]
        assert one.size == 1
    assert len({outcome.value for outcome in outcomes}) == 1
    assert sorted(outcome.task for outcome in outcomes) == sorted([*range(5)] * 2)
    assert len(client.nthreads()) == 3, "no worker died of a task"


def test_the_task_of_a_command_that_was_killed_is_let_go(tmp_path: Path) -> None:
    marker = tmp_path / "task"
    with (
        scheduler() as address,
        process(*worker(address)),
        process("cluster_tasks", address, str(marker)) as command,
    ):
        wait_for(marker, "at work")
        command.kill()
        wait_for(marker, "let go")


@pytest.mark.parametrize("place", ["this machine", "a running cluster"])
def test_the_tasks_of_a_run_that_ends_by_an_error_are_let_go(tmp_path: Path, place: str) -> None:
    marker = tmp_path / "task"

    def fail(_outcome: TaskOutcome[str, None]) -> None:
        wait_for(marker, "at work")
        raise OSError("no space left on device")

    with ExitStack() as stack:
        cluster: RunningCluster | int = 2
        if place == "a running cluster":
            address = stack.enter_context(scheduler())
            stack.enter_context(process(*worker(address, "--processes", "2")))
            cluster = stack.enter_context(RunningCluster(address))
        with pytest.raises(OSError, match="no space left"):
            run_tasks(cluster_tasks.hold, [str(marker), cluster_tasks.NOTHING], cluster, fail)
        wait_for(marker, "let go")


def test_workers_whose_scheduler_was_killed_let_their_tasks_go_and_end(tmp_path: Path) -> None:
    marker = tmp_path / "task"
    with (
        scheduler_process() as (address, killed),
        process(*worker(address)) as workers,
        process("cluster_tasks", address, str(marker)),
    ):
        wait_for(marker, "at work")
        killed.kill()
        wait_for(marker, "let go")
        assert workers.wait(timeout=600) == 0


def test_workers_that_start_when_their_scheduler_has_gone_end_soon() -> None:
    with process(*worker("tcp://127.0.0.1:1", "--death-timeout", "1")) as workers:
        assert workers.wait(timeout=600) == 1


def test_a_worker_without_a_folder_says_so_and_does_not_blame_the_scheduler() -> None:
    command = [sys.executable, "-m", *worker("tcp://127.0.0.1:1", "--local-directory", "/proc/none/here")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr == "pssglass: error: [Errno 2] No such file or directory: '/proc/none'\n"


def wait_for(file: Path, text: str) -> None:
    """Until the file has this text."""
    for _ in range(6000):
        if file.exists() and file.read_text() == text:
            return
        time.sleep(0.05)
    raise AssertionError(f"{file} does not say {text}")


@pytest.mark.parametrize("failures", [2, 3])
def test_workers_that_are_killed_while_they_start_are_started_again(
    monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    started: list[str] = []

    def fragile(service: Service, name: str) -> SpawnProcess:
        process = employed(service, name)
        started.append(name)
        if len(started) <= failures:
            process.kill()
        return process

    monkeypatch.setattr(local, "employed", fragile)
    outcomes: list[TaskOutcome[int, int]] = []
    if failures < local.START_ATTEMPTS:
        run_tasks(abs, [-1], 1, outcomes.append)
        assert [one.value for one in outcomes] == [1]
    else:
        with pytest.raises(PssglassError, match="ended while they started, 3 times"):
            run_tasks(abs, [-1], 1, outcomes.append)
    assert len(started) == 3


def test_nobody_answers_and_nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1.0)
    with pytest.raises(InputError, match=r"no scheduler answers at tcp://127.0.0.1:1;"):
        outcomes_of(cluster_tasks.square, [1], RunningCluster("tcp://127.0.0.1:1"))
    no_workers = pytest.raises(InputError, match=r"has no workers; start some with `python -m pssglass.exec")
    with scheduler() as address, RunningCluster(address) as cluster, no_workers:
        outcomes_of(cluster_tasks.square, [1], cluster)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """A certificate that trusts itself."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=pssglass",
        "-days",
        "2",
    ]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return Certificates(certificate, certificate, key)


def test_an_encrypted_cluster_asks_for_certificates(certificates: Certificates) -> None:
    files = ("--tls-ca-file", str(certificates.ca_file), "--tls-cert", str(certificates.certificate))
    tls = (*files, "--tls-key", str(certificates.key))
    with scheduler("tls", *tls) as address, process(*worker(address, *tls)):
        with RunningCluster(address, MachineSettings(Path("machine.toml"), tls=certificates)) as cluster:
            assert [one.value for one in outcomes_of(cluster_tasks.square, [3], cluster)] == [9]
        with pytest.raises(InputError, match="certificates are missing; add"):
            RunningCluster(address)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["tcp://localhost"], "scheduler tcp://localhost: write it as tcp://HOST:PORT"),
        (["tls://localhost:8786", "--tls-ca-file", __file__], "--tls-key go together"),
        (
            ["tls://localhost:8786", *(f"--tls-{one}={__file__}" for one in ("ca-file", "cert", "key"))],
            r"\[tls\]: cannot use .*test_clusters.py",
        ),
    ],
)
def test_a_worker_that_cannot_connect_says_so(arguments: list[str], complaint: str) -> None:
    with pytest.raises(SystemExit, match=f"pssglass: error: .*{complaint}"):
        main(arguments)


def test_addresses_of_other_kinds_are_refused() -> None:
    with pytest.raises(InputError, match="write it as tcp://HOST:PORT"):
        RunningCluster("localhost:8786")
