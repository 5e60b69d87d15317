"""A quartic density of quasilocalised modes planted as random frequencies, some of them not found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pssglass.observables.qlm_vdos import QuasilocalisedDensity
from pssglass.observables.vdos import DensityOfStates

from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.analysis.weak_numbers import weak
from pssglass.base.errors import ObservableFailed
from pssglass.base.results import EnsembleData
from pssglass.plugins.contract import ObservableContract
from pssglass.plugins.evaluation import evaluate

from .conftest import MakeEnsemble

N, SAMPLES, A_G, TOP = 3000, 200, 1e-3, 1.7
"""Eight modes a sample below TOP, a little above the first shear phonon."""


@pytest.fixture(scope="module")
def planted(make_ensemble: MakeEnsemble) -> EnsembleData:
    """Modes of D = A_G ω⁴ below TOP, found Poisson(3) times, and left out where never."""
    rng = np.random.default_rng(1)
    frequencies, times = [], []
    for _ in range(SAMPLES):
        modes = np.sort(TOP * rng.random(rng.poisson(N * A_G * TOP**5 / 5.0)) ** 0.2)
        found = rng.poisson(3.0, modes.size)
        frequencies.append(modes[found > 0])
        times.append(found[found > 0])
    scalars = {"shear_modulus": np.full(SAMPLES, 12.0), "qlm_count": [one.size for one in frequencies]}
    return make_ensemble(scalars, {"qlm_frequency": frequencies, "qlm_times_found": times}, N=N)


class TestQuasilocalisedDensity(ObservableContract):
    observable = QuasilocalisedDensity()

    @pytest.fixture
    def subject(self, planted: EnsembleData) -> EnsembleData:
        return planted

    def test_the_prefactor_is_that_of_the_modes_found(self, planted: EnsembleData) -> None:
        """One in e³ = 20 was never found: the count is a lower bound, and coverage and unseen tell it."""
        values = evaluate(self.observable, planted)
        seen = 1.0 - np.exp(-3.0)
        for key in ("qlm_A_g", "qlm_A_g_binned"):
            assert abs(float(values[key]) - seen * A_G) < 3.0 * float(values[f"{key}_error"])
        assert abs(float(values["qlm_beta"]) - 4.0) < 3.0 * float(values["qlm_beta_error"])
        assert values["qlm_window_coverage"] == pytest.approx(seen, abs=0.02)
        of_each = float(values["qlm_modes_in_window"]) / SAMPLES
        assert 0.0 < float(values["qlm_window_unseen"]) < of_each * (1.0 / seen - 1.0) * 1.5

    def test_it_is_the_law_that_vdos_finds_of_the_same_modes(self, planted: EnsembleData) -> None:
        high = 0.7 * elastic_scales(planted).shear_phonon
        complete = [np.append(one, 1.8) for one in planted.arrays["qlm_frequency"]]
        harmonic = evaluate(DensityOfStates(), replace(planted, arrays={"frequency": complete}))
        values = evaluate(self.observable, planted)
        for key in ("A_g", "A_g_error", "A_g_low", "A_g_scaled", "A_g_binned", "beta", "modes_in_window"):
            assert values[f"qlm_{key}"] == pytest.approx(float(harmonic[key]), rel=1e-12)
        assert values["qlm_window_high"] == harmonic["window_high"] == pytest.approx(high)

    def test_the_window_may_reach_beyond_the_phonon(self, planted: EnsembleData) -> None:
        narrow, wide = (evaluate(self.observable, planted, {"window": window}) for window in (0.7, 1.0))
        assert float(wide["qlm_modes_in_window"]) > float(narrow["qlm_modes_in_window"])
        assert float(wide["qlm_A_g"]) == pytest.approx(float(narrow["qlm_A_g"]), rel=0.3)

    def test_it_ends_where_modes_were_left_out(self, planted: EnsembleData) -> None:
        assert planted.samples["qlm_count"][0] > 1
        short = {key: (each[0][:1], *each[1:]) for key, each in planted.arrays.items()}
        values = evaluate(self.observable, replace(planted, arrays=short))
        assert values["qlm_window_high"] == short["qlm_frequency"][0][0]

    def test_a_window_without_a_mode_tells_what_may_be_missing(self, planted: EnsembleData) -> None:
        """A list cut by ``count`` ends the window, as too few starts may leave it empty."""
        low = planted.arrays["qlm_frequency"][0][0]
        cut = {key: (each[0][:1],) * SAMPLES for key, each in planted.arrays.items()}
        with pytest.raises(
            ObservableFailed, match=f"below {low:.4g}.*: raise count or starts of qlm, or add"
        ):
            evaluate(self.observable, replace(planted, arrays=cut))

    def test_few_modes_are_marked_as_weak_support(self, planted: EnsembleData) -> None:
        few = {key: each[:9] for key, each in planted.arrays.items()}
        scalars = {key: each[:9] for key, each in planted.samples.items()}
        values = evaluate(self.observable, replace(planted, arrays=few, samples=scalars))
        assert values["qlm_vdos_supported"] == 0
        assert weak(values)["qlm_A_g"].endswith(" modes only: raise count or starts of qlm, or add samples")
        assert set(weak(values)) == {"qlm_A_g", "qlm_A_g_scaled", "qlm_beta"}

    def test_where_nothing_was_found_more_starts_are_asked_for(self, planted: EnsembleData) -> None:
        none = {key: (np.zeros(0),) * SAMPLES for key in planted.arrays}
        counts = {**planted.samples, "qlm_count": np.zeros(SAMPLES)}
        with pytest.raises(ObservableFailed, match="raise starts of qlm"):
            evaluate(self.observable, replace(planted, arrays=none, samples=counts))
