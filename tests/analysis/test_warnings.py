"""What stands out is flagged, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from pssglass.analysis.warnings import Evidence, Flag, flags, size_flags
from pssglass.base.lineages import replicas
from pssglass.base.results import EnsembleSummary

Scalars = Mapping[str, float]


def summary(name: str = "cold", N: int = 500, temperature: float | None = 0.8) -> EnsembleSummary:
    return EnsembleSummary(name, "pss", {"rc": 1.5}, N, temperature, {})


def of_ensemble(
    values: Scalars | None = None,
    samples: Sequence[Scalars] = (),
    done: int = 12,
    measured: Mapping[str, int] | None = None,
    protocol: Mapping[str, object] | None = None,
) -> list[str]:
    """Reasons of one ensemble."""
    one = dict(enumerate(samples))
    evidence = Evidence(
        [replace(summary(), protocol=protocol or {})],
        {"cold": done},
        {"cold": measured or {}},
        {"cold": one},
        {"cold": values or {}},
        {},
    )
    found = flags(evidence)
    assert {flag.subject for flag in found} <= {"cold"}
    return [flag.reason for flag in found]


def of_models(models: Mapping[str, Scalars]) -> list[Flag]:
    return flags(Evidence([], {}, {}, {}, {}, models))


def test_odd_samples_are_named() -> None:
    samples = {"cold": {0: {"q6": 0.12}, 1: {"largest_cluster": 0.3}}}
    [flag] = flags(Evidence([summary()], {"cold": 2}, {}, samples, {}, {}))
    assert flag.subject == "sample 1 of cold"


def test_repetitions_are_told() -> None:
    again = replace(summary(), name="again")
    [flag] = flags(Evidence([summary(), again], {}, {}, {}, {}, {}, {"again": "cold"}))
    assert flag.subject == "again"
    assert "its samples are those of cold" in flag.reason


def test_what_may_be_wrong_comes_before_what_rests_on_too_little() -> None:
    """However many ensembles have few samples, one out of equilibrium is among the first that are told."""
    few = [replace(summary(f"few{k}", temperature=0.9 + k), protocol={}) for k in range(3)]
    one = {each.name: 1 for each in few} | {"cold": 12}
    found = flags(Evidence([*few, summary()], one, {}, {}, {}, {}, capped={"cold": 3}))
    assert [flag.subject for flag in found] == ["cold", "few0", "few1", "few2"]


def test_liquids_that_reached_their_cap_are_told() -> None:
    one = Evidence([summary()], {"cold": 12}, {}, {}, {}, {}, capped={"cold": 3})
    [flag] = flags(one)
    assert flag.subject == "cold"
    assert "3 of 12 samples ended at equilibration_cap" in flag.reason


@pytest.mark.parametrize(
    ("lineages", "reason"),
    [
        (1, "one lineage only: its values have no error bar; add lineages"),
        (3, "error bars rest on 3 lineages, and are uncertain by 50 %: add lineages"),
        (8, None),
    ],
)
def test_few_lineages_are_told(lineages: int, reason: str | None) -> None:
    samples = {"cold": {replica: {"liquid_energy": -1.0} for replica in replicas(lineages, 2)}}
    one = replace(summary(), spacing=3.0)
    found = flags(Evidence([one], {"cold": 2 * lineages}, {}, samples, {}, {}))
    assert [flag.reason for flag in found if "lineage" in flag.reason] == ([reason] if reason else [])
    fresh = flags(Evidence([summary()], {"cold": 2 * lineages}, {}, samples, {}, {}))
    assert not any("lineage" in flag.reason for flag in fresh)


def test_several_sizes_in_one_curve_are_told() -> None:
    mixed = [summary("cold", 500), summary("hot", 1000, 2.6)]
    [flag] = size_flags(mixed)
    assert flag.subject == "pss rc=1.5"
    assert "N = 500, 1000" in flag.reason
    # At one temperature they are two curves; imported ones without a temperature are in none.
    assert size_flags([summary("small", 500), summary("large", 1000)]) == []
    assert size_flags([summary("outside", 128, None), summary()]) == []


def test_a_crossover_that_rests_on_a_bound_is_told() -> None:
    models = {"wide": {"crossover_width": 0.3}, "sharp": {"crossover_width": 0.05}}
    assert [flag.subject for flag in of_models(models)] == ["wide"]


def test_why_energies_do_not_collapse_is_told() -> None:
    fit = {"collapsible_models": 2.0, "fewest_cold_energies": 3.0, "collapse_freedom": 4.0}
    assert of_models({"good": {**fit, "collapse_chi_square": 9.0}}) == []
    assert of_models({"exact": {**fit, "collapse_freedom": 0.0, "collapse_chi_square": 1e-20}}) == []
    for values, reason in (
        ({**fit, "collapse_chi_square": 100.0}, "χ² = 100 for 4 degrees of freedom"),
        ({"collapsible_models": 1.0, "fewest_cold_energies": 5.0}, "needs another model"),
        ({**fit, "fewest_cold_energies": 2.0}, "has 2 energies"),
    ):
        [flag] = of_models({"model": values})
        assert reason in flag.reason


def test_an_exponent_that_says_nothing_is_told_once() -> None:
    def law(key: str) -> Scalars:
        return {key: 27.0, f"{key}_error": 135.0, f"{key}_supported": 0.0}

    values = {**law("N_e0_exponent"), **law("N_e0_exponent_of_all")}
    [flag] = of_models({"pss rc=1.5": values})
    assert "N_e0_exponent = 27 ± 1.4e+02 says nothing" in flag.reason
    assert of_models({"pss rc=1.5": {**law("N_e0_exponent"), "N_e0_exponent_supported": 1.0}}) == []


def test_one_sample_is_told_to_have_no_error_bar() -> None:
    assert of_ensemble(done=1) == ["one sample only: its values have no error bar; add samples"]


def test_analyses_of_some_samples_only_are_told() -> None:
    [reason] = of_ensemble(done=3, measured={"moduli": 3, "dipole_response": 2})
    assert "2 to 3 samples" in reason
    assert of_ensemble(done=3, measured={"moduli": 3, "dipole_response": 3}) == []


def test_numbers_of_few_modes_and_broken_quartic_laws_are_told() -> None:
    few = {"vdos_supported": 0.0, "modes_in_window": 12.0, "beta": 9.0, "beta_error": 1.0}
    assert of_ensemble(few) == ["A_g rests on 12 modes only: add samples"]
    [two] = of_ensemble({"N_e0": 40.0, "N_e0_error": 0.04, "modes_below_threshold": 2.0})
    assert "N e0 rests on 2 modes only" in two
    assert of_ensemble({"N_e0": 40.0, "N_e0_error": 4.0, "modes_below_threshold": 20.0}) == []
    steep = {"vdos_supported": 1.0, "modes_in_window": 900.0, "beta": 3.2, "beta_error": 0.14}
    assert "ω^(3.20 ± 0.14)" in of_ensemble(steep)[0]
    assert of_ensemble({**steep, "beta": 4.2}) == []


REFUSED = {
    "in_equilibrium": 0.0,
    "relaxation_times_passed": 9.31,
    "relaxation_times_passed_limit": 20.0,
    "relaxation_times_passed_holds": 0.0,
    "longest_relaxation_time": 4.0,
    "energy_trend": -0.0123,
    "energy_trend_error": 0.0011,
    "energy_trend_limit": 0.0034,
    "energy_trend_holds": 0.0,
    "missing_correlation": 0.001,
    "missing_correlation_error": 0.002,
    "missing_correlation_limit": 0.02,
    "missing_correlation_holds": 1.0,
}


def test_a_liquid_out_of_equilibrium_is_told_once_with_numbers_and_limits() -> None:
    records = {"relaxation_samples": 10.0, "longest_lag": 4.2, "relaxation_criterion": 0.1}
    for protocol, longer in (
        ({"equilibration_time": 50.0}, "set a longer equilibration_time"),
        ({"equilibration_time": "auto"}, "raise equilibration_cap, or n_tau where it is not reached"),
    ):
        [reason] = of_ensemble({**REFUSED, **records, "short_records": 3.0}, protocol=protocol)
        assert reason == (
            "not in equilibrium: relaxation times passed: 9.31, at least 20 needed; trend of the energy:"
            f" -0.0123 ± 0.0011, at most 0.0034: {longer}"
        )
    [bound] = of_ensemble({key: value for key, value in REFUSED.items() if not key.startswith("longest")})
    assert "relaxation times passed: below 9.31, at least 20 needed" in bound
    granted = {key: 1.0 if key.endswith("_holds") else value for key, value in REFUSED.items()}
    assert of_ensemble({**granted, "in_equilibrium": 1.0}) == []


def test_liquids_at_their_cap_are_no_flag_of_an_ensemble_in_equilibrium() -> None:
    """Its certificate rests on all liquids, and tells more than any of them alone."""
    granted = {key: 1.0 if key.endswith("_holds") else value for key, value in REFUSED.items()}
    granted["in_equilibrium"] = 1.0
    capped = {"cold": 3}
    assert flags(Evidence([summary()], {"cold": 12}, {}, {}, {"cold": granted}, {}, capped=capped)) == []
    [flag] = flags(Evidence([summary()], {"cold": 12}, {}, {}, {"cold": REFUSED}, {}, capped=capped))
    assert "3 of 12 samples ended at equilibration_cap" in flag.reason


def test_moduli_that_say_nothing_are_told() -> None:
    def reasons(*moduli: float) -> list[Flag]:
        samples = {"cold": {replica: {"shear_modulus": G} for replica, G in enumerate(moduli)}}
        return flags(Evidence([summary()], {}, {}, samples, {}, {}))

    assert reasons(18.0, 20.0, 22.0) == []
    assert reasons(0.5) == []
    [soft, loose] = reasons(-30.0, 20.0, 22.0)
    assert soft.subject == "sample 0 of cold"
    assert "G = -30 is not positive" in soft.reason
    assert loose.subject == "cold"
    assert "G = 4 ± 17 is no more than its error" in loose.reason


def test_liquids_recorded_too_briefly_for_a_relaxation_time_are_told() -> None:
    records = {"relaxation_samples": 10.0, "longest_lag": 4.2, "relaxation_criterion": 0.1}
    [reason] = of_ensemble({**records, "short_records": 3.0})
    assert "3 of 10 samples" in reason
    assert "up to lag 4.2" in reason
    assert of_ensemble({**records, "short_records": 0.0}) == []
