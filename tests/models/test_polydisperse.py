"""poly-ipl and poly-pss: potential, bounds, time step, and what tells two of them apart."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import pssglass as pg
from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.models import Model, build_model
from pssglass.models.precision import force_error

MODELS = [pg.PolyIPL(), pg.PolyPSS(1.2), pg.PolyPSS(1.5), pg.PolyIPL(nonadditivity=-0.3)]


def test_defaults_are_those_of_the_papers() -> None:
    model = pg.PolyIPL()
    assert model.sizes is not None
    assert (model.sizes.smallest, model.sizes.largest, model.sizes.exponent) == (1.0, 2.22, 3.0)
    assert (model.sizes.nonadditivity, model.sizes.drawing) == (0.1, "quantiles")
    assert (model.number_density, model.form.x_cut, model.melt_temperature) == (0.58, 1.4, 2.0)
    assert (model.species, model.composition, model.lengths) == (("A",), (1.0,), ((1.0,),))
    assert model.box_length(1000) == pytest.approx(11.991053356998698, rel=1e-15)
    assert model.counts(137) == (137,)


def test_the_potential_is_ten_inverse_powers_smooth_at_the_end() -> None:
    model = pg.PolyIPL()
    c0, c2, c4, c6 = -1.936010329882035, 2.469400930971984, -1.079912943573754, 0.1607013308889514
    for x in (0.7, 1.0, 1.2, 1.39):
        assert model.potential(x) == pytest.approx(x**-10 + c0 + c2 * x**2 + c4 * x**4 + c6 * x**6, abs=1e-13)
    assert model.potential(1.4) == 0.0


def test_sticky_sizes_share_the_form_and_the_packing_of_the_binary_mixture() -> None:
    poly, binary = pg.PolyPSS(1.2), pg.PSS(1.2)
    assert poly.form == binary.form
    assert poly.sizes == pg.PolyIPL().sizes
    packed = [poly.number_density * (poly.sizes.typical_lengths**3).mean() if poly.sizes else 0.0]
    packed.append(binary.number_density * float((np.array(binary.lengths) ** 3).mean()))
    assert packed[0] == pytest.approx(packed[1], rel=0.02)


@pytest.mark.parametrize("model", MODELS)
def test_ranges_hold_for_all_pairs_of_particles(model: Model) -> None:
    assert model.sizes is not None
    diameters = model.sizes.diameters(500, seed=1)
    pairs = np.stack(np.triu_indices(500, k=1), axis=1).astype(np.int32)
    lengths = model.pair_lengths(np.zeros(500, dtype=np.int32), diameters, pairs)
    i, j = pairs[4711]
    a, b, n = diameters[i], diameters[j], model.sizes.nonadditivity
    assert lengths[4711] == pytest.approx((a + b) / 2 * (1 - n * abs(a - b)), rel=1e-15)
    ranges = model.form.x_cut * lengths
    assert ranges.max() <= model.max_cutoff
    if n >= 0:
        assert model.max_cutoff == pytest.approx(2.22 * model.form.x_cut, rel=1e-15)
    neighbours = 4 / 3 * np.pi * model.number_density * (ranges**3).mean()
    assert model.neighbours == pytest.approx(neighbours, rel=0.01)
    assert model.shortest_lengths[0][0] <= lengths.min()


@pytest.mark.parametrize("model", MODELS[:3])
def test_the_time_step_resolves_collisions_of_the_smallest(model: Model) -> None:
    for temperature in (0.3, 1.0, 2.0):
        x = brentq(lambda x, T=temperature: model.potential(x) - T, 0.5, model.form.x_core)
        beyond = np.linspace(model.form.x_core, model.form.x_cut, 4001)[:-1]
        stiffness = model.curvature(x) + max(model.curvature(r) for r in beyond)
        assert model.default_time_step(temperature) == pytest.approx(0.2 / math.sqrt(2 * stiffness), rel=0.05)
    heavy = build_model(model.name, {**model.parameters, "mass": 4.0})
    assert heavy.default_time_step(1.0) == pytest.approx(2.0 * model.default_time_step(1.0), rel=0.05)


def test_round_off_is_that_of_the_shortest_pairs() -> None:
    assert force_error(pg.PolyPSS(1.1)) == pytest.approx(force_error(pg.PSS(1.1)), rel=1e-12)
    with pytest.raises(
        ModelError, match=r"^rc = 1\.001: .* the bound of dynamics 0\.001; take rc >= 1\.004$"
    ):
        engine.potential_of(pg.PolyPSS(1.001))


def test_everything_that_decides_the_physics_is_in_the_hash() -> None:
    variants = [
        pg.PolyIPL(),
        pg.PolyIPL(largest=2.2),
        pg.PolyIPL(nonadditivity=0.2),
        pg.PolyIPL(drawing="random"),
        pg.PolyIPL(density=0.6),
        pg.PolyIPL(mass=2.0),
        replace(pg.PolyIPL(), sizes=pg.models.Sizes(1.0, 2.22, 2.0, 0.1)),
        pg.PolyPSS(1.2),
        pg.PolyPSS(1.5),
    ]
    assert len({model.hash for model in variants}) == len(variants)
    assert pg.PolyIPL(largest=2.0).hash == pg.PolyIPL(largest=2).hash


def test_the_canonical_form_tells_form_and_sizes() -> None:
    told = pg.PolyPSS(1.2).canonical()
    assert told["sizes"] == {
        "smallest": 1.0,
        "largest": 2.22,
        "exponent": 3.0,
        "nonadditivity": 0.1,
        "drawing": "quantiles",
    }
    assert {*pg.PSS(1.2).canonical()} == {*told} - {"sizes"}
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (pg.PSS(1.5), "bbaf8f58d6dd17a32e74aca2abdfd08cf422e91336724497db0d8787561c6460"),
        (pg.KABLJ(), "bdc3c644eeccadd49c66b540d76139d34914b3acc74593ed0cf125267aba09d2"),
        (pg.Hertzian(), "eefac30240ab2807109942e757da20f231b14ff64ef7ba63ee991e67166819d7"),
        (pg.PolyIPL(), "b0f694fe7d5188099ab772e8dc163f3dfea86aac25863c11317947e7081a5b3c"),
        (pg.PolyPSS(1.2), "d2e1a2f3f3a29889d5fff87b87ce923a6edeafe0e0e9f312394c031fd766075e"),
    ],
)
def test_hashes_by_which_databases_know_models(model: Model, known: str) -> None:
    assert model.hash == known


@pytest.mark.parametrize("model", MODELS)
def test_models_are_made_again_from_their_parameters(model: Model) -> None:
    for copy in (build_model(model.name, model.parameters), pickle.loads(pickle.dumps(model))):
        assert copy == model
        assert copy.hash == model.hash
        assert engine.potential_of(copy) is engine.potential_of(model)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("poly-ipl", {"largest": 0.9}, r"largest diameter = 0\.9 must not be below the smallest, 1"),
        ("poly-ipl", {"largest": -2}, "largest = -2 must be above 0"),
        ("poly-ipl", {"largest": math.nan}, "largest = nan must be a finite number"),
        (
            "poly-ipl",
            {"nonadditivity": 1},
            r"nonadditivity = 1 leaves .* it must be below 0\.8197",
        ),
        ("poly-ipl", {"nonadditivity": "0.1"}, "nonadditivity = '0.1' must be a finite number"),
        ("poly-ipl", {"drawing": "radnom"}, "drawing = 'radnom'.* quantiles, random"),
        ("poly-ipl", {"drawing": 3}, "drawing = 3 must be"),
        ("poly-ipl", {"density": 0}, "density = 0 must be above 0"),
        ("poly-ipl", {"mass": 0}, "mass = 0 must be above 0"),
        ("poly-ipl", {"smallest": 1}, "model poly-ipl has no parameter 'smallest'"),
        ("poly-ipl", {"rc": 1.2}, "model poly-ipl has no parameter 'rc'"),
        ("poly-pss", {}, "model poly-pss needs the parameter 'rc'"),
        ("poly-pss", {"rc": 1.0}, r"rc = 1\.0 is outside \(1, 2\.5\]"),
        ("poly_pss", {"rc": 1.2}, "no model 'poly_pss'; did you mean 'poly-pss'"),
    ],
)
def test_wrong_parameters_are_one_clear_line(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        build_model(name, parameters)
    assert "\n" not in str(caught.value)


def test_species_lengths_and_sizes_exclude_each_other() -> None:
    with pytest.raises(ModelError, match=r"lengths = \(\(1\.5,\),\) .* one species of length 1"):
        replace(pg.PolyIPL(), lengths=((1.5,),))
