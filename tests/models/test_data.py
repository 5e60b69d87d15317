"""Models as data: the same settings make the same model, everywhere; what makes none is named in one line."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pssglass as pg
from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.models import build_model, define_model

LJ: dict[str, Any] = {
    "form": "inverse-powers",
    "exponents": [12, 6],
    "coefficients": [4.0, -4.0],
    "cutoff": 2.5,
    "composition": [0.8, 0.2],
    "energies": [[1.0, 1.5], [1.5, 0.5]],
    "lengths": [[1.0, 0.8], [0.8, 0.88]],
    "density": 1.2,
}
SOFT: dict[str, Any] = {"form": "hertzian", "density": 0.938}


def steep(x: float) -> float:
    """A potential that no built-in form has."""
    return math.exp(-8.0 * (x - 1.0)) / x


TABLE: dict[str, Any] = {"form": "table", "x_first": 0.3, "cutoff": 1.8, "phi": steep, "smoothing": 2}


def test_lennard_jones_of_your_own_is_the_built_in_kob_andersen_mixture() -> None:
    own, built_in = define_model("mine", **LJ), pg.KABLJ()
    assert (own.species, own.energies, own.lengths) == (built_in.species, built_in.energies, built_in.lengths)
    assert own.max_cutoff == built_in.max_cutoff
    for a, b, r2 in ((0, 0, 1.1), (0, 1, 0.8), (1, 1, 2.0), (0, 0, 6.2)):
        ours, theirs = (engine.potential_of(one).terms(a, b, r2) for one in (own, built_in))
        assert ours == pytest.approx(theirs, rel=1e-11)


@pytest.mark.parametrize(
    "settings",
    [
        LJ,
        SOFT,
        {**SOFT, "sizes": {"largest": 1.5, "drawing": "random"}},
        {**TABLE, "density": 0.8},
        {**LJ, "cutoff": None, "sticky": 1.2},
    ],
)
def test_the_parameters_of_a_model_make_it_again(settings: dict[str, Any]) -> None:
    model = define_model("mine", **{key: value for key, value in settings.items() if value is not None})
    assert json.loads(json.dumps(model.parameters)) == model.parameters
    for again in (
        build_model("mine", model.parameters),
        build_model("mine", json.loads(json.dumps(model.parameters))),
        pickle.loads(pickle.dumps(model)),
    ):
        assert again == model
        assert again.hash == model.hash


def test_what_is_written_out_by_hand_changes_nothing() -> None:
    model = define_model("mine", **LJ)
    by_hand = {
        "smoothing": 2,
        "mass": 1,
        "species": ["A", "B"],
        "melt_temperature": 4,
        "coefficients": [4, -4],
    }
    assert define_model("mine", **{**LJ, **by_hand}).hash == model.hash
    for change in (
        {"smoothing": 3},
        {"cutoff": 2.4},
        {"density": 1.19},
        {"mass": 2.0},
        {"composition": [0.6, 0.4]},
        {"lengths": [[1.0, 0.8], [0.8, 0.9]]},
        {"energies": [[1.0, 1.5], [1.5, 0.6]]},
    ):
        assert define_model("mine", **{**LJ, **change}).hash != model.hash
    assert define_model("other", **LJ).hash != model.hash


def test_one_species_needs_no_more_than_a_form_and_a_density() -> None:
    model = define_model("mine", **SOFT)
    assert (model.species, model.composition) == (("A",), (1.0,))
    assert (model.energies, model.lengths) == (((1.0,),), ((1.0,),))
    assert model.melt_temperature == 0.02
    assert define_model("mine", **SOFT, prefactor=50).melt_temperature == 1.0


def test_diameters_mix_to_lengths() -> None:
    settings = {**SOFT, "composition": [0.5, 0.5], "diameters": [1.0, 1.4]}
    assert define_model("mine", **settings).lengths == ((1.0, 1.2), (1.2, 1.4))
    mixed = define_model("mine", **settings, nonadditivity=1.0 / 24.0)
    assert mixed.lengths[0][1] == pytest.approx(1.18, rel=1e-15)
    longer = define_model("mine", **settings, nonadditivity=-0.1)
    assert longer.lengths[0][1] == pytest.approx(1.2 * 1.04, rel=1e-15)


def test_numbers_of_numpy_are_plain_ones() -> None:
    given = {
        **LJ,
        "exponents": [np.int64(12), np.int32(6)],
        "coefficients": np.array([4.0, -4.0]),
        "smoothing": np.int64(2),
        "cutoff": np.float32(2.5),
        "composition": (np.float64(0.8), 0.2),
        "lengths": np.array(LJ["lengths"]),
    }
    model = define_model("mine", **given)
    assert model.hash == define_model("mine", **LJ).hash
    assert json.loads(json.dumps(model.parameters)) == model.parameters
    sizes = {"largest": np.float64(2.0), "exponent": np.int64(3)}
    assert (
        define_model("mine", **SOFT, sizes=sizes).hash
        == define_model("mine", **SOFT, sizes={"largest": 2.0}).hash
    )


def test_minus_zero_is_zero() -> None:
    sizes = {**SOFT, "sizes": {"largest": 2.0}}
    assert define_model("mine", **sizes, nonadditivity=-0.0).hash == define_model("mine", **sizes).hash
    assert pg.PolyIPL(nonadditivity=-0.0).hash == pg.PolyIPL(nonadditivity=0.0).hash


def test_sizes_are_those_of_the_built_in_models() -> None:
    settings = {
        "form": "inverse-powers",
        "exponents": [10],
        "coefficients": [1.0],
        "cutoff": 1.4,
        "smoothing": 3,
    }
    own = define_model("mine", **settings, sizes={"largest": 2.22}, nonadditivity=0.1, density=0.58)
    built_in = pg.PolyIPL()
    assert own.sizes == built_in.sizes
    assert own.form == built_in.form
    assert build_model("mine", own.parameters) == own
    assert own.hash != define_model("mine", **settings, sizes={"largest": 2.2}, density=0.58).hash


def test_a_function_and_its_points_in_a_file_are_nearly_one_model(tmp_path: Path) -> None:
    sampled = define_model("mine", **TABLE, density=0.8)
    x = np.linspace(0.3, 1.8, 1200)
    body = "\n".join(f"{one!r},{steep(one)!r}" for one in x.tolist())
    (tmp_path / "steep.csv").write_text(f"x,phi\n{body}\n", encoding="utf-8")
    settings = {"form": "table", "smoothing": 2, "density": 0.8}
    read = define_model("mine", **settings, file="steep.csv", folder=tmp_path)
    for at in (0.5, 0.9, 1.2, 1.7):
        assert read.potential(at) == pytest.approx(sampled.potential(at), abs=1e-6)
    given = define_model("mine", **settings, x=x, phi=[steep(one) for one in x])
    assert given.hash == read.hash
    assert 0.0 < read.parameters["force_error"] < 1e-4
    assert 0.0 < sampled.parameters["stiffness_error"] < 1e-3


def test_a_table_says_in_its_hash_what_its_values_are() -> None:
    model = define_model("mine", **TABLE, density=0.8)
    phi = list(model.parameters["phi"])
    phi[100] *= 1.0 + 1e-12
    assert build_model("mine", {**model.parameters, "phi": phi}).hash != model.hash


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"form": "inverse-power"}, r"^model mine: form = 'inverse-power': did you mean 'inverse-powers'\?"),
        ({"form": None}, "form = '': known: hertzian, inverse-powers, table"),
        ({"form": 3}, "form = 3 must be a string"),
        ({"exponent": [12]}, r"unknown key 'exponent'; did you mean 'exponents'\?"),
        ({"exponents": None}, "the key 'exponents' is missing; add it"),
        ({"density": None}, "the key 'density' is missing; add it"),
        ({"density": 0.0}, r"density = 0\.0 must be above 0"),
        ({"cutoff": None}, "give either 'cutoff' or 'sticky'"),
        ({"sticky": 1.5}, "give either 'cutoff' or 'sticky'"),
        ({"composition": None, "species": ["A", "B"]}, "the key 'composition' is missing; add the fraction"),
        ({"composition": [0.8, 0.3]}, r"adds up to 1\.1; it must be 1"),
        ({"composition": [0.8, 0.1, 0.1]}, r"energies = .* must be a list of 3 values"),
        (
            {"composition": [0.2] * 5},
            r"composition = \[0\.2, .*\] has 5 species, more than 4; take fewer, or 'sizes'",
        ),
        ({"species": ["A", "A"]}, r"species = \['A', 'A'\] must be up to 4 different names"),
        (
            {"energies": [[1.0, 1.5], [1.4, 0.5]]},
            r"energies = \[\[1\.0, 1\.5\], \[1\.4, 0\.5\]\] must be symmetric",
        ),
        ({"energies": [[1.0, -1.5], [-1.5, 0.5]]}, r"energies = -1\.5 must be above 0"),
        ({"lengths": [[1.0, 0.8]]}, "lengths = .* must be a list of 2 values"),
        ({"lengths": None}, "the key 'lengths' is missing; add a row for each species, or 'diameters'"),
        ({"diameters": [1.0, 1.4]}, "give either 'lengths' or 'diameters', which they are mixed from"),
        (
            {"lengths": None, "diameters": [1.0, 3.0], "nonadditivity": 0.5},
            r"nonadditivity = 0\.5 leaves pairs of diameters 1 and 3 no length; it must be below 0\.5",
        ),
        ({"sizes": {"largest": 2.0}}, "give one of 'sizes', 'lengths' and 'diameters'"),
        ({"lengths": None, "sizes": {"largest": 2.0}}, "sizes belong to one species, and composition has 2"),
        (
            {"lengths": None, "composition": None, "diameters": [1.0, 1.4]},
            "diameters of 2 species need the key 'composition': add the fraction of each",
        ),
        ({"lengths": None, "sizes": {"larges": 2.0}}, r"unknown key 'larges'; did you mean 'largest'\?"),
        ({"lengths": None, "sizes": 2.0}, r"sizes = 2\.0 must be a table"),
        ({"mass": math.inf}, "mass = inf must be a finite number"),
        ({"melt_temperature": -1.0}, r"melt_temperature = -1\.0 must be above 0"),
        ({"exponents": [12, 5]}, "5 is not even; give even ones, each once, or a table"),
        ({"exponents": [64, 2], "cutoff": 1e-5}, "cutoff = 1e-05 must be within 0.1 and 10, in units of λ"),
        (
            {"exponents": [64, 2], "coefficients": [1e300, 1.0], "cutoff": 0.1},
            r"numbers of the form are too large or too small to compute with \(OverflowError\); take units",
        ),
        (
            {"composition": None, "lengths": None, "energies": None, "nonadditivity": 0.3},
            r"nonadditivity = 0\.3 mixes different sizes, and all particles have one; leave it out",
        ),
    ],
)
def test_settings_that_make_no_model(change: dict[str, Any], message: str) -> None:
    settings = {key: value for key, value in {**LJ, **change}.items() if value is not None}
    with pytest.raises(ModelError, match=message) as caught:
        define_model("mine", **settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"density": 1.0},
            "a table needs one of 'file', 'x' with 'phi', 'q' with 'phi', and in Python 'x_first'",
        ),
        (
            {"file": "a.csv", "x": [1.0], "density": 1.0},
            "a table needs one of .*; given are file, x: leave out all but one",
        ),
        (
            {"file": "a.csv", "cutoff": 1.5, "density": 1.0},
            "'cutoff' does not go with 'file', whose points tell it; leave it out",
        ),
        (
            {"x": [1.0, 2.0], "phi": [1.0, 0.0], "cutoff": 1.5, "density": 1.0},
            "'cutoff' does not go with 'x'",
        ),
        ({"x": [1.0, 2.0], "density": 1.0}, "the key 'phi' is missing; add it"),
        ({"x": [-1.0, 2.0], "phi": [1.0, 2.0], "density": 1.0}, r"x = -1\.0 must not be negative"),
        ({"x_first": 0.5, "phi": steep, "density": 1.0}, "the key 'cutoff' is missing; add it"),
        ({"file": 3, "density": 1.0}, "file = 3 must be a path, or a string"),
        (
            {"file": "a\0b", "density": 1.0},
            r"file = 'a\\x00b' has a character of code zero, which no path has",
        ),
        ({"file": "a.csv", "folder": None, "density": 1.0}, "folder = None must be a path, or a string"),
        ({**TABLE, "cutoff": 1e200, "density": 1.0}, r"cutoff = 1e\+200 must be within 0\.1 and 10"),
        (
            {"x": [1.0, 1e200], "phi": [1.0, 0.0], "density": 1.0},
            r"the largest x = 1e\+200 must be within 0\.1 and 10",
        ),
        (
            {**TABLE, "phi": lambda x: -5.0 * math.exp(-3.0 * x * x), "x_first": 0.0, "density": 1.0},
            r"begins at x = 0 with an energy of -4\.\d*, .* or particles coincide: give it a higher core",
        ),
        (
            {
                **TABLE,
                "phi": lambda x: 5 * math.exp(-6 * x**2) - math.exp(-((x * x - 1) ** 2)),
                "x_first": 0.0,
            }
            | {"density": 1.0},
            r"begins at x = 0 with an energy of \d.*, .* or particles coincide",
        ),
        (
            {**TABLE, "x_first": 0.9, "density": 1.0},
            r"begins at x = 0\.9 with an energy of 2\.4\d*, below 10 times melt_temperature = 4; begin",
        ),
        ({"q": [1.0], "phi": [1.0], "density": 1.0}, "has 1 points"),
        (
            {"q": [1.0, 2.0], "phi": [1.0, 0.0], "force_error": 0.0, "density": 1.0},
            r"force_error = 0\.0 is measured, not chosen; leave it out",
        ),
    ],
)
def test_tables_that_make_no_model(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        define_model("mine", **{"form": "table", **settings})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pss", "model 'pss': an installed model has this name; give it another"),
        ("my model", "must be made of letters, digits"),
    ],
)
def test_names_that_a_model_cannot_have(name: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        define_model(name, **SOFT)


@pytest.mark.parametrize("settings", [LJ, {**TABLE, "density": 0.9}], ids=["powers", "table"])
@pytest.mark.parametrize("precision", ["double", "mixed"])
def test_a_liquid_of_your_own_model_becomes_a_glass(settings: dict[str, Any], precision: Any) -> None:
    model = define_model("mine", **settings)
    liquid = pg.Liquid.create(model, N=500, temperature=1.0, seed=3, precision=precision)
    liquid.run(5.0)
    run = liquid.run(10.0, sample_every=10)
    kinetic = np.mean(run.series["kinetic_energy"]) / (1.5 * 499)
    assert kinetic == pytest.approx(1.0, rel=0.1)
    glass = liquid.quench()
    assert glass.certify().is_minimum
    assert glass.moduli().shear_modulus > 0.0
