"""The Liquid: how it starts, that it moves as physics says, that it repeats, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import (
    BoxTooSmall,
    ConfigurationError,
    InputError,
    ModelError,
    NotInherentState,
    TrajectoryDiverged,
)
from pssglass.base.results import Floats
from pssglass.mechanics.glass import Glass
from pssglass.models import KABLJ, PSS, Model
from pssglass.simulation.dynamics import Thermostat, energy_fault
from pssglass.simulation.liquid import Liquid

STICKINESS = [1.1, 1.2, 1.3, 1.5]


def small(rc: float = 1.1, temperature: float = 1.0, seed: int = 7, **options: Any) -> Liquid:
    """A liquid of 108 particles, melted a little."""
    return Liquid.create(PSS(rc), N=108, temperature=temperature, seed=seed, melt_time=0.5, **options)


def nearest_distances(liquid: Liquid) -> Floats:
    """Distance over λ_ij of each particle's closest neighbour."""
    edge = liquid.box[0]
    separations = liquid.positions[:, None] - liquid.positions[None]
    separations -= edge * np.round(separations / edge)
    lengths = np.array(liquid.model.lengths)[np.ix_(liquid.species, liquid.species)]
    distances = np.linalg.norm(separations, axis=2) / lengths
    np.fill_diagonal(distances, np.inf)
    return np.min(distances, axis=1)


@pytest.mark.parametrize(
    ("model", "N"),
    [
        (PSS(1.1), 32),
        (PSS(1.1), 500),
        (PSS(1.5, density=0.9), 500),
        (PSS(1.3, density=0.2), 108),
        (KABLJ(), 150),
    ],
)
def test_a_new_liquid(model: Model, N: int) -> None:
    liquid = Liquid.create(model, N=N, temperature=1.3, seed=3, melt_time=1.0)
    assert tuple(np.bincount(liquid.species)) == model.counts(N)
    assert liquid.N / liquid.box[:3].prod() == pytest.approx(model.number_density)
    assert liquid.target_temperature == 1.3
    assert liquid.temperature == pytest.approx(1.3, rel=1e-9)
    assert nearest_distances(liquid).min() > 0.7


def test_velocities_are_those_of_the_temperature() -> None:
    liquid = Liquid.create(PSS(1.1), N=108, temperature=1.3, seed=3, melt_time=0.0)
    np.testing.assert_allclose(liquid.velocities.sum(axis=0), 0.0, atol=1e-10)
    assert liquid.temperature == pytest.approx(1.3, rel=1e-12)
    assert (liquid.target_temperature, liquid.step) == (1.3, 0)


def test_the_same_seed_gives_the_same_liquid_and_another_seed_another() -> None:
    one, same, other = small(seed=1), small(seed=1), small(seed=2)
    for name in ("positions", "velocities", "species"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("thermostat", ["nve", "langevin", "svr"])
def test_a_run_cut_in_two_is_one_run(thermostat: str) -> None:
    whole, halves = small(), small()
    whole.run(time=2.0, dt=0.004, thermostat=thermostat)
    for _ in range(2):
        halves.run(time=1.0, dt=0.004, thermostat=thermostat)
    np.testing.assert_array_equal(whole.positions, halves.positions)
    np.testing.assert_array_equal(whole.velocities, halves.velocities)
    assert whole.step == halves.step


def test_a_liquid_read_from_a_file_goes_on_bit_by_bit(tmp_path: Path) -> None:
    whole = small()
    whole.run(time=0.777)
    whole.write(tmp_path / "liquid.gsd")
    resumed = Liquid.read(tmp_path / "liquid.gsd", PSS(1.1))
    assert resumed.target_temperature == whole.target_temperature
    whole.run(time=1.0)
    resumed.run(time=1.0)
    np.testing.assert_array_equal(whole.positions, resumed.positions)
    np.testing.assert_array_equal(whole.velocities, resumed.velocities)
    np.testing.assert_array_equal(whole.configuration.images, resumed.configuration.images)


@pytest.mark.parametrize("thermostat", ["nve", "langevin", "svr"])
def test_the_number_of_threads_changes_nothing(thermostat: str) -> None:
    one, two = small(threads=1), small(threads=2)
    for liquid in (one, two):
        liquid.run(time=1.0, thermostat=thermostat)
    np.testing.assert_array_equal(one.positions, two.positions)
    np.testing.assert_array_equal(one.velocities, two.velocities)


def test_time_is_rounded_to_whole_steps() -> None:
    liquid = small()
    start = liquid.step
    assert liquid.run(time=1.0, dt=0.003).steps == 333
    assert liquid.run(time=0.001, dt=0.003).steps == 0
    assert liquid.run(time=0.0).steps == 0
    assert liquid.step == start + 333


def test_what_a_run_reports() -> None:
    liquid = small()
    run = liquid.run(time=24.0, dt=0.004, sample_every=7)
    assert (run.steps, run.time_step) == (6000, 0.004)
    assert run.time == pytest.approx(24.0)
    assert run.wall_time > 0.0
    assert run.particle_steps_per_second == pytest.approx(108 * 6000 / run.wall_time)
    steps = run.series["step"]
    np.testing.assert_array_equal(
        steps, [k for k in range(liquid.step - 5999, liquid.step + 1) if k % 7 == 0]
    )
    assert run.series["stress"].shape == (len(steps), 3)
    for name in ("potential_energy", "kinetic_energy", "pressure", "born_shear"):
        assert run.series[name].shape == (len(steps),)


@pytest.mark.parametrize(
    ("rc", "temperature"),
    [(1.1, 6.0), (1.1, 0.73), (1.2, 4.0), (1.2, 1.0), (1.3, 1.0), (1.5, 2.6), (1.5, 0.7)],
)
def test_the_default_time_step_conserves_energy(rc: float, temperature: float) -> None:
    liquid = Liquid.create(PSS(rc), N=256, temperature=temperature, seed=5, melt_time=1.0)
    liquid.run(time=3.0)
    momentum = liquid.velocities.sum(axis=0)
    run = liquid.run(time=20.0, thermostat="nve", sample_every=5)
    potential, kinetic = run.series["potential_energy"], run.series["kinetic_energy"]
    total = potential + kinetic
    drift = np.polyfit(run.series["step"] * run.time_step, total, 1)[0] / liquid.N
    assert abs(drift) < 2e-4 * temperature
    assert total.std() < 0.02 * kinetic.std()
    np.testing.assert_allclose(liquid.velocities.sum(axis=0), momentum, atol=1e-8)


@pytest.mark.parametrize(
    ("thermostat", "options"), [("langevin", {"friction": 2.0}), ("svr", {"relaxation_time": 0.5})]
)
def test_thermostats_sample_the_canonical_kinetic_energy(thermostat: str, options: dict[str, float]) -> None:
    """Mean 3NT/2, up to the centre of mass, and relative variance 2/(3N)."""
    liquid = small(rc=1.5, temperature=2.0)
    liquid.run(time=5.0, thermostat=thermostat, **options)
    run = liquid.run(time=100.0, thermostat=thermostat, sample_every=20, **options)
    temperatures = run.series["kinetic_energy"] / (1.5 * liquid.N)
    assert temperatures.mean() == pytest.approx(2.0, rel=0.02)
    assert temperatures.std() == pytest.approx(2.0 * np.sqrt(2 / (3 * liquid.N)), rel=0.2)


@pytest.mark.parametrize(
    ("rc", "temperature", "energy"), [(1.1, 6.0, 3.68), (1.2, 4.0, 1.21), (1.3, 4.0, 0.83), (1.5, 2.6, -1.24)]
)
def test_energy_of_the_hot_liquid(rc: float, temperature: float, energy: float) -> None:
    """Potential energy per particle against values of two independent programs, 1 % accurate."""
    liquid = Liquid.create(PSS(rc), N=500, temperature=temperature, seed=2, melt_time=0.0)
    liquid.run(time=5.0, friction=3.0)
    run = liquid.run(time=50.0, friction=3.0, sample_every=20)
    assert run.series["potential_energy"].mean() / liquid.N == pytest.approx(energy, abs=0.02 * temperature)


def test_stress_fluctuations_give_the_born_modulus() -> None:
    """V⟨σ²⟩/T = ⟨U_γγ⟩/V in equilibrium: an exact identity of the canonical ensemble (paper, Appendix E)."""
    liquid = Liquid.create(PSS(1.5), N=108, temperature=2.6, seed=2, melt_time=0.0)
    liquid.run(time=5.0)
    run = liquid.run(time=300.0, sample_every=20)
    volume = liquid.box[:3].prod()
    fluctuations = volume * np.mean(run.series["stress"] ** 2) / 2.6
    assert fluctuations == pytest.approx(run.series["born_shear"].mean(), rel=0.08)
    assert run.series["born_shear"].mean() == pytest.approx(51.6, rel=0.03)


@pytest.mark.parametrize("thermostat", ["nve", "langevin", "svr"])
def test_a_time_step_that_is_too_long_is_noticed(thermostat: str) -> None:
    liquid = small()
    before = liquid.step
    with pytest.raises(TrajectoryDiverged, match=r"diverged .*step \d+.* particle \d+.*time step") as caught:
        liquid.run(time=100.0, dt=0.05, thermostat=thermostat)
    assert caught.value.step >= before
    assert 0 <= caught.value.particle < liquid.N


def test_a_melt_too_hot_for_what_follows_is_named_not_an_overlap_of_the_input() -> None:
    liquid = Liquid.create(PSS(1.5), N=108, temperature=1.0, seed=17, melt_temperature=1e5, melt_time=0.02)
    with pytest.raises(InputError, match=r"overlap.*; it comes from T = 100000: lower that, or cool it by"):
        liquid.run(time=0.5)


@pytest.mark.parametrize(
    ("thermostat", "gain", "kinetic", "elapsed", "fault"),
    [
        ("nve", 3.0, 150.0, 1.0, None),
        ("nve", -20.0, 150.0, 1.0, "the energy changed by -20, more than 10% of the kinetic energy"),
        ("langevin", 500.0, 300.0, 1.0, None),
        ("langevin", 700.0, 300.0, 1.0, "the energy grew by 700, above 600"),
        ("langevin", 500.0, 300.0, 11.0, "the temperature is 2.02, above the 1 of the thermostat"),
        ("langevin", 0.0, 160.0, 11.0, None),
        ("svr", 0.0, 300.0, 4.0, None),
        ("svr", 0.0, 300.0, 6.0, "the temperature is 2.02, above the 1 of the thermostat"),
    ],
)
def test_energy_from_nowhere_is_noticed(
    thermostat: str, gain: float, kinetic: float, elapsed: float, fault: str | None
) -> None:
    """100 particles at temperature 1: heat of a melt is sound, but not for ever, nor without a thermostat."""
    held = Thermostat(thermostat, temperature=1.0, friction=1.0, relaxation_time=0.5)
    assert energy_fault(held, 100, gain, kinetic, elapsed) == fault


def test_the_heat_of_a_melt_is_no_blow_up() -> None:
    """The potential energy of a hot structure turns into heat, and that is sound."""
    liquid = Liquid.create(PSS(1.1), N=108, temperature=0.5, seed=1, melt_temperature=8.0, melt_time=1.0)
    liquid.run(time=5.0, thermostat="nve", dt=0.002)
    assert liquid.temperature > 1.0


def test_progress_can_end_a_run() -> None:
    done: list[int] = []

    def stop(steps: int) -> None:
        done.append(steps)
        raise KeyboardInterrupt

    liquid = small()
    with pytest.raises(KeyboardInterrupt):
        liquid.run(time=100.0, progress=stop)
    assert done == [5000]


def test_quench_is_a_certified_glass_that_remembers_its_liquid(tmp_path: Path) -> None:
    liquid = small(rc=1.3, temperature=1.2)
    liquid.run(time=2.0)
    glass = liquid.quench()
    assert isinstance(glass, Glass)
    assert glass.quench_record.is_minimum
    assert glass.configuration.metadata["temperature"] == 1.2
    assert glass.energetics().energy_per_particle < liquid.potential_energy / liquid.N
    liquid.write(tmp_path / "liquid.gsd")
    with pytest.raises(NotInherentState):
        Glass.read(tmp_path / "liquid.gsd", PSS(1.3))
    again = Glass.read(tmp_path / "liquid.gsd", PSS(1.3), quench=True)
    np.testing.assert_array_equal(again.positions, glass.positions)


def test_the_temperature_of_a_run_stays() -> None:
    liquid = small(temperature=1.0)
    liquid.run(time=0.1, temperature=2.5)
    assert liquid.target_temperature == 2.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"time": -1.0}, "time = -1.0 must not be negative"),
        ({"time": 1.0, "dt": 0.0}, "dt = 0.0 must be above 0"),
        ({"time": 1.0, "temperature": -2.0}, "temperature = -2.0 must be above 0"),
        ({"time": 1.0, "thermostat": "nose"}, "nose"),
        ({"time": 1.0, "friction": 0.0}, "friction = 0.0 must be above 0"),
        ({"time": 1.0, "relaxation_time": -1.0}, "relaxation_time = -1.0 must be above 0"),
        ({"time": 1.0, "sample_every": -1}, "sample_every = -1 must be at least 0"),
        ({"time": float("nan")}, "time = nan must be a finite number"),
        ({"time": "1.0"}, "time = '1.0' must be a finite number"),
        ({"time": 1e300}, "number of steps = .* must be below"),
        ({"time": 1.0, "dt": 1e-320}, "time / dt = inf must be a finite number"),
        ({"time": 1.0, "thermostat": None}, "thermostat = None must be a string"),
    ],
)
def test_a_run_refuses(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        small().run(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"N": 1}, "N = 1 must be at least 2"),
        ({"N": True}, "N = True must be a whole number"),
        ({"N": 2**40}, "N = 1099511627776 must be below 2147483648"),
        ({"N": "108"}, "N = '108' must be a whole number"),
        ({"temperature": "1.0"}, "temperature = '1.0' must be a finite number"),
        ({"melt_time": float("nan")}, "melt_time = nan must be a finite number"),
        ({"threads": 0}, "threads = 0 must be at least 1"),
        ({"precision": 2}, "precision = 2 must be a string"),
        ({"model": "pss"}, "model = 'pss' must be a Model"),
    ],
)
def test_creation_refuses_what_is_no_number(arguments: dict[str, Any], message: str) -> None:
    usual = {"model": PSS(1.5), "N": 108, "temperature": 1.0, "seed": 1}
    with pytest.raises(InputError, match=message):
        Liquid.create(**{**usual, **arguments})


def test_creation_refuses() -> None:
    with pytest.raises(ModelError, match="N = 33 cannot be divided"):
        Liquid.create(PSS(1.1), N=33, temperature=1.0, seed=1)
    with pytest.raises(BoxTooSmall):
        Liquid.create(PSS(1.5), N=40, temperature=1.0, seed=1)
    with pytest.raises(InputError, match="temperature = 0 must be above 0"):
        Liquid.create(PSS(1.5), N=108, temperature=0, seed=1)
    with pytest.raises(InputError, match="seed = -1 must be at least 0"):
        Liquid.create(PSS(1.5), N=108, temperature=1.0, seed=-1)


def test_reading_needs_what_the_file_does_not_tell(tmp_path: Path) -> None:
    small().write(tmp_path / "liquid.data")
    with pytest.raises(ConfigurationError, match=r"liquid\.data tells no temperature; give one"):
        Liquid.read(tmp_path / "liquid.data", PSS(1.1), seed=1)
    liquid = Liquid.read(tmp_path / "liquid.data", PSS(1.1), temperature=0.9, seed=1)
    assert liquid.target_temperature == 0.9
    with pytest.raises(ConfigurationError, match="number density"):
        Liquid.read(tmp_path / "liquid.data", PSS(1.1, density=0.7), temperature=0.9, seed=1)


@pytest.mark.parametrize("precision", ["double", "mixed"])
def test_scaled_velocities_have_the_temperature_and_the_rest_is_as_it_was(precision: str) -> None:
    liquid = small(precision=precision)
    before = liquid.configuration
    liquid.scale_velocities(0.7)
    after = liquid.configuration
    assert liquid.temperature == pytest.approx(0.7, rel=1e-12)
    assert liquid.target_temperature == before.metadata["temperature"]
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_array_equal(after.images, before.images)
    assert after.step == before.step
    again = liquid.velocities.copy()
    liquid.scale_velocities(0.7)
    np.testing.assert_array_equal(liquid.velocities, again)


def test_what_does_not_move_cannot_be_scaled() -> None:
    still = replace(small().configuration, velocities=np.zeros((108, 3)))
    liquid = Liquid(PSS(1.1), still, temperature=1.0, seed=1)
    with pytest.raises(InputError, match="all velocities are 0, which no factor scales"):
        liquid.scale_velocities(1.0)


def test_a_notebook_shows_a_liquid() -> None:
    shown = small(temperature=0.9)._repr_html_()
    assert "Liquid of pss" in shown
    assert "<td style='text-align:left'>0.9</td>" in shown
