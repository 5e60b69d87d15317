"""The layers of the program: nothing imports or includes what stands above its own level."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PYTHON_LEVELS = {
    "pssglass.errors": 0,
    "pssglass.checks": 0,
    "pssglass.tapers": 0,
    "pssglass.patience": 0,
    "pssglass.models": 1,
    "pssglass.round_off": 1,
    "pssglass.specs": 1,
    "pssglass.config": 1,
    "pssglass.results": 1,
    "pssglass.statistics": 1,
    "pssglass.correlation": 1,
    "pssglass.correlator": 1,
    "pssglass.crossing": 1,
    "pssglass.grouping": 1,
    "pssglass.scales": 1,
    "pssglass.engine": 2,
    "pssglass.configurations": 2,
    "pssglass.dynamics": 2,
    "pssglass.equilibration": 2,
    "pssglass.initial": 2,
    "pssglass.inherent": 2,
    "pssglass.glass": 2,
    "pssglass.liquid": 2,
    "pssglass.observable": 2,
    "pssglass.structure": 2,
    "pssglass.radial": 2,
    "pssglass": 2,
    "pssglass.plugins": 3,
    "pssglass.registry": 3,
    "pssglass.aggregate": 3,
    "pssglass.testing": 3,
    "pssglass.speed": 3,
    "pssglass.figures": 3,
    "pssglass.relations": 3,
    "pssglass.flags": 3,
    "pssglass.observables": 3,
    "pssglass.db": 3,
    "pssglass.provenance": 4,
    "pssglass.execution": 4,
    "pssglass.pipeline": 4,
    "pssglass.report": 4,
    "pssglass.cli": 5,
    "pssglass.__main__": 5,
}

CORE = ROOT / "cpp/core"
# A file includes headers of its own folder and of those before it.
CORE_FOLDERS = ("base", "potential", "simd", "particles", "forces", "dynamics", "mechanics", "minimise")
CORE_SOURCES = sorted(path for path in CORE.rglob("*") if path.suffix in (".h", ".cc"))


def module_name(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("")
    parts = list(relative.parts)
    if parts[0] in ("observables", "db"):
        parts.insert(0, "pssglass")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def level(module: str) -> int:
    """Place of a module or of the subpackage it is in; none takes its level from ``pssglass`` itself."""
    own = ".".join(module.split(".")[:2])
    assert own in PYTHON_LEVELS, f"{module} has no level: add it to PYTHON_LEVELS and to pssglass/README.md"
    return PYTHON_LEVELS[own]


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


def test_the_readme_lists_every_module_at_its_level() -> None:
    table = re.findall(r"^\| (\d) \| (.*?) \|", (ROOT / "pssglass/README.md").read_text(), re.MULTILINE)
    listed = {name: int(level) for level, names in table for name in re.findall(r"[\w]+", names)}
    known = {name.removeprefix("pssglass."): level for name, level in PYTHON_LEVELS.items()}
    assert listed == {name: level for name, level in known.items() if name not in ("pssglass", "__main__")}


def test_only_the_engine_imports_the_extension() -> None:
    importers = {module_name(p) for p in python_sources() if "pssglass._core" in imported_modules(p)}
    assert importers == {"pssglass.engine"}


def test_observables_see_no_database_and_the_command_line_no_sql() -> None:
    for path in (ROOT / "observables").glob("*.py"):
        assert not {m for m in imported_modules(path) if m.startswith("pssglass.db")}
    for path in [p for p in python_sources() if module_name(p).startswith("pssglass.cli")]:
        assert "sqlalchemy" not in path.read_text()


def core_level(file: str) -> int:
    """Place of the folder in which a header or source of the core stands."""
    folder, separator, _ = file.partition("/")
    assert separator and folder in CORE_FOLDERS, f"{file} is in none of the core's folders"
    return CORE_FOLDERS.index(folder)


def core_path(path: Path) -> str:
    return path.relative_to(CORE).as_posix()


@pytest.mark.parametrize("path", CORE_SOURCES, ids=core_path)
def test_core_includes_point_downwards(path: Path) -> None:
    for included in re.findall(r'#include "(.+)"', path.read_text()):
        assert (CORE / included).is_file(), f"{path.name} includes {included}, which is no file of the core"
        assert core_level(included) <= core_level(core_path(path)), f"{core_path(path)} includes {included}"


def test_the_readme_lists_the_core_s_folders_in_their_order() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "cpp/README.md").read_text(), re.MULTILINE)
    assert tuple(listed) == CORE_FOLDERS


def test_the_core_never_sees_python_and_openmp_has_one_home() -> None:
    for path in CORE_SOURCES:
        text = path.read_text()
        assert "Python.h" not in text
        assert "pybind11" not in text
        assert "<omp.h>" not in text or core_path(path) == "base/parallel.h"
