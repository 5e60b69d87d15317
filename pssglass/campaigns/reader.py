"""Campaign files: strict TOML in, specifications out; whatever is wrong is named in one line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import CampaignError, suggest
from pssglass.base.toml_tables import as_table, check_keys, naming, read_toml
from pssglass.campaigns.specification import Campaign, EnsembleSpec, ObservableRequest, sample_seed
from pssglass.models import Model, build_model
from pssglass.models.precision import require_dynamics, require_quench
from pssglass.simulation.protocol import AUTO, DEFAULT_N_TAU, Protocol, least_cap

__all__ = [
    "PRESETS",
    "Campaign",
    "EnsembleSpec",
    "ObservableRequest",
    "Protocol",
    "load_campaign",
    "parse_campaign",
    "sample_seed",
]

PRESETS = ("demo", "table1", "table1-small")
DEFAULT_OBSERVABLES = ("energetics", "moduli")

SMALLEST_N = 32
MOST_SAMPLES = 1_000_000
"""Each is a row of the database from the start: a slip of the finger must not fill disk and memory."""
LARGEST_QUENCH_TOLERANCE = 1e-6
"""Forces above it are too large for what is measured at a minimum; no file of such a state is read back."""
LONGEST_STEP = 2.0
"""In units of the model's default: averages were not seen to shift there; at 3, under svr, u does by 1 %."""

CAMPAIGN_KEYS = ("name", "seed", "ensembles", "observables")
ENSEMBLE_NEEDS = ("model", "N", "parent_temperatures", "samples", "protocol")
ENSEMBLE_KEYS = (*ENSEMBLE_NEEDS, "name", "parameters")
PROTOCOL_KEYS = tuple(field.name for field in fields(Protocol))
CHOICES = {
    "thermostat": ("langevin", "svr"),
    "quench": ("fast", "faithful", "fire", "lbfgs", "cg"),
    "precision": ("double", "mixed"),
}


def load_campaign(source: str | Path) -> Campaign:
    """Read a campaign from a TOML file, or from the preset of that name (``PRESETS``).

    Raises:
        CampaignError: no such file or preset, no valid TOML, or an ensemble that cannot be made.
    """
    preset = str(source) in PRESETS
    path = resources.files("pssglass.campaigns") / "presets" / f"{source}.toml" if preset else Path(source)
    with naming(error=CampaignError):
        remedy = f"give a TOML file or one of the presets {', '.join(PRESETS)}"
        tables = read_toml(path, f"campaign '{source}'", remedy)
    return parse_campaign(tables, str(source))


def parse_campaign(tables: Mapping[str, Any], origin: str = "campaign") -> Campaign:
    """Check the tables of a campaign file; ``origin`` names them in error messages.

    Raises:
        CampaignError: see ``load_campaign``.
    """
    with naming(origin, CampaignError):
        check_keys(tables, CAMPAIGN_KEYS, required=("name", "seed", "ensembles"))
        name = checks.identifier(CampaignError, "name", tables["name"])
        seed = checks.integer(CampaignError, "seed", tables["seed"], at_least=0)
        blocks = checks.sequence(CampaignError, "ensembles", tables["ensembles"])
        observables = tuple(_observables(tables.get("observables", list(DEFAULT_OBSERVABLES))))
    ensembles: dict[str, tuple[EnsembleSpec, int]] = {}
    for number, block in enumerate(blocks, start=1):
        where = f"{origin}, block {number} of [[ensembles]]"
        for spec, samples in _block(name, seed, block, where):
            if spec.name in ensembles:
                remedy = "list each parent temperature once, or give the block its own name"
                raise CampaignError(f"{where}: a second ensemble {spec.name}; {remedy}")
            ensembles[spec.name] = spec, samples
    return Campaign(name, seed, tuple(ensembles.values()), observables)


def _block(campaign: str, seed: int, block: object, where: str) -> Iterator[tuple[EnsembleSpec, int]]:
    """One [[ensembles]] block: an ensemble for each of its parent temperatures."""
    with naming(where, CampaignError):
        table = as_table("block", block)
        check_keys(table, ENSEMBLE_KEYS, required=ENSEMBLE_NEEDS)
        parameters = as_table("parameters", table.get("parameters", {}))
        label = checks.identifier(
            CampaignError, "name", table.get("name", _label(table["model"], parameters))
        )
        temperatures = checks.sequence(CampaignError, "parent_temperatures", table["parent_temperatures"])
    for index, temperature in enumerate(temperatures):
        name = f"{campaign}-{label}-T{temperature}"
        with naming(f"{where}, ensemble {name}", CampaignError):
            T = checks.number(CampaignError, "parent temperature", temperature, above=0.0)
            model = build_model(checks.text(CampaignError, "model", table["model"]), parameters)
            N = _number_of_particles(table["N"], model)
            protocol = _protocol(as_table("protocol", table["protocol"]), index, len(temperatures))
            require_dynamics(model, protocol.precision)
            require_quench(model, protocol.quench, protocol.quench_tolerance, "a larger quench_tolerance")
            _require_time_step(model, protocol.time_step, T)
            if protocol.melt_temperature < T:
                melt = f"melt_temperature = {protocol.melt_temperature:g}"
                raise CampaignError(f"{melt} is below the parent temperature {T:g}; raise it")
            samples = checks.integer(
                CampaignError, "samples", table["samples"], at_least=1, below=MOST_SAMPLES + 1
            )
        spec = EnsembleSpec(f"{campaign}-{label}-T{T}", model.name, model.parameters, N, T, protocol, seed)
        yield spec.seeded(seed), samples


def _number_of_particles(value: object, model: Model) -> int:
    N = checks.integer(CampaignError, "N", value, at_least=SMALLEST_N, below=2**31)
    model.counts(N)
    edge, needed = model.box_length(N), 2.0 * model.max_cutoff
    if edge < needed:
        enough = math.ceil(model.number_density * needed**3 / model.unit) * model.unit
        size = f"N = {N} fills a box of edge {edge:.4g}"
        raise CampaignError(f"{size}, below two cutoffs, {needed:.4g}; use N = {enough} or more")
    return N


def _protocol(table: Mapping[str, Any], index: int, temperatures: int) -> Protocol:
    """The protocol at the parent temperature of this index."""
    check_keys(table, PROTOCOL_KEYS, required=("equilibration_time",))
    values = dict(table)
    for key in ("equilibration_time", "equilibration_cap"):
        if isinstance(values.get(key), list):
            values[key] = checks.sequence(CampaignError, key, values[key], temperatures)[index]
    values |= _equilibration(values)
    if "melt_time" in values:
        values["melt_time"] = checks.not_negative(CampaignError, "melt_time", values["melt_time"])
    for key in ("melt_temperature", "time_step", "friction", "relaxation_time", "quench_tolerance"):
        if key in values:
            values[key] = checks.number(CampaignError, key, values[key], above=0.0)
    if values.get("quench_tolerance", 0.0) > LARGEST_QUENCH_TOLERANCE:
        tolerance = f"quench_tolerance = {values['quench_tolerance']:g}"
        raise CampaignError(f"{tolerance} is above {LARGEST_QUENCH_TOLERANCE:g}, no inherent state; lower it")
    for key, choices in CHOICES.items():
        if key in values and checks.text(CampaignError, key, values[key]) not in choices:
            raise CampaignError(f"{key} = '{values[key]}' is unknown; {suggest(values[key], choices)}")
    return Protocol(**values)


def _require_time_step(model: Model, time_step: float | None, temperature: float) -> None:
    default = model.default_time_step(temperature)
    if time_step is not None and time_step > LONGEST_STEP * default:
        longest = f"{LONGEST_STEP:g} times the default {default:g} at T = {temperature:g}"
        raise CampaignError(f"time_step = {time_step:g} is above {longest}; lower it or leave it out")


def _equilibration(values: Mapping[str, Any]) -> dict[str, Any]:
    """How long the liquid stays at the parent temperature."""
    time = values["equilibration_time"]
    if not isinstance(time, str):
        for key in ("n_tau", "equilibration_cap"):
            if key in values:
                raise CampaignError(f"{key} goes with equilibration_time = '{AUTO}' only; remove it")
        return {"equilibration_time": checks.not_negative(CampaignError, "equilibration_time", time)}
    if time != AUTO:
        raise CampaignError(f"equilibration_time = '{time}' is no number; {suggest(time, [AUTO])}")
    if "equilibration_cap" not in values:
        raise CampaignError(f"equilibration_time = '{AUTO}' needs equilibration_cap, its bound; add it")
    n_tau = checks.number(CampaignError, "n_tau", values.get("n_tau", DEFAULT_N_TAU), above=0.0)
    cap = checks.number(CampaignError, "equilibration_cap", values["equilibration_cap"], above=0.0)
    if cap < least_cap(n_tau):
        least = f"{least_cap(n_tau):g}, the least for n_tau = {n_tau:g}"
        raise CampaignError(f"equilibration_cap = {cap:g} is below {least}; raise it")
    return {"equilibration_time": time, "n_tau": n_tau, "equilibration_cap": cap}


def _observables(value: object) -> Iterator[ObservableRequest]:
    """Names, or tables of a name and parameters."""
    for entry in checks.sequence(CampaignError, "observables", value):
        if isinstance(entry, str):
            yield ObservableRequest(entry)
            continue
        table = as_table("an entry of observables", entry)
        check_keys(table, ("name", "parameters"), required=("name",))
        parameters = as_table("parameters", table.get("parameters", {}))
        yield ObservableRequest(checks.text(CampaignError, "name", table["name"]), parameters)


def _label(model: object, parameters: Mapping[str, Any]) -> str:
    """Short name of a block: its scalar parameters, e.g. "rc1.5", or else its model."""
    given = [f"{key}{value}" for key, value in parameters.items() if isinstance(value, int | float)]
    return "-".join(given) or str(model)
