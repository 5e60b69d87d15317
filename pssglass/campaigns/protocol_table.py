"""The protocol table of a campaign file: the keys of the stages, and those of the dynamics and the quench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import CampaignError, suggest
from pssglass.models import Model
from pssglass.models.precision import require_dynamics, require_quench
from pssglass.simulation.hold_times import ends
from pssglass.simulation.protocol import CONSTANT_PRESSURE, CONSTANT_VOLUME, Protocol, StageRequest
from pssglass.simulation.stages import Stages, installed_stages, own_stages
from pssglass.simulation.stages.keys import Key, filled, one_of, positive

LARGEST_QUENCH_TOLERANCE = 1e-6
"""Forces above it are too large for what is measured at a minimum; no file of such a state is read back."""
LONGEST_STEP = 2.0
"""In units of the model's default: averages were not seen to shift there; at 3, under svr, u does by 1 %."""
SHORTEST_STEP = 1e-6
"""In the same units: a shorter one is a slip of the pen, and particles would not move."""
MOST_STEPS = 2.0**62
"""The engine counts them in 64 bits."""


def _quench_tolerance(name: str, value: object) -> float:
    tolerance: float = positive(name, value)
    if tolerance > LARGEST_QUENCH_TOLERANCE:
        bound = f"{LARGEST_QUENCH_TOLERANCE:g}, no inherent state"
        raise CampaignError(f"{name} = {tolerance:g} is above {bound}; lower it")
    return tolerance


GENERAL_KEYS = (
    Key("time_step", positive, "time step of all stages; by default the model's at each temperature"),
    Key("thermostat", one_of("langevin", "svr"), "of all stages", Protocol.thermostat),
    Key("friction", positive, "of the Langevin thermostat, in inverse time", Protocol.friction),
    Key("relaxation_time", positive, "of thermostat svr", Protocol.relaxation_time),
    Key("quench", one_of("fast", "faithful", "fire", "lbfgs", "cg"), "minimiser", Protocol.quench),
    Key("quench_tolerance", _quench_tolerance, "bound of max|F| at its end", Protocol.quench_tolerance),
    Key(
        "quench_pressure",
        one_of(CONSTANT_VOLUME, CONSTANT_PRESSURE),
        "what the quench holds; at constant pressure that of the liquid",
        Protocol.quench_pressure,
    ),
    Key("precision", one_of("double", "mixed"), "of the dynamics", Protocol.precision),
)
"""Those that belong to no stage."""


class ProtocolTable:
    """The protocol table of a block, whose keys may list a value for each of its parent temperatures.

    Raises:
        CampaignError: an unknown key, or one of a stage that cannot be used.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._stages = _stages_with(table)

    def protocol(self, model: Model, temperature: float, index: int, temperatures: int) -> Protocol:
        """The protocol at one parent temperature, of this index among so many.

        Raises:
            CampaignError: a key is missing, out of bounds, or does not fit to the others or to the model.
            ModelError: the model spoils dynamics or quench by round-off.
        """
        values = self._values(index, temperatures)
        own = {plugin.name for plugin in own_stages().plugins}
        fields = filled(GENERAL_KEYS, values)
        further: dict[str, StageRequest] = {}
        for plugin in self._stages.plugins:
            stage = plugin.content
            if plugin.name in own:
                fields |= stage.check(filled(stage.keys, values), model, temperature)
            elif any(key.name in values for key in stage.keys):
                checked = stage.check(filled(stage.keys, values), model, temperature)
                further[plugin.name] = StageRequest(plugin.distribution, stage.version, checked)
        protocol = Protocol(**fields, stages=further)
        require_dynamics(model, protocol.precision)
        require_quench(model, protocol.quench, protocol.quench_tolerance, "a larger quench_tolerance")
        _require_time_step(model, protocol, temperature)
        _require_moves(model, protocol, temperature)
        _require_frames(model, protocol, temperature)
        _refuse_unused(values, protocol.thermostat)
        if protocol.quench_pressure == CONSTANT_PRESSURE and protocol.pressure is None:
            raise CampaignError(f"quench_pressure = '{CONSTANT_PRESSURE}' needs a pressure; add pressure")
        return protocol

    def _values(self, index: int, temperatures: int) -> dict[str, Any]:
        keys, values = _keys(self._stages), dict(self._table)
        for name, value in self._table.items():
            if isinstance(value, list) and keys[name].per_temperature:
                values[name] = checks.sequence(CampaignError, name, value, temperatures)[index]
        return values


def _stages_with(table: Mapping[str, Any]) -> Stages:
    """The stages that know the keys of a table: our own, and others where these do not suffice."""
    stages = own_stages()
    if table.keys() <= _keys(stages).keys():
        return stages
    stages = installed_stages()
    known = _keys(stages)
    for key in table:
        if key in stages.problems:
            raise CampaignError(str(stages.problems[key]))
        if key not in known:
            hint = "`pssglass stages` lists the keys of what is installed"
            raise CampaignError(f"unknown key '{key}'; {suggest(key, known)} ({hint})")
    return stages


def _keys(stages: Stages) -> dict[str, Key]:
    return {**stages.keys, **{key.name: key for key in GENERAL_KEYS}}


def _refuse_unused(values: Mapping[str, Any], thermostat: str) -> None:
    for key, owner in (("friction", "langevin"), ("relaxation_time", "svr")):
        if key in values and owner != thermostat:
            raise CampaignError(
                f"{key} = {values[key]:g} is of thermostat {owner}, and this is {thermostat}; leave it out"
            )


def _require_time_step(model: Model, protocol: Protocol, temperature: float) -> None:
    """Make sure that it is near the model's default, and that its steps can be counted."""
    default, time_step = model.default_time_step(temperature), protocol.time_step
    if time_step is not None and not SHORTEST_STEP * default <= time_step <= LONGEST_STEP * default:
        above = time_step > default
        bound = f"{LONGEST_STEP if above else SHORTEST_STEP:g} times the default {default:g}"
        place, remedy = ("above", "lower") if above else ("below", "raise")
        raise CampaignError(
            f"time_step = {time_step:g} is {place} {bound} at T = {temperature:g}; {remedy} it or leave it"
            " out"
        )
    for name in ("melt_time", "longest_time"):
        if getattr(protocol, name) / (time_step or default) >= MOST_STEPS:
            key = name if name == "melt_time" else "equilibration_time, or its cap,"
            raise CampaignError(f"{key} = {getattr(protocol, name):g} takes more than 2^62 steps; shorten it")


def _require_moves(model: Model, protocol: Protocol, temperature: float) -> None:
    """Make sure that the hold is long enough for what happens after every so many of its steps."""
    steps = ends(protocol, protocol.time_step or model.default_time_step(temperature))[0]
    swap_every = protocol.swap.every if protocol.swap else None
    for key, every in (("every of swap", swap_every), ("barostat_every", protocol.barostat_every)):
        if every is not None and every > steps:
            raise CampaignError(
                f"{key} = {every} time steps is more than the {steps} that the liquid is held for; lower it,"
                " or hold the liquid for longer"
            )


def _require_frames(model: Model, protocol: Protocol, temperature: float) -> None:
    """Make sure that the recorded part has a time step for each frame of the trajectory."""
    if protocol.trajectory is None:
        return
    held = ends(protocol, protocol.time_step or model.default_time_step(temperature))[0]
    recorded = held - held // 2
    if protocol.trajectory.frames > recorded + 1:
        raise CampaignError(
            f"trajectory: frames = {protocol.trajectory.frames} are more than the {recorded} time steps that"
            " are recorded; ask for fewer, or hold the liquid for longer"
        )
