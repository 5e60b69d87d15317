"""Swap moves have to have mixed the sizes before a liquid counts as relaxed."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pssglass.base.results import AUTO
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.models import PolyIPL
from pssglass.pipeline.sample import make_liquid
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.equilibration_outcome import EquilibrationOutcome
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.size_relaxation import LAGS, POINTS, SizeRelaxation
from pssglass.simulation.swap import Swap

from .test_equilibration import VOLUME, Imitation, recipe_of

Sizes = npt.NDArray[Any]


class Shuffled:
    """Particles that exchange what they have, each after an exponential time of mean ``tau``."""

    def __init__(self, sizes: Sizes, tau: float) -> None:
        self._random, self.sizes, self._tau = np.random.default_rng(8), sizes, tau

    def after(self, time: float) -> Sizes:
        moved = np.flatnonzero(self._random.random(len(self.sizes)) > math.exp(-time / self._tau))
        self.sizes = self.sizes.copy()
        self.sizes[moved] = self._random.permuted(self.sizes[moved])
        return self.sizes


DIAMETERS = np.linspace(1.0, 2.0, 2000)
SEED = 4
"""Of stresses that look like equilibrium in every segment; by chance one in twenty does not."""
SPECIES = np.repeat(np.arange(2, dtype=np.int32), [1600, 400])


@pytest.mark.parametrize("sizes", [DIAMETERS, SPECIES])
def test_the_correlation_is_that_of_what_has_been_exchanged(sizes: Sizes) -> None:
    shuffled, found = Shuffled(sizes, tau=8.0), SizeRelaxation()
    for _ in range(POINTS + 1):
        assert found.result().size in (0, LAGS + 1)
        found.add(shuffled.sizes)
        shuffled.after(1.0)
    assert found.result()[0] == pytest.approx(1.0)
    assert found.result() == pytest.approx(np.exp(-np.arange(LAGS + 1) / 8.0), abs=0.05)


def test_it_goes_on_from_its_state() -> None:
    whole, cut = SizeRelaxation(), SizeRelaxation()
    shuffled = Shuffled(SPECIES, tau=3.0)
    for _ in range(POINTS + 1):
        whole.add(shuffled.sizes)
        cut.add(shuffled.sizes)
        cut = SizeRelaxation(json.loads(json.dumps(cut.state())))
        shuffled.after(1.0)
    assert np.array_equal(whole.result(), cut.result())


def held(tau: float, **protocol: Any) -> EquilibrationOutcome:
    """How a liquid ends whose stress relaxes in 0.3 and whose sizes in ``tau``."""
    recipe = recipe_of(
        **{"equilibration_time": AUTO, "equilibration_cap": 400.0, "n_tau": 20.0, "swap": Swap(), **protocol}
    )
    liquid, shuffled = Imitation(tau=0.3, seed=SEED), Shuffled(DIAMETERS, tau)
    found = Equilibration(recipe, VOLUME)
    while steps := min(found.steps_left, 5000):
        run = liquid.run(steps, found.sample_every)
        found.advance(run, shuffled.after(run.time))
        found = Equilibration(recipe, VOLUME, json.loads(json.dumps(found.state())))
    return found.outcome()


def test_auto_waits_for_the_sizes() -> None:
    fast, slow, frozen = (held(tau, size_relaxation=True) for tau in (0.3, 2.0, 1e6))
    assert (fast.ended, fast.time) == ("equilibrated", pytest.approx(50.0))
    assert slow.ended == "equilibrated"
    assert slow.size_relaxation_time == pytest.approx(2.0 * math.log(10.0), rel=0.2)
    assert slow.relaxation_times_passed == pytest.approx(slow.time / slow.size_relaxation_time)
    assert slow.relaxation_times_passed >= 20.0
    assert slow.relaxation_time is not None
    assert slow.relaxation_time < 2.0
    assert (frozen.ended, frozen.time) == ("cap reached", pytest.approx(400.0))
    assert frozen.relaxation_times_passed is None


def test_ensembles_from_before_keep_their_hash_and_their_end() -> None:
    old = Protocol(AUTO, equilibration_cap=800.0, n_tau=20.0, swap=Swap())
    assert "size_relaxation" not in old.canonical()
    assert Protocol.from_canonical(old.canonical()) == old
    assert (held(1e6).ended, held(1e6).time) == ("equilibrated", pytest.approx(50.0))
    assert held(1e6, equilibration_time=100.0, equilibration_cap=None).relaxation_times_passed is None


def spec(model: str, swap: object, time: float | str = AUTO) -> EnsembleSpec:
    cap = {"equilibration_cap": 60.0} if time == AUTO else {}
    block = {
        "model": model,
        "N": 150,
        "parent_temperatures": [1.5],
        "samples": 1,
        "protocol": {"melt_time": 1.0, "equilibration_time": time, **cap, **({"swap": swap} if swap else {})},
    }
    return parse_campaign({"name": "sizes", "seed": 3, "ensembles": [block]}).ensembles[0][0]


@pytest.mark.parametrize(
    ("time", "swap", "is_told"), [(AUTO, {}, True), (AUTO, None, False), (5.0, {}, False)]
)
def test_the_specification_says_that_sizes_count(time: float | str, swap: object, is_told: bool) -> None:
    swap = None if swap is None else {"every": 20}
    assert ("size_relaxation" in spec("poly-ipl", swap, time).canonical()["protocol"]) == is_told


def test_a_liquid_tells_how_long_its_sizes_took() -> None:
    _, progress = make_liquid(spec("poly-ipl", {"moves_per_particle": 2.0, "every": 2}, 60.0), seed=1)
    tau = progress.liquid["size_relaxation_time"]
    assert 1.0 < tau < 7.5
    assert progress.record["equilibration"]["size_relaxation_time"] == tau
    # Hardly a large particle of this mixture takes the place of a small one.
    _, progress = make_liquid(spec("kablj", {"moves_per_particle": 0.1, "every": 100}, 20.0), seed=1)
    assert "size_relaxation_time" not in progress.liquid
    assert "size_relaxation_time" not in progress.record["equilibration"]


def test_the_time_of_sizes_is_that_of_the_liquid_itself() -> None:
    """C_λ at one lag, by hand from two configurations."""
    model = PolyIPL()
    liquid = Liquid.create(model, 400, 1.0, 2, melt_time=1.0)
    sizes, lags = SizeRelaxation(), []
    for _ in range(LAGS + 1):
        assert liquid.diameters is not None
        lags.append(liquid.diameters)
        sizes.add(liquid.diameters)
        liquid.run(0.5, swap={"every": 10})
    by_hand = np.corrcoef(lags[0], lags[-1])[0, 1]
    assert sizes.result()[-1] == pytest.approx(by_hand)
    assert np.all(np.diff(sizes.result()[:4]) < 0.0)
