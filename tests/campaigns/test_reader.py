"""Campaign files: what they mean, and that every mistake in them is named in one line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pssglass.base.errors import CampaignError
from pssglass.campaigns.reader import PRESETS, load_campaign, parse_campaign
from pssglass.campaigns.specification import Campaign, EnsembleSpec, ObservableRequest, sample_seed
from pssglass.models import PSS
from pssglass.simulation.protocol import Protocol

FIRST = """
name = "first"
seed = 11
[[ensembles]]
model = "pss"
parameters = { rc = 1.5 }
N = 3000
parent_temperatures = [1.0, 2.6]
samples = 60
protocol = { melt_temperature = 4.0, melt_time = 10.0, equilibration_time = 50.0 }
"""
BLOCK: dict[str, Any] = {
    "model": "pss",
    "parameters": {"rc": 1.5},
    "N": 1000,
    "parent_temperatures": [1.0, 2.6],
    "samples": 3,
    "protocol": {"equilibration_time": 50.0},
}

AUTO: dict[str, Any] = {"equilibration_time": "auto", "equilibration_cap": 400}


HELD: dict[str, Any] = {"quench_pressure": "constant volume"}


def pressed(**keys: Any) -> dict[str, Any]:
    """Changes of a block that add keys to its protocol."""
    return {"protocol": {"equilibration_time": 50.0, **keys}}


def campaign(**changes: Any) -> Campaign:
    """A campaign of one block with some keys of the block changed (None removes the key)."""
    block = {key: value for key, value in {**copy.deepcopy(BLOCK), **changes}.items() if value is not None}
    return parse_campaign({"name": "first", "seed": 11, "ensembles": [block]}, "first.toml")


def test_a_block_is_one_ensemble_per_parent_temperature(tmp_path: Path) -> None:
    path = tmp_path / "first.toml"
    path.write_text(FIRST)
    first = load_campaign(path)
    assert [(spec.name, samples) for spec, samples in first.ensembles] == [
        ("first-rc1.5-T1.0", 60),
        ("first-rc1.5-T2.6", 60),
    ]
    spec = first.ensembles[0][0]
    assert spec.model == PSS(1.5)
    assert (spec.N, spec.parent_temperature) == (3000, 1.0)
    assert spec.protocol.equilibration_time == 50.0
    assert spec.protocol.time_step is None
    assert first.observables == ()


def test_specification_survives_json() -> None:
    spec, _ = campaign().ensembles[0]
    again = EnsembleSpec.from_canonical(json.loads(json.dumps(spec.canonical())))
    assert again == spec
    assert again.hash == spec.hash


def test_hash_follows_the_physics_and_not_the_number_of_samples() -> None:
    def hashes(**changes: Any) -> tuple[str, ...]:
        return tuple(spec.hash for spec, _ in campaign(**changes).ensembles)

    assert hashes() == hashes(samples=500)
    assert hashes() == hashes(parameters={"rc": 1.5, "size_ratios": [1.18, 1.4]})
    assert not set(hashes()) & set(hashes(N=1002))
    assert not set(hashes()) & set(hashes(protocol={"equilibration_time": 51.0}))


def test_seeds_differ_between_ensembles_and_samples_and_repeat() -> None:
    seeds = [sample_seed(spec.seed, replica) for spec, _ in campaign().ensembles for replica in range(100)]
    again = [sample_seed(spec.seed, replica) for spec, _ in campaign().ensembles for replica in range(100)]
    assert seeds == again
    assert len(set(seeds)) == 200
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_equilibration_time_may_follow_the_parent_temperature() -> None:
    times = campaign(protocol={"equilibration_time": [500, 5.0]}).ensembles
    assert [spec.protocol.equilibration_time for spec, _ in times] == [500.0, 5.0]


def test_equilibration_may_be_left_to_the_program_up_to_a_cap() -> None:
    (hot, _), (cold, _) = campaign(protocol={**AUTO, "equilibration_cap": [4000, 60]}).ensembles
    assert (hot.protocol.equilibration_time, hot.protocol.n_tau) == ("auto", 20.0)
    assert [spec.protocol.longest_time for spec in (hot, cold)] == [4000.0, 60.0]


def test_a_given_time_leaves_no_trace_of_auto_in_the_specification() -> None:
    """So the hash of an ensemble says nothing of what it does not use."""
    spec, _ = campaign().ensembles[0]
    assert not {"n_tau", "equilibration_cap"} & spec.canonical()["protocol"].keys()
    automatic, _ = campaign(protocol=AUTO).ensembles[0]
    assert EnsembleSpec.from_canonical(json.loads(json.dumps(automatic.canonical()))) == automatic
    assert automatic.hash != campaign(protocol={**AUTO, "n_tau": 21}).ensembles[0][0].hash


def test_the_quench_tolerance_enters_a_specification_where_it_is_not_the_usual_one() -> None:
    """Ensembles of databases that are older than this key keep their hashes."""

    def specification(**more: float) -> EnsembleSpec:
        return campaign(protocol={"equilibration_time": 50.0, **more}).ensembles[0][0]

    assert specification().hash == specification(quench_tolerance=1e-9).hash
    assert "quench_tolerance" not in specification().canonical()["protocol"]
    finer = specification(quench_tolerance=1e-11)
    assert finer.hash != specification().hash
    again = EnsembleSpec.from_canonical(json.loads(json.dumps(finer.canonical())))
    assert again.protocol.quench_tolerance == 1e-11


def test_a_pressure_completes_its_barostat_and_without_one_a_specification_is_as_it_was() -> None:
    plain, pressed = (
        campaign(protocol={"equilibration_time": 50.0, **more}).ensembles[0][0]
        for more in ({}, {"pressure": 3})
    )
    assert plain.hash == campaign(protocol={"equilibration_time": 50.0, **HELD}).ensembles[0][0].hash
    added = {
        key: value
        for key, value in pressed.canonical()["protocol"].items()
        if key not in plain.canonical()["protocol"]
    }
    assert added == {
        "pressure": 3,
        "barostat_relaxation_time": 2.0,
        "barostat_every": 20,
        "compressibility": 0.017,
    }
    assert EnsembleSpec.from_canonical(json.loads(json.dumps(pressed.canonical()))) == pressed
    listed = campaign(
        protocol={"equilibration_time": 50.0, "pressure": [9, 4], "quench_pressure": "constant pressure"}
    )
    assert [spec.protocol.pressure_of_quench for spec, _ in listed.ensembles] == [9, 4]
    assert pressed.protocol.pressure_of_quench is None


def test_a_specification_has_the_hash_that_databases_hold() -> None:
    spec = EnsembleSpec("cold", "pss", {"rc": 1.5}, 3000, 1.0, Protocol(equilibration_time=50.0), seed=11)
    assert spec.hash == "1a5921f1061dd665ad509a9d07c2017ab2d5b5c03efc870a20df2697b588b7e4"


def test_observables_are_names_or_tables() -> None:
    tables = {
        "name": "first",
        "seed": 11,
        "ensembles": [BLOCK],
        "observables": ["moduli", {"name": "modes", "parameters": {"count": 40}}],
    }
    assert parse_campaign(tables).observables == (
        ObservableRequest("moduli"),
        ObservableRequest("modes", {"count": 40}),
    )


def test_a_large_parameter_makes_a_name_of_usual_characters() -> None:
    ((spec, _), *_) = campaign(parameters={"rc": 1.5, "mass": 1e20}).ensembles
    assert spec.name == "first-rc1.5-mass1e20-T1.0"


def test_name_of_a_block_replaces_its_parameters() -> None:
    assert campaign(name="soft").ensembles[0][0].name == "first-soft-T1.0"
    kablj = campaign(model="kablj", parameters=None, N=1000).ensembles[0][0]
    assert (kablj.name, kablj.model.name) == ("first-kablj-T1.0", "kablj")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sampels": 3}, r"block 1 of \[\[ensembles\]\]: unknown key 'sampels'; did you mean 'samples'"),
        ({"samples": None}, "key 'samples' is missing"),
        ({"samples": 0}, r"first.toml, block 1 of \[\[ensembles\]\]: samples = 0 must be at least 1"),
        ({"samples": 2.5}, "samples = 2.5 must be a whole number"),
        ({"samples": 10**15}, "samples = 1000000000000000 must be below 1000001"),
        ({"N": 2**40}, "N = 1099511627776 must be below 2147483648"),
        ({"model": "lj"}, "no model 'lj'"),
        ({"parameters": {"rc": 1.0}}, r"first-rc1.0-T1.0: rc = 1.0 is outside \(1, 2.5\]"),
        ({"parameters": {"rcut": 1.5}}, "no parameter 'rcut'; did you mean 'rc'"),
        ({"parent_temperatures": [1.0, 0.0]}, "first-rc1.5-T0.0: parent temperature = 0.0 must be above 0"),
        ({"parent_temperatures": []}, "must be a list with at least one value"),
        ({"parent_temperatures": 1.0}, "parent_temperatures = 1.0 must be a list"),
        (
            {"parent_temperatures": [1.0, 1]},
            r"a second ensemble first-rc1\.5-T1\.0; list each parent temperature once",
        ),
        ({"N": 31}, "N = 31 must be at least 32"),
        ({"N": 1001}, r"N = 1001 cannot be divided as 0.5:0.5; the nearest N that can is"),
        ({"N": 60}, r"N = 60 fills a box of edge 4.642, below two cutoffs, 4.714; use N = 64 or more"),
        ({"N": True}, "N = True must be a whole number"),
        ({"protocol": {}}, "key 'equilibration_time' is missing"),
        (pressed(pressure=-1), "pressure = -1 must be above 0"),
        (pressed(pressure=[1.0]), "pressure = .* must be a list"),
        (pressed(pressure=1.0, barostat_every=0), "barostat_every = 0 must be at least 1"),
        (
            {"protocol": {"equilibration_time": 0.1, "pressure": 1.0, "barostat_every": 21}},
            "barostat_every = 21 time steps is more than the 20 that the liquid is held for; lower it",
        ),
        (pressed(swap={"every": 10_001}), "every of swap = 10001 time steps is more than the 10000 that"),
        ({"protocol": {"equilibration_time": 0, "swap": {}}}, "every of swap = 25 .* more than the 0 that"),
        (pressed(compressibility=0.1), "compressibility goes with a pressure only; add pressure"),
        (pressed(quench_pressure="constant pressure"), "needs a pressure; add pressure"),
        (pressed(quench_pressure="constant"), "quench_pressure = 'constant' is unknown"),
        ({"protocol": 50.0}, "protocol = 50.0 must be a table"),
        ({"protocol": {"equilibration_time": -1.0}}, "equilibration_time = -1.0 must not be negative"),
        ({"protocol": {"equilibration_time": [1.0]}}, "must be a list of 2 values"),
        ({"protocol": {"equilibration_time": "atuo"}}, "'atuo' is no number; did you mean 'auto'"),
        ({"protocol": {"equilibration_time": "auto"}}, "'auto' needs equilibration_cap"),
        (
            {"protocol": {**AUTO, "equilibration_cap": 5}},
            "equilibration_cap = 5 is below 50, the least for n_tau",
        ),
        ({"protocol": {**AUTO, "n_tau": 5000}}, "= 400 is below 500, the least for n_tau = 5000; raise it"),
        ({"protocol": {**AUTO, "n_tau": 0}}, "n_tau = 0 must be above 0"),
        ({"protocol": {**AUTO, "n_tau": -3.0}}, "n_tau = -3.0 must be above 0"),
        ({"protocol": {**AUTO, "equilibration_cap": [99]}}, "equilibration_cap = .* a list of 2 values"),
        (
            {"protocol": {**AUTO, "equilibration_cap": "1e5"}},
            "equilibration_cap = '1e5' must be a finite number",
        ),
        (
            {"protocol": {**AUTO, "equilibration_time": 5.0}},
            "equilibration_cap goes with equilibration_time = 'auto' only; remove it",
        ),
        ({"protocol": {"equilibration_time": 1.0, "melt_tim": 1}}, "'melt_tim'; did you mean 'melt_time'"),
        ({"protocol": {"equilibration_time": 1.0, "time_step": 0}}, "time_step = 0 must be above 0"),
        ({"protocol": {"equilibration_time": 1.0, "time_step": 0.02}}, "0.02 is above 2 times the default"),
        ({"protocol": {"equilibration_time": 1.0, "time_step": 1e-300}}, "is below 1e-06 times the default"),
        (
            {"protocol": {"equilibration_time": 1e300}},
            r"equilibration_time, or its cap, = 1e\+300 takes more",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "melt_time": 1e300}},
            r"melt_time = 1e\+300 takes more than",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "melt_temperature": 2.0}},
            "melt_temperature = 2 is below the parent temperature 2.6; raise it",
        ),
        ({"protocol": {"equilibration_time": 1.0, "thermostat": "nose"}}, "thermostat = 'nose' is unknown"),
        (
            {"protocol": {"equilibration_time": 1.0, "thermostat": "svr", "friction": 2.0}},
            "friction = 2 is of thermostat langevin, and this is svr; leave it out",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "relaxation_time": 0.5}},
            "relaxation_time = 0.5 is of thermostat svr, and this is langevin; leave it out",
        ),
        ({"protocol": {"equilibration_time": 1.0, "quench": 3}}, "quench = 3 must be a string"),
        (
            {"protocol": {"equilibration_time": 1.0, "quench_tolerance": 0}},
            "quench_tolerance = 0 must be above",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "quench_tolerance": 1e-3}},
            "quench_tolerance = 0.001 is above 1e-06, no inherent state; lower it",
        ),
        (
            {"parameters": {"rc": 1.5, "density": 1e300}},
            r"N = \d+ fills a box of edge \S+, below two cutoffs, 4\.714; lower the density, 1e\+300$",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "swap": {"every": 0}}},
            "swap: every = 0 must be at least 1",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "pressure": 3.0, "compressibility": 1e300}},
            r"compressibility = 1e\+300 must be within \S+ and \S+, a factor of 1000 about its default",
        ),
        (
            {"protocol": {"equilibration_time": 1.0, "pressure": 3.0, "barostat_relaxation_time": 1e-300}},
            r"barostat_relaxation_time = 1e-300 must be within 0\.002 and 2e\+03, a factor",
        ),
        ({"protocol": {"equilibration_time": float("nan")}}, "must be a finite number"),
    ],
)
def test_mistakes_in_a_block(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CampaignError, match=message) as caught:
        campaign(**changes)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("first.toml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sed": 1}, "unknown key 'sed'; did you mean 'seed'"),
        ({"seed": -1}, "seed = -1 must be at least 0"),
        ({"seed": 2**63}, "must be below 9223372036854775808"),
        ({"name": "a/b"}, "name = 'a/b' must be made of letters"),
        ({"ensembles": []}, "ensembles = .* must be a list with at least one value"),
        ({"ensembles": [3]}, "block = 3 must be a table"),
        ({"observables": [3]}, "must be a table"),
        (
            {"observables": ["modes", {"name": "modes"}]},
            "observables name modes 2 times; a campaign",
        ),
        ({"observables": "moduli"}, "observables = 'moduli' must be a list"),
    ],
)
def test_mistakes_at_the_top(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CampaignError, match=message):
        parse_campaign({"name": "first", "seed": 11, "ensembles": [BLOCK], **changes})


@pytest.mark.parametrize(
    ("rc", "protocol", "bound"),
    [(1.03, {}, "quench tolerance 1e-09"), (1.06, {"precision": "mixed"}, "bound of mixed precision 0.05")],
)
def test_models_that_round_off_spoils(rc: float, protocol: dict[str, Any], bound: str) -> None:
    with pytest.raises(CampaignError, match=f"rc = {rc:g}: round-off .*{bound}.*take rc >="):
        campaign(parameters={"rc": rc}, protocol={"equilibration_time": 50.0, **protocol})


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"cannot read campaign 'nowhere'.* presets demo, table1"):
        load_campaign("nowhere")
    broken = tmp_path / "broken.toml"
    broken.write_text("name = \n")
    with pytest.raises(CampaignError, match=r"broken\.toml is no valid TOML: .*line 1"):
        load_campaign(broken)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_valid(preset: str) -> None:
    assert load_campaign(preset).name == preset


def test_table1_is_that_of_the_paper() -> None:
    state_points = {
        (spec.parameters["rc"], spec.parent_temperature): (spec.N, samples)
        for spec, samples in load_campaign("table1").ensembles
    }
    assert len(state_points) == 40
    assert state_points[1.1, 0.73] == (3000, 9200)
    assert state_points[1.5, 0.69] == (3000, 9200)
    assert state_points[1.5, 0.80] == (10000, 3000)
    small = {
        (spec.parameters["rc"], spec.parent_temperature)
        for spec, _ in load_campaign("table1-small").ensembles
    }
    assert small == set(state_points)
