"""The example in observables/README.md is a working distribution, and its tables are those of the program."""

from __future__ import annotations

import inspect
import math
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pssglass as pg
from pssglass.plugins.evaluation import evaluate
from pssglass.plugins.protocol import Observable
from pssglass.plugins.registry import Registry

README = Path(__file__).parents[2] / "observables" / "README.md"

SPREAD = ("_error", "_low", "_high", "_limit", "_holds")


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), flags=re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``pip install`` of the example's two files leaves on the import path."""
    project = tomllib.loads(code_blocks("toml")[0])["project"]
    (tmp_path / "glass_debye.py").write_text(code_blocks("python")[0])
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("installed")
def test_the_example_is_found_and_measures_what_it_says(glass: pg.Glass) -> None:
    registry = Registry.discover()
    assert registry.problems == []
    assert registry.provider("debye") == ("glass-debye", "1.0")
    frequency = float(evaluate(registry.observables["debye"], glass)["debye_frequency"])
    moduli = glass.moduli()
    G, K = moduli.shear_modulus_isotropic, moduli.bulk_modulus
    speeds = [math.sqrt(G / 0.6), math.sqrt(G / 0.6), math.sqrt((K + 4.0 * G / 3.0) / 0.6)]
    # Three branches of ω = ck filled up to 3N modes: Σ ω_D³/(6π² c³) = 3ρ.
    assert sum(frequency**3 / (6.0 * math.pi**2 * c**3) for c in speeds) == pytest.approx(3.0 * 0.6)


@pytest.mark.usefixtures("installed")
def test_the_tests_of_the_example_pass(tmp_path: Path) -> None:
    (tmp_path / "test_debye.py").write_text(code_blocks("python")[1])
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_debye.py"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d passed", done.stdout)


def table(observable: Observable) -> str:
    """The section on an observable: what it is, and its columns, errors and intervals beside their values."""
    names = [column.name for column in observable.columns]
    spread = {name + end for name in names for end in SPREAD}
    definition = inspect.cleandoc(type(observable).__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    lines = [f"### {observable.name}", f"Of each {observable.level}. {definition}", ""]
    lines += ["| column | unit | shape | meaning |", "|-|-|-|-|"]
    for one in observable.columns:
        if one.name not in spread:
            keys = [f"`{one.name}`", *(f"`{end}`" for end in SPREAD if one.name + end in names)]
            shape, meaning = "×".join(map(str, one.shape)), one.doc.replace("|", "\\|")
            lines.append(f"| {' '.join(keys)} | {one.unit} | {shape} | {meaning} |")
    return "\n".join(lines)


@pytest.mark.parametrize("name", list(Registry.discover().observables))
def test_the_columns_are_those_that_are_declared(name: str) -> None:
    section = table(Registry.discover().observables[name])
    assert section in README.read_text(), f"observables/README.md should have:\n{section}"
