"""GSD of other programs, and our own that others have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gsd.hoomd
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, read_configuration, wrapped, write_configuration

N = 20
BOX = (4.1, 4.2, 4.3, 0.1, -0.07, 0.2)


def configuration() -> Configuration:
    rng = np.random.default_rng(5)
    return Configuration(
        kind="liquid",
        positions=wrapped(rng.uniform(-3, 3, (N, 3)), np.array(BOX)),
        box=np.array(BOX),
        species=np.repeat(np.array([0, 1], dtype=np.int32), N // 2),
        velocities=rng.normal(size=(N, 3)),
    )


def foreign(state: Configuration) -> gsd.hoomd.Frame:
    """A frame as HOOMD-blue writes it."""
    frame = gsd.hoomd.Frame()
    frame.configuration.box = state.box
    frame.particles.N = N
    frame.particles.types = ["A", "B"]
    frame.particles.typeid = state.species
    frame.particles.position = state.positions
    return frame


def write(path: Path, *frames: gsd.hoomd.Frame) -> Path:
    with gsd.hoomd.open(str(path), "w") as file:
        for frame in frames:
            file.append(frame)
    return path


def test_velocities_of_others_are_read(tmp_path: Path) -> None:
    state = configuration()
    frame = foreign(state)
    frame.particles.velocity = state.velocities
    after = read_configuration(write(tmp_path / "a.gsd", frame))
    np.testing.assert_allclose(after.velocities, state.velocities, atol=1e-6)


def test_masses_diameters_and_charges_of_others_are_read(tmp_path: Path) -> None:
    frame = foreign(configuration())
    frame.particles.mass = np.full(N, 2.5)
    frame.particles.diameter = np.full(N, 1.25)
    frame.particles.charge = np.full(N, -0.5)
    stated = read_configuration(write(tmp_path / "a.gsd", frame)).stated
    assert {name: set(values) for name, values in stated.items()} == {
        "mass": {2.5},
        "diameter": {1.25},
        "charge": {-0.5},
    }


def test_types_that_have_no_name(tmp_path: Path) -> None:
    frame = foreign(configuration())
    frame.particles.types = ["A"]
    with pytest.raises(
        ConfigurationError, match=r"typeid has 1, but particles/types names 1 type\(s\) only, A"
    ):
        read_configuration(write(tmp_path / "a.gsd", frame))


def test_one_of_several_frames(tmp_path: Path) -> None:
    """What a frame does not hold is that of the first one."""
    first, second = foreign(configuration()), foreign(configuration())
    second.particles.position = first.particles.position + np.float32(0.5)
    path = write(tmp_path / "a.gsd", first, second)
    for frame in (1, -1):
        after = read_configuration(path, frame=frame)
        np.testing.assert_array_equal(after.positions, np.float64(np.float32(second.particles.position)))
        np.testing.assert_array_equal(after.species, configuration().species)
    with pytest.raises(ConfigurationError, match="2 frames; choose one of 0 to 1"):
        read_configuration(path)


def test_two_dimensions_are_refused(tmp_path: Path) -> None:
    frame = foreign(configuration())
    frame.configuration.dimensions = 2
    with pytest.raises(ConfigurationError, match="two dimensions"):
        read_configuration(write(tmp_path / "a.gsd", frame))


def moved(frame: gsd.hoomd.Frame) -> None:
    frame.particles.position[3] += np.float32(0.001)


def scaled(frame: gsd.hoomd.Frame) -> None:
    frame.configuration.box = frame.configuration.box * np.array([1.01, 1.01, 1.01, 1, 1, 1])
    frame.particles.position = frame.particles.position * 1.01


def sheared(frame: gsd.hoomd.Frame) -> None:
    frame.configuration.box[3] += 0.001


def reordered(frame: gsd.hoomd.Frame) -> None:
    frame.particles.position = frame.particles.position[::-1]
    frame.particles.typeid = frame.particles.typeid[::-1]


def slowed(frame: gsd.hoomd.Frame) -> None:
    frame.particles.velocity = 0.99 * frame.particles.velocity


def stopped(frame: gsd.hoomd.Frame) -> None:
    """GSD writes no chunk of zeros."""
    frame.particles.velocity = np.zeros((N, 3))


def without_velocities(frame: gsd.hoomd.Frame) -> None:
    frame.particles.velocity = None


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (moved, "particles/position"),
        (scaled, "configuration/box"),
        (sheared, "configuration/box"),
        (reordered, "particles/position"),
        (slowed, "particles/velocity"),
        (stopped, "particles/velocity"),
        (without_velocities, "particles/velocity"),
    ],
)
def test_our_file_that_another_program_changed_is_refused(
    change: Callable[[gsd.hoomd.Frame], None], name: str, tmp_path: Path
) -> None:
    write_configuration(tmp_path / "own.gsd", configuration())
    with gsd.hoomd.open(str(tmp_path / "own.gsd"), "r") as file:
        frame = file[0]
    read_configuration(write(tmp_path / "copied.gsd", frame))
    change(frame)
    path = write(tmp_path / "edited.gsd", frame)
    with pytest.raises(ConfigurationError, match=rf"edited\.gsd: {name} was changed by another program"):
        read_configuration(path)
    frame.log = {}
    read_configuration(write(tmp_path / "without-log.gsd", frame))


def test_particles_that_left_the_box_are_not_taken_for_changed(tmp_path: Path) -> None:
    state = configuration()
    far = state.positions + np.array([100.0, -70.0, 3.0])
    path = tmp_path / "a.gsd"
    write_configuration(path, Configuration("liquid", far, state.box, state.species))
    np.testing.assert_array_equal(read_configuration(path).positions, far)
