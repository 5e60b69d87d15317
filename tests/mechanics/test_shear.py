"""Athermal quasistatic shear: stress and slope, reversibility, axes, resumption, and input that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.base.errors import BoxTooSmall, InputError, NotInherentState, PssglassError
from pssglass.mechanics.elasticity import VOIGT
from pssglass.mechanics.inherent_states import mechanics_of
from pssglass.mechanics.shear_result import Shear, ShearProgress

DEFORMATIONS = [
    *[("simple", plane) for plane in ("xy", "xz", "yz")],
    *[("pure", plane) for plane in ("xy", "xz", "yz")],
    *[("uniaxial", axis) for axis in ("x", "y", "z")],
]


def gradient(kind: str, plane: str) -> np.ndarray:
    """L of x ← exp(γ L)·x."""
    L = np.zeros((3, 3))
    a, b = ("xyz".index(plane[0]), "xyz".index(plane[-1]))
    if kind == "simple":
        L[a, b] = 1.0
    elif kind == "pure":
        L[a, a], L[b, b] = 0.5, -0.5
    else:
        np.fill_diagonal(L, -0.5)
        L[a, a] = 1.0
    return L


@pytest.fixture(scope="module")
def glass() -> pg.Glass:
    liquid = pg.Liquid.create(pg.PolyIPL(), N=250, temperature=1.0, seed=3)
    liquid.run(time=2.0)
    return liquid.quench("fast")


@pytest.fixture(scope="module")
def sheared(glass: pg.Glass) -> Shear:
    """Far enough for some events."""
    return glass.shear(step=5e-3, max_strain=0.12, keep_displacements=True)


@pytest.mark.parametrize(("kind", "plane"), DEFORMATIONS)
def test_stress_and_slope_at_rest_follow_from_elastic_constants(
    kind: str, plane: str, glass: pg.Glass
) -> None:
    found = glass.shear(plane, 1e-4, 1e-4, kind=kind)
    L, elastic = gradient(kind, plane), glass.elasticity()
    strain, second = 0.5 * (L + L.T), L.T @ L + 0.5 * (L @ L + L.T @ L.T)
    weight = np.array([1.0 if a == b else 2.0 for a, b in VOIGT])
    E, curvature = (weight * np.array([one[pair] for pair in VOIGT]) for one in (strain, second))
    assert found.stress[0] == pytest.approx(E @ elastic.stress, rel=1e-9)
    expected = E @ elastic.stiffness @ E + curvature @ elastic.stress
    assert found.modulus[0] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(("kind", "plane"), DEFORMATIONS)
def test_stress_is_the_slope_of_the_energy(kind: str, plane: str, glass: pg.Glass) -> None:
    found = glass.shear(plane, 1e-4, kind=kind, path=[2e-4])
    work = np.diff(found.energy) / 1e-4 / glass.volume
    np.testing.assert_allclose(work, 0.5 * (found.stress[1:] + found.stress[:-1]), atol=1e-6)
    slopes = np.diff(found.stress) / 1e-4
    np.testing.assert_allclose(slopes, 0.5 * (found.modulus[1:] + found.modulus[:-1]), rtol=1e-3)


@pytest.mark.parametrize(
    ("kind", "plane", "turned"),
    [
        ("simple", "yz", "xy"),
        ("pure", "yz", "xy"),
        ("uniaxial", "y", "x"),
    ],
)
def test_the_same_glass_with_other_axes_shears_alike(
    kind: str, plane: str, turned: str, glass: pg.Glass
) -> None:
    configuration = glass.configuration
    other = replace(configuration, positions=configuration.positions[:, [1, 2, 0]])
    cycled = pg.Glass(glass.model, other, glass.quench_record, mechanics_of(glass.model, other))
    one = glass.shear(plane, 1e-3, 0.005, kind=kind)
    two = cycled.shear(turned, 1e-3, 0.005, kind=kind)
    np.testing.assert_allclose(one.stress, two.stress, atol=1e-8)


def test_shear_in_the_plane_xz_is_that_in_xy_with_y_and_z_exchanged(glass: pg.Glass) -> None:
    configuration = glass.configuration
    other = replace(configuration, positions=configuration.positions[:, [0, 2, 1]])
    mirrored = pg.Glass(glass.model, other, glass.quench_record, mechanics_of(glass.model, other))
    one, two = glass.shear("xz", 1e-3, 0.005), mirrored.shear("xy", 1e-3, 0.005)
    np.testing.assert_allclose(one.stress, two.stress, atol=1e-8)


def test_backwards_is_forwards_of_the_mirror_image(glass: pg.Glass) -> None:
    configuration = glass.configuration
    other = replace(configuration, positions=configuration.positions * [-1.0, 1.0, 1.0])
    mirrored = pg.Glass(glass.model, other, glass.quench_record, mechanics_of(glass.model, other))
    one, two = glass.shear(step=1e-3, path=[-0.005]), mirrored.shear(step=1e-3, max_strain=0.005)
    np.testing.assert_allclose(one.stress, -two.stress, atol=1e-8)


def test_a_path_is_reversible_up_to_the_first_event_and_not_beyond(glass: pg.Glass, sheared: Shear) -> None:
    event = sheared.events[0]
    below = event.strain_before - 1e-5
    there_and_back = glass.shear(step=5e-3, path=[below, 0.0])
    assert not there_and_back.events
    assert there_and_back.energy[-1] == pytest.approx(there_and_back.energy[0], abs=1e-9)
    assert there_and_back.stress[-1] == pytest.approx(there_and_back.stress[0], abs=1e-9)
    beyond = glass.shear(step=5e-3, path=[event.strain + 1e-5, 0.0])
    assert beyond.events
    assert abs(beyond.energy[-1] - beyond.energy[0]) > 1e-3


def test_events_lose_energy_and_name_what_moves(glass: pg.Glass, sheared: Shear) -> None:
    assert sheared.events
    strains = [event.strain for event in sheared.events]
    assert strains == sorted(strains)
    for event in sheared.events:
        assert 0.0 < event.strain - event.strain_before <= 1e-6
        assert sheared.strain[event.step - 1] <= event.strain_before
        assert event.strain <= sheared.strain[event.step]
        assert event.energy_drop > 0.0
        assert 1.0 / glass.N < event.participation_ratio < 1.0
        assert 0 <= event.rearranging <= glass.N
        displacements = event.displacements
        assert displacements is not None
        assert np.linalg.norm(displacements, axis=1).max() == pytest.approx(event.largest_displacement)
        np.testing.assert_allclose(displacements.mean(axis=0), 0.0, atol=1e-12)


def test_branches_between_events_do_not_depend_on_the_step(glass: pg.Glass, sheared: Shear) -> None:
    end = sheared.events[0].strain_before
    finer = glass.shear(step=1e-3, max_strain=0.12)
    assert finer.events[0].strain == pytest.approx(sheared.events[0].strain, abs=2e-6)
    shared = sheared.strain < end
    np.testing.assert_allclose(finer.stress[::5][: shared.sum()], sheared.stress[shared], atol=1e-8)


def test_the_end_is_a_certified_glass_in_the_sheared_box(
    glass: pg.Glass, sheared: Shear, tmp_path: Path
) -> None:
    end = sheared.glass
    assert end.quench_record.is_minimum
    assert end.quench_record.method == "shear"
    assert end.box == pytest.approx([*glass.box[:3], 0.12, 0.0, 0.0])
    energy = end.energetics().energy_per_particle * glass.N
    assert energy == pytest.approx(sheared.energy[-1], rel=1e-12)
    end.write(tmp_path / "end.gsd")
    again = pg.Glass.read(tmp_path / "end.gsd", glass.model)
    assert again.positions == pytest.approx(end.positions)
    assert again.configuration.metadata["shear"]["turning_points"] == [0.12]


def test_interruptions_change_no_bit(glass: pg.Glass, sheared: Shear) -> None:
    def interrupted(at: int) -> ShearProgress:
        reached: list[ShearProgress] = []

        def stop(progress: ShearProgress) -> None:
            reached.append(progress)
            if progress.steps == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            glass.shear(step=5e-3, max_strain=0.12, keep_displacements=True, progress=stop)
        return reached[-1]

    begun = interrupted(sheared.events[0].step)
    resumed = glass.shear(step=5e-3, max_strain=0.12, keep_displacements=True, begun=begun)
    for key in ("strain", "stress", "energy", "modulus"):
        assert np.array_equal(getattr(resumed, key), getattr(sheared, key)), key
    assert np.array_equal(resumed.glass.positions, sheared.glass.positions)
    for one, two in zip(resumed.events, sheared.events, strict=True):
        assert np.array_equal(one.displacements, two.displacements)
        assert replace(one, displacements=None) == replace(two, displacements=None)


def test_threads_change_no_bit(glass: pg.Glass) -> None:
    one, two = (glass.shear(step=5e-3, max_strain=0.01, threads=threads) for threads in (1, 2))
    for key in ("stress", "energy", "modulus"):
        assert np.array_equal(getattr(one, key), getattr(two, key)), key
    assert np.array_equal(one.glass.positions, two.glass.positions)


def test_peak_flow_and_yield_are_read_off_the_first_leg(glass: pg.Glass) -> None:
    strain = np.linspace(0.0, 0.2, 201)
    stress = 10.0 * np.minimum(strain, 0.05) - 2.0 * np.clip(strain - 0.05, 0.0, 0.05)
    back = strain[-2::-1]
    made = Shear(
        **{"kind": "simple", "plane": "xy", "energy": np.zeros(401), "modulus": np.full(401, 10.0)},
        **{"events": (), "turning_points": (0.2, 0.0), "glass": glass},
        strain=np.concatenate([strain, back]),
        stress=np.concatenate([stress, 7.0 + back]),
    )
    assert (made.peak_strain, made.peak_stress) == pytest.approx((0.05, 0.5))
    assert made.flow_stress == pytest.approx(0.4)
    assert made.overshoot == pytest.approx(0.1)
    # 10 (γ - 0.02) = 0.5 - 2 (γ - 0.05)
    assert made.yield_strain() == pytest.approx(0.8 / 12.0, abs=1e-3)
    assert np.isnan(made.yield_strain(offset=0.3))


@pytest.mark.parametrize(
    ("kind", "plane", "strain"),
    [
        ("simple", "xy", 0.7),
        ("simple", "xz", -1.3),
        ("simple", "yz", 2.6),
        ("pure", "xy", 0.1),
    ],
)
def test_tilts_beyond_half_of_the_box_are_taken_off_and_change_nothing(
    kind: str, plane: str, strain: float
) -> None:
    model = pg.PSS(rc=1.1)
    rng = np.random.default_rng(4)
    start = np.array([9.0, 8.5, 8.0, 0.2, -0.1, 0.15])
    positions = rng.uniform(-4.0, 4.0, (60, 3))
    species = np.arange(60, dtype=np.int32) % 2
    potential = engine.potential_of(model)
    path = engine.Quasistatic(potential, start, positions, species, kind=kind, plane=plane)
    box, moved = path.box_at(strain), path.moved(positions, strain)
    Lx, Ly, Lz, xy, xz, yz = box
    assert max(abs(xy * Ly) / Lx, abs(xz * Lz) / Lx, abs(yz * Lz) / Ly) <= 0.5 + 1e-12
    L = gradient(kind, plane)
    deformation = np.eye(3) + strain * L if kind == "simple" else np.diag(np.exp(strain * np.diag(L)))
    edges = np.array([[Lx, 0, 0], [xy * Ly, Ly, 0], [xz * Lz, yz * Lz, Lz]])
    before = np.array([[9.0, 0, 0], [0.2 * 8.5, 8.5, 0], [-0.1 * 8.0, 0.15 * 8.0, 8.0]])
    combination = edges @ np.linalg.inv(before @ deformation.T)
    np.testing.assert_allclose(combination, np.round(combination), atol=1e-12)
    assert np.linalg.det(combination) == pytest.approx(1.0)
    np.testing.assert_allclose(moved, positions @ deformation.T, atol=1e-12)


def test_a_long_path_goes_through_boxes_of_equivalent_tilts() -> None:
    liquid = pg.Liquid.create(pg.PSS(rc=1.1), N=200, temperature=1.0, seed=1)
    glass = liquid.quench("fast")
    found = glass.shear(step=0.02, max_strain=0.6, resolution=0.01)
    assert found.glass.box[3] == pytest.approx(-0.4)
    assert np.all(np.abs(found.stress) < 10.0)
    state = glass.elasticity().stress[5]
    assert found.stress[0] == pytest.approx(state, rel=1e-9)
    assert found.stress[-1] == pytest.approx(found.glass.elasticity().stress[5], rel=1e-6, abs=1e-8)


Arguments = dict[str, Any]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"step": 0.0}, "step = 0.0 must be above 0"),
        ({"step": 0.06}, "step = 0.06 must be at most 0.05"),
        ({"step": float("nan")}, "step = nan must be a finite number"),
        ({"step": 1e-9}, "step = 1e-09 makes 200000000 steps; take at most 10000000"),
        ({"plane": "zx"}, "plane = 'zx'"),
        ({"plane": 3}, "plane = 3"),
        ({"plane": "x"}, "plane = 'x'"),
        ({"kind": "uniaxial"}, "plane = 'xy'"),
        ({"kind": "bending"}, "kind = 'bending'"),
        ({"max_strain": -0.1}, r"max_strain = -0.1 must be above 0; path=\[-0.1\] shears backwards"),
        ({"max_strain": 0}, "max_strain = 0 must be above 0"),
        ({"max_strain": 11.0}, "max_strain = 11.0 must be at most 10"),
        ({"path": []}, r"path = \[\] must be a list of turning points"),
        ({"path": 0.1}, "path = 0.1 must be a list of turning points"),
        ({"path": [0.05, float("inf")]}, r"path\[1\] = inf must be a finite number"),
        ({"path": [0.05, 0.05]}, r"path\[1\] = 0.05 is where the leg begins; leave it out"),
        ({"path": [0.0]}, r"path\[0\] = 0 is where the leg begins; leave it out"),
        ({"resolution": 0.0}, "resolution = 0.0 must be above 0"),
        ({"method": "newton"}, "method = 'newton'"),
        ({"tolerance": -1.0}, "tolerance = -1.0 must be above 0"),
        ({"tolerance": 1e-20}, "1e-20"),
        ({"threads": 0}, "threads = 0 must be at least 1"),
        ({"keep_displacements": 1}, "keep_displacements = 1 must be true or false"),
        ({"progress": 1}, "progress = 1 must be a function, or None"),
        ({"begun": 1}, "begun = 1 must be a ShearProgress"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments: Arguments, message: str, glass: pg.Glass) -> None:
    with pytest.raises(InputError, match=message) as refused:
        glass.shear(**arguments)
    assert "\n" not in str(refused.value)


def test_a_box_that_becomes_too_narrow_is_refused_before_any_work(glass: pg.Glass) -> None:
    with pytest.raises(BoxTooSmall, match=r"at strain .* the box is .* wide but the cutoff"):
        glass.shear("x", 0.05, 2.0, kind="uniaxial")


def test_what_is_no_minimum_is_not_sheared(glass: pg.Glass) -> None:
    configuration = glass.configuration
    shaken = configuration.positions + np.random.default_rng(1).normal(0.0, 0.1, (glass.N, 3))
    broken = replace(configuration, positions=shaken)
    mechanics = mechanics_of(glass.model, broken)
    with pytest.raises(NotInherentState, match="cannot be sheared: it is no minimum"):
        pg.Glass(glass.model, broken, glass.quench_record, mechanics).shear()


def other_step(progress: ShearProgress) -> Arguments:
    return {"step": 1e-3, "begun": progress}


def other_plane(progress: ShearProgress) -> Arguments:
    return {"step": 5e-3, "plane": "xz", "begun": progress}


@pytest.mark.parametrize("change", [other_step, other_plane])
def test_a_path_begun_with_other_arguments_is_refused(
    change: Callable[[ShearProgress], Arguments], glass: pg.Glass
) -> None:
    reached: list[ShearProgress] = []
    glass.shear(step=5e-3, max_strain=0.01, progress=reached.append)
    with pytest.raises(PssglassError, match="give the arguments it was begun with"):
        glass.shear(max_strain=0.01, **change(reached[0]))
