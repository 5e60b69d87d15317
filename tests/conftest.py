"""What tests of several folders share."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session", autouse=True)
def importable() -> Iterator[None]:
    """Lets processes that tests start import test modules, and the package from where it is installed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # for processes of another user
        (Path(folder) / "tests").symlink_to(Path(__file__).parent)
        sys.path.append(folder)
        yield
        sys.path.remove(folder)


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """An empty folder, in memory where there is such a place: a disk takes long to sync each commit."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)
