"""Files that cannot be used are refused by name, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gsd.hoomd
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import (
    read_configuration,
    read_gsd,
    write_configuration,
    write_gsd,
)

from .conftest import GOOD, TILTED, N, configuration


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", "the first line must be the number of particles"),
        (lambda text: text.replace("2\n", "3\n", 1), "2 particle lines, but the first line says 3"),
        (lambda text: text + GOOD, "2 frames; choose one of 0 to 1, as --frame 1"),
        (lambda text: text.replace("Lattice", "Box"), 'no Lattice="ax'),
        (lambda text: text.replace("T T T", "T T F"), 'pbc="T T F" is not periodic'),
        (lambda text: text.replace("4 0 0 0 4", "4 0 0 4"), "Lattice has 8 numbers"),
        (lambda text: text.replace('"4 0 0', '"0 0 0'), "must span a cell of positive volume"),
        (lambda text: text.replace("B 1", "X 1"), "unknown species X; the model has A, B"),
        (lambda text: text.replace("B 1 1 1", "B 1 1"), "line 4 of the frame has 3 columns, not 4"),
        (
            lambda text: text.replace("B 1 1 1", "B 1 1 one"),
            "line 4 of the frame: pos:R:3 must be a number, not 'one'",
        ),
        (lambda text: text.replace("B 1 1 1", "B 1 1 nan"), "positions of particle 1 are not finite"),
        (lambda text: text.replace("species:S", "kind:S"), "must have species with 1 column"),
        (lambda text: text.replace('T T T"', "T T T"), 'no closing "'),
    ],
)
def test_unusable_extended_xyz(tmp_path: Path, change: Callable[[str], str], message: str) -> None:
    path = tmp_path / "bad.extxyz"
    path.write_text(change(GOOD))
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unusable_files_of_other_kinds(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"unknown format '\.pdb'; use one of \.extxyz, \.xyz"):
        read_configuration(tmp_path / "state.pdb")
    for name in ("missing.gsd", "missing.extxyz", "missing.data"):
        with pytest.raises(ConfigurationError, match="cannot read"):
            read_configuration(tmp_path / name)
    text = tmp_path / "text.gsd"
    text.write_text("no GSD")
    with pytest.raises(ConfigurationError, match=r"text\.gsd cannot be understood .Not a GSD file"):
        read_gsd(text)


HEADER = '{"kind":"inherent","metadata":{},"step":0}'


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER[:-1], "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[1, 2]", r"= \[1, 2\] must be of type dict"),
        (HEADER.replace("inherent", "solid"), "kind = 'solid' must be one of liquid, inherent"),
        (HEADER.replace('"inherent"', "[]"), r"kind = \[\] must be one of"),
        (HEADER.replace("0}", "true}"), "step = True must be of type int"),
        (HEADER.replace("0}", "1e3}"), "step = 1000.0 must be of type int"),
        (HEADER.replace("{},", "7,"), "metadata = 7 must be of type dict"),
        (HEADER.replace("{},", '{"T": NaN},'), "NaN is no finite number"),
        (HEADER.replace("{},", '{"model": "pss"},'), "model = 'pss' must be of type dict"),
        (HEADER.replace("{},", '{"model": {"name": "pss"}},'), "parameters of the model = None must be"),
    ],
)
@pytest.mark.parametrize("suffix", [".gsd", ".extxyz"])
def test_malformed_headers(tmp_path: Path, suffix: str, header: str, message: str) -> None:
    path = tmp_path / f"state{suffix}"
    if suffix == ".gsd":
        write_gsd(tmp_path / "good.gsd", configuration())
        with gsd.hoomd.open(str(tmp_path / "good.gsd"), "r") as trajectory:
            frame = trajectory[0]
        frame.log["pssglass/metadata"] = np.frombuffer(header.encode(), dtype=np.uint8)
        with gsd.hoomd.open(str(path), "w") as trajectory:
            trajectory.append(frame)
    else:
        quoted = header.replace('"', '\\"')
        path.write_text(GOOD.replace("Properties", f'pssglass="{quoted}" Properties'))
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration(path)
    assert str(path) in str(caught.value)
    assert "from a copy" in str(caught.value)


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz", ".data"])
def test_damaged_files_are_refused_or_read(tmp_path: Path, suffix: str) -> None:
    """Every truncation to a multiple of a 60th, and 400 flips of one bit each."""
    path = tmp_path / f"state{suffix}"
    write_configuration(path, configuration(TILTED))
    whole = path.read_bytes()
    rng = np.random.default_rng(7)
    damaged = [whole[: len(whole) * part // 60] for part in range(60)]
    for bit in rng.integers(8 * len(whole), size=400).tolist():
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        damaged.append(bytes(flipped))
    complaints = []
    for content in damaged:
        path.write_bytes(content)
        try:
            assert read_configuration(path).N == N
        except ConfigurationError as error:
            complaints.append(str(error))
    assert len(complaints) > 60
    assert all(str(path) in complaint and "\n" not in complaint for complaint in complaints)


@pytest.mark.parametrize("step", [-1, 2**63, 2**70])
def test_a_step_has_bounds(tmp_path: Path, step: int) -> None:
    """Whatever file it comes from."""
    with pytest.raises(ConfigurationError, match=r"step = .* must be (at least 0|below 9223372036854775808)"):
        replace(configuration(), step=step)
    path = tmp_path / "state.extxyz"
    write_configuration(path, configuration())
    path.write_text(path.read_text().replace("12345", str(step)))
    with pytest.raises(ConfigurationError, match=r"state\.extxyz: step = .* must be"):
        read_configuration(path)


DATA = """title

2 atoms
2 atom types

0 4 xlo xhi
0 4 ylo yhi
0 4 zlo zhi

Masses

1 1.0
2 1.0

Atoms # atomic

1 1 0 0 0
2 2 1 1 1

Velocities

1 0 0 0
2 0 0 0
"""


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("2 atoms", "3 atoms", "the header says 3 atoms, 2 lines follow"),
        ("2 atoms", "", "the header says no atoms, more lines follow in section Atoms"),
        ("2 2 1 1 1", "1 2 1 1 1", "ids of atoms must differ"),
        ("0 4 ylo", "4 4 ylo", "'ylo yhi' must be two numbers in ascending order"),
        ("\n2 0 0 0", "", "one line for each atom"),
        ("\n2 0 0 0", "\n3 0 0 0", "of the same ids"),
        ("1 0 0 0\n2 0 0 0", "", "one line for each atom"),
        ("2 2 1 1 1", "2 3 1 1 1", r"unknown species 3; the model has A, B: map them, as --map 3=A"),
    ],
)
def test_unusable_lammps_data(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = tmp_path / "bad.data"
    path.write_text(DATA.replace(before, after))
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_a_header_with_a_number_that_is_none_is_refused(tmp_path: Path, number: str) -> None:
    """It could be read, and then never be written again."""
    path = tmp_path / "state.extxyz"
    write_configuration(path, configuration())
    path.write_text(path.read_text().replace(str(2**62 + 1), number))
    with pytest.raises(ConfigurationError, match="no finite number"):
        read_configuration(path)


@pytest.mark.parametrize("mass", ["nan", "inf", "0", "-1"])
def test_a_mass_that_is_none_is_refused(tmp_path: Path, mass: str) -> None:
    path = tmp_path / "state.data"
    write_configuration(path, configuration())
    path.write_text(path.read_text().replace("\n1 1  # A", f"\n1 {mass}  # A"))
    with pytest.raises(ConfigurationError, match="must be a finite number above 0"):
        read_configuration(path)
