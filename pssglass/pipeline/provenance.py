"""Who computed a result: records of software, platform and worker, kept with every row of the database."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import socket
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from pssglass import engine
from pssglass.base.results import Provenance

_DEPENDENCIES = ("numpy", "scipy", "sqlalchemy", "gsd", "dask", "distributed")
_PLATFORM_KEYS = ("simd", "threads")


@lru_cache(maxsize=1)
def current() -> Provenance:
    """The records of this process."""
    return Provenance(software=software(), platform=machine(), worker=f"{socket.gethostname()}:{os.getpid()}")


@lru_cache(maxsize=1)
def software() -> dict[str, Any]:
    """Versions of program, engine and dependencies, and the git revision."""
    built = {key: value for key, value in engine.build_info().items() if key not in _PLATFORM_KEYS}
    return {
        **built,
        "git_revision": _git_revision() or built["revision"],
        "python": platform.python_version(),
        "dependencies": {name: _version(name) for name in _DEPENDENCIES},
    }


def _version(name: str) -> str:
    """Of a distribution, whose metadata may be damaged though it works."""
    try:
        return importlib.metadata.version(name) or "unknown"
    except Exception:
        return "unknown"


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Host, operating system, processor and the SIMD instructions in use."""
    return {
        "host": socket.gethostname(),
        "system": platform.platform(),
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "simd": engine.build_info()["simd"],
    }


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _git_revision() -> str | None:
    """Revision of the source tree that holds this package, with "+" after it when files have been changed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
