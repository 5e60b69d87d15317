"""Files that no reader may take whole, or that the system does not give."""

from __future__ import annotations

import gzip
import os
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError, UnreadableFile
from pssglass.configurations import (
    Configuration,
    read_configuration,
    read_gsd,
    write_configuration,
    write_gsd,
)

FRAME = '2\nLattice="4 0 0 0 4 0 0 0 4"\nA 0 0 0\nB 1 1 1\n'
SUFFIXES = (".extxyz", ".data", ".gsd")


def configuration() -> Configuration:
    box = np.array([4.0, 4.0, 4.0, 0.0, 0.0, 0.0])
    return Configuration("liquid", np.eye(2, 3), box, np.array([0, 1], dtype=np.int32))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_no_regular_file_is_refused(suffix: str, tmp_path: Path) -> None:
    pipe, device, folder = (tmp_path / f"{name}{suffix}" for name in ("pipe", "device", "folder"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    folder.mkdir()
    for path, what in ((pipe, "a pipe"), (device, "a device"), (folder, "a folder")):
        with pytest.raises(ConfigurationError, match=f"it is {what}, no regular file; copy what it holds"):
            read_configuration(path)


def memory_of_refusing(path: Path, message: str) -> int:
    """Bytes that reading takes at most before it ends with the message."""
    tracemalloc.start()
    try:
        with pytest.raises(ConfigurationError, match=message):
            read_configuration(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.extxyz", FRAME + "C 1 1 1\n" * 2_000_000, "follows frame 0"),
        (
            "a.extxyz",
            "9" * 17 + FRAME[1:] + "A 1 1 1\n" * 1000,
            "1002 particle lines, but the first line says 9",
        ),
        ("a.data", "title\n\n2 atoms\n\nAtoms\n\n" + "1 1 0 0 0\n" * 2_000_000, "says 2 atoms, more lines"),
        ("a.data", "title\n" + "".join(f"1 x{k} y\n" for k in range(500_000)), "no section begins"),
    ],
)
def test_memory_is_bounded_by_what_the_header_says(
    name: str, content: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    assert memory_of_refusing(tmp_path / name, message) < 3_000_000
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(content.encode(), 1))
    assert memory_of_refusing(packed, message) < 3_000_000


def test_a_line_without_an_end_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pssglass.configurations.source.LONGEST_LINE", 1000)
    (tmp_path / "a.extxyz").write_bytes(b"\0" * 100_000)
    with pytest.raises(ConfigurationError, match="a line of 1000 characters: it is no text"):
        read_configuration(tmp_path / "a.extxyz")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_names_that_are_no_unicode(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"M\xfc")
    folder.mkdir()
    path = folder / f"\udcfc{suffix}"
    write_configuration(path, configuration())
    np.testing.assert_array_equal(read_configuration(path).positions, np.eye(2, 3))
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_configuration(folder / f"missing{suffix}")


def test_packed_gsd_must_be_unpacked_first(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gsd is not read from \.gz; unpack it by `gunzip` first"):
        read_configuration(tmp_path / "a.gsd.gz")


def test_too_few_open_files_are_told_as_such(tmp_path: Path) -> None:
    """A process that may open no more files."""
    write_gsd(tmp_path / "a.gsd", configuration())
    write_configuration(tmp_path / "a.extxyz", configuration())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        for call in (
            lambda: read_configuration(tmp_path / "a.extxyz"),
            lambda: write_gsd(tmp_path / "b.gsd", configuration()),
        ):
            with pytest.raises(
                ConfigurationError, match=r"\(Too many open files\); allow .* `ulimit -n 256`"
            ):
                call()
        with pytest.raises(UnreadableFile, match="Too many open files"):
            read_gsd(tmp_path / "a.gsd")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    look = (
        "import gc, sys, warnings; from pssglass.configurations import read_configuration;"
        "warnings.simplefilter('error');"
        "[read_configuration(sys.argv[1]) for _ in range(3)]; gc.collect()"
    )
    (tmp_path / "a.extxyz").write_text(FRAME)
    done = subprocess.run(
        [sys.executable, "-c", look, tmp_path / "a.extxyz"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
