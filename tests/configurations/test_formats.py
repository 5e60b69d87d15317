"""Configurations: exact round trips, and other programs as readers and writers."""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import replace
from pathlib import Path

import ase.io
import gsd.hoomd
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.base.files import write_atomic
from pssglass.configurations import (
    model_record,
    read_configuration,
    read_configuration_of,
    read_gsd,
    write_configuration,
    write_gsd,
)
from pssglass.models import PSS, define_model
from pssglass.simulation.liquid import Liquid

from .conftest import CUBIC, GOOD, MODEL, TILTED, N, assert_same_state, configuration


@pytest.mark.parametrize("box", [CUBIC, TILTED])
@pytest.mark.parametrize("suffix", [".gsd", ".extxyz", ".xyz", ".data", ".lammps"])
def test_round_trip_is_exact(tmp_path: Path, suffix: str, box: tuple[float, ...]) -> None:
    before = configuration(box)
    path = tmp_path / f"state{suffix}"
    sha256, size = write_configuration(path, before)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert path.stat().st_size == size
    assert_same_state(before, read_configuration(path))


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz"])
def test_own_formats_keep_kind_step_and_metadata(tmp_path: Path, suffix: str) -> None:
    before = configuration(kind="inherent")
    write_configuration(tmp_path / f"state{suffix}", before)
    after = read_configuration(tmp_path / f"state{suffix}")
    assert (after.kind, after.step, after.metadata) == ("inherent", 12345, before.metadata)


def test_gsd_keeps_all_that_a_resumed_trajectory_needs(tmp_path: Path) -> None:
    before = configuration(TILTED)
    write_gsd(tmp_path / "state.gsd", before)
    after = read_gsd(tmp_path / "state.gsd")
    np.testing.assert_array_equal(before.box, after.box)
    assert before.images is not None
    assert after.images is not None
    np.testing.assert_array_equal(before.images, after.images)
    assert before.list_reference is not None
    assert after.list_reference is not None
    np.testing.assert_array_equal(before.list_reference, after.list_reference)


def test_gsd_made_in_memory_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files cannot be made in memory, the library writes to the disk itself."""
    opened: list[str] = []
    library = gsd.hoomd.open
    monkeypatch.setattr(gsd.hoomd, "open", lambda path, mode: (opened.append(path), library(path, mode))[1])
    written = []
    for in_memory in (True, False):
        monkeypatch.setattr("pssglass.configurations.gsd.IN_MEMORY", in_memory)
        written.append(write_gsd(tmp_path / f"{in_memory}.gsd", configuration()))
        assert opened[-1].startswith("/proc/self/fd/" if in_memory else str(tmp_path))
    assert written[0] == written[1]
    assert (tmp_path / "True.gsd").read_bytes() == (tmp_path / "False.gsd").read_bytes()


def test_gsd_without_velocities_has_none(tmp_path: Path) -> None:
    write_gsd(tmp_path / "state.gsd", replace(configuration(), velocities=None, list_reference=None))
    after = read_gsd(tmp_path / "state.gsd")
    assert after.velocities is None
    assert after.list_reference is None


def test_gsd_of_others_is_read_at_its_single_precision(tmp_path: Path) -> None:
    state = configuration()
    frame = gsd.hoomd.Frame()
    frame.configuration.box = state.box
    frame.particles.N = N
    frame.particles.types = ["B", "A"]
    frame.particles.typeid = 1 - state.species
    frame.particles.position = state.positions
    with gsd.hoomd.open(str(tmp_path / "hoomd.gsd"), "w") as trajectory:
        trajectory.append(frame)
    after = read_gsd(tmp_path / "hoomd.gsd")
    np.testing.assert_array_equal(after.species, state.species)
    np.testing.assert_allclose(after.positions, state.positions, atol=1e-6)


def test_ase_reads_our_extended_xyz(tmp_path: Path) -> None:
    state = replace(configuration(TILTED))
    mapped = replace(state, species_names=("Cu", "Zr"))
    write_configuration(tmp_path / "state.extxyz", mapped)
    atoms = ase.io.read(tmp_path / "state.extxyz", format="extxyz")
    np.testing.assert_array_equal(atoms.positions, state.positions)
    np.testing.assert_array_equal(atoms.arrays["velo"], state.velocities)
    assert atoms.get_chemical_symbols() == mapped.symbols
    assert all(atoms.pbc)
    Lx, Ly, Lz, xy, xz, yz = TILTED
    np.testing.assert_array_equal(atoms.cell[:], [[Lx, 0, 0], [xy * Ly, Ly, 0], [xz * Lz, yz * Lz, Lz]])


def test_we_read_extended_xyz_of_ase(tmp_path: Path) -> None:
    state = configuration(TILTED)
    cell = [[TILTED[0], 0, 0], [0.3, TILTED[1], 0], [-0.2, 0.1, TILTED[2]]]
    atoms = ase.Atoms(["Cu" if k == 0 else "Zr" for k in state.species], state.positions, cell=cell, pbc=True)
    atoms.info["energy_unit"] = "LJ units"
    ase.io.write(tmp_path / "ase.extxyz", atoms, format="extxyz")
    after = read_configuration(tmp_path / "ase.extxyz", mapping={"Cu": "A", "Zr": "B"})
    np.testing.assert_allclose(after.positions, state.positions, atol=1e-8)
    np.testing.assert_array_equal(after.species, state.species)
    np.testing.assert_allclose(after.box, [*TILTED[:3], 0.3 / 4.2, -0.2 / 4.3, 0.1 / 4.3], rtol=1e-7)


def test_any_orientation_of_the_cell_keeps_all_distances(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    cell = np.diag([4.0, 5.0, 6.0]) + rng.uniform(-0.5, 0.5, (3, 3))
    atoms = ase.Atoms(["Cu", "Zr"] * 20, rng.uniform(0, 1, (N, 3)) @ cell, cell=cell, pbc=True)
    ase.io.write(tmp_path / "ase.extxyz", atoms, format="extxyz")
    after = read_configuration(tmp_path / "ase.extxyz", mapping={"Cu": "A", "Zr": "B"})
    Lx, Ly, Lz, xy, xz, yz = after.box
    edges = [[Lx, 0, 0], [xy * Ly, Ly, 0], [xz * Lz, yz * Lz, Lz]]
    turned = ase.Atoms(["Cu", "Zr"] * 20, after.positions, cell=edges, pbc=True)
    assert after.volume == pytest.approx(atoms.get_volume(), rel=1e-7)
    np.testing.assert_allclose(
        turned.get_all_distances(mic=True), atoms.get_all_distances(mic=True), atol=1e-6
    )


@pytest.mark.parametrize("box", [CUBIC, TILTED])
def test_ase_reads_our_lammps_data(tmp_path: Path, box: tuple[float, ...]) -> None:
    state = replace(configuration(box), images=None)
    write_configuration(tmp_path / "state.data", state)
    atoms = ase.io.read(tmp_path / "state.data", format="lammps-data", units="metal", atom_style="atomic")
    corner = np.array(box[:3]) / 2
    away = atoms.positions - state.positions - corner
    np.testing.assert_allclose(away - away[0], 0.0, atol=1e-12)
    np.testing.assert_array_equal(atoms.arrays["type"] - 1, state.species)
    assert atoms.get_volume() == pytest.approx(state.volume)


def test_lammps_particles_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    state = configuration()
    path = tmp_path / "state.data"
    write_configuration(path, state)
    lines = path.read_text().splitlines()
    start = lines.index("Atoms # atomic") + 2
    lines[start : start + N] = reversed(lines[start : start + N])
    path.write_text("\n".join(lines))
    assert_same_state(state, read_configuration(path))


def test_configuration_must_belong_to_the_model() -> None:
    state = configuration()
    state.check_belongs_to(MODEL)
    foreign = replace(state, metadata={})
    with pytest.raises(ConfigurationError, match=r"made with the model pss .*1\.1.* not with pss .*1\.2"):
        state.check_belongs_to(PSS(1.2, density=N / 4.1**3))
    with pytest.raises(ConfigurationError, match=r"number density 0\.580.* is not that of the model, 0\.6"):
        foreign.check_belongs_to(PSS(1.1))
    with pytest.raises(
        ConfigurationError, match=r"composition \(20, 20\) is not that of the model, \(32, 8\)"
    ):
        foreign.check_belongs_to(PSS(1.1, composition=(0.8, 0.2), density=N / 4.1**3))
    with pytest.raises(ConfigurationError, match="species"):
        replace(foreign, species_names=("X", "Y")).check_belongs_to(MODEL)


def test_a_table_does_not_fill_the_screen(tmp_path: Path) -> None:
    settings = {"form": "table", "x_first": 0.3, "cutoff": 1.8, "smoothing": 2, "density": 0.75}
    model = define_model("steep", **settings, phi=lambda x: math.exp(-8.0 * (x - 1.0)) / x)
    glass = Liquid.create(model, 150, 1.0, seed=1, melt_time=0.1).configuration
    assert repr(glass) == f"<Configuration, liquid, N = 150, V = 200, step {glass.step}>"
    write_configuration(tmp_path / "glass.gsd", glass)
    with pytest.raises(ConfigurationError, match=r"made with the model steep .* values, SHA-256") as caught:
        Liquid.read(tmp_path / "glass.gsd", PSS(1.5))
    for text in (str(caught.value), repr(model)):
        assert len(text) < 1200


def test_lammps_data_carry_the_mass_of_the_model(tmp_path: Path) -> None:
    heavy = PSS(1.1, density=N / 4.1**3, mass=2.5)
    path = tmp_path / "heavy.data"
    write_configuration(path, replace(configuration(), metadata={"model": model_record(heavy)}))
    assert "1 2.5  # A" in path.read_text()
    read_configuration_of(heavy, path)
    with pytest.raises(
        ConfigurationError, match=r"heavy\.data: masses 2\.5 are not that of the model, 1 \(particle 0"
    ):
        read_configuration_of(MODEL, path)


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz"])
def test_other_programs_see_the_mass_of_the_model(suffix: str, tmp_path: Path) -> None:
    heavy = PSS(1.1, density=N / 4.1**3, mass=2.5)
    path = tmp_path / f"heavy{suffix}"
    for model in (heavy, MODEL):
        write_configuration(path, replace(configuration(), metadata={"model": model_record(model)}))
        if suffix == ".gsd":
            with gsd.hoomd.open(str(path), "r") as file:
                masses = file[0].particles.mass
        else:
            seen = ase.io.read(path)
            assert seen.has("masses") == (model is heavy)  # those of elements mean nothing here
            masses = seen.get_masses() if model is heavy else 1.0
        np.testing.assert_allclose(masses, model.mass)
        read_configuration_of(model, path)


def test_a_name_that_is_mapped_to_no_species(tmp_path: Path) -> None:
    path = tmp_path / "good.extxyz"
    path.write_text(GOOD)
    with pytest.raises(ConfigurationError, match="A is mapped to Cu, which is no species of the model; map"):
        read_configuration(path, mapping={"A": "Cu"})


def test_what_a_file_states_is_read_only(tmp_path: Path) -> None:
    path = tmp_path / "stated.extxyz"
    path.write_text(
        GOOD.replace("pos:R:3", "pos:R:3:mass:R:1")
        .replace("0 0 0\n", "0 0 0 1\n")
        .replace("1 1 1\n", "1 1 1 1\n")
    )
    stated = read_configuration(path).stated
    with pytest.raises(ValueError, match="read-only"):
        stated["mass"][0] = 2.0
    with pytest.raises(TypeError, match="read-only"):
        stated["mass"] = np.ones(2)  # type: ignore[index]


def test_files_have_the_permissions_that_the_umask_gives(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        for suffix in (".gsd", ".extxyz", ".data"):
            write_configuration(tmp_path / f"state{suffix}", configuration())
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}
    os.umask(0o022)
    try:
        write_gsd(tmp_path / "open.gsd", configuration())
    finally:
        os.umask(before)
    assert (tmp_path / "open.gsd").stat().st_mode & 0o777 == 0o644


def test_a_frame_of_a_gsd_trajectory_must_be_chosen(tmp_path: Path) -> None:
    write_gsd(tmp_path / "state.gsd", configuration())
    with gsd.hoomd.open(str(tmp_path / "state.gsd"), "r+") as trajectory:
        trajectory.append(trajectory[0])
    with pytest.raises(ConfigurationError, match=r"state\.gsd: 2 frames; choose one of 0 to 1"):
        read_gsd(tmp_path / "state.gsd")


def test_what_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    """Not even by who may, as root may replace /dev/null."""
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/null")
    for path, what in ((pipe, "a pipe"), (device, "a device"), (tmp_path, "a folder"), (Path(), "a folder")):
        with pytest.raises(ConfigurationError, match=rf"\(it is {what}, no regular file\); name a file"):
            write_atomic(path, b"content")
    assert pipe.is_fifo()
    assert device.is_symlink()


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "state.gsd"
    target.write_text("old")

    def full_disk(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(ConfigurationError, match=r"cannot write .*state\.gsd \(No space left on device\)"):
        write_atomic(target, full_disk)
    assert [path.name for path in tmp_path.iterdir()] == ["state.gsd"]
    assert target.read_text() == "old"
    with pytest.raises(ConfigurationError, match="No such file or directory"):
        write_gsd(tmp_path / "nowhere" / "state.gsd", configuration())
