"""The package of docs/model-in-a-package.md: its two files make a model, and its commands work."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "model-in-a-package.md").read_text(encoding="utf-8")
Command = Callable[[str], subprocess.CompletedProcess[str]]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Commands in a folder with the campaign, where the package is installed as pip would lay it out."""
    package = tmp_path / "packages"
    info = package / "glass_mie-1.0.dist-info"
    info.mkdir(parents=True)
    [module] = blocks("python")
    (package / "glass_mie.py").write_text(module, encoding="utf-8")
    described, campaign = blocks("toml")
    project = tomllib.loads(described)["project"]
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head)
    [(group, entries)] = project["entry-points"].items()
    lines = [f"{name} = {place}" for name, place in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]))
    small = campaign.replace("N = 500", "N = 280").replace("_time = 20.0", "_time = 1.0, melt_time = 1.0")
    (tmp_path / "mie.toml").write_text(small, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(package))

    def run(line: str) -> subprocess.CompletedProcess[str]:
        program = [str(Path(sys.executable).with_name("pssglass")), *shlex.split(line, comments=True)[1:]]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_its_commands_work_and_the_database_opens_without_it(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    [lines] = blocks("sh")
    install, *commands = lines.splitlines()
    assert install == "pip install ./glass-mie"
    for line in commands:
        done = command(f"{line} --workers 0" if "mie.toml" in line else line)
        assert done.returncode == 0, (line, done.stderr)
    assert re.search(r"^ +20 +\d", done.stdout, re.MULTILINE), done.stdout
    monkeypatch.delenv("PYTHONPATH")
    assert command(commands[-1]).stdout == done.stdout
    flags = [one["reason"] for one in json.loads(command("pssglass status --json").stdout)["flags"]]
    assert "there is no model 'mie' here; install glass-mie 1.0" in flags
