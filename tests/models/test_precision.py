"""Models that double precision cannot evaluate are refused before any work, and only those."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

from pssglass import engine
from pssglass.base.errors import ModelError
from pssglass.mechanics.glass import Glass
from pssglass.models import KABLJ, PSS
from pssglass.models.precision import DYNAMICS, force_error, require_accuracy
from pssglass.models.tapered_lj import POWERS, SIGNS
from pssglass.models.tapers import DIGITS, exact_sticky_taper
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.start import random_configuration


def exact_slope(coefficients: tuple[Decimal, ...], x: float) -> Decimal:
    """φ′(x) in decimals of many digits."""
    with localcontext() as context:
        context.prec = DIGITS
        terms = zip(SIGNS, POWERS, coefficients, strict=True)
        return sum((s * 2 * n * c * Decimal(x) ** (2 * n - 1) for s, n, c in terms), Decimal(0))


@pytest.mark.parametrize("rc", [1.01, 1.03, 1.05, 1.1, 1.3, 1.5])
def test_the_estimate_is_the_error_of_the_engine_against_decimals(rc: float) -> None:
    model = PSS(rc)
    potential, exact = engine.potential_of(model), exact_sticky_taper(rc)[2]
    errors = [
        abs(Decimal(x * potential.terms(0, 0, x * x)[1]) - exact_slope(exact, x))
        for x in np.linspace(model.form.x_join, model.form.x_cut, 2000, endpoint=False)[1:].tolist()
    ]
    assert 0.1 < float(max(errors)) / force_error(model) < 2.0


def test_it_grows_with_the_fifth_power_of_stickiness() -> None:
    assert force_error(PSS(1.01)) == pytest.approx(32 * force_error(PSS(1.02)), rel=0.1)
    assert force_error(KABLJ()) < 1e-14


def test_any_model_can_be_made_but_only_accurate_ones_quenched() -> None:
    assert PSS(1.0005).form.x_cut > PSS(1.0005).form.x_join
    configuration = random_configuration(PSS(1.05), 128, seed=1)
    with pytest.raises(
        ModelError,
        match=r"^rc = 1\.03: round-off .* about 1e-08, above the quench tolerance 1e-09; "
        r"take rc >= 1\.0\d\d or a larger tolerance$",
    ) as caught:
        Glass.quenched(PSS(1.03), configuration)
    least = float(str(caught.value).split("rc >= ")[1].split()[0])
    assert Glass.quenched(PSS(least), configuration).quench_record.max_force < 1e-9
    assert Glass.quenched(PSS(1.03), configuration, tolerance=1e-7).quench_record.max_force < 1e-7


def test_methods_that_compare_energies_need_more_accuracy_than_the_flow() -> None:
    configuration = random_configuration(PSS(1.05), 128, seed=1)
    message = r"rc = 1\.015: .* above what 'fast' bears, 1e-07; take rc >= 1\.02\d or method 'faithful'$"
    with pytest.raises(ModelError, match=message):
        Glass.quenched(PSS(1.015), configuration, tolerance=1e-5, method="fast")
    glass = Glass.quenched(PSS(1.015), configuration, tolerance=1e-5, method="faithful")
    assert glass.quench_record.max_force < 1e-5


def test_dynamics_bear_more_round_off_than_quenches_but_not_any() -> None:
    engine.potential_of(PSS(1.01))
    message = r"^rc = 1\.001: .* above the bound of dynamics 0\.001; take rc >= 1\.004$"
    with pytest.raises(ModelError, match=message):
        engine.potential_of(PSS(1.001))


def test_a_model_without_a_cutoff_to_vary_is_named() -> None:
    require_accuracy(KABLJ(), DYNAMICS, "the bound of dynamics")
    message = r"^model kablj: .* above the quench tolerance 1e-18; take a larger one$"
    with pytest.raises(ModelError, match=message):
        require_accuracy(KABLJ(), 1e-18, "the quench tolerance", "a larger one")


def test_mixed_precision_needs_a_wider_taper() -> None:
    with pytest.raises(ModelError, match=r"^rc = 1\.05: .* the bound of mixed precision .* 'double'$"):
        Liquid.create(PSS(1.05), 64, 1.0, 1, precision="mixed")
