"""The wheel, where nothing but Python is: libraries, licences, the demo, a package of others beside it."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.licenses import canonicalize_license_expression

if TYPE_CHECKING:
    from .conftest import Installed

HERE = Path(__file__).resolve().parent
PROBE = HERE / "probe.py"
THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
PLATFORM = re.compile(
    r"(ld-linux-.*|lib(c|m|mvec|dl|rt|util|pthread|gcc_s|stdc\+\+))[.-]so\b.*|lib(c|m)-2\..*"
)
"""Names of what every system of a manylinux tag has: glibc, and the runtime of C++."""


def foreign(answer: dict[str, Any], environment: Path) -> set[str]:
    """Names of libraries in memory that are neither of the environment, nor Python's, nor the platform's."""
    others = [Path(one) for one in set(answer["mapped"]) - set(answer["of_python"])]
    return {
        one.name for one in others if not one.is_relative_to(environment) and not PLATFORM.match(one.name)
    }


@pytest.fixture(scope="module")
def answer(installed: Installed) -> dict[str, Any]:
    """What the probe says of the installed wheel."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in THREADS.items():
            patch.setenv(name, value)
        return json.loads(installed.run("python", str(PROBE)))


@pytest.fixture(scope="module")
def from_source() -> dict[str, Any]:
    """What it says of the package that these tests run with, whose libraries are the system's."""
    done = subprocess.run(
        [sys.executable, "-P", PROBE], check=True, capture_output=True, text=True, timeout=600
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def metadata(installed: Installed) -> Message:
    """The metadata of the installed wheel."""
    (path,) = installed.packages.glob("pssglass-*.dist-info/METADATA")
    return BytesParser().parsebytes(path.read_bytes())


def test_every_library_comes_with_it(answer: dict[str, Any], installed: Installed) -> None:
    assert foreign(answer, installed.environment) == set()
    inside = {str(one) for one in (installed.packages / "pssglass.libs").iterdir()}
    assert inside <= set(answer["mapped"]), "none is in vain"
    for name in ("cholmod", "openblas", "gomp", "metis"):
        assert any(Path(one).name.startswith(f"lib{name}") for one in inside), name


def test_libraries_from_elsewhere_would_be_noticed(from_source: dict[str, Any]) -> None:
    names = foreign(from_source, Path(sys.prefix))
    for name in ("cholmod", "openblas", "gomp"):
        assert any(one.startswith(f"lib{name}") for one in names), (name, names)


def test_it_computes_what_the_source_does(answer: dict[str, Any], from_source: dict[str, Any]) -> None:
    for key in ("shear_modulus", "frequencies"):
        assert answer[key] == from_source[key]


def test_threads_are_held_to_what_is_asked_for(answer: dict[str, Any]) -> None:
    inside = [one for one in answer["threads"] if "pssglass.libs" in one]
    assert len(inside) == 2, "OpenBLAS's and OpenMP's"
    assert {answer["threads"][one] for one in inside} == {2}
    assert set(answer["limited"].values()) == {1}
    assert answer["others"]["1"] < 0.05
    assert answer["others"]["2"] > answer["others"]["1"]


def test_its_metadata_state_the_licence_of_each_library(metadata: Message, installed: Installed) -> None:
    expression = metadata["License-Expression"]
    assert canonicalize_license_expression(expression) == expression
    stated = set(expression.split(" AND "))
    assert {"BSD-3-Clause", "GPL-2.0-or-later", "GPL-3.0-or-later WITH GCC-exception-3.1"} <= stated
    folder = installed.packages / f"pssglass-{metadata['Version']}.dist-info"
    held = {
        str(one.relative_to(folder / "licenses")) for one in (folder / "licenses").rglob("*") if one.is_file()
    }
    assert held == set(metadata.get_all("License-File"))
    contents = (folder / "licenses/CONTENTS").read_text(encoding="utf-8").splitlines()[2:]
    rows = {name: (version, licence) for name, version, licence, _ in (line.split("  ") for line in contents)}
    assert stated == {
        "BSD-3-Clause",
        *(one for _, licence in rows.values() for one in licence.split(" AND ")),
    }
    for name in rows:
        assert (folder / "licenses" / name / "copyright").stat().st_size > 0
    for library in (installed.packages / "pssglass.libs").iterdir():
        stem = (
            re.match(r"lib[a-z]+", library.name)[0]
            .replace("libblas", "libopenblas")
            .replace("liblapack", "libopenblas")
        )
        assert any(name.startswith(stem.removesuffix("p")) for name in rows), library.name
    assert {"common/GPL-2", "common/GPL-3", "common/LGPL-2.1", "common/MPL-2.0"} <= held


def test_its_tag_is_no_newer_than_the_machine_that_built_it(wheel: Path) -> None:
    found = re.search(r"-manylinux_2_(\d+)_(x86_64|aarch64)\.whl$", wheel.name)
    assert found
    name, version = platform.libc_ver()
    assert name == "glibc"
    assert (2, int(found[1])) <= tuple(map(int, version.split(".")[:2]))
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None


def test_the_demo(installed: Installed) -> None:
    out = installed.run("pssglass", "demo")
    header, *rows = [line for line in out.splitlines() if "T_p" in line or "pss rc=" in line]
    assert header.split() == ["model", "T_p", "N", "samples", "u", "G", "G_na/G", "K", "ν"]
    assert len(rows) == 4
    assert all(row.count(" ± ") == 5 for row in rows)
    folder = installed.folder / "pssglass-demo"
    assert len(list(folder.rglob("*-inherent.gsd"))) == 24
    assert list(folder.glob("*.png"))
    assert installed.run("pssglass", "demo") == out


def test_a_package_of_others_is_installed_and_used_beside_it(installed: Installed) -> None:
    package = shutil.copytree(HERE.parent / "example_plugin", installed.folder / "glass-example")
    installed.install(package)
    shutil.copy(package / "campaign.toml", installed.folder)
    for command in ("simulate campaign.toml", "analyze campaign.toml", "plot stress -o stress.svg --data"):
        installed.run("pssglass", *command.split())
    query = "SELECT n, equivalent_stress FROM v_samples"
    rows = json.loads(installed.run("pssglass", "sql", query, "--format", "json"))
    assert len(rows) == 4
    assert all(row["n"] == 12 and row["equivalent_stress"] > 0 for row in rows)
