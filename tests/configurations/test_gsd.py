"""GSD of other programs, and our own that others have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gsd.fl
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
        ConfigurationError, match=r"typeid has 1, but particles/types names 1 type\(s\) only, from 0: A"
    ):
        read_configuration(write(tmp_path / "a.gsd", frame))


def write_chunks(path: Path, **chunks: object) -> Path:
    """A good file, but for these chunks, with __ for / in their names; None leaves one out."""
    state = configuration()
    content = {
        "configuration/step": np.array([7], dtype=np.uint64),
        "configuration/box": np.array(BOX, dtype=np.float32),
        "particles/N": np.array([N], dtype=np.uint32),
        "particles/types": np.frombuffer(b"A\0B\0", dtype=np.int8).reshape(2, 2),
        "particles/typeid": state.species,
        "particles/position": state.positions,
    } | {name.replace("__", "/"): value for name, value in chunks.items()}
    with gsd.fl.open(str(path), "w", "test", "hoomd", [1, 4]) as file:
        for name, value in content.items():
            if value is not None:
                file.write_chunk(name, value)
        file.end_frame()
    return path


def test_whole_numbers_may_be_of_any_type(tmp_path: Path) -> None:
    crossed = np.repeat([[0.0, -1.0, 2.0]], N, axis=0)
    kinds = configuration().species.astype(np.float32)
    path = write_chunks(
        tmp_path / "a.gsd",
        configuration__step=np.array([7.0]),
        particles__image=crossed,
        particles__typeid=kinds,
    )
    state = read_configuration(path)
    np.testing.assert_array_equal(state.images, crossed)
    np.testing.assert_array_equal(state.species, kinds)
    assert state.step == 7
    assert read_configuration(write_chunks(tmp_path / "b.gsd", particles__N=None)).N == N


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ({"particles__typeid": np.full(N, -1)}, r"typeid has -1, but particles/types names 2 type.*0: A, B;"),
        ({"particles__typeid": np.full(N, 0.5)}, "particles/typeid has 0.5; it must hold whole numbers"),
        ({"particles__typeid": np.full(N, np.nan)}, "particles/typeid has nan; it must hold whole"),
        ({"particles__typeid": np.zeros((N, 2), int)}, "particles/typeid has 20 × 2 values, not 20;"),
        ({"particles__typeid": np.zeros(N - 1, int)}, "particles/typeid has 19 values, not 20;"),
        ({"particles__N": np.array([N - 1])}, "particles/position has 20 × 3 values, not 19 × 3;"),
        ({"particles__N": np.array([2.5])}, "particles/N has 2.5; it must hold whole numbers"),
        ({"particles__image": np.full((N, 3), 0.5)}, "particles/image has 0.5; it must hold whole numbers"),
        ({"particles__image": np.full((N, 3), 1e30)}, r"particles/image has 1e\+30; it must hold whole"),
        ({"particles__types": np.array([65, 66], dtype=np.int8)}, "types has 2 values, not types × letters"),
        ({"particles__mass": np.ones((N, 3))}, "particles/mass has 20 × 3 values, not 20;"),
        ({"configuration__box": np.ones(3)}, "configuration/box has 3 values, not 6;"),
        ({"configuration__step": np.zeros(0, dtype=np.uint64)}, "configuration/step has 0 values, not 1;"),
        (
            {"configuration__step": np.array([2**63], dtype=np.uint64)},
            f"step = {2**63} must be below {2**63}",
        ),
        ({"configuration__step": np.array([-3])}, "step = -3 must be at least 0"),
        ({"particles__type_shapes": np.full((2, 2), 65, dtype=np.int8)}, r"cannot be understood \("),
    ],
)
def test_chunks_that_the_schema_forbids(chunks: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_configuration(write_chunks(tmp_path / "a.gsd", **chunks))


SPHERES = [{"type": "Sphere", "diameter": 1.0}, {"type": "Sphere", "diameter": 1.4}]


def test_diameters_in_the_shapes_of_types(tmp_path: Path) -> None:
    frame = foreign(configuration())
    frame.particles.type_shapes = SPHERES
    expected = np.where(configuration().species == 0, 1.0, 1.4)
    stated = read_configuration(write(tmp_path / "a.gsd", frame)).stated
    np.testing.assert_array_equal(stated["diameter"], expected)
    frame.particles.diameter = expected
    read_configuration(write(tmp_path / "a.gsd", frame))
    frame.particles.diameter = np.full(N, 1.4)
    with pytest.raises(
        ConfigurationError, match="particles/diameter and particles/type_shapes contradict each other"
    ):
        read_configuration(write(tmp_path / "a.gsd", frame))


@pytest.mark.parametrize("shapes", [SPHERES[:1], [SPHERES[0], {}], [{"type": "Mesh"}, 7]])
def test_shapes_that_are_not_all_spheres_state_no_diameters(shapes: list[object], tmp_path: Path) -> None:
    frame = foreign(configuration())
    frame.particles.type_shapes = shapes
    assert read_configuration(write(tmp_path / "a.gsd", frame)).stated == {}


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
