"""A short trajectory: the MSD of the engine is that of freud."""

from __future__ import annotations

import pytest

from .validate import LAGS, by_freud, ours, trajectory


def test_the_msd_is_that_of_freud() -> None:
    positions, box = trajectory(LAGS[-1] + 2, equilibration=2.0)
    assert ours(positions)["squared_displacement"] == pytest.approx(by_freud(positions, box), rel=1e-3)
