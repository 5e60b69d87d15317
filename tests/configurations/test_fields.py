"""Fields over the particles, such as modes, stand in files beside a configuration."""

from __future__ import annotations

from pathlib import Path

import ase.io
import gsd.hoomd
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, read_configuration, write_configuration

from .conftest import configuration


@pytest.fixture
def glass() -> Configuration:
    return configuration(kind="inherent")


@pytest.fixture
def fields(glass: Configuration) -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    return {"mode_1": random.normal(size=(glass.N, 3)), "motion": random.normal(size=glass.N)}


def test_extended_xyz_has_them_as_columns(glass: Configuration, fields, tmp_path: Path) -> None:
    write_configuration(tmp_path / "a.extxyz", glass, fields)
    atoms = ase.io.read(tmp_path / "a.extxyz")
    for name, values in fields.items():
        assert np.array_equal(atoms.arrays[name], values)


def test_gsd_has_them_in_its_log(glass: Configuration, fields, tmp_path: Path) -> None:
    write_configuration(tmp_path / "a.gsd", glass, fields)
    with gsd.hoomd.open(tmp_path / "a.gsd") as trajectory:
        for name, values in fields.items():
            assert np.array_equal(trajectory[0].log[f"particles/{name}"], values)


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz"])
def test_the_configuration_is_the_same_without_them(
    glass: Configuration, fields, tmp_path: Path, suffix: str
) -> None:
    write_configuration(tmp_path / f"a{suffix}", glass, fields)
    again = read_configuration(tmp_path / f"a{suffix}", glass.species_names)
    assert np.array_equal(again.positions, glass.positions)
    assert again.kind == glass.kind


def test_none_are_as_no_fields_at_all(glass: Configuration, tmp_path: Path) -> None:
    assert write_configuration(tmp_path / "a.gsd", glass, {}) == write_configuration(
        tmp_path / "b.gsd", glass
    )


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("a b", [], "must be made of letters"),
        ("1a", [], "must be made of letters"),
        ("a", [1.0, 2.0], r"shape \(2,\)"),
        ("a", 1.0, r"shape \(\)"),
        ("a", "abc", "real numbers"),
        ("a", [[1.0], [1.0, 2.0]], "real numbers"),
    ],
)
def test_what_is_no_field_is_refused(
    glass: Configuration, tmp_path: Path, name: str, value: object, fault: str
) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        write_configuration(tmp_path / "a.gsd", glass, {name: value})
    assert not list(tmp_path.iterdir())


def test_undefined_values_and_too_many_components_are_refused(glass: Configuration, tmp_path: Path) -> None:
    for values, fault in (
        (np.full(glass.N, np.nan), "not finite"),
        (np.zeros((glass.N, 10)), "at most 9"),
        (np.ma.masked_less(np.arange(glass.N), 1), "masked entries"),
        (np.zeros((glass.N, 3), dtype=complex), "real numbers"),
    ):
        with pytest.raises(ConfigurationError, match=fault):
            write_configuration(tmp_path / "a.extxyz", glass, {"a": values})
    with pytest.raises(ConfigurationError, match="fields must map names"):
        write_configuration(tmp_path / "a.extxyz", glass, [np.zeros(glass.N)])


@pytest.mark.parametrize(
    "name", ["velo", "Charge", "radius", "species", "Z", "x", "particle_mass", "vx", "p_x", "pos_z"]
)
def test_names_by_which_readers_know_something_else_are_refused(
    glass: Configuration, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigurationError, match="rename it"):
        write_configuration(tmp_path / "a.extxyz", glass, {name: np.zeros(glass.N)})


def test_formats_without_a_place_for_them_are_refused(glass: Configuration, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"lammps has no place for fields; write one of .*\.gsd"):
        write_configuration(tmp_path / "a.data", glass, {"a": np.zeros(glass.N)})
