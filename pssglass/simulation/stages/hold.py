"""The hold at the parent temperature, for a given time or until the liquid is equilibrated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.errors import InputError, suggest
from pssglass.base.results import AUTO
from pssglass.models import Model
from pssglass.simulation import dynamics
from pssglass.simulation.barostat import (
    DEFAULT_EVERY,
    DEFAULT_RELAXATION_TIME,
    check_rates,
    default_compressibility,
)
from pssglass.simulation.displacement_scales import Scales, default_scales
from pssglass.simulation.equilibration import Equilibration
from pssglass.simulation.protocol import DEFAULT_N_TAU, Protocol, least_cap
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages.keys import Key, Table, one_of, positive, whole
from pssglass.simulation.stages.stage import Stage, StageRun
from pssglass.simulation.stages.swap_record import counted, swap_values
from pssglass.simulation.swap import DEFAULT_EVERY as DEFAULT_EVERY_SWAP
from pssglass.simulation.swap import DEFAULT_MOVES, swap_of
from pssglass.simulation.trajectories import DEFAULT_BLOCKS, LINEAR, LOGARITHMIC, Trajectory

if TYPE_CHECKING:
    from pssglass.simulation.liquid import Liquid


def _time_or_auto(name: str, value: object) -> float | str:
    if not isinstance(value, str):
        return checks.not_negative(InputError, name, value)
    if value != AUTO:
        raise InputError(f"{name} = '{value}' is no number; {suggest(value, [AUTO])}")
    return value


BAROSTAT_KEYS = (
    Key(
        "barostat_relaxation_time",
        positive,
        f"with pressure: relaxation time of the volume ({DEFAULT_RELAXATION_TIME:g})",
    ),
    Key(
        "barostat_every", whole(1), f"with pressure: time steps between moves of the volume ({DEFAULT_EVERY})"
    ),
    Key("compressibility", positive, "with pressure: an estimate, on which no average depends"),
)


class Hold(Stage):
    """The liquid at its parent temperature; its second part is recorded."""

    name = "hold"
    order = 100
    keys: ClassVar[tuple[Key, ...]] = (
        Key(
            "equilibration_time",
            _time_or_auto,
            f'time at the parent temperature, or "{AUTO}": until the liquid is equilibrated',
            required=True,
            per_temperature=True,
        ),
        Key("n_tau", positive, f'of "{AUTO}": relaxation times that must have passed ({DEFAULT_N_TAU:g})'),
        Key("equilibration_cap", positive, f'of "{AUTO}": time after which it ends', per_temperature=True),
        Key(
            "pressure",
            positive,
            "at the parent temperature; by default the volume is held",
            per_temperature=True,
        ),
        *BAROSTAT_KEYS,
        Key(
            "swap",
            Table(
                Key("moves_per_particle", positive, "attempts of a block, over N", DEFAULT_MOVES),
                Key("every", whole(1), "time steps from one block to the next", DEFAULT_EVERY_SWAP),
                Key("largest_difference", positive, "of the diameters that are exchanged"),
            ),
            "swap Monte Carlo: exchanges of diameters or species",
        ),
        Key(
            "dynamics",
            Table(
                Key("k", positive, "wave number of F_s(k, t); by default 6.8 ρ^(1/3), ρ the density"),
                Key("overlap", positive, "distance of the overlap; by default 0.3 ρ^(-1/3)"),
            ),
            "where the displacements of particles are looked at",
        ),
        Key(
            "trajectory",
            Table(
                Key("frames", whole(2), "how many at most", required=True),
                Key("spacing", one_of(LOGARITHMIC, LINEAR), "of their times", LOGARITHMIC),
                Key("blocks", whole(1), f"with {LOGARITHMIC} spacing: time origins ({DEFAULT_BLOCKS})"),
            ),
            "frames that are kept of the recorded part; by default none",
        ),
    )

    def check(self, values: dict[str, Any], model: Model, temperature: float) -> dict[str, Any]:
        """With "auto" there is a cap, which leaves time to decide; without, nothing that belongs to it.

        With a pressure its barostat is complete; without, nothing of it is given.
        """
        values = _with_barostat(values, model, temperature)
        values = {
            **values,
            "swap": swap_of(model, values.get("swap")),
            "dynamics": _scales(model, values.get("dynamics")),
            "trajectory": _trajectory(values.get("trajectory")),
        }
        if values["equilibration_time"] != AUTO:
            for key in ("n_tau", "equilibration_cap"):
                if key in values:
                    raise InputError(f"{key} goes with equilibration_time = '{AUTO}' only; remove it")
            return values
        if "equilibration_cap" not in values:
            raise InputError(f"equilibration_time = '{AUTO}' needs equilibration_cap, its bound; add it")
        n_tau, cap = values.get("n_tau", DEFAULT_N_TAU), values["equilibration_cap"]
        if cap < least_cap(n_tau):
            least = f"{least_cap(n_tau):g}, the least for n_tau = {n_tau:g}"
            raise InputError(f"equilibration_cap = {cap:g} is below {least}; raise it")
        awaited = {"size_relaxation": values["swap"] is not None, "structural_relaxation": True}
        return {**values, "n_tau": n_tau, **awaited}

    def steps(self, recipe: Recipe, values: Mapping[str, Any]) -> int:
        """Those of the given time, or of the cap."""
        return round(recipe.protocol.longest_time / recipe.time_step(recipe.temperature))

    def may_end_early(self, values: Mapping[str, Any]) -> bool:
        """With "auto"."""
        return bool(values["equilibration_time"] == AUTO)

    def run_options(self, protocol: Protocol) -> Mapping[str, Any]:
        """Its barostat and its swap moves."""
        return {**protocol.barostat, "swap": protocol.swap}

    def run(self, run: StageRun) -> None:
        """Between two chunks, nothing that was recorded is missing from the state."""
        progress = run.progress
        recipe, options = run.recipe, self.run_options(run.recipe.protocol)
        is_free = recipe.protocol.pressure is not None
        volume = recipe.N / recipe.model.number_density if is_free else run.liquid.volume
        swaps = progress.state.pop("swap", None)
        species = _species(run.liquid, is_exchanged=recipe.protocol.swap is not None)
        held = Equilibration(
            *(recipe, volume, progress.state or None, species, run.values.get("held")),
            keep=run.keep,
            step=run.liquid.step,
        )
        while steps := min(held.steps_left, dynamics.CHUNK):
            before = _sizes(run.liquid) if recipe.protocol.swap else None
            result = run.advance(
                steps, recipe.temperature, held.sample_every, frames=held.frames(steps), **options
            )
            held.advance(result, _sizes(run.liquid) if recipe.protocol.swap else None, before)
            progress.state = held.state()
            if result.swap_moves:
                swaps = counted(result.swap_moves, swaps)
                progress.state["swap"] = swaps
            run.pause()
        progress.record["equilibration"] = held.outcome().record()
        if held.kept_frames is not None:
            progress.record["trajectory"] = {"frames": held.kept_frames}
        if is_free:
            progress.record["constant_pressure"] = held.pressure_record()
        if swaps:
            progress.record["swap"] = swaps
            progress.liquid |= swap_values(swaps)
        progress.liquid |= held.liquid_values()


def _sizes(liquid: Liquid) -> npt.NDArray[Any]:
    """What swap moves exchange: diameters, or else species."""
    return liquid.species if liquid.diameters is None else liquid.diameters


def _species(liquid: Liquid, is_exchanged: bool) -> npt.NDArray[np.int32]:
    """By which displacements are summed; all the same where it changes, or diameters tell particles apart."""
    return np.zeros_like(liquid.species) if is_exchanged or liquid.diameters is not None else liquid.species


def _scales(model: Model, given: Mapping[str, float] | None) -> Scales | None:
    """None for the default, so that what is written out by hand changes nothing."""
    default = default_scales(model)
    scales = replace(default, **(given or {}))
    return None if scales == default else scales


def _trajectory(given: Mapping[str, Any] | None) -> Trajectory | None:
    if given is None:
        return None
    if given["spacing"] == LINEAR:
        if "blocks" in given:
            raise InputError(f"trajectory: blocks go with {LOGARITHMIC} spacing only; remove them")
        return Trajectory(given["frames"], LINEAR, None)
    chosen = Trajectory(**given)
    least = 2 * (chosen.blocks or DEFAULT_BLOCKS) + 1
    if chosen.frames < least:
        raise InputError(
            f"trajectory: frames = {chosen.frames} is below {least}, two for each of {chosen.blocks} blocks"
            " and the end; ask for more frames or fewer blocks"
        )
    return chosen


def _with_barostat(values: dict[str, Any], model: Model, temperature: float) -> dict[str, Any]:
    """Defaults of the barostat filled in, where a pressure is given."""
    if "pressure" in values:
        beta = default_compressibility(model, temperature)
        defaults = (DEFAULT_RELAXATION_TIME, DEFAULT_EVERY, beta)
        values = {**{key.name: value for key, value in zip(BAROSTAT_KEYS, defaults, strict=True)}, **values}
        check_rates(model, temperature, values["barostat_relaxation_time"], values["compressibility"])
        return values
    for key in BAROSTAT_KEYS:
        if key.name in values:
            raise InputError(f"{key.name} goes with a pressure only; add pressure, or remove it")
    return values
