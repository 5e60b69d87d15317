"""Speeds of this machine, on samples too small to mean anything."""

from __future__ import annotations

from pssglass.pipeline import speed


def test_every_kind_of_work_is_measured() -> None:
    speeds = {one.work: one for one in speed.measure(scale=0.1)}
    assert all(one.value > 0 for one in speeds.values())
    dynamics = speeds["molecular dynamics, N = 300, double precision, 1 thread"]
    assert dynamics.unit == "million particle-steps/s"
    assert {work.split(",")[0] for work in speeds} == {
        *("molecular dynamics", "quench (faithful) and certificate", "quench (fast) and certificate"),
        *("Hessian", "moduli", "40 modes", "110 dipoles"),
    }
