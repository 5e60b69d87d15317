"""How much memory there is, as the system tells it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pssglass.execution.memory import MemoryLimit, limit_of_process, shared_limit


def group(root: Path, line: str, **files: str) -> Path:
    """A system that shows this control group, and files of it: FOLDER__NAME is FOLDER/NAME, below the top."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(f"{line}\n")
    for name, text in files.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("_max", ".max")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return root


def test_without_limits_there_is_what_the_machine_has(tmp_path: Path) -> None:
    limit = shared_limit(tmp_path, {})
    assert limit.origin == "this machine"
    assert limit.bytes > 1e8


def test_the_narrowest_group_that_holds_the_process_counts(tmp_path: Path) -> None:
    root = group(tmp_path, "0::/user/job/step", user__memory_max="9000000", user__job__memory_max="max")
    assert shared_limit(root, {}) == MemoryLimit(9000000, "its control group")
    (root / "sys/fs/cgroup/user/job/memory.max").write_text("7000000")
    assert shared_limit(root, {}).bytes == 7000000


def test_groups_of_the_first_version_have_files_of_their_own(tmp_path: Path) -> None:
    root = group(tmp_path, "4:memory:/box", memory__box__memory_max="max")
    (root / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_text("6000000")
    assert shared_limit(root, {}).bytes == 6000000


@pytest.mark.parametrize(
    "job", [{"SLURM_MEM_PER_NODE": "24"}, {"SLURM_MEM_PER_CPU": "6", "SLURM_CPUS_ON_NODE": "4"}]
)
def test_a_job_of_slurm_has_what_it_asked_for(job: dict[str, str], tmp_path: Path) -> None:
    assert shared_limit(tmp_path, job) == MemoryLimit(24 * 2**20, "the job of SLURM")


def test_a_process_may_be_limited_more_than_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (5000000, resource.RLIM_INFINITY))
    assert limit_of_process() == MemoryLimit(5000000, "`ulimit -v`")


def test_a_process_without_addresses_for_its_libraries_says_so() -> None:
    limited = ["bash", "-c", 'ulimit -v 800000; exec "$@"', "bash", sys.executable, "-m", "pssglass", "info"]
    done = subprocess.run(limited, capture_output=True, text=True, timeout=600, check=False)
    reason = "`ulimit -v 800000` leaves too few addresses for libraries; set at least 1048576"
    assert (done.returncode, done.stderr) == (2, f"pssglass: error: {reason}\n")
