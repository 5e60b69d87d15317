"""The site of the documentation is built without a warning, and its reference leaves nothing out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from importlib import import_module
from pathlib import Path

import pytest

from pssglass.pipeline import registry

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ("pssglass", "pssglass.models", "pssglass.observable", "pssglass.figures", "pssglass.stage")
PUBLIC += ("pssglass.testing", "pssglass.errors")
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
    text = (site / "docs" / "site" / "api.html").read_text(encoding="utf-8")
    for module in PUBLIC:
        for name in set(import_module(module).__all__) - PLAIN:
            assert re.search(rf'id="pssglass[\w.]*\.{name}"', text), f"{module}.{name}"


def help_of(*command: str) -> str:
    program = [sys.executable, "-P", "-m", "pssglass", *command, "-h"]
    environment = {**os.environ, "COLUMNS": "82"}  # less two, as click has it
    return subprocess.run(program, capture_output=True, text=True, env=environment, check=True).stdout


def test_every_command_has_its_help(site: Path) -> None:
    text = read(site / "docs" / "site" / "commands.html")
    names = [(name,) for name in re.findall(r"^  (\w+) ", help_of().partition("Commands:")[2], re.MULTILINE)]
    assert len(names) > 10
    below = re.findall(r"^  (\w+) ", help_of("db").partition("Commands:")[2], re.MULTILINE)
    assert below
    for command in (*names, *(("db", name) for name in below)):
        assert f"Usage: pssglass {' '.join(command)}" in text
    assert help_of("cite").strip() in text


def test_every_column_is_described(site: Path) -> None:
    text = read(site / "docs" / "site" / "columns.html")
    for name, observable in registry().observables.items():
        assert name in text
        for column in observable.columns:
            assert column.name in text
            assert " ".join(column.doc.split()) in " ".join(text.split())


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        found = re.findall(r"<(?:script|img|link)[^>]* (?:src|href)=\"https?:[^>]*>", page.read_text("utf-8"))
        assert not found, page
