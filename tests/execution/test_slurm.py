"""A SLURM that refuses, does not answer, or whose jobs die at once; its commands are shell scripts here."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pssglass.base.errors import InputError
from pssglass.execution import MachineSettings, SlurmCluster, SlurmProfile, TaskOutcome, run_tasks, slurm

FOLDER = Path(__file__).parent
"""Here workers find the module of tasks."""
sys.path.insert(0, str(FOLDER))
cluster_tasks = importlib.import_module("cluster_tasks")

COMMANDS = {
    "sbatch": """\
echo >> sbatch.calls
number=$(wc -l < sbatch.calls)
cat > $number.script
SLURM_JOB_ID=$number bash $number.script > $number.log 2>&1 &
echo $! > $number.pid
echo $number
""",
    "squeue": """\
echo >> squeue.calls
for pid in *.pid; do kill -0 $(cat $pid) && echo ${pid%.pid}; done
true
""",
    "scancel": "kill $(cat *.pid)\ntrue\n",
}


class Queue:
    """A folder with commands of this name, which note how often they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, script in COMMANDS.items():
            self.write(name, script)

    def write(self, name: str, script: str) -> None:
        """Let a command do this."""
        (self.folder / name).write_text(f"#!/usr/bin/env bash\ncd {self.folder}\n{script}")
        (self.folder / name).chmod(0o755)

    def fail(self, name: str, calls: str, complaint: str) -> None:
        """Let a command fail at those of its calls whose number is one of these."""
        count = f"""echo >> {name}.tries; case $(wc -l < {name}.tries) in {calls}) """
        self.write(name, f"""{count} echo "{complaint}" >&2; exit 1;; esac\n{COMMANDS[name]}""")

    def calls(self, name: str) -> int:
        """How often a command was carried out."""
        return len((self.folder / f"{name}.calls").read_text().splitlines())


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Commands of SLURM, and a program that looks at its queue often."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("PYTHONPATH", str(FOLDER))
    monkeypatch.setattr(slurm, "LOOK_SECONDS", 0.2)
    return Queue(tmp_path)


def squares_of(numbers: int, jobs: int, log_folder: str | None = None) -> list[TaskOutcome[int, int]]:
    """What comes of as many tasks in that many jobs."""
    profile = SlurmProfile(jobs, "00:10:00", interface="lo", log_folder=log_folder)
    outcomes: list[TaskOutcome[int, int]] = []
    with SlurmCluster(
        "night", MachineSettings(Path("machine.toml"), {"slurm": {"night": profile}})
    ) as cluster:
        run_tasks(cluster_tasks.square, range(numbers), cluster, outcomes.append)
    return outcomes


@pytest.mark.parametrize("log_folder", [True, False])
def test_jobs_that_die_at_once_are_not_submitted_without_end(
    log_folder: bool, queue: Queue, tmp_path: Path
) -> None:
    queue.write("sbatch", "echo >> sbatch.calls; wc -l < sbatch.calls\n")
    where = f"see their output in {tmp_path}" if log_folder else "set log_folder there"
    with pytest.raises(
        slurm.JobsInVain, match=f"end before a worker .* check profile night in machine.toml, {where}"
    ):
        squares_of(9, 4, str(tmp_path) if log_folder else None)
    assert queue.calls("sbatch") == slurm.LOOKS_IN_VAIN * 4


def test_jobs_that_end_soon_after_their_workers_connect_are_replaced_ever_later(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    begun: list[float] = []
    monkeypatch.setattr(slurm, "LOOK_SECONDS", 10.0)
    monkeypatch.setattr(slurm, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(SlurmCluster, "client", lambda _cluster: None)
    monkeypatch.setattr(
        slurm,
        "workers_of",
        lambda _: {f"{len(begun)}-0": "tcp://node"} if begun and now - begun[-1] < 20 else {},
    )
    queue.write("sbatch", "echo >> sbatch.calls; wc -l < sbatch.calls\n")
    queue.write("squeue", "if [ -e running ]; then wc -l < sbatch.calls; fi\n")
    profile = SlurmProfile(1, "00:10:00")
    cluster = SlurmCluster("night", MachineSettings(Path("machine.toml"), {"slurm": {"night": profile}}))
    while now < 3600.0:
        cluster.slots(1)
        if queue.calls("sbatch") > len(begun):
            begun.append(now)
            (queue.folder / "running").touch()
        if now - begun[-1] >= 20.0:
            (queue.folder / "running").unlink(missing_ok=True)
        now += 5.0
    assert 10 <= len(begun) <= 20
    assert begun[-1] - begun[-2] >= slurm.LONGEST_LOOK_SECONDS


@pytest.mark.parametrize(
    ("command", "calls", "complaint"),
    [
        ("squeue", "2|3", "Unable to contact slurm controller"),
        ("sbatch", "2|3|4", "QOSMaxSubmitJobPerUserLimit"),
    ],
)
def test_a_queue_that_fails_for_a_while_is_asked_again(
    command: str, calls: str, complaint: str, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.fail(command, calls, complaint)
    assert sorted(one.value for one in squares_of(5, 2)) == [n * n for n in range(5)]
    warnings = [one.getMessage() for one in caplog.records]
    assert f"{command} failed: {complaint}; asking again in 0 s" in warnings


def test_a_queue_that_takes_no_job_at_all_is_a_mistake(queue: Queue) -> None:
    queue.fail("sbatch", "1", "invalid partition specified: lnog")
    with pytest.raises(InputError, match="invalid partition specified: lnog; check profile night in"):
        squares_of(1, 1)


def test_a_first_job_that_was_taken_without_an_answer_is_cancelled(queue: Queue) -> None:
    queue.write("sbatch", "touch job; echo Socket timed out >&2; exit 1\n")
    queue.write("scancel", "rm job\n")
    with pytest.raises(InputError, match="sbatch failed: Socket timed out; check profile night in"):
        squares_of(1, 1)
    assert not (queue.folder / "job").exists()


def test_without_slurm_nothing_is_cancelled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="is SLURM on this machine"):
        squares_of(1, 1)
    assert caplog.messages == []
