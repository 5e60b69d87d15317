"""When the hold at the parent temperature is over: the time steps at which it may end, or has ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pssglass.analysis import equilibrium
from pssglass.base.results import AUTO
from pssglass.simulation.equilibration_outcome import EQUILIBRATED
from pssglass.simulation.protocol import DEFAULT_N_TAU, Protocol, least_cap
from pssglass.simulation.recipe import Recipe


def ends(protocol: Protocol, time_step: float) -> tuple[int, ...]:
    """The time steps at which segments end; with "auto" there are two at least."""
    if protocol.equilibration_time != AUTO:
        return (round(float(protocol.equilibration_time) / time_step),)
    cap = float(protocol.equilibration_cap or 0.0)
    halvings = math.floor(math.log2(cap / least_cap(protocol.n_tau or DEFAULT_N_TAU)))
    # One segment more, before the first time at which equilibration may end.
    return tuple(round(cap / 2**k / time_step) for k in range(halvings + 1, -1, -1))


def structure_holds(protocol: Protocol, time: float, tau: float | None) -> bool:
    """Whether the structure, where it counts, has relaxed as often as it must."""
    if not protocol.structural_relaxation:
        return True
    needed = protocol.n_tau or DEFAULT_N_TAU
    return tau is not None and bool(equilibrium.structural_relaxation_times(time / tau, needed).holds)


def segments(ends: Sequence[int], begun: int = 0) -> tuple[tuple[int, int], ...]:
    """First recorded and last time step of each segment; of those only that end after ``begun``, if given."""
    every = pairwise((0, *ends))
    return tuple((max((begin + end) // 2, begun), end) for begin, end in every if end > begun or not begun)


def steps_held(held: Mapping[str, Any], time_step: float) -> int:
    """Time steps of a hold whose outcome this is."""
    return round(float(held["time"]) / time_step)


def is_over(recipe: Recipe, held: Mapping[str, Any]) -> bool:
    """Whether a liquid that was held so needs no further time for a protocol."""
    protocol, dt = recipe.protocol, recipe.time_step(recipe.temperature)
    if not segments(ends(protocol, dt), steps_held(held, dt)):
        return True
    if protocol.equilibration_time != AUTO or held["ended"] != EQUILIBRATED:
        return False
    has_passed = held["relaxation_times_passed"] >= (protocol.n_tau or DEFAULT_N_TAU)
    return has_passed and structure_holds(protocol, held["time"], held.get("structural_relaxation_time"))


def expected_time(protocol: Protocol, time_step: float, tau: float) -> float:
    """Time of a hold of a liquid that relaxes in τ, if nothing else keeps "auto" from ending."""
    times = [step * time_step for step in ends(protocol, time_step)]
    if protocol.equilibration_time != AUTO:
        return times[0]
    needed = (protocol.n_tau or DEFAULT_N_TAU) * tau
    return next((second for first, second in pairwise(times) if first >= needed), times[-1])
