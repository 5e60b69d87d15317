"""The notebooks run from their first cell to their last, and are kept without output."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode, read

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SMALLER = {"N = 1000 ": "N = 256 ", "TIME = 20.0": "TIME = 1.0", "samples = 8": "samples = 2"}
"""What makes them quick."""


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    return read(request.param, as_version=4)


@pytest.mark.parametrize("large", SMALLER)
def test_what_is_made_smaller_is_there(large: str) -> None:
    assert [one for one in NOTEBOOKS if large in one.read_text(encoding="utf-8")]


def test_they_run(notebook: NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for cell in notebook.cells:
        for large, small in SMALLER.items():
            cell.source = cell.source.replace(large, small)
    NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [one for cell in notebook.cells if cell.cell_type == "code" for one in cell.outputs]
    assert any("image/png" in one.get("data", {}) for one in outputs)
    assert not [one for one in outputs if one.get("name") == "stderr"]


def test_they_are_kept_without_output(notebook: NotebookNode) -> None:
    assert NOTEBOOKS
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_their_changes_can_be_read(path: Path) -> None:
    """A line of the file for each line of the notebook."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8") == json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
