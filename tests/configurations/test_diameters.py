"""Diameters in all formats, as other programs read and write them, and those that are not the model's."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ase.io
import gsd.hoomd
import numpy as np
import pytest

import pssglass as pg
from pssglass.base.errors import ConfigurationError
from pssglass.base.results import Floats
from pssglass.configurations import (
    Configuration,
    model_record,
    read_configuration,
    read_configuration_of,
    write_configuration,
)

N = 150
MODEL = pg.PolyIPL(mass=2.0)
RANDOM = pg.PolyIPL(mass=2.0, drawing="random")
FORMATS = [".gsd", ".extxyz", ".extxyz.gz", ".data", ".lammps"]


def configuration(model: pg.Model = MODEL) -> Configuration:
    assert model.sizes is not None
    rng, edge = np.random.default_rng(5), model.box_length(N)
    return Configuration(
        kind="liquid",
        positions=rng.uniform(-edge / 2, edge / 2, (N, 3)),
        box=np.array([edge, edge, edge, 0, 0, 0]),
        species=np.zeros(N, dtype=np.int32),
        species_names=("A",),
        velocities=rng.normal(size=(N, 3)),
        diameters=model.sizes.diameters(N, seed=7),
        metadata={"model": model_record(model)},
    )


def written(path: Path, state: Configuration) -> Path:
    plain = path.with_name(path.name.removesuffix(".gz"))
    write_configuration(plain, state)
    if plain != path:
        path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


def with_column(path: Path, column: str, values: Floats | None) -> Path:
    """Extended XYZ of another program, with or without sizes."""
    state = configuration()
    names = "Properties=species:S:1:pos:R:3" + (f":{column}:R:1" if values is not None else "")
    L = state.box[0]
    lines = [str(N), f'Lattice="{L} 0 0 0 {L} 0 0 0 {L}" {names} pbc="T T T"']
    for k, (x, y, z) in enumerate(state.positions.tolist()):
        lines.append(f"A {x} {y} {z}" + (f" {float(values[k])!r}" if values is not None else ""))
    path.write_text("\n".join([*lines, ""]))
    return path


@pytest.mark.parametrize("model", [MODEL, RANDOM])
@pytest.mark.parametrize("suffix", FORMATS)
def test_diameters_come_back_to_the_last_bit(suffix: str, model: pg.Model, tmp_path: Path) -> None:
    before = configuration(model)
    after = read_configuration_of(model, written(tmp_path / f"state{suffix}", before))
    np.testing.assert_array_equal(after.diameters, before.diameters)
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_array_equal(after.velocities, before.velocities)


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz"])
def test_ours_say_how_sizes_were_drawn(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"state{suffix}", configuration(RANDOM))
    assert read_configuration(path).metadata["model"]["parameters"]["drawing"] == "random"
    with pytest.raises(ConfigurationError, match=r"made with the model poly-ipl .*'random'.* not with"):
        read_configuration_of(MODEL, path)


def test_hoomd_and_ase_read_our_diameters(tmp_path: Path) -> None:
    state = configuration()
    write_configuration(tmp_path / "state.gsd", state)
    with gsd.hoomd.open(str(tmp_path / "state.gsd"), "r") as trajectory:
        seen = trajectory[0].particles.diameter
    np.testing.assert_array_equal(seen, np.asarray(state.diameters, dtype=np.float32))
    write_configuration(tmp_path / "state.extxyz", replace(state, species_names=("Ar",)))
    atoms = ase.io.read(tmp_path / "state.extxyz", format="extxyz")
    np.testing.assert_array_equal(atoms.arrays["diameter"], state.diameters)


def test_lammps_reads_and_writes_our_spheres(tmp_path: Path) -> None:
    state = configuration()
    write_configuration(tmp_path / "ours.data", state)
    (tmp_path / "in.lammps").write_text(
        "units lj\natom_style sphere\nread_data ours.data\npair_style zero 1.0\npair_coeff * *\n"
        "dump all all custom 1 dump.txt diameter mass x y z vx\n"
        "dump_modify all format float %.17g sort id\nrun 0\nwrite_data theirs.data\n"
    )
    done = subprocess.run(
        [str(Path(sys.prefix) / "bin/lmp"), "-log", "none", "-nocite", "-in", "in.lammps"],
        cwd=tmp_path,
        env=os.environ | {"LD_LIBRARY_PATH": f"{sys.prefix}/lib", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = np.loadtxt(tmp_path / "dump.txt", skiprows=9)
    assert state.velocities is not None
    np.testing.assert_allclose(seen[:, 0], state.diameters, rtol=1e-15)
    np.testing.assert_allclose(seen[:, 1], MODEL.mass, rtol=1e-14)
    np.testing.assert_allclose(seen[:, 2:5], state.positions, atol=1e-14)
    np.testing.assert_array_equal(seen[:, 5], state.velocities[:, 0])
    again = read_configuration_of(MODEL, tmp_path / "theirs.data")
    np.testing.assert_allclose(again.diameters, state.diameters, rtol=1e-15)
    np.testing.assert_allclose(again.positions, state.positions, atol=1e-14)


def test_radii_of_others_are_half_of_diameters(tmp_path: Path) -> None:
    diameters = configuration().diameters
    assert diameters is not None
    after = read_configuration_of(MODEL, with_column(tmp_path / "a.extxyz", "radius", diameters / 2))
    np.testing.assert_array_equal(after.diameters, diameters)


def test_single_precision_is_enough(tmp_path: Path) -> None:
    diameters = np.asarray(configuration().diameters, dtype=np.float32).astype(float)
    after = read_configuration_of(MODEL, with_column(tmp_path / "a.extxyz", "diameter", diameters))
    np.testing.assert_array_equal(after.diameters, diameters)


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz", ".data"])
def test_sizes_that_a_file_does_not_state_are_asked_for(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"state{suffix}"
    write_configuration(path, replace(configuration(), diameters=None))
    message = (
        "states no diameters, which particles of the model poly-ipl have; write them as GSD"
        r" particles/diameter, extended XYZ diameter:R:1 or LAMMPS atom style sphere$"
    )
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration_of(MODEL, path)
    assert str(caught.value).startswith(str(path))


def changed(at: int, value: float) -> Callable[[Floats], Floats]:
    def change(diameters: Floats) -> Floats:
        diameters = diameters.copy()
        diameters[at] = value
        return diameters

    return change


REMEDY = "set the model's parameters or the file's diameters$"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed(3, 2.5), rf"diameters from 1\.0\d* to 2\.5 are not within 1 and 2\.22; {REMEDY}"),
        (changed(3, 0.5), rf"diameters from 0\.5 to 2\.\d* are not within 1 and 2\.22; {REMEDY}"),
        (changed(3, 1.5), rf"diameters are not the quantiles .*; drawing = 'random' takes others; {REMEDY}"),
        (lambda diameters: diameters / 2.0, r"diameters from 0\.5.* are not within 1 and 2\.22"),
        (lambda diameters: np.ones(N), "are not the quantiles of the model's distribution"),
    ],
)
@pytest.mark.parametrize("form", ["ours.gsd", "others.extxyz"])
def test_sizes_that_do_not_fit_the_model_are_refused(
    form: str, change: Callable[[Floats], Floats], message: str, tmp_path: Path
) -> None:
    state = configuration()
    assert state.diameters is not None
    path, diameters = tmp_path / form, change(state.diameters)
    if form == "ours.gsd":
        write_configuration(path, replace(state, diameters=diameters))
    else:
        with_column(path, "diameter", diameters)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration_of(MODEL, path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_diameters_are_positive_numbers(value: float, tmp_path: Path) -> None:
    state = configuration()
    assert state.diameters is not None
    diameters = changed(3, value)(state.diameters)
    message = rf"diameter of particle 3 is {value:g}; it must be above 0 and finite$"
    with pytest.raises(ConfigurationError, match=message):
        replace(state, diameters=diameters)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_configuration_of(MODEL, with_column(tmp_path / "a.extxyz", "diameter", diameters))
    assert str(tmp_path / "a.extxyz") in str(caught.value)


def test_random_sizes_need_only_be_in_range(tmp_path: Path) -> None:
    diameters = configuration(RANDOM).diameters
    path = with_column(tmp_path / "a.extxyz", "diameter", diameters)
    np.testing.assert_array_equal(read_configuration_of(RANDOM, path).diameters, diameters)
    with pytest.raises(ConfigurationError, match="not the quantiles"):
        read_configuration_of(MODEL, path)


@pytest.mark.parametrize("change", [None, 1.0, 1.0001])
def test_our_gsd_with_diameters_edited_by_another_program_is_refused(
    change: float | None, tmp_path: Path
) -> None:
    write_configuration(tmp_path / "ours.gsd", configuration())
    with gsd.hoomd.open(str(tmp_path / "ours.gsd"), "r") as trajectory:
        frame = trajectory[0]
    if change is None:
        frame.particles.diameter = None
    else:
        frame.particles.diameter[7] *= change
    with gsd.hoomd.open(str(tmp_path / "edited.gsd"), "w") as trajectory:
        trajectory.append(frame)
    if change == 1.0:
        read_configuration_of(MODEL, tmp_path / "edited.gsd")
        return
    with pytest.raises(ConfigurationError, match="particles/diameter"):
        read_configuration_of(MODEL, tmp_path / "edited.gsd")


def test_a_configuration_has_one_diameter_a_particle() -> None:
    with pytest.raises(
        ConfigurationError, match=r"diameters of 150 particles have shape \(3,\), not \(150,\)"
    ):
        replace(configuration(), diameters=np.ones(3))
    with pytest.raises(ValueError, match="read-only"):
        configuration().diameters[0] = 2.0  # type: ignore[index]
