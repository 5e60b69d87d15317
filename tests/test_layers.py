"""The layers of the program: nothing imports or includes what stands above its own level."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LAYERS = (
    *("base", "models", "engine", "configurations", "analysis", "mechanics", "simulation", "campaigns"),
    *("plugins", "observables", "db", "figures", "execution", "pipeline", "report", "browse", "cli"),
)
"""Folders of the package, each above those before it; ``observables`` and ``db`` stand beside it."""
PUBLIC_PATHS = {
    **{"errors": "base", "observable": "plugins", "stage": "simulation", "testing": "plugins"},
    "__main__": "cli",
}
"""Modules that offer under a short name what a layer holds."""
PLUGIN_SEES = ("observable", "base", "configurations", "analysis", "observables")
"""What an observable imports when it runs; for its type hints it may name any subject."""

CORE = ROOT / "cpp/core"
# A file includes headers of its own folder and of those before it.
CORE_FOLDERS = (
    *("base", "potential", "simd", "particles", "structure", "forces", "dynamics", "mechanics", "minimise"),
    "quasilocalised",
    "deformation",
)
CORE_SOURCES = sorted(path for path in CORE.rglob("*") if path.suffix in (".h", ".cc"))


def module_name(path: Path) -> str:
    relative = path.relative_to(ROOT).with_suffix("")
    parts = list(relative.parts)
    if parts[0] in ("observables", "db"):
        parts.insert(0, "pssglass")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def folder(module: str) -> str:
    return [*module.split("."), ""][1]


def layer(module: str) -> int:
    """Place of a module's folder in the order; the package's own ``__init__`` stands above all."""
    own = folder(module)
    return LAYERS.index(PUBLIC_PATHS.get(own, own)) if own else len(LAYERS)


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
    own = layer(module_name(path))
    imported = imported_modules(path) - {"pssglass", "pssglass._core"}
    upward = {module for module in imported if layer(module) > own}
    assert not upward, f"{path} imports {upward}"


def test_every_folder_has_its_place_and_the_readme_lists_them_in_order() -> None:
    folders = {path.parent.name for path in (ROOT / "pssglass").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "pssglass").glob("*.py")} - {"__init__", *PUBLIC_PATHS}
    assert folders | modules | {"observables", "db"} == set(LAYERS)
    table = (ROOT / "pssglass/README.md").read_text()
    assert tuple(re.findall(r"^\| `(?:\.\./)?(\w+)/?` \|", table, re.MULTILINE)) == LAYERS


def test_upward_imports_and_newcomers_are_found() -> None:
    assert layer("pssglass.db.store") < layer("pssglass.pipeline.sample") < layer("pssglass.cli.app")
    with pytest.raises(ValueError, match="not in tuple"):
        layer("pssglass.newcomer.module")


def test_only_the_engine_imports_the_extension() -> None:
    importers = {module_name(p) for p in python_sources() if "pssglass._core" in imported_modules(p)}
    assert importers == {"pssglass.engine"}


def test_an_observable_sees_the_plugin_protocol_and_results_alone() -> None:
    for path in (ROOT / "observables").glob("*.py"):
        at_run_time = path.read_text().replace("if TYPE_CHECKING:", "\x00").split("\x00")[0]
        seen = {folder(module) for module in re.findall(r"(?:from|import) (pssglass[\w.]*)", at_run_time)}
        assert seen <= set(PLUGIN_SEES), path


def test_only_entry_points_lead_to_an_observable() -> None:
    for path in [one for one in python_sources() if one.parent.name != "observables"]:
        assert not {m for m in imported_modules(path) if folder(m) == "observables"}, path


def test_commands_hold_no_sql() -> None:
    for path in [p for p in python_sources() if folder(module_name(p)) == "cli"]:
        assert "sqlalchemy" not in path.read_text()


def core_level(file: str) -> int:
    """Place of the folder in which a header or source of the core stands."""
    folder, separator, _ = file.partition("/")
    assert separator, f"{file} is in none of the core's folders"
    assert folder in CORE_FOLDERS, f"{folder} is no folder of the core: see CORE_FOLDERS"
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
