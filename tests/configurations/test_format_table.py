"""A third party adds a format by one registration, and reading, writing and messages know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError, InputError
from pssglass.configurations import (
    Configuration,
    format_named,
    formats,
    installed_formats,
    read_configuration,
    suffixes,
    write_configuration,
)

SOURCE = """
import json
import numpy as np
from pssglass.configurations import Configuration, Format

def read(source):
    rows = [line.split(",") for line in source.lines()]
    box = np.array([float(value) for value in rows[0]])
    places = np.array([[float(value) for value in row[1:]] for row in rows[1:]])
    species = source.indices([row[0] for row in rows[1:]])
    return Configuration("liquid", places, box, species, tuple(source.species))

def write(path, configuration):
    rows = [configuration.box.tolist()]
    rows += [[name, *place] for name, place in zip(configuration.symbols, configuration.positions.tolist())]
    path.write_text("".join(",".join(map(str, row)) + "\\n" for row in rows))

FORMAT = Format("{name}", {suffixes}, "one row a particle", read, write, is_text=True)
"""


def install(folder: Path, name: str, own_suffixes: str, source: str = SOURCE) -> None:
    """A distribution with one format, as pip would lay it out."""
    module = f"format_{folder.name}_{name}".replace("-", "_")
    text = source.replace("{name}", name).replace("{suffixes}", own_suffixes)
    (folder / f"{module}.py").write_text(text)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[pssglass.formats]\n{name} = {module}:FORMAT\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path; the table is read anew before and after."""
    monkeypatch.syspath_prepend(str(tmp_path))
    installed_formats.cache_clear()
    yield tmp_path
    installed_formats.cache_clear()


def configuration() -> Configuration:
    box = np.array([4.0, 4.0, 4.0, 0.0, 0.0, 0.0])
    return Configuration("liquid", np.eye(2, 3), box, np.array([0, 1], dtype=np.int32))


def test_the_built_in_formats_are_registered_the_same_way() -> None:
    assert set(formats()) == {"extxyz", "gsd", "lammps"}
    assert installed_formats().problems == {}
    assert set(suffixes()) == set(suffixes(to_write=True)) == {".extxyz", ".xyz", ".gsd", ".data", ".lammps"}


def test_a_third_party_format(folder: Path) -> None:
    install(folder, "rows", "('.rows', '.r')")
    write_configuration(folder / "a.rows", configuration())
    after = read_configuration(folder / "a.rows")
    np.testing.assert_array_equal(after.positions, np.eye(2, 3))
    assert after.symbols == ["A", "B"]
    (folder / "b.R").write_text((folder / "a.rows").read_text().replace("A,", "Cu,"))
    assert read_configuration(folder / "b.R", mapping={"Cu": "A"}).symbols == ["A", "B"]
    for name, message in (
        ("b.R", "--map Cu=A"),
        ("a.pdb", r"use one of .*\.rows, \.r"),
        ("c.r", "cannot read"),
    ):
        with pytest.raises(ConfigurationError, match=message):
            read_configuration(folder / name)
    (folder / "a.rows").write_text("4,4,4,0,0,none")
    with pytest.raises(ConfigurationError, match=r"a\.rows cannot be understood .could not convert"):
        read_configuration(folder / "a.rows")
    with pytest.raises(InputError, match="there is no format 'row'; did you mean 'rows'"):
        format_named("row")


@pytest.mark.parametrize(
    ("source", "own_suffixes", "reason"),
    [
        (SOURCE, "('.rows', '.xyz')", r"\.xyz is a suffix of extxyz"),
        (SOURCE, "('rows',)", "must begin with '.'"),
        (SOURCE, "()", "must begin with '.'"),
        (SOURCE.replace("read, write, is_text=True", ""), "('.rows',)", "neither read nor write"),
        ("FORMAT = 7", "", "int is no pssglass.configurations.Format"),
        ("import no_such_module", "", "No module named 'no_such_module'"),
    ],
)
def test_a_format_that_cannot_be_used_is_told_where_it_is_missed(
    source: str, own_suffixes: str, reason: str, folder: Path
) -> None:
    install(folder, "rows", own_suffixes, source)
    write_configuration(folder / "a.xyz", configuration())
    read_configuration(folder / "a.xyz")
    with pytest.raises(ConfigurationError, match=reason):
        read_configuration(folder / "a.rows")
