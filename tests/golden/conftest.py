"""The modules ``golden`` and ``comparison`` beside this file, and what is computed once for several tests."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def golden() -> ModuleType:
    """What can be computed."""
    module = _beside("golden")
    module.engine_at = cache(module.engine_at)
    return module


@pytest.fixture(scope="session")
def comparison() -> ModuleType:
    """What was recorded, and where another computation differs."""
    return _beside("comparison")


@pytest.fixture(scope="session")
def campaign(golden: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the golden campaign, from its file to its figures."""
    folder = tmp_path_factory.mktemp("campaign")
    golden.run_campaign(folder)
    return folder


@pytest.fixture
def stored(golden: ModuleType, tmp_path: Path) -> Path:
    """A copy of the stored database with its configurations and checkpoints."""
    golden.copy_stored(tmp_path)
    return tmp_path
