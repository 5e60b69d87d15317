"""g(r) and S(k) against definitions, identities, lattices and freud."""

from __future__ import annotations

from dataclasses import replace

import freud
import numpy as np
import pytest

import pssglass as pg
from pssglass.analysis.structure import (
    SIGNS,
    narrowest,
    pair_correlation,
    structure_factor,
    wave_vectors,
)
from pssglass.configurations import Configuration, edge_vectors
from pssglass.models import Model

N = 500


@pytest.fixture(scope="module")
def mixture() -> tuple[Configuration, Model]:
    """A liquid of Kob and Andersen's mixture."""
    model = pg.KABLJ()
    liquid = pg.Liquid.create(model, N, 1.0, 3, melt_temperature=4.0, melt_time=2.0)
    liquid.run(2.0)
    return liquid.configuration, model


@pytest.fixture(scope="module")
def at_random() -> tuple[Configuration, Model]:
    """An ideal gas of two species in a tilted box."""
    model = pg.KABLJ()
    rng = np.random.default_rng(1)
    edges = np.array([[10.0, 0.0, 0.0], [3.0, 11.0, 0.0], [-2.0, 1.0, 12.0]])
    box = np.array([10.0, 11.0, 12.0, 3.0 / 11.0, -2.0 / 12.0, 1.0 / 12.0])
    count = round(model.number_density * 10.0 * 11.0 * 12.0)
    species = np.repeat(np.array([0, 1], dtype=np.int32), [count - 300, 300])
    return Configuration("liquid", rng.random((count, 3)) @ edges, box, species), model


def test_energy_and_pressure_follow_from_the_pair_correlation(mixture: tuple[Configuration, Model]) -> None:
    """U/N = Σ_ab ρ_a x_b/2 ∫ g_ab φ_ab dV, and the virial likewise: with narrow bins the sums over pairs."""
    configuration, model = mixture
    g = pair_correlation(configuration, model, longest=model.max_cutoff, width=1e-4)
    assert g.partial is not None
    sizes = np.bincount(configuration.species).astype(float)
    volumes = 4.0 / 3.0 * np.pi * ((g.distance + 5e-5) ** 3 - (g.distance - 5e-5) ** 3)
    energy = virial = 0.0
    potential = pg.engine.potential_of(model)
    for pair, (a, b) in enumerate([(0, 0), (0, 1), (1, 1)]):
        pairs = sizes[a] * (sizes[b] - 1.0) / 2.0 if a == b else sizes[a] * sizes[b]
        counts = g.partial[pair] * pairs * volumes / configuration.volume
        for r, n in zip(g.distance[counts > 0.5], counts[counts > 0.5], strict=True):
            u, slope, _ = potential.terms(a, b, r * r)
            energy += n * u
            virial -= n * slope * r * r
    field = pg.engine.energy_forces(
        potential, configuration.box, configuration.positions, configuration.species
    )
    assert energy == pytest.approx(field["energy"], rel=1e-4)
    trace = np.trace(field["stress"]) * configuration.volume
    assert virial == pytest.approx(trace, rel=1e-3)


def test_pair_correlation_is_that_of_freud(mixture: tuple[Configuration, Model]) -> None:
    configuration, model = mixture
    g = pair_correlation(configuration, model, width=0.05)
    assert g.partial is not None
    bins = len(g.distance)
    box = freud.box.Box(*configuration.box)
    rdf = freud.density.RDF(bins, 0.05 * bins, normalization_mode="finite_size")
    whole = rdf.compute((box, configuration.positions)).rdf
    np.testing.assert_allclose(g.total, whole, atol=0.02)
    first, second = (configuration.positions[configuration.species == s] for s in (0, 1))
    rdf = freud.density.RDF(bins, 0.05 * bins)
    mixed = rdf.compute((box, first), query_points=second, reset=True).rdf
    np.testing.assert_allclose(g.partial[1], mixed, atol=0.02)


def test_density_components_are_those_of_freud(mixture: tuple[Configuration, Model]) -> None:
    """freud averages over the wave vectors of one octant alone, in single precision."""
    configuration, _ = mixture
    bins, largest = 40, 20.0
    direct = freud.diffraction.StaticStructureFactorDirect(bins=bins, k_max=largest, k_min=0.0)
    found = direct.compute((freud.box.Box(*configuration.box), configuration.positions))
    theirs = np.asarray(found.S_k)
    waves, k = wave_vectors(configuration.box, largest, largest / bins, 10**9)
    alike = np.zeros(N, dtype=np.int32)
    products = pg.engine.density_products(configuration.box, configuration.positions, alike, 1, waves)
    octant, shells = products[:, 0, 0] / N, np.floor(k[:, 0] / largest * bins).astype(int)
    count = np.bincount(shells)
    ours = np.bincount(shells, octant)[count > 0] / count[count > 0]
    agree = np.isclose(ours, theirs[np.flatnonzero(count)], rtol=1e-4)
    assert np.count_nonzero(agree) >= len(agree) - 2  # single precision: a border of two shells


def test_structure_factor_is_the_plain_sum(at_random: tuple[Configuration, Model]) -> None:
    """In a tilted box, over all its wave vectors."""
    configuration, model = at_random
    largest, width = 3.0, 0.5
    S = structure_factor(configuration, model, largest, width, most=10**9)
    assert S.partial is not None
    numbers = np.stack(np.meshgrid(*[np.arange(-9, 10)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    k = 2.0 * np.pi * numbers @ np.linalg.inv(edge_vectors(configuration.box)).T
    length = np.linalg.norm(k, axis=1)
    k, length = k[(length > 0.0) & (length < largest)], length[(length > 0.0) & (length < largest)]
    waves = np.exp(1j * configuration.positions @ k.T)
    one, other = (waves[configuration.species == s].sum(axis=0) for s in (0, 1))
    shell = (length / width).astype(int)
    count = np.bincount(shell)
    kept = np.flatnonzero(count)
    for own, product in (
        (S.total, np.abs(one + other) ** 2),
        (S.partial[1], (one * other.conj()).real),
        (S.partial[2], np.abs(other) ** 2),
    ):
        mean = np.bincount(shell, product)[kept] / count[kept] / configuration.N
        np.testing.assert_allclose(own, mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(2 * S.vectors, count[kept])
    np.testing.assert_allclose(S.wave_number, np.bincount(shell, length)[kept] / count[kept])


def test_an_ideal_gas_has_neither_correlation_nor_structure(at_random: tuple[Configuration, Model]) -> None:
    """g and S are 1, S_ab is x_a δ_ab, within five standard errors of their means."""
    configuration, model = at_random
    g, S = pair_correlation(configuration, model), structure_factor(configuration, model)
    assert g.partial is not None
    assert S.partial is not None
    volumes = g.distance**2
    pairs = configuration.N**2 / 2.0 * 4.0 / 3.0 * np.pi * g.distance[-1] ** 3 / configuration.volume
    assert np.average(g.total, weights=volumes) == pytest.approx(1.0, abs=5.0 / np.sqrt(pairs))
    error = 5.0 / np.sqrt(S.vectors.sum())
    assert np.average(S.total, weights=S.vectors) == pytest.approx(1.0, abs=error)
    shares = np.bincount(configuration.species) / configuration.N
    means = np.average(S.partial, axis=1, weights=S.vectors)
    np.testing.assert_allclose(means, [shares[0], 0.0, shares[1]], atol=error)
    scatter = np.sqrt(np.mean((S.total - 1.0) ** 2 * S.vectors))
    assert scatter == pytest.approx(1.0, abs=0.2)


def test_a_crystal_scatters_into_its_reciprocal_lattice_alone() -> None:
    """A simple cubic one: S is N at 2π/a times whole numbers, 0 at other wave vectors of the box."""
    cells, a = 8, 1.1
    sites = a * np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    L = cells * a
    model = replace(pg.PSS(rc=1.5), number_density=a**-3.0)
    crystal = Configuration(
        "inherent", sites, np.array([L, L, L, 0.0, 0.0, 0.0]), np.zeros(len(sites), np.int32), ("A",)
    )
    S = structure_factor(crystal, model, 13.0, 0.01)
    bragg = np.array([1.0, 2**0.5, 3**0.5, 2.0, 5**0.5]) * 2.0 * np.pi / a
    assert S.partial is None
    for peak in bragg:
        shell = int(np.argmin(np.abs(S.wave_number - peak)))
        assert S.wave_number[shell] == pytest.approx(peak, abs=0.01)
        assert S.total[shell] > 0.05 * len(sites)
    far = np.min(np.abs(S.wave_number[:, None] - bragg), axis=1) > 0.02
    assert np.max(S.total[far & (S.wave_number < bragg[-1])]) < 1e-20
    assert S.total[int(np.argmin(np.abs(S.wave_number - bragg[0])))] == pytest.approx(len(sites))


def test_wave_vectors_that_are_drawn_tell_the_same() -> None:
    model = pg.PSS(rc=1.5)
    liquid = pg.Liquid.create(model, 1000, 1.0, 3, melt_time=2.0)
    whole = structure_factor(liquid.configuration, model, most=10**9)
    drawn = structure_factor(liquid.configuration, model, most=100)
    assert drawn.vectors.max() < 170 < 500 < whole.vectors.max()
    low = whole.wave_number < 3.0
    np.testing.assert_array_equal(drawn.total[low], whole.total[low])
    deviation = (drawn.total - whole.total)[~low] / whole.total[~low] * np.sqrt(drawn.vectors[~low])
    assert np.sqrt(np.mean(deviation**2)) < 1.2
    again = structure_factor(liquid.configuration, model, most=100)
    np.testing.assert_array_equal(again.total, drawn.total)


def test_a_box_that_breathes_keeps_its_shells(mixture: tuple[Configuration, Model]) -> None:
    configuration, model = mixture
    wider = replace(
        configuration,
        positions=1.01 * configuration.positions,
        box=configuration.box * [1.01, 1.01, 1.01, 1.0, 1.0, 1.0],
    )
    S, other = structure_factor(configuration, model), structure_factor(wider, model)
    np.testing.assert_array_equal(other.vectors, S.vectors)
    np.testing.assert_allclose(other.wave_number, S.wave_number / 1.01, rtol=1e-12)
    np.testing.assert_allclose(other.total, S.total, rtol=1e-9)


def test_sizes_of_their_own_make_no_species() -> None:
    model = pg.PolyIPL()
    liquid = pg.Liquid.create(model, 250, 1.0, 3, melt_time=0.5)
    assert pair_correlation(liquid.configuration, model).partial is None
    assert structure_factor(liquid.configuration, model).partial is None


def test_wave_vectors_are_all_of_the_box() -> None:
    box = np.array([7.0, 8.0, 9.0, 0.2, -0.1, 0.3])
    waves, lengths = wave_vectors(box, 10.0, 0.1, 10**9)
    k = 2.0 * np.pi * (waves[:, None, :] * SIGNS) @ np.linalg.inv(edge_vectors(box)).T
    np.testing.assert_allclose(lengths, np.linalg.norm(k, axis=2), rtol=1e-12)
    numbers = np.stack(np.meshgrid(*[np.arange(-20, 21)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    every = 2.0 * np.pi * np.linalg.norm(numbers @ np.linalg.inv(edge_vectors(box)).T, axis=1)
    share = np.repeat(0.25 * 2.0 ** np.count_nonzero(waves, axis=1), 4).reshape(-1, 4)
    assert share[lengths <= 10.0].sum() == np.count_nonzero((every > 0.0) & (every <= 10.0))


@pytest.mark.parametrize("density", [0.42, 0.58, 0.7, 0.938, 1.13, 1.2, 1.4])
def test_the_default_range_may_be_half_of_the_box(density: float) -> None:
    """At N = 1000 it is, but for round-off."""
    model, edge = pg.Hertzian(density=density), (1000 / density) ** (1.0 / 3.0)
    positions = np.random.default_rng(5).uniform(0.0, edge, (1000, 3))
    species = np.repeat(np.int32([0, 1]), 500)
    box = np.array([edge] * 3 + [0.0] * 3)
    found = pair_correlation(Configuration("liquid", positions, box, species), model)
    assert len(found.total) == 250
    assert np.mean(found.total[200:]) == pytest.approx(1.0, abs=0.02)


def test_the_narrowest_width_is_that_between_faces() -> None:
    assert narrowest(np.array([7.0, 8.0, 9.0, 0.0, 0.0, 0.0])) == pytest.approx(7.0)
    assert narrowest(np.array([7.0, 7.0, 7.0, 1.0, 0.0, 0.0])) == pytest.approx(7.0 / 2.0**0.5)
