"""The hold at the parent temperature ends by rules that the specification fixes, however runs are cut."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from pssglass.analysis.correlation import stress_autocorrelation
from pssglass.base.results import AUTO, Frames, RunResult
from pssglass.models import PSS
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.hold_times import ends, expected_time
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.recording import Recorder
from pssglass.simulation.segment_record import INTERVAL

STEP = 0.005
VOLUME = 100 / PSS(rc=1.5).number_density


def recipe_of(**protocol: object) -> Recipe:
    """100 particles at T = 1 with this protocol."""
    settings = {"time_step": STEP, **protocol}
    return Recipe(PSS(rc=1.5), 100, 1.0, Protocol(**settings))  # type: ignore[arg-type]


class Imitation:
    """A liquid whose stress forgets within ``tau``, and whose energy moves by ``trend`` in a time unit."""

    def __init__(self, tau: float, trend: float = 0.0, strength: float = 1.0, seed: int = 3) -> None:
        self._random = np.random.default_rng(seed)
        self._keeps = math.exp(-INTERVAL * STEP / tau)
        self._stress = np.zeros(3)
        self._trend, self._strength, self._step = trend, math.sqrt(strength), 0

    def run(self, steps: int, sample_every: int) -> RunResult:
        """The series of the next steps; what is not sampled goes on all the same."""
        numbers = [n for n in range(self._step + 1, self._step + steps + 1) if n % INTERVAL == 0]
        kicks = self._random.standard_normal((len(numbers), 4))
        stress = np.empty((len(numbers), 3))
        for row, kick in enumerate(kicks):
            self._stress = self._keeps * self._stress + math.sqrt(1.0 - self._keeps**2) * kick[:3]
            stress[row] = self._stress
        energy = kicks[:, 3] + self._trend * STEP * np.array(numbers)
        series = {
            "stress": self._strength * stress,
            "potential_energy": energy,
            "pressure": 5.0 + 0.1 * kicks[:, 3],
            "born_shear": np.full(len(numbers), VOLUME),
        }
        self._step += steps
        kept = series if sample_every else {key: value[:0] for key, value in series.items()}
        return RunResult(steps, steps * STEP, STEP, 1.0, 1.0, kept)


def hold(recipe: Recipe, liquid: Imitation, chunk: int, resumed: bool = False) -> Equilibration:
    """Runs to the end in chunks, through JSON between any two of them if ``resumed``."""
    found = Equilibration(recipe, VOLUME)
    while steps := min(found.steps_left, chunk):
        found.advance(liquid.run(steps, found.sample_every))
        if resumed:
            found = Equilibration(recipe, VOLUME, json.loads(json.dumps(found.state())))
    return found


def auto(cap: float, n_tau: float = 20.0, **more: object) -> Recipe:
    return recipe_of(equilibration_time=AUTO, equilibration_cap=cap, n_tau=n_tau, **more)


def moving(recipe: Recipe, tau: float, stress_tau: float = 0.3, seed: int = 5) -> Equilibration:
    """A liquid whose particles diffuse so that F_s(k, t) = exp(-t/τ), held to the end."""
    liquid, random = Imitation(stress_tau), np.random.default_rng(seed)
    species = np.zeros(100, dtype=np.int32)
    found = Equilibration(recipe, VOLUME, species=species)
    width = math.sqrt(2.0 * STEP / tau) / recipe.scales.k
    positions = np.zeros((100, 3))
    while steps := min(found.steps_left, 5000):
        looks = found.frames(steps)
        kept = []
        for passed in np.diff([0, *looks, steps]):
            positions = positions + width * math.sqrt(passed) * random.standard_normal((100, 3))
            kept.append(positions)
        frames = Frames(np.array(kept[: len(looks)]), np.ones((len(looks), 6)))
        run = liquid.run(steps, found.sample_every)
        found.advance(replace(run, frames=frames if looks else None))
    return found


@pytest.mark.parametrize(("tau", "time"), [(2.0, 50.0), (4.5, 100.0), (10.0, 200.0), (200.0, 800.0)])
def test_auto_waits_for_the_structure(tau: float, time: float) -> None:
    """F_s is seen to decay up to a sixteenth of the time; c(t) alone would let it end at 50."""
    outcome = moving(auto(800.0, structural_relaxation=True), tau).outcome()
    assert outcome.ended == ("equilibrated" if time < 800.0 else "cap reached")
    assert outcome.time == pytest.approx(time)
    if time < 800.0:
        assert outcome.structural_relaxation_time == pytest.approx(tau, rel=0.15)
    else:
        assert "structural_relaxation_time" not in outcome.record()
    assert moving(auto(800.0), tau).outcome().time == pytest.approx(50.0), "the rule of earlier versions"


@pytest.mark.parametrize(("stress_tau", "time"), [(0.3, 50.0), (1e3, 800.0)])
def test_a_structure_that_relaxes_is_not_enough(stress_tau: float, time: float) -> None:
    held = moving(auto(800.0, structural_relaxation=True), 1.0, stress_tau)
    assert held.outcome().time == pytest.approx(time)


def test_what_is_not_recorded_does_not_let_it_end() -> None:
    outcome = hold(auto(200.0, structural_relaxation=True), Imitation(tau=0.3), 5000).outcome()
    assert (outcome.ended, outcome.structural_relaxation_time) == ("cap reached", None)


def test_decisions_fall_at_the_cap_over_powers_of_two() -> None:
    assert [STEP * end for end in ends(auto(100.0).protocol, STEP)] == pytest.approx([25.0, 50.0, 100.0])
    assert [STEP * end for end in ends(auto(60.0).protocol, STEP)] == pytest.approx([30.0, 60.0])
    assert [STEP * end for end in ends(recipe_of(equilibration_time=30.0).protocol, STEP)] == pytest.approx(
        [30.0]
    )


def test_a_fast_liquid_ends_early_and_a_slow_one_at_the_cap() -> None:
    fast = hold(auto(800.0), Imitation(tau=0.3), 5000).outcome()
    assert (fast.ended, fast.time) == ("equilibrated", pytest.approx(50.0))
    slow = hold(auto(800.0), Imitation(tau=1000.0), 5000).outcome()
    assert (slow.ended, slow.time) == ("cap reached", pytest.approx(800.0))


def test_it_goes_on_until_n_tau_relaxation_times_have_passed() -> None:
    few = hold(auto(3200.0, n_tau=20.0), Imitation(tau=0.6), 5000).outcome()
    many = hold(auto(3200.0, n_tau=500.0), Imitation(tau=0.6), 5000).outcome()
    assert few.time < many.time
    assert many.relaxation_times_passed is not None
    assert many.relaxation_times_passed >= 500.0
    assert many.relaxation_time == pytest.approx(0.6 * math.log(10.0), rel=0.3)


@pytest.mark.parametrize(("n_tau", "tau"), [(20.0, 0.4), (80.0, 0.4)])
def test_most_end_when_they_are_expected_to(n_tau: float, tau: float) -> None:
    """Some wait for one segment more, as chance has it."""
    recipe = auto(3200.0, n_tau)
    ended = [hold(recipe, Imitation(tau, seed=seed), 5000).outcome().time for seed in range(7)]
    assert np.median(ended) == pytest.approx(expected_time(recipe.protocol, STEP, tau * math.log(10.0)))


def test_the_expected_time_is_within_the_cap() -> None:
    assert expected_time(auto(800.0).protocol, STEP, 1e6) == pytest.approx(800.0)
    assert expected_time(recipe_of(equilibration_time=30.0).protocol, STEP, 0.1) == pytest.approx(30.0)


def test_a_glass_with_little_frozen_stress_is_no_liquid() -> None:
    """Its c(t) decays as fast as that of a liquid, but c(0) falls short of ⟨U_γγ⟩/V by the shear modulus."""
    glass = Imitation(tau=0.2, strength=0.7)
    outcome = hold(auto(400.0), glass, 5000).outcome()
    assert outcome.ended == "cap reached"
    assert outcome.missing_correlation == pytest.approx(0.3, abs=0.05)


class Pretender(Imitation):
    """A glass that looks like a liquid between two times."""

    def __init__(self, begin: float, end: float) -> None:
        super().__init__(tau=0.3)
        self._begin, self._end = begin, end

    def run(self, steps: int, sample_every: int) -> RunResult:
        """Outside these times its stress is frozen."""
        is_liquid = self._begin <= STEP * self._step < self._end
        run = super().run(steps, sample_every)
        frozen = {**run.series, "stress": np.ones_like(run.series["stress"])}
        return run if is_liquid else replace(run, series=frozen)


def test_one_segment_that_looks_like_equilibrium_is_not_enough() -> None:
    once = hold(auto(400.0), Pretender(50.0, 100.0), 5000).outcome()
    assert once.ended == "cap reached"
    twice = hold(auto(400.0), Pretender(50.0, 200.0), 5000).outcome()
    assert (twice.ended, twice.time) == ("equilibrated", pytest.approx(200.0))
    at_the_end = hold(auto(400.0), Pretender(200.0, 400.0), 5000).outcome()
    assert at_the_end.ended == "cap reached"


def test_it_goes_on_while_the_energy_drifts() -> None:
    outcome = hold(auto(200.0), Imitation(tau=0.3, trend=0.5), 5000).outcome()
    assert outcome.ended == "cap reached"
    assert outcome.energy_drift is not None
    assert outcome.energy_drift > 3.0


@pytest.mark.parametrize("chunk", [333, 5000])
def test_neither_chunks_nor_interruptions_change_anything(chunk: int) -> None:
    whole = hold(auto(200.0), Imitation(tau=1.0), 10**9)
    cut = hold(auto(200.0), Imitation(tau=1.0), chunk, resumed=True)
    assert cut.outcome() == whole.outcome()
    assert cut.liquid_values() == whole.liquid_values()


def test_a_given_time_is_kept_and_its_second_half_recorded() -> None:
    found = hold(recipe_of(equilibration_time=40.0), Imitation(tau=0.5), 5000)
    outcome = found.outcome()
    assert (outcome.ended, outcome.time) == ("time over", pytest.approx(40.0))
    assert outcome.recorded_time == pytest.approx(20.0, rel=0.01)
    values = found.liquid_values()
    assert values["liquid_born_shear"] == pytest.approx(VOLUME)
    assert values["stress_correlation"][0] == pytest.approx(VOLUME, rel=0.2)  # type: ignore[index]


@pytest.mark.parametrize("time", [0.0, 0.1])
def test_too_short_a_hold_has_no_values(time: float) -> None:
    found = hold(recipe_of(equilibration_time=time), Imitation(tau=0.5), 5000)
    assert found.liquid_values() == {}
    assert found.outcome().relaxation_time is None


def test_the_recorded_correlation_is_that_of_the_series() -> None:
    series = dict(Imitation(tau=1.0).run(160_000, INTERVAL).series)
    recorder = Recorder()
    recorder.add(series)
    recorder.finish()
    lags, products = recorder.correlation()
    direct = stress_autocorrelation(series["stress"], volume=1.0, temperature=1.0)
    early = lags * INTERVAL * STEP < 3.0
    assert np.sum(early) > 20
    assert products[early] == pytest.approx(direct[lags.astype(int)][early], abs=0.02)
    assert len(recorder.energies) <= 2048
    assert np.mean(recorder.energies) == pytest.approx(np.mean(series["potential_energy"]), abs=0.01)
