"""A disk that is really full: commands say so, leave nothing half-written, and go on when there is space."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, write_gsd

MEBIBYTE = 2**20
ROOM = 8 * MEBIBYTE
SMALL = 256 * MEBIBYTE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system in memory with little room.

    It is mounted where that is allowed; a container without that right has a small one at /dev/shm.
    """
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    assert shutil.disk_usage("/dev/shm").free < SMALL, "no small file system: run as root, or in a container"
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        yield Path(place)


def fill(folder: Path, left: int) -> Path:
    """A file that leaves only so many bytes free."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - left)
    return filler


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("left", [0, 2])
def test_a_configuration_is_written_whole_or_not_at_all(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, left: int, in_memory: bool
) -> None:
    monkeypatch.setattr("pssglass.configurations.gsd.IN_MEMORY", in_memory)
    positions = np.random.default_rng(3).uniform(-5.0, 5.0, (1000, 3))
    box, species = np.array([10.0, 10.0, 10.0, 0.0, 0.0, 0.0]), np.zeros(1000, dtype=np.int32)
    state = Configuration("liquid", positions, box, species)
    filler = fill(small_disk, left=4096 * left)
    with pytest.raises(ConfigurationError, match=r"state\.gsd \(No space left on device\); check the folder"):
        write_gsd(small_disk / "state.gsd", state)
    assert list(small_disk.iterdir()) == [filler]
    filler.unlink()
    assert write_gsd(small_disk / "state.gsd", state)[1] == (small_disk / "state.gsd").stat().st_size


def test_a_campaign_goes_on_when_a_full_disk_has_space_again(small_disk: Path, local_site: Any) -> None:
    whole = local_site
    site = replace(whole, folder=small_disk, log_folder=whole.folder)
    for one in (whole, site):
        one.write_campaign(samples=3, time=1.0)
    for name, left, workers, options in (
        ("simulate", 260, 2, ()),
        ("analyze", 16, 0, ("--observable", "energetics")),
    ):
        whole.run(name, 0, *options)
        filler = fill(small_disk, left=1024 * left)
        assert site.start(name, workers, *options).wait(timeout=600) in (1, 2)
        assert re.search(r"pssglass: error: .*(disk is full; free some|No space left)", site.log), site.log
        assert "unexpected" not in site.log
        site.check()
        filler.unlink()
        site.run(name, 0, *options)
        site.check()
    site.check_files()
    assert site.content() == whole.content()
