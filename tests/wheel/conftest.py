"""The wheel of dist/, installed as on a machine that has nothing but Python."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parents[2] / "dist"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They need a wheel: only where they are asked for."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("wheel")


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and what it requires, and a folder to work in."""

    folder: Path

    @property
    def environment(self) -> Path:
        """Where all is that was installed."""
        return self.folder / "venv"

    @property
    def packages(self) -> Path:
        """What Python imports from."""
        (found,) = self.environment.glob("lib/python3*/site-packages")
        return found

    def install(self, package: Path) -> None:
        """With pip, as a user would."""
        python = f"--python={self.environment / 'bin/python'}"
        subprocess.run([sys.executable, "-m", "pip", python, "install", "--quiet", package], check=True)

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints; it succeeds and has nothing to complain about."""
        done = self._run(program, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def find_fonts(self) -> None:
        """Have Matplotlib's list of fonts made, of which it tells on stderr when that takes long."""
        self._run("python", "-c", "import matplotlib.font_manager").check_returncode()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LD_"))
        }
        environment["MPLCONFIGDIR"] = str(self.folder / "matplotlib")
        command = [self.environment / "bin" / program, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel for this Python."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    found = list(DIST.glob(f"pssglass-*-{tag}-{tag}-manylinux*.whl"))
    assert len(found) == 1, (
        f"{DIST} should hold one wheel for {tag}: remove what is old, bash install.sh wheel"
    )
    return found[0]


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment that was empty before."""
    made = Installed(tmp_path_factory.mktemp("installed"))
    venv.EnvBuilder(symlinks=True).create(made.environment)
    made.install(wheel)
    made.find_fonts()
    return made
