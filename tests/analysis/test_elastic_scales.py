"""Natural scales of an ensemble against the paper's numbers."""

from __future__ import annotations

import math

import pytest

from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleSummary, ScalarStatistics


def ensemble(N: int, shear_modulus: float | None) -> EnsembleSummary:
    scalars = {} if shear_modulus is None else {"shear_modulus": ScalarStatistics(shear_modulus, 0.1, 9, 0.3)}
    return EnsembleSummary("hot", "pss", {"rc": 1.5}, N, 2.6, scalars)


def test_lengths_and_speeds_follow_from_density_and_modulus() -> None:
    scales = elastic_scales(ensemble(3000, 11.9))
    assert scales.length == pytest.approx(1.18563, abs=1e-5)
    assert scales.sound_speed == pytest.approx(math.sqrt(11.9 / 0.6))
    assert scales.box_length**3 == pytest.approx(3000 / 0.6)


@pytest.mark.parametrize(("N", "ratio"), [(3000, 0.4357), (10_000, 0.2916)])
def test_the_first_shear_phonon_in_units_of_omega_0(N: int, ratio: float) -> None:
    scales = elastic_scales(ensemble(N, 11.9))
    assert scales.shear_phonon / scales.frequency == pytest.approx(ratio, abs=1e-4)


def test_an_ensemble_without_a_positive_modulus_is_refused() -> None:
    with pytest.raises(InputError, match="hot has no shear_modulus: compute observable moduli"):
        elastic_scales(ensemble(3000, None))
    with pytest.raises(InputError, match=r"hot has mean shear modulus -1\.0"):
        elastic_scales(ensemble(3000, -1.0))
