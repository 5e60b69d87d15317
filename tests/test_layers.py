"""The layers of the program: nothing imports or includes what stands above its own level."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PYTHON_LEVELS = {
    "pssglass.errors": 0,
    "pssglass.tapers": 0,
    "pssglass.checks": 1,
    "pssglass.models": 1,
    "pssglass.specs": 1,
    "pssglass.config": 1,
    "pssglass.results": 1,
    "pssglass.statistics": 1,
    "pssglass.correlation": 1,
    "pssglass.crossing": 1,
    "pssglass.grouping": 1,
    "pssglass.scales": 1,
    "pssglass.engine": 2,
    "pssglass.configurations": 2,
    "pssglass.dynamics": 2,
    "pssglass.initial": 2,
    "pssglass.inherent": 2,
    "pssglass.glass": 2,
    "pssglass.liquid": 2,
    "pssglass.observable": 2,
    "pssglass.structure": 2,
    "pssglass": 2,
    "pssglass.plugins": 3,
    "pssglass.registry": 3,
    "pssglass.testing": 3,
    "pssglass.figures": 3,
    "pssglass.observables": 3,
    "pssglass.db": 3,
    "pssglass.provenance": 4,
    "pssglass.local_cluster": 4,
    "pssglass.execution": 4,
    "pssglass.pipeline": 4,
    "pssglass.cli": 5,
    "pssglass.__main__": 5,
}

CORE_LEVELS = [
    {"types", "error", "parallel", "rng", "aligned", "linalg", "kernel", "kernel_potential", "kernel_forces",
     "kernel_lists", "kernel_motion", "kernel_mixed", "kernel_table", "simd_single",
     "simd_avx512", "simd_avx2", "simd_baseline"},
    {"box", "potential", "dispatch", "cells", "sparse_cholesky", "cg_kernel", "pair_table"},
    {"system", "pairs", "neighbors"},
    {"forces", "hessian", "strain", "energetics", "packed", "evaluator", "list_skin", "cholesky",
     "cg_solver"},
    {"dynamics", "thermostat", "trajectory", "landscape", "line_search", "minimizers", "gradient_flow",
     "newton", "quench", "response", "block_lanczos", "modes", "certificate", "mechanics", "info"},
]  # fmt: skip


def module_name(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("")
    parts = list(relative.parts)
    if parts[0] in ("observables", "db"):
        parts.insert(0, "pssglass")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def level(module: str) -> int:
    while module not in PYTHON_LEVELS:
        module = module.rpartition(".")[0]
        assert module, "every module has a level: add new ones to PYTHON_LEVELS"
    return PYTHON_LEVELS[module]


def python_sources() -> list[Path]:
    return [p for folder in ("pssglass", "observables", "db") for p in sorted((ROOT / folder).rglob("*.py"))]


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            target = (base + (node.module or "")).rstrip(".")
            names = {f"{target}.{alias.name}" for alias in node.names}
            found |= {name if is_module(name) else target for name in names}
    return {name for name in found if name == "pssglass" or name.startswith("pssglass.")}


def is_module(name: str) -> bool:
    parts = name.split(".")
    if parts[:2] in (["pssglass", "observables"], ["pssglass", "db"]):
        parts = parts[1:]
    path = ROOT.joinpath(*parts)
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@pytest.mark.parametrize("path", python_sources(), ids=module_name)
def test_python_imports_point_downwards(path: Path) -> None:
    own = level(module_name(path))
    upward = {m for m in imported_modules(path) if m != "pssglass._core" and level(m) > own}
    assert not upward, f"{path} (level {own}) imports {upward}"


def test_only_the_engine_imports_the_extension() -> None:
    importers = {module_name(p) for p in python_sources() if "pssglass._core" in imported_modules(p)}
    assert importers == {"pssglass.engine"}


def test_observables_see_no_database_and_the_command_line_no_sql() -> None:
    for path in (ROOT / "observables").glob("*.py"):
        assert not {m for m in imported_modules(path) if m.startswith("pssglass.db")}
    for path in [p for p in python_sources() if module_name(p).startswith("pssglass.cli")]:
        assert "sqlalchemy" not in path.read_text()


def core_level(name: str) -> int:
    """Place of a header in CORE_LEVELS: every header has one."""
    return next(level for level, names in enumerate(CORE_LEVELS) if name in names)


@pytest.mark.parametrize("path", sorted((ROOT / "cpp/core").glob("*.h")), ids=lambda p: p.name)
def test_core_includes_point_downwards(path: Path) -> None:
    for included in re.findall(r'#include "(\w+)\.h"', path.read_text()):
        assert core_level(included) <= core_level(path.stem), f"{path.name} includes {included}.h"


def test_the_core_never_sees_python_and_openmp_has_one_home() -> None:
    for path in [*(ROOT / "cpp/core").glob("*.h"), *(ROOT / "cpp/core").glob("*.cc")]:
        text = path.read_text()
        assert "Python.h" not in text
        assert "pybind11" not in text
        assert "<omp.h>" not in text or path.name == "parallel.h"
