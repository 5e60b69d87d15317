"""What files state of particles and the model contradicts is refused, by one rule for all formats."""

from __future__ import annotations

from pathlib import Path

import gsd.hoomd
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, read_configuration_of
from pssglass.models import PSS, Model

N, L = 4, 4.0
MODEL = PSS(1.1, density=N / L**3, mass=2.5)
PLACES = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [2.0, 0.0, 1.0], [0.0, 2.0, 1.5]]
OF_MODEL = {"mass": [2.5] * N, "diameter": [1.0, 1.4, 1.0, 1.4], "charge": [0.0] * N}


def extxyz(path: Path, name: str, values: list[float], column: str = "") -> None:
    rows = [f"{'AB'[k % 2]} {' '.join(map(str, PLACES[k]))} {values[k]}" for k in range(N)]
    comment = f'Lattice="{L} 0 0 0 {L} 0 0 0 {L}" Properties=species:S:1:pos:R:3:{column or name}:R:1'
    path.write_text("\n".join([str(N), comment, *rows, ""]))


def gsd_file(path: Path, name: str, values: list[float]) -> None:
    frame = gsd.hoomd.Frame()
    frame.configuration.box, frame.particles.N = [L, L, L, 0, 0, 0], N
    frame.particles.types, frame.particles.typeid = ["A", "B"], [0, 1, 0, 1]
    frame.particles.position = np.array(PLACES) - L / 2
    setattr(frame.particles, name, values)
    with gsd.hoomd.open(str(path), "w") as file:
        file.append(frame)


def lammps(path: Path, name: str, values: list[float]) -> None:
    style, masses = "atomic", ""
    rows = [f"{k + 1} {k % 2 + 1} {' '.join(map(str, PLACES[k]))}" for k in range(N)]
    if name == "mass":
        masses = f"\nMasses\n\n1 {values[0]}\n2 {values[1]}\n"
    else:
        style = {"charge": "charge", "diameter": "sphere"}[name]
        density = [f" {6.0 * 2.5 / np.pi / values[k] ** 3}" if name == "diameter" else "" for k in range(N)]
        rows = [
            f"{k + 1} {k % 2 + 1} {values[k]}{density[k]} {' '.join(map(str, PLACES[k]))}" for k in range(N)
        ]
    bounds = "".join(f"0 {L} {axis}lo {axis}hi\n" for axis in "xyz")
    head = f"title\n\n{N} atoms\n2 atom types\n\n{bounds}{masses}"
    path.write_text("\n".join([f"{head}\nAtoms # {style}\n", *rows, ""]))


WRITERS = {"a.extxyz": extxyz, "a.gsd": gsd_file, "a.data": lammps}


def read(path: Path, model: Model = MODEL) -> Configuration:
    return read_configuration_of(model, path)


@pytest.mark.parametrize("name", OF_MODEL)
@pytest.mark.parametrize("file", WRITERS)
def test_what_the_model_says_too_is_accepted(file: str, name: str, tmp_path: Path) -> None:
    WRITERS[file](tmp_path / file, name, OF_MODEL[name])
    read(tmp_path / file)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mass", r"masses \[2\.5, 3\] are not that of the model, 2\.5 \(particle 1: 3 instead of 2\.5\)"),
        ("diameter", r"diameters \[1, 3\] are not that of the model, \[1, 1\.4\] \(particle 1: 3 instead"),
        ("charge", r"charges \[0, 3\] are not that of the model, 0 \(particle 1"),
    ],
)
@pytest.mark.parametrize("file", WRITERS)
def test_what_the_model_contradicts_is_refused(file: str, name: str, message: str, tmp_path: Path) -> None:
    values = list(OF_MODEL[name])
    values[1] = values[3] = 3.0
    WRITERS[file](tmp_path / file, name, values)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read(tmp_path / file)
    assert str(tmp_path / file) in str(caught.value)
    assert f"leave the {message.split()[0]} out of the file" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("masses", 3.0),
        ("mass", float("nan")),
        ("radius", 0.7),
        ("diameters", 0.7),
        ("charges", 1.0),
        ("initial_charges", 1.0),
    ],
)
def test_other_names_of_columns(column: str, value: float, tmp_path: Path) -> None:
    extxyz(tmp_path / "a.extxyz", "", [value] * N, column)
    with pytest.raises(ConfigurationError, match="not that of the model"):
        read(tmp_path / "a.extxyz")


def test_radii_are_half_of_diameters(tmp_path: Path) -> None:
    extxyz(tmp_path / "a.extxyz", "radius", [0.5, 0.7, 0.5, 0.7])
    read(tmp_path / "a.extxyz")


def test_a_configuration_states_one_value_a_particle() -> None:
    places, box, species = np.array(PLACES), np.array([L, L, L, 0, 0, 0]), np.zeros(N, dtype=np.int32)
    for stated in ({"mass": np.ones(3)}, {"spin": np.ones(N)}):
        with pytest.raises(
            ConfigurationError, match=r"must be one of mass, diameter, charge, of shape \(N,\)"
        ):
            Configuration("liquid", places, box, species, stated=stated)
