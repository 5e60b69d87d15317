"""Lets a test call the script of its validation case."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def case(request: pytest.FixtureRequest) -> ModuleType:
    """The module validate.py beside the test that asks."""
    path = request.path.parent / "validate.py"
    spec = importlib.util.spec_from_file_location(f"validate_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module
