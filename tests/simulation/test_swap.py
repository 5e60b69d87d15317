"""Swap Monte Carlo as users meet it: the same bits however it is run, the sizes in files, and bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pssglass.base.errors import InputError
from pssglass.base.results import SWAP_PARTS
from pssglass.mechanics.glass import Glass
from pssglass.models import KABLJ, PSS, Model, PolyIPL
from pssglass.simulation.liquid import Liquid
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.swap import Swap

MODEL = PolyIPL()
SWAP = {"moves_per_particle": 0.5, "every": 7}


def melted(model: Model = MODEL, **options: object) -> Liquid:
    return Liquid.create(model, 200, 1.0, seed=5, melt_time=1.0, **options)  # type: ignore[arg-type]


def same(a: Liquid, b: Liquid) -> bool:
    """To the last bit."""
    arrays = ((one.positions, one.velocities, one.species, one.diameters) for one in (a, b))
    return all(np.array_equal(x, y) for x, y in zip(*arrays, strict=True))


@pytest.mark.parametrize("held", [{}, {"pressure": 17.0, "barostat_every": 10}])
@pytest.mark.parametrize("thermostat", ["langevin", "svr"])
@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("model", [MODEL, KABLJ()])
def test_a_run_that_is_cut_and_written_ends_as_one_that_is_not(
    tmp_path: Path, model: Model, precision: str, thermostat: str, held: dict[str, Any]
) -> None:
    whole, cut = (melted(model, precision=precision, threads=threads) for threads in (3, 1))
    settings = {"thermostat": thermostat, "swap": SWAP, **held}
    run = whole.run(2.0, 0.004, **settings)
    assert run.swap_moves is not None
    assert int(run.swap_moves.accepted.sum()) > 0
    for part, time in enumerate((0.2, 0.76, 0.04, 1.0)):
        cut.run(time, 0.004, **settings)
        cut.write(tmp_path / f"{part}.gsd")
        cut = Liquid.read(tmp_path / f"{part}.gsd", model, threads=2, precision=precision)
    assert same(whole, cut)


def test_diameters_change_places_and_stay_the_same_set() -> None:
    liquid = melted()
    before, other = liquid.diameters, melted()
    run = liquid.run(5.0, swap=SWAP)
    other.run(5.0)
    assert before is not None
    assert liquid.diameters is not None
    assert np.array_equal(np.sort(liquid.diameters), np.sort(before))
    assert not np.array_equal(liquid.diameters, before)
    assert np.array_equal(other.diameters, before)
    moves = run.swap_moves
    assert moves is not None
    assert len(moves.attempts) == len(moves.accepted) == SWAP_PARTS
    assert int(moves.attempts.sum()) == (run.steps // 7) * 100
    assert 0.1 < moves.acceptance < 0.3
    assert moves.attempts_per_second > 0.0
    shares = moves.accepted[:3] / moves.attempts[:3]
    assert shares[0] > shares[1] > shares[2]


def test_a_glass_has_the_diameters_of_its_liquid(tmp_path: Path) -> None:
    liquid = melted()
    liquid.run(2.0, swap=SWAP)
    glass = liquid.quench()
    assert np.array_equal(glass.diameters, liquid.diameters)
    glass.write(tmp_path / "glass.gsd")
    again = Glass.read(tmp_path / "glass.gsd", MODEL)
    assert again.energetics() == glass.energetics()


def test_species_are_exchanged_in_a_mixture() -> None:
    liquid = melted(KABLJ())
    before = liquid.species
    run = liquid.run(1.0, swap={"moves_per_particle": 2.0, "every": 5})
    assert np.array_equal(np.bincount(liquid.species), np.bincount(before))
    assert run.swap_moves is not None
    assert int(run.swap_moves.attempts[0]) == int(run.swap_moves.attempts.sum()) > 0


def test_a_bound_leaves_out_pairs_that_differ_by_more() -> None:
    run = melted().run(1.0, swap={**SWAP, "largest_difference": 0.2})
    assert run.swap_moves is not None
    assert run.swap_moves.largest_difference == 0.2
    assert run.swap_moves.acceptance > 0.3


@pytest.mark.parametrize(
    ("model", "swap", "message"),
    [
        (MODEL, {"every": 0}, "swap: every = 0 must be at least 1"),
        (MODEL, {"moves_per_particle": -1.0}, "swap: moves_per_particle = -1.0 must be above 0"),
        (MODEL, {"moves_per_particle": 1e300}, "moves_per_particle = 1e+300 must be below 2.14748e+09"),
        (MODEL, {"largest_difference": 0.0}, "swap: largest_difference = 0.0 must be above 0"),
        (MODEL, {"largest_difference": 1e-6}, "the smallest difference of two of 200 diameters; raise it"),
        (PSS(1.5, size_ratios=(1.0, 1.0)), SWAP, "all particles of the model pss are alike; leave swap out"),
        (MODEL, {"evry": 5}, "every"),
        (MODEL, 5, "swap = 5"),
        (PolyIPL(largest=1.0), SWAP, "all particles of the model poly-ipl are alike; leave swap out"),
        (KABLJ(), {"largest_difference": 0.2}, "which species lack; leave it out"),
    ],
)
def test_what_means_nothing_is_refused(model: Model, swap: object, message: str) -> None:
    liquid = melted(model)
    with pytest.raises(InputError) as caught:
        liquid.run(1.0, swap=swap)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_few_moves_are_at_least_one() -> None:
    liquid = melted()
    run = liquid.run(0.5, 0.01, swap={"moves_per_particle": 1e-9, "every": 10})
    assert run.swap_moves is not None
    assert int(run.swap_moves.attempts.sum()) == run.steps // 10


def test_it_needs_a_thermostat() -> None:
    with pytest.raises(InputError, match="swap needs a thermostat"):
        melted().run(1.0, thermostat="nve", swap=SWAP)


def test_a_protocol_without_it_keeps_its_canonical_form() -> None:
    assert "swap" not in Protocol(1.0).canonical()
    protocol = Protocol(1.0, swap=Swap(2.0, 10))
    assert Protocol.from_canonical(protocol.canonical()) == protocol
