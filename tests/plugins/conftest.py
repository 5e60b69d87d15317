"""Packages of others, installed as their users would."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Environment:
    """A Python environment that has what this one has, and what is installed in it besides."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Environment:
        """A new one in a folder."""
        venv.EnvBuilder(symlinks=True).create(folder / "venv")
        paths = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
        site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (site / "beside.pth").write_text("".join(f"import site; site.addsitedir({one!r})\n" for one in here))
        return cls(folder)

    @property
    def python(self) -> str:
        """The interpreter."""
        return str(self.folder / "venv" / "bin" / "python")

    def install(self, package: Path) -> None:
        """Build the package in this folder, and install it."""
        options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
        command = [sys.executable, "-m", "pip", f"--python={self.python}", "install", *options, str(package)]
        subprocess.run(command, check=True, timeout=600)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What becomes of a module of the environment that is run in its folder."""
        command = [self.python, "-m", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def make_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Environment]:
    """Makes new environments."""
    return lambda: Environment.made(tmp_path_factory.mktemp("environment"))
