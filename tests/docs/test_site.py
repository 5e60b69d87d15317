"""The site of the documentation is built without a warning, and its reference leaves nothing out."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ("pssglass", "pssglass.models", "pssglass.observable", "pssglass.figures", "pssglass.stage")
PLAIN = {
    "__version__",
    "MODELS",
    "errors",
    "models",
    "LENNARD_JONES",
    "JSON",
    "LIQUID",
    "LIQUID_KEYS",
    "Floats",
}
PLAIN |= {"Level", "Value", "Values", "FORMATS", "not_negative", "positive"}
"""Public names of constants, types of values and modules, which pages describe where they are used."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site was built; -W makes warnings errors."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-E",
        "-d",
        folder / "trees",
        "-c",
        ROOT / "docs" / "site",
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-m", *map(str, command), str(ROOT), str(folder / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def read(page: Path) -> str:
    return unescape(re.sub("<[^>]*>", "", page.read_text(encoding="utf-8")))


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    text = read(site / "docs" / "site" / "api.html")
    for module in PUBLIC:
        for name in set(import_module(module).__all__) - PLAIN:
            assert re.search(rf"\b{name}\b", text), f"{module}.{name}"


def test_every_command_has_its_help(site: Path) -> None:
    text = read(site / "docs" / "site" / "commands.html")
    done = subprocess.run([sys.executable, "-P", "-m", "pssglass", "-h"], capture_output=True, text=True)
    commands = re.findall(r"^  (\w+) ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert len(commands) > 10
    for command in commands:
        assert f"Usage: pssglass {command}" in text


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not re.search(r"<(?:script|img)[^>]* src=\"https?:", page.read_text(encoding="utf-8")), page
