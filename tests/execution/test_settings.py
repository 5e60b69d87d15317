"""Settings of a machine: strict TOML, whose mistakes are named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pssglass.base.errors import InputError
from pssglass.execution import SlurmCluster, load_settings

PROFILE = """
[slurm.night]
jobs = 3
cores = 4
walltime = "1-12:00:00"
memory = "8GB"
partition = "long"
directives = ["--constraint=avx512"]
prologue = ["module load python"]
grace = 300
"""


def settings(folder: Path, text: str) -> Path:
    path = folder / "machine.toml"
    path.write_text(text)
    return path


def test_a_profile_becomes_a_job_script(tmp_path: Path) -> None:
    cluster = SlurmCluster("night", load_settings(settings(tmp_path, PROFILE)))
    script = cluster.job_script("tcp://10.0.0.1:4000").splitlines()
    assert cluster.size == 12
    for line in (
        "#SBATCH -p long",
        "#SBATCH -t 1-12:00:00",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --mem=8G",
        "#SBATCH --constraint=avx512",
        "#SBATCH --signal=B:TERM@300",
        "module load python",
    ):
        assert line in script
    assert script[-1].startswith("exec ")
    assert "-m pssglass.execution.worker tcp://10.0.0.1:4000" in script[-1]
    assert "--processes 4" in script[-1]


def test_the_workers_of_a_job_share_its_memory(tmp_path: Path) -> None:
    [place] = SlurmCluster("night", load_settings(settings(tmp_path, PROFILE))).memory()
    assert (place.limit.bytes, place.workers, place.of_one) == (8e9, 4, None)
    assert place.limit.origin.startswith("memory of each job (profile night in")


def test_without_a_file_there_are_no_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(
        InputError, match=r"pssglass/machine.toml has no such profile; write .*\[slurm.night\]"
    ):
        load_settings().profile("slurm", "night")
    settings(tmp_path, PROFILE)
    (tmp_path / "pssglass").mkdir()
    (tmp_path / "machine.toml").rename(tmp_path / "pssglass" / "machine.toml")
    assert load_settings().profile("slurm", "night").jobs == 3


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("jobs = [", "no valid TOML"),
        ("[slrum.night]", "unknown key 'slrum'; did you mean 'slurm'?"),
        ("slurm = 3", "slurm = 3 must be a table"),
        ("[slurm.night]\njobs = 1", "the key 'walltime' is missing"),
        (PROFILE + "corse = 2", "unknown key 'corse'; did you mean 'cores'?"),
        (PROFILE.replace("jobs = 3", "jobs = 0"), "jobs = 0 must be at least 1"),
        (PROFILE.replace('"1-12:00:00"', '"12h"'), "walltime = '12h' must be written as"),
        (PROFILE.replace('"8GB"', '"much"'), "memory = 'much' must be written as"),
        (PROFILE.replace('"long"', "7"), "partition = 7 must be a string"),
        ('[tls]\nca_file = "ca.pem"', "the key 'certificate' is missing"),
        ('[tls]\nca_file = "a"\ncertificate = "b"\nkey = "c"', "ca_file = 'a' is no file"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as error:
        load_settings(settings(tmp_path, text))
    assert complaint in str(error.value)
    assert "machine.toml" in str(error.value)


def test_a_missing_file_and_a_missing_profile(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read settings .*none.toml \(No such file"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"--slurm nigth: .* did you mean 'night'"):
        SlurmCluster("nigth", load_settings(settings(tmp_path, PROFILE)))
