"""Certificates of planted liquids: Ornstein-Uhlenbeck processes, recorded as liquids are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from pssglass.observables.equilibrium import Equilibrium
from scipy.signal import lfilter

from pssglass.analysis.certificates import Certificate, certificate
from pssglass.analysis.correlation import autocorrelation
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData
from pssglass.plugins.aggregation import with_peers
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

N, BORN, VALUES, THETA = 200, 50.0, 320, 3.0
"""Particles, U_γγ/V, recorded values of a liquid, and the time after which it forgets, in the same unit."""
Floats = npt.NDArray[np.float64]


def remembering(rng: np.random.Generator, theta: float, shape: tuple[int, ...]) -> Floats:
    """Ornstein-Uhlenbeck processes of unit variance along the last axis, in equilibrium from the start."""
    keeps = np.exp(-1.0 / theta)
    kicks = rng.standard_normal(shape) * np.sqrt(1.0 - keeps**2)
    kicks[..., 0] = rng.standard_normal(shape[:-1])
    return np.asarray(lfilter([1.0], [1.0, -keeps], kicks, axis=-1))


def mean_energy(temperature: float) -> float:
    """Of a Gaussian density of states: u = -v/T with v = Var(U)/N = 1, so that κ = 0."""
    return -1.0 / temperature


def planted(
    rng: np.random.Generator,
    *,
    name: str = "planted",
    temperature: float = 1.0,
    liquids: int = 12,
    theta: float = THETA,
    trend: float = 0.0,
    offset: float = 0.0,
    strength: float = 1.0,
    values: int = VALUES,
    protocol: dict[str, object] | None = None,
) -> EnsembleData:
    """Liquids whose U/N changes by ``trend`` during the record, and is off by ``offset``."""
    fluctuating = remembering(rng, theta, (liquids, 4, values))
    stress = np.sqrt(strength * BORN) * fluctuating[:, :3]
    ramp = trend * np.linspace(-0.5, 0.5, values)
    energy = mean_energy(temperature) + offset + fluctuating[:, 3] / np.sqrt(N) + ramp
    deviations = N * (energy - energy.mean(axis=1)[:, None])
    third = values // 3
    kept = values // 4
    samples = {
        "liquid_energy": energy.mean(axis=1),
        "liquid_energy_variance": np.mean(deviations**2, axis=1) / N,
        "liquid_energy_third_moment": np.mean(deviations**3, axis=1) / N,
        "liquid_energy_early": energy[:, :third].mean(axis=1),
        "liquid_energy_late": energy[:, -third:].mean(axis=1),
        "liquid_pressure_early": 5.0 + energy[:, :third].mean(axis=1),
        "liquid_pressure_late": 5.0 + energy[:, -third:].mean(axis=1),
        "liquid_born_shear": np.full(liquids, BORN),
        "liquid_time": np.full(liquids, 2.0 * values),
        "energy_per_particle": energy[:, -1],
        "pressure": energy[:, -1],
    }
    arrays = {
        "correlation_time": (np.arange(kept, dtype=np.float64),) * liquids,
        "stress_correlation": tuple(autocorrelation(one.T)[:kept] for one in stress),
        "liquid_energies": tuple(energy[:, ::4]),
    }
    scalars = {key: summarize(one) for key, one in samples.items()}
    return EnsembleData(
        *(name, "pss", {"rc": 1.5}, N, temperature, scalars),
        samples=samples,
        arrays=arrays,
        values={},
        protocol=protocol or {},
    )


def judged(*ensembles: EnsembleData) -> dict[str, Certificate]:
    """As the pipeline does it."""
    found = {}
    for one in with_peers(ensembles):
        told = certificate(one.name, evaluate(Equilibrium(), one))
        assert told is not None
        found[one.name] = told
    return found


def verdicts(plant: Callable[[np.random.Generator], EnsembleData], times: int) -> list[str]:
    return [judged(plant(np.random.default_rng((seed, 7))))["planted"].verdict for seed in range(times)]


class TestEquilibrium(ObservableContract):
    observable = Equilibrium()

    @pytest.fixture
    def subject(self) -> EnsembleData:
        return planted(np.random.default_rng(3))


@pytest.mark.parametrize("liquids", [4, 20])
def test_liquids_in_equilibrium_pass(liquids: int) -> None:
    """46 relaxation times were held, and half of that recorded."""
    found = verdicts(lambda rng: planted(rng, liquids=liquids, values=VALUES), 100)
    assert found.count("in equilibrium") >= 95


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"trend": 0.1}, "trend of the energy"),
        ({"strength": 0.7}, "c(0) against"),
        ({"theta": 100.0}, "relaxation times passed"),
        ({"values": 40}, "relaxation times passed"),
    ],
)
def test_liquids_out_of_equilibrium_fail(fault: dict[str, float], told: str) -> None:
    """Those that drift; frozen ones, whose apparent τ is short; slow ones; and those held for 12 τ."""
    for seed in range(40):
        one = judged(planted(np.random.default_rng((seed, 8)), **fault))["planted"]  # type: ignore[arg-type]
        assert one.verdict == "not in equilibrium"
        assert any(told in reason for reason in one.fails)


def test_relaxation_times_are_those_of_the_mean_correlation() -> None:
    one = judged(planted(np.random.default_rng(4), liquids=30))["planted"]
    assert one.relaxation_times_passed == pytest.approx(2.0 * VALUES / (THETA * np.log(10.0)), rel=0.1)


def with_structure(one: EnsembleData, tau: float, liquids: int = 12) -> EnsembleData:
    """With an F_s that decays to 1/e in τ, on the lags of a record."""
    lags = np.array(sorted(factor * 2.0**power for power in range(7) for factor in (1.0, 1.5)))
    arrays = {"displacement_lag": (lags,) * liquids, "self_scattering": (np.exp(-lags / tau),) * liquids}
    return replace(one, arrays={**one.arrays, **arrays})


@pytest.mark.parametrize(
    ("tau", "told"),
    [(20.0, "in equilibrium"), (45.0, "in equilibrium"), (70.0, "not in equilibrium")],
)
def test_the_structure_must_relax_too(tau: float, told: str) -> None:
    """Held for 32, 14 and 9 of its times; 10 are needed, half of what is asked of the stress."""
    one = with_structure(planted(np.random.default_rng(4)), tau)
    found = judged(one)["planted"]
    assert found.verdict == told
    assert found.relaxation_times_passed == pytest.approx(2.0 * VALUES / (THETA * np.log(10.0)), rel=0.15)
    values = evaluate(Equilibrium(), with_peers([one])[0])
    assert values["structural_relaxation_time"] == pytest.approx(tau, rel=0.01)
    assert values["structural_relaxation_times_passed"] == pytest.approx(2.0 * VALUES / tau, rel=0.01)
    assert values["structural_relaxation_times_passed_limit"] == 10.0


@pytest.mark.parametrize(("held", "told"), [(640.0, "not in equilibrium"), (4000.0, "not known")])
def test_a_structure_that_never_relaxes_is_told_by_a_bound(held: float, told: str) -> None:
    one = with_structure(planted(np.random.default_rng(4)), 1e4)
    longer = {**one.samples, "liquid_time": np.full(12, held)}
    found = judged(replace(one, samples=longer))["planted"]
    assert found.verdict == told
    if held == 640.0:
        assert found.fails == ("structural relaxation times passed: below 6.67, at least 10 needed",)
    else:
        assert found.lacks == ("structural relaxation times passed",)


def test_a_structure_that_only_some_have_recorded_says_nothing() -> None:
    one = planted(np.random.default_rng(4))
    assert judged(with_structure(one, 35.0, liquids=11)) == judged(one)


def test_with_swap_moves_sizes_must_relax_too() -> None:
    """Sizes that take six times as long; and an older record, without them, that leaves it open."""
    one = planted(np.random.default_rng(5), protocol={"swap": {"every": 25}})
    assert judged(one)["planted"].verdict == "not known"
    lags = np.arange(17.0) * 5.0
    tau = 6.0 * THETA * np.log(10.0)
    sizes = {"size_time": (lags,) * 12, "size_correlation": (np.exp(-lags * np.log(10.0) / tau),) * 12}
    known = judged(replace(one, arrays={**one.arrays, **sizes}))["planted"]
    assert known.relaxation_times_passed == pytest.approx(2.0 * VALUES / tau, rel=0.02)
    assert known.is_refused


def test_records_of_earlier_versions_are_not_known_unless_something_fails() -> None:
    def earlier(one: EnsembleData) -> EnsembleData:
        kept = {key: value for key, value in one.samples.items() if not key.endswith(("_early", "_late"))}
        return replace(one, samples=kept)

    rng = np.random.default_rng(6)
    found = judged(earlier(planted(rng)))["planted"]
    assert found.verdict == "not known"
    assert found.text == "not recorded: trend of the energy"
    assert judged(earlier(planted(rng, strength=0.7)))["planted"].is_refused
    nothing = replace(planted(rng), samples={}, arrays={})
    assert judged(nothing)["planted"].verdict == "not known"


def test_two_liquids_are_too_few() -> None:
    assert judged(planted(np.random.default_rng(7), liquids=2))["planted"].verdict == "not known"


LADDER = (1.3, 1.2, 1.1, 1.0)


def ladder(seed: int, offsets: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)) -> list[EnsembleData]:
    rng = np.random.default_rng((seed, 9))
    return [
        planted(rng, name=f"T{T}", temperature=T, offset=offset, liquids=16)
        for T, offset in zip(LADDER, offsets, strict=True)
    ]


def test_a_ladder_in_equilibrium_passes() -> None:
    found = [one for seed in range(25) for one in judged(*ladder(seed)).values()]
    assert len([one for one in found if one.verdict == "in equilibrium"]) >= 95
    assert sum("heat capacity to the next hotter ensemble" in one.holds for one in found) > 40


def test_of_inconsistent_neighbours_the_colder_one_is_at_fault() -> None:
    """The coldest is too high in energy by what it would be at 1.05; the one above it is not blamed."""
    for seed in range(10):
        found = judged(*ladder(seed, (0.0, 0.0, 0.0, 0.05)))
        assert found["T1.0"].is_refused
        assert not found["T1.1"].is_refused


def test_an_ensemble_that_fails_says_nothing_of_colder_ones() -> None:
    """They are compared with the next hotter one that does not fail."""
    found = judged(*ladder(3, (0.0, 0.0, 0.05, 0.0)))
    assert found["T1.1"].is_refused
    assert not found["T1.0"].is_refused


def of_two_histories(offset: float, strength: float = 1.0) -> dict[str, Certificate]:
    rng = np.random.default_rng(11)
    from_above = planted(rng, name="above", protocol={"melt_temperature": 4.0})
    from_below = planted(
        rng, name="below", protocol={"melt_temperature": 0.5}, offset=offset, strength=strength
    )
    return judged(from_above, from_below)


def test_two_histories_must_lead_to_the_same_mean() -> None:
    assert {one.verdict for one in of_two_histories(0.0).values()} == {"in equilibrium"}
    both = of_two_histories(0.1)
    assert all(one.is_refused for one in both.values())
    # One that fails by itself says nothing of the other.
    one = of_two_histories(0.1, strength=0.7)
    assert (one["above"].verdict, one["below"].verdict) == ("in equilibrium", "not in equilibrium")


def test_ensembles_of_one_history_are_not_compared() -> None:
    rng = np.random.default_rng(12)
    found = judged(planted(rng, name="one"), planted(rng, name="two", offset=0.1))
    assert not any("history" in text for one in found.values() for text in (*one.fails, *one.holds))


def of_lineages(trend: float = 0.0, spread: float = 0.0, **parameters: str) -> Certificate:
    """10 lineages of 5 glasses: u differs by ``spread``, and changes by ``trend`` from each to the next."""
    rng = np.random.default_rng(13)
    lineages, glass = np.tile(np.arange(10), 5), np.repeat(np.arange(5), 10)
    one = planted(rng, liquids=10)
    values = rng.standard_normal(50) + trend * glass + spread * rng.standard_normal(10)[lineages]
    samples = {**one.samples, "energy_per_particle": values, "pressure": rng.standard_normal(50)}
    members = {"energy_per_particle": lineages, "pressure": lineages}
    changed = replace(one, samples=samples, lineages=members, parameters={"rc": 1.5, **parameters})
    return judged(changed)["planted"]


def test_lineages_must_not_age_nor_differ() -> None:
    assert of_lineages().verdict == "in equilibrium"
    assert any("number of the glass" in reason for reason in of_lineages(trend=-0.6).fails)
    assert any("R̂ of u" in reason for reason in of_lineages(spread=3.0).fails)
    # Sizes that are drawn anew for each lineage differ for ever.
    assert of_lineages(spread=3.0, drawing="random").verdict == "in equilibrium"


def test_hold_times_of_lineages_are_those_before_their_first_glass() -> None:
    one = planted(np.random.default_rng(14), liquids=10)
    later = np.concatenate([one.samples["liquid_time"], one.samples["liquid_time"] + 1000.0])
    grown = replace(
        one,
        samples={**one.samples, "liquid_time": later},
        lineages={"liquid_time": np.tile(np.arange(10), 2)},
    )
    assert judged(grown)["planted"].relaxation_times_passed == judged(one)["planted"].relaxation_times_passed


def test_one_liquid_that_ended_too_early_refuses_all() -> None:
    one = planted(np.random.default_rng(15), liquids=12)
    times = one.samples["liquid_time"].copy()
    times[3] /= 8.0
    early = replace(one, samples={**one.samples, "liquid_time": times})
    assert judged(early)["planted"].is_refused
