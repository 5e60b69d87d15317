"""The Glass: derived quantities against dense algebra or finite differences, and which files are glasses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import (
    BoxTooSmall,
    ConfigurationError,
    InputError,
    ModesNotConverged,
    NotInherentState,
    QuenchNotConverged,
)
from pssglass.base.results import Descent, Floats
from pssglass.configurations import Configuration, write_configuration
from pssglass.mechanics import inherent_states
from pssglass.mechanics.glass import Glass
from pssglass.mechanics.inherent_states import certificate_of
from pssglass.models import KABLJ, PSS, Model
from pssglass.simulation.start import random_configuration

STICKINESS = [1.1, 1.2, 1.3, 1.5]
N = 108


@lru_cache
def glass(rc: float) -> Glass:
    model = PSS(rc)
    return Glass.quenched(model, random_configuration(model, N, seed=4), tolerance=1e-10)


def forces(model: Model, state: Configuration, positions: Floats) -> Floats:
    return engine.energy_forces(engine.potential_of(model), state.box, positions, state.species)["forces"]


def deformed(state: Configuration, shear: float = 0.0, dilation: float = 0.0) -> Configuration:
    """x → H x with simple shear in x-y, or with e^dilation, from a cubic box."""
    H = np.eye(3) * np.exp(dilation)
    H[0, 1] = shear
    box = state.box * np.array([*[np.exp(dilation)] * 3, 1, 1, 1]) + np.array([0, 0, 0, shear, 0, 0])
    return replace(state, positions=np.ascontiguousarray(state.positions @ H.T), box=box, metadata={})


def relaxed_stress(model: Model, state: Configuration) -> Floats:
    """Stress tensor (positive for repulsion) after minimisation in the deformed box."""
    found = engine.minimize(
        engine.potential_of(model), state.box, state.positions, state.species, tolerance=2e-10
    )
    assert found["converged"]
    return engine.energy_forces(engine.potential_of(model), state.box, found["positions"], state.species)[
        "stress"
    ]


@pytest.mark.parametrize("rc", STICKINESS)
def test_a_quench_is_certified(rc: float) -> None:
    record = glass(rc).quench_record
    assert record.is_minimum
    assert record.max_force < 1e-10
    assert (record.method, record.negative_eigenvalues, record.zero_modes) == ("faithful", 0, 3)
    assert record.force_evaluations > 0
    spectrum = np.linalg.eigvalsh(glass(rc).hessian().toarray())
    assert np.abs(spectrum[:3]).max() < 1e-8
    assert record.lowest_frequency == pytest.approx(np.sqrt(spectrum[3]), rel=1e-6)


@pytest.mark.parametrize("rc", STICKINESS)
def test_forces_vanish_and_energetics_agree_with_the_stress(rc: float) -> None:
    state = glass(rc).energetics()
    assert np.abs(forces(glass(rc).model, glass(rc).configuration, glass(rc).positions)).max() < 1e-10
    assert state.pressure == pytest.approx(state.pressure_repulsive - state.pressure_attractive, rel=1e-12)
    assert state.pressure_scale == pytest.approx(
        state.pressure_repulsive + state.pressure_attractive, rel=1e-12
    )
    stress = relaxed_stress(glass(rc).model, glass(rc).configuration)
    assert state.pressure == pytest.approx(np.trace(stress) / 3, rel=1e-8)


@pytest.mark.parametrize("rc", STICKINESS)
def test_hessian_is_the_derivative_of_the_forces(rc: float) -> None:
    one, h = glass(rc), 1e-6
    hessian = one.hessian().toarray()
    np.testing.assert_array_equal(hessian, hessian.T)
    for column in (0, 100, 3 * N - 1):
        shift = np.zeros((N, 3))
        shift.flat[column] = h
        ahead = forces(one.model, one.configuration, one.positions + shift)
        behind = forces(one.model, one.configuration, one.positions - shift)
        np.testing.assert_allclose(
            hessian[column], -(ahead - behind).ravel() / (2 * h), atol=2e-3 if rc < 1.2 else 2e-4
        )


@pytest.mark.parametrize("rc", STICKINESS)
def test_moduli_are_derivatives_of_the_relaxed_stress(rc: float) -> None:
    one, h = glass(rc), 1e-6
    sheared = [relaxed_stress(one.model, deformed(one.configuration, shear=x)) for x in (-h, h)]
    dilated = [relaxed_stress(one.model, deformed(one.configuration, dilation=x)) for x in (-h, h)]
    pressures = [np.trace(stress) / 3 for stress in dilated]
    moduli = one.moduli()
    assert moduli.shear_modulus == pytest.approx((sheared[0] - sheared[1])[0, 1] / (2 * h), rel=1e-5)
    assert moduli.bulk_modulus == pytest.approx((pressures[0] - pressures[1]) / (2 * h * 3), rel=1e-5)
    G, K = moduli.shear_modulus, moduli.bulk_modulus
    assert moduli.poisson_ratio == pytest.approx((3 * K - 2 * G) / (6 * K + 2 * G), rel=1e-12)


@pytest.mark.parametrize("shape", [(3 * N,), (N, 3), (5, 3 * N), (2, N, 3)])
def test_solve_is_the_pseudo_inverse(shape: tuple[int, ...]) -> None:
    b = np.random.default_rng(1).normal(size=shape)
    dense = np.linalg.pinv(glass(1.5).hessian().toarray(), rcond=1e-10, hermitian=True)
    expected = (b.reshape(-1, 3 * N) @ dense).reshape(shape)
    np.testing.assert_allclose(glass(1.5).solve(b), expected, rtol=1e-6, atol=1e-9)


def test_solve_refuses_other_shapes() -> None:
    with pytest.raises(InputError, match=r"b of shape \(5,\) holds no forces"):
        glass(1.5).solve(np.zeros(5))


@pytest.mark.parametrize("rc", [1.1, 1.5])
def test_modes_are_the_lowest_eigenvectors(rc: float) -> None:
    eigenvalues, eigenvectors = np.linalg.eigh(glass(rc).hessian().toarray())
    modes = glass(rc).modes(12)
    np.testing.assert_allclose(modes.frequencies, np.sqrt(eigenvalues[3:15]), rtol=1e-8)
    overlaps = np.abs(modes.vectors.reshape(12, -1) @ eigenvectors[:, 3:15])
    np.testing.assert_allclose(overlaps.diagonal(), 1.0, atol=1e-6)
    weights = np.sum(modes.vectors**2, axis=2)
    np.testing.assert_allclose(modes.participation_ratios, 1 / (N * np.sum(weights**2, axis=1)), rtol=1e-10)
    assert modes.residuals.max() < 1e-6


@pytest.mark.parametrize("rc", [1.1, 1.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_mode_is_missed(rc: float, seed: int) -> None:
    one = Glass.quenched(PSS(rc), random_configuration(PSS(rc), 256, seed=seed))
    expected = np.sqrt(np.linalg.eigvalsh(one.hessian().toarray())[3:])
    for count in (1, 10, 48, 100):
        fresh = Glass(one.model, one.configuration, one.quench_record, one._mechanics)
        np.testing.assert_allclose(fresh.modes(count).frequencies, expected[:count], rtol=1e-8)
    np.testing.assert_allclose(one.modes(3 * 256 - 3).frequencies, expected, rtol=1e-8)


def test_modes_that_do_not_converge_are_an_error_and_never_pass_for_better_ones() -> None:
    one = Glass.quenched(PSS(1.5), random_configuration(PSS(1.5), 256, seed=3))
    message = r"^4 modes did not converge to a tolerance of 1e-30 .* larger tolerance$"
    with pytest.raises(ModesNotConverged, match=message):
        one.modes(4, tolerance=1e-30)
    loose, tight = one.modes(4, tolerance=1e-2), one.modes(4)
    assert tight.residuals.max() < loose.residuals.max()


def test_fewer_modes_come_from_those_known() -> None:
    many, few = glass(1.5).modes(12), glass(1.5).modes(4)
    np.testing.assert_array_equal(few.frequencies, many.frequencies[:4])
    assert few.vectors.shape == (4, N, 3)
    with pytest.raises(InputError):
        glass(1.5).modes(0)


@pytest.mark.parametrize("rc", [1.1, 1.5])
def test_dipole_response_against_dense_algebra(rc: float) -> None:
    one = glass(rc)
    response = one.dipole_response(n=10, seed=3)
    assert response.pairs.shape == (10, 2)
    dense = np.linalg.pinv(one.hessian().toarray(), rcond=1e-10, hermitian=True)
    edge = one.box[0]
    for (i, j), frequency in zip(response.pairs, response.frequencies, strict=True):
        separation = one.positions[j] - one.positions[i]
        separation -= edge * np.round(separation / edge)
        dipole = np.zeros((N, 3))
        dipole[j] = separation / np.linalg.norm(separation)
        dipole[i] = -dipole[j]
        u = dense @ dipole.ravel()
        assert frequency == pytest.approx(np.sqrt(u @ dipole.ravel() / (u @ u)), rel=1e-6)
    assert response.omega_g == pytest.approx(response.frequencies.mean())


def test_dipoles_are_drawn_by_seed_or_given() -> None:
    one = glass(1.5)
    drawn = one.dipole_response(n=10, seed=3)
    np.testing.assert_array_equal(drawn.pairs, one.dipole_response(n=10, seed=3).pairs)
    assert not np.array_equal(drawn.pairs, one.dipole_response(n=10, seed=4).pairs)
    np.testing.assert_allclose(one.dipole_response(drawn.pairs[:2]).frequencies, drawn.frequencies[:2])
    with pytest.raises(InputError):
        one.dipole_response([(0, N)])
    coordination = one.energetics().coordination
    assert len(one.dipole_response(n=round(coordination * N / 2)).pairs) == round(coordination * N / 2)
    assert len(one.dipole_response().pairs) == 110


def test_heavier_particles_are_slower_and_nothing_else() -> None:
    heavy = PSS(1.5, mass=4.0)
    slow = Glass.quenched(heavy, replace(glass(1.5).configuration, metadata={}), tolerance=1e-10)
    np.testing.assert_allclose(slow.modes(4).frequencies, glass(1.5).modes(4).frequencies / 2, rtol=1e-6)
    assert slow.dipole_response(n=5).omega_g == pytest.approx(
        glass(1.5).dipole_response(n=5).omega_g / 2, rel=1e-6
    )
    assert slow.moduli().shear_modulus == pytest.approx(glass(1.5).moduli().shear_modulus, rel=1e-6)


def test_a_second_model_is_only_data() -> None:
    model = KABLJ()
    one = Glass.quenched(model, random_configuration(model, 150, seed=1))
    assert one.quench_record.is_minimum
    assert one.energetics().energy_per_particle < -6.0


@pytest.mark.parametrize("suffix", [".gsd", ".extxyz", ".data"])
def test_a_written_glass_is_read_as_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"glass{suffix}"
    glass(1.3).write(path)
    again = Glass.read(path, PSS(1.3))
    np.testing.assert_array_equal(again.positions, glass(1.3).positions)
    assert again.moduli() == glass(1.3).moduli()
    if suffix == ".data":
        assert again.quench_record.method == "imported"
        assert again.quench_record.is_minimum
    else:
        assert again.quench_record == glass(1.3).quench_record


def test_a_liquid_is_refused_or_quenched(tmp_path: Path) -> None:
    state = random_configuration(PSS(1.3), N, seed=9)
    write_configuration(tmp_path / "liquid.extxyz", state)
    with pytest.raises(NotInherentState, match=r"max\|F\| = .* is above 1e-06; read it with quench=True"):
        Glass.read(tmp_path / "liquid.extxyz", PSS(1.3))
    quenched = Glass.read(tmp_path / "liquid.extxyz", PSS(1.3), quench=True)
    assert quenched.quench_record.max_force < 1e-9


@pytest.mark.parametrize("claims_a_quench", [False, True])
def test_a_saddle_is_refused(claims_a_quench: bool, tmp_path: Path) -> None:
    """On a rock-salt lattice all forces vanish by symmetry, but it is not stable, whatever the file says."""
    grid = np.indices((4, 4, 4)).reshape(3, -1).T
    model = PSS(1.3)
    edge = model.box_length(64)
    lattice = Configuration(
        kind="inherent",
        positions=grid * edge / 4 - edge / 2,
        box=np.array([edge, edge, edge, 0, 0, 0]),
        species=(grid.sum(axis=1) % 2).astype(np.int32),
        metadata={"quench": asdict(glass(1.3).quench_record)} if claims_a_quench else {},
    )
    write_configuration(tmp_path / "lattice.extxyz", lattice)
    with pytest.raises(NotInherentState, match="it is a saddle"):
        Glass.read(tmp_path / "lattice.extxyz", model)


def test_a_certificate_is_measured_and_not_read(tmp_path: Path) -> None:
    state = glass(1.3).configuration
    wrong = {**state.metadata["quench"], "method": "cg", "lowest_frequency": 7.0, "max_force": 0}
    write_configuration(tmp_path / "glass.gsd", replace(state, metadata={**state.metadata, "quench": wrong}))
    assert Glass.read(tmp_path / "glass.gsd", PSS(1.3)).quench_record == replace(
        glass(1.3).quench_record, method="cg"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"iterations": "many"}, "iterations = 'many' must be of type int"),
        ({"spin": 1}, "must have the entries"),
    ],
)
def test_a_malformed_record_is_refused(change: dict[str, object], message: str, tmp_path: Path) -> None:
    state = glass(1.3).configuration
    metadata = {**state.metadata, "quench": {**state.metadata["quench"], **change}}
    write_configuration(tmp_path / "glass.gsd", replace(state, metadata=metadata))
    with pytest.raises(ConfigurationError, match=message) as caught:
        Glass.read(tmp_path / "glass.gsd", PSS(1.3))
    assert "glass.gsd" in str(caught.value)


def test_unknown_eigenvalues_are_no_minimum() -> None:
    """Of a large saddle the engine knows only that there is a negative eigenvalue."""
    mechanics = Mock()
    mechanics.certify.return_value = {
        "negative_eigenvalues": 1,
        "zero_modes": 3,
        "lowest_eigenvalues": np.empty(0),
        "rattlers": 0,
    }
    mechanics.energetics.return_value = {"max_force": 0.0}
    certificate = certificate_of(mechanics, PSS(1.3))
    assert not certificate.is_minimum
    assert np.isnan(certificate.lowest_frequency)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("\nB ", "\nX "), "unknown species X"),
        (lambda text: text.replace("\nB ", "\nA "), "composition"),
        (lambda text: text.replace('Lattice="5', 'Lattice="6'), "number density"),
    ],
)
def test_files_of_other_systems_are_refused(
    tmp_path: Path, change: Callable[[str], str], message: str
) -> None:
    path = tmp_path / "glass.extxyz"
    glass(1.3).write(path)
    path.write_text(change(path.read_text()))
    with pytest.raises(ConfigurationError, match=message) as caught:
        Glass.read(path, PSS(1.3))
    assert str(path) in str(caught.value)


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    glass(1.3).write(tmp_path / "glass.gsd")
    with pytest.raises(ConfigurationError, match=r"made with the model pss .*1\.3.* not with pss .*1\.5"):
        Glass.read(tmp_path / "glass.gsd", PSS(1.5))


def test_particles_that_do_not_interact_are_no_glass() -> None:
    gas = PSS(1.5, density=1e-3)
    with pytest.raises(QuenchNotConverged, match=r"without a network of forces: .* raise the density"):
        Glass.quenched(gas, random_configuration(gas, 64, seed=1))


def test_too_few_evaluations_are_no_quench() -> None:
    model = PSS(1.3)
    message = r"in 5 force evaluations: max\|F\| = .*, above .* 1e-09: .* raise max_evaluations$"
    with pytest.raises(QuenchNotConverged, match=message):
        Glass.quenched(model, random_configuration(model, N, seed=9), method="fast", max_evaluations=5)


@pytest.mark.parametrize("method", ["faithful", "fast", "fire"])
def test_a_quench_goes_on_from_where_another_was_stopped(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inherent_states, "SEGMENT_WORK", 40.0 * N)
    monkeypatch.setattr(inherent_states, "SHORTEST_SEGMENT", 40)
    model = PSS(1.3)
    start = random_configuration(model, N, seed=9)
    reached: list[Descent] = []
    whole = Glass.quenched(model, start, method=method, progress=reached.append)
    assert len(reached) >= 3
    assert all(np.diff([0, *(descent.force_evaluations for descent in reached[:-1])]) >= 40)
    assert [descent.converged for descent in reached] == [False] * (len(reached) - 1) + [True]

    def stopped(descent: Descent) -> None:
        raise KeyboardInterrupt(descent)

    begun = None
    while begun is None or begun.force_evaluations < reached[-1].force_evaluations:
        with pytest.raises(KeyboardInterrupt) as caught:
            Glass.quenched(model, start, method=method, begun=begun, progress=stopped)
        begun = caught.value.args[0]
    with monkeypatch.context() as patch:
        patch.delattr(engine, "minimize")
        last = Glass.quenched(model, start, method=method, begun=begun, progress=stopped)
    assert np.array_equal(last.positions, whole.positions)
    assert last.quench_record == whole.quench_record


def test_a_quench_in_segments_ends_where_one_in_one_segment_does(monkeypatch: pytest.MonkeyPatch) -> None:
    model = PSS(1.3)
    start = random_configuration(model, N, seed=9)
    whole = Glass.quenched(model, start)
    monkeypatch.setattr(inherent_states, "SEGMENT_WORK", 40.0 * N)
    monkeypatch.setattr(inherent_states, "SHORTEST_SEGMENT", 40)
    cut = Glass.quenched(model, start)
    assert cut.quench_record.force_evaluations > whole.quench_record.force_evaluations
    assert cut.energetics().energy_per_particle == pytest.approx(
        whole.energetics().energy_per_particle, rel=1e-12
    )


def test_boxes_below_two_cutoffs_are_refused() -> None:
    with pytest.raises(BoxTooSmall):
        random_configuration(PSS(1.5), 40, seed=1)


def test_a_notebook_shows_a_glass_and_its_modes() -> None:
    shown = glass(1.5)._repr_html_()
    assert shown.startswith("<table>")
    assert f"{glass(1.5).energetics().pressure:.6g}" in shown
    assert glass(1.5).modes(4)._repr_html_().count("<circle") == 4
