"""Models: coefficients of the paper's potential, composition, density, and what tells two models apart."""

from __future__ import annotations

import json
import math
import pickle
from copy import deepcopy
from dataclasses import asdict
from fractions import Fraction

import pytest

from pssglass.base.errors import ModelError
from pssglass.models import KABLJ, PSS, build_model, define_model

# Solved independently, in other software and precision from the continuity conditions of the paper's Eq. 1.
COEFFICIENTS = {
    1.1: (
        -2065.3987155595395,
        -6775.7903878296526,
        -25758.833604840519,
        35758.321007172772,
        -17961.463421784136,
        3172.8363373045162,
    ),
    1.2: (
        -106.99161352665233,
        -304.91846905956694,
        -939.38803799421098,
        1190.7096225600227,
        -541.30013158755142,
        85.868493691471312,
    ),
    1.3: (
        -17.755651387865497,
        -50.373322899080629,
        -138.58271673010661,
        161.71576064627642,
        -66.725283209876423,
        9.5028309748809738,
    ),
    1.5: (
        1.158244028692884,
        -2.261948244476934,
        -12.414700446492478,
        12.584354590303437,
        -4.3205080060503178,
        0.49862551162880989,
    ),
}
MIDPOINTS = {1.1: -0.459478126, 1.2: -0.4099385884, 1.3: -0.3584342848, 1.5: -0.264306677}
STIFFEST = {1.1: 478, 1.2: 125, 1.3: 64, 1.5: 57}
SOFT = {"form": "inverse-powers", "exponents": [12], "coefficients": [1.0], "cutoff": 1.5, "density": 0.5}
STICKINESS = sorted(COEFFICIENTS)
PSS_HASH = "bbaf8f58d6dd17a32e74aca2abdfd08cf422e91336724497db0d8787561c6460"
"""Of PSS(1.5), by which databases know it."""
KABLJ_HASH = "bdc3c644eeccadd49c66b540d76139d34914b3acc74593ed0cf125267aba09d2"
"""Of KABLJ()."""


@pytest.mark.parametrize("rc", STICKINESS)
def test_sticky_coefficients_to_the_last_digits(rc: float) -> None:
    assert PSS(rc).form.outer == pytest.approx(COEFFICIENTS[rc], rel=1e-15)


@pytest.mark.parametrize("rc", STICKINESS)
def test_potential_between_minimum_and_cutoff(rc: float) -> None:
    model, form = PSS(rc), PSS(rc).form
    assert form.x_join == pytest.approx(2 ** (1 / 6), rel=1e-15)
    assert form.x_cut == pytest.approx(rc * 2 ** (1 / 6), rel=1e-15)
    assert model.potential((form.x_join + form.x_cut) / 2) == pytest.approx(MIDPOINTS[rc], rel=2e-10)
    stiffest = max(
        model.curvature(form.x_join + i * 1e-4 * (form.x_cut - form.x_join)) for i in range(10_000)
    )
    assert stiffest == pytest.approx(STIFFEST[rc], rel=0.01)


@pytest.mark.parametrize("rc", [1.1, 1.37, 1.5, 2.5])
def test_two_derivatives_are_continuous_at_both_joints(rc: float) -> None:
    model, step = PSS(rc), 1e-7
    for joint in (model.form.x_join, model.form.x_cut):
        left, right = model.potential(joint - step), model.potential(joint + step)
        assert left == pytest.approx(right, abs=1e-9)
        left, right = model.curvature(joint - step), model.curvature(joint + step)
        assert left == pytest.approx(right, abs=0.02)
    assert model.potential(model.form.x_join) == pytest.approx(-1.0, abs=1e-10)
    assert model.curvature(model.form.x_join) == pytest.approx(36 * 2 ** (2 / 3), abs=1e-6)


@pytest.mark.parametrize("rc", [1.0, 0.9, 2.6, math.nan, math.inf, True, "1.5"])
def test_cutoff_out_of_bounds(rc: float) -> None:
    with pytest.raises(ModelError, match="rc = "):
        PSS(rc)


def test_paper_defaults() -> None:
    model = PSS(1.5)
    assert model.lengths == ((1.0, 1.18), (1.18, 1.4))
    assert model.number_density == 0.6
    assert model.box_length(3000) == pytest.approx(5000 ** (1 / 3), rel=1e-15)
    assert model.max_cutoff == pytest.approx(1.4 * 1.5 * 2 ** (1 / 6), rel=1e-15)
    assert model.counts(3000) == (1500, 1500)


def test_everything_is_configurable_and_changes_the_hash() -> None:
    variants = [
        PSS(1.5),
        PSS(1.4),
        PSS(1.5, size_ratios=(1.2, 1.4)),
        PSS(1.5, composition=(0.8, 0.2)),
        PSS(1.5, density=0.7),
        PSS(1.5, mass=2.0),
        KABLJ(),
    ]
    assert len({model.hash for model in variants}) == len(variants)
    assert PSS(2).hash == PSS(2.0).hash


def test_counts_must_be_exact() -> None:
    assert KABLJ().counts(1000) == (800, 200)
    with pytest.raises(ModelError, match=r"N = 33 .* nearest N that can is 32"):
        PSS(1.5).counts(33)
    with pytest.raises(ModelError, match=r"0\.8:0\.2; the nearest N that can is 35"):
        KABLJ().counts(33)


@pytest.mark.parametrize(
    ("composition", "unit"),
    [
        ([0.500001, 0.499999], 1_000_000),
        ([0.00003, 0.99997], 100_000),
        ([1 / 3, 1 / 3, 1 / 3], 3),
        ([0.333333333, 0.333333333, 0.333333334], 3),
        ([0.33333, 0.33333, 0.33334], 100_000),
        ([1 / 30_001, 30_000 / 30_001], 30_001),
    ],
)
def test_counts_are_what_the_composition_says(composition: list[float], unit: int) -> None:
    lengths = [[1.0] * len(composition)] * len(composition)
    model = define_model("mine", **SOFT, composition=composition, lengths=lengths)
    assert model.unit == unit
    for N in (unit, 2 * unit):
        counts = model.counts(N)
        assert sum(counts) == N
        assert [n / N for n in counts] == pytest.approx(composition, abs=1e-9)


@pytest.mark.parametrize(
    ("composition", "message"),
    [
        ([1e-10, 1.0 - 1e-10], r"composition: 1e-10 is no fraction of whole numbers up to 1000000, so"),
        ([0.123456789, 0.876543211], r"0\.123456789 is no fraction of .* round it to six decimals"),
        ([1e-7, 1.0 - 1e-7], r"1e-07 is no fraction of whole numbers"),
    ],
)
def test_compositions_that_no_number_of_particles_has(composition: list[float], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        define_model("mine", **SOFT, composition=composition, diameters=[1.0, 1.2])
    with pytest.raises(ModelError, match=message):
        PSS(1.5, composition=composition)


def test_the_nearest_number_of_particles_of_a_composition_of_many_digits() -> None:
    shares = [0.100003, 0.200007, 0.300009]
    model = define_model("mine", **SOFT, composition=[*shares, 1.0 - sum(shares)], lengths=[[1.0] * 4] * 4)
    assert model.unit == 1_000_000
    with pytest.raises(
        ModelError, match=r"N = 500 cannot be divided as 0\.100003:.*; the nearest .* 1000000$"
    ):
        model.counts(500)


def test_kob_andersen_is_the_same_data_with_one_piece() -> None:
    model = KABLJ()
    assert model.form.inner == model.form.outer
    assert model.form.inner[2:5] == pytest.approx(
        (0.161960951808, -0.03880620392448, 0.0024805046747136), rel=1e-12
    )
    assert model.potential(2.5 - 1e-9) == pytest.approx(0.0, abs=1e-12)
    assert model.curvature(2.5 - 1e-9) == pytest.approx(0.0, abs=1e-8)
    assert model.energies == ((1.0, 1.5), (1.5, 0.5))


def test_kob_andersen_has_tapers_by_name() -> None:
    assert KABLJ(taper="smooth").hash == KABLJ().hash == KABLJ_HASH
    assert build_model("kablj", {"taper": "smoother"}).parameters["taper"] == "smoother"
    step = 1e-4
    for taper, order in (("shifted-force", 1), ("smooth", 2), ("smoother", 3)):
        model = KABLJ(taper=taper)
        assert build_model("kablj", model.parameters) == model
        near, far = (abs(model.potential(2.5 - k * step)) for k in (100, 200))
        assert math.log2(far / near) == pytest.approx(order + 1, abs=0.05)
        assert model.potential(1.1) == pytest.approx(KABLJ().potential(1.1), abs=0.2)
    with pytest.raises(ModelError, match="taper = 'smoth': did you mean 'smooth"):
        KABLJ(taper="smoth")


def test_time_step_follows_stickiness_and_heat() -> None:
    assert PSS(1.5).default_time_step(1.0) == pytest.approx(0.005)
    steps = [PSS(rc).default_time_step(1.0) for rc in STICKINESS]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]
    assert PSS(1.1).default_time_step(6.0) < PSS(1.1).default_time_step(1.0)
    assert PSS(1.5, mass=4.0).default_time_step(1.0) == pytest.approx(0.01, rel=0.02)


def test_build_model_by_name() -> None:
    assert build_model("pss", {"rc": 1.5}) == PSS(1.5)
    assert build_model("pss", PSS(1.3, density=0.7).parameters) == PSS(1.3, density=0.7)
    assert build_model("kablj", {}) == KABLJ()


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("psss", {"rc": 1.5}, "no model 'psss'; did you mean 'pss'"),
        ("pss", {}, "needs the parameter 'rc'"),
        ("pss", {"rc": 1.5, "densty": 0.6}, "no parameter 'densty'; did you mean 'density'"),
        ("pss", {"rc": 1.5, "density": 0}, "density = 0 must be above 0"),
        ("pss", {"rc": 10**400}, r"rc = 2\^1328 or more must be a finite number"),
        ("pss", {"rc": Fraction(10**400, 3)}, "must be a finite number"),
        ("pss", {"rc": 1.5, "density": "dense"}, "density = 'dense' must be a finite number"),
        ("pss", {"rc": 1.5, "size_ratios": [1.2]}, "size_ratios = .* must be a list of 2"),
        ("kablj", {"composition": [0.8, 0.3]}, "adds up to 1.1; it must be 1"),
    ],
)
def test_wrong_model_input_is_one_clear_line(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        build_model(name, parameters)
    assert "\n" not in str(caught.value)


def test_parameters_are_read_only_and_still_plain_values() -> None:
    model = PSS(1.5)
    with pytest.raises(TypeError, match="read-only"):
        model.parameters["rc"] = 3.0
    with pytest.raises(TypeError, match="read-only"):
        model.parameters["size_ratios"][0] = 9.0
    assert model.hash == PSS_HASH
    for copy in (build_model("pss", model.parameters), pickle.loads(pickle.dumps(model)), deepcopy(model)):
        assert copy == model
        assert copy.hash == model.hash
    assert json.loads(json.dumps(asdict(model)["parameters"])) == model.parameters
