"""Campaign files: strict TOML in, specifications out; whatever is wrong is named in one line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import CampaignError
from pssglass.base.lineages import MOST_GLASSES, MOST_LINEAGES
from pssglass.base.toml_tables import as_table, check_keys, naming, read_toml
from pssglass.campaigns.own_models import OwnModels, own_models
from pssglass.campaigns.protocol_table import ProtocolTable
from pssglass.campaigns.specification import (
    Campaign,
    EnsembleSpec,
    Lineage,
    ObservableRequest,
    sample_seed,
)
from pssglass.models import Model
from pssglass.models.model import MOST_PARTICLES
from pssglass.simulation.protocol import Protocol

__all__ = [
    "PRESETS",
    "Campaign",
    "EnsembleSpec",
    "ObservableRequest",
    "Protocol",
    "load_campaign",
    "parse_campaign",
    "preset_text",
    "sample_seed",
]

PRESETS = ("demo", "table1", "table1-small", "kablj", "hertzian", "poly-ipl", "poly-pss")

SMALLEST_N = 32
MOST_SAMPLES = 1_000_000
"""Each is a row of the database from the start: a slip of the finger must not fill disk and memory."""

CAMPAIGN_KEYS = ("name", "seed", "models", "ensembles", "observables")
ENSEMBLE_NEEDS = ("model", "N", "parent_temperatures", "protocol")
LINEAGE_NEEDS = ("lineages", "glasses")
ENSEMBLE_KEYS = (*ENSEMBLE_NEEDS, "samples", *LINEAGE_NEEDS, "spacing", "name", "parameters")
DEFAULT_SPACING = 3.0
"""Relaxation times between two glasses of one lineage, which are then hardly correlated."""


def load_campaign(source: str | Path) -> Campaign:
    """Read a campaign from a TOML file, or from the preset of that name (``PRESETS``).

    Raises:
        CampaignError: no such file or preset, no valid TOML, or an ensemble that cannot be made.
    """
    preset = str(source) in PRESETS
    path = _preset(f"{source}") if preset else Path(source)
    with naming(error=CampaignError):
        remedy = f"give a TOML file or one of the presets {', '.join(PRESETS)}"
        tables = read_toml(path, f"campaign '{source}'", remedy)
    return parse_campaign(tables, str(source), Path() if preset else Path(source).parent)


def preset_text(name: str) -> str:
    """The campaign file of a preset, one of ``PRESETS``."""
    return _preset(name).read_text(encoding="utf-8")


def _preset(name: str) -> Traversable:
    return resources.files("pssglass.campaigns") / "presets" / f"{name}.toml"


def parse_campaign(tables: Mapping[str, Any], origin: str = "campaign", folder: Path = Path()) -> Campaign:
    """Check the tables of a campaign file.

    Args:
        tables: those of the file.
        origin: names the file in error messages.
        folder: where the files of models begin.

    Raises:
        CampaignError: see ``load_campaign``.
    """
    with naming(origin, CampaignError):
        check_keys(tables, CAMPAIGN_KEYS, required=("name", "seed", "ensembles"))
        name = checks.identifier(CampaignError, "name", tables["name"])
        seed = checks.integer(CampaignError, "seed", tables["seed"], at_least=0)
        blocks = checks.sequence(CampaignError, "ensembles", tables["ensembles"])
        observables = _observables(tables["observables"]) if "observables" in tables else ()
    models = own_models(tables, origin, folder)
    ensembles: dict[str, tuple[EnsembleSpec, int]] = {}
    glasses: dict[str, int] = {}
    for number, block in enumerate(blocks, start=1):
        where = f"{origin}, block {number} of [[ensembles]]"
        for spec, size in _block(name, seed, block, where, models):
            if spec.name in ensembles:
                remedy = "list each parent temperature once, or give the block its own name"
                raise CampaignError(f"{where}: a second ensemble {spec.name}; {remedy}")
            ensembles[spec.name] = spec, size.samples
            if spec.lineage is not None:
                glasses[spec.name] = size.glasses
    return Campaign(name, seed, tuple(ensembles.values()), observables, glasses)


@dataclass(frozen=True)
class _Size:
    """Members of each ensemble of a block: independent ones, with so many glasses each, so far apart."""

    independent: int
    glasses: int = 1
    spacing: float | None = None

    @property
    def samples(self) -> int:
        """All of them."""
        return self.independent * self.glasses


def _size(table: Mapping[str, Any]) -> _Size:
    """Either samples, or lineages with their glasses."""
    whole = partial(checks.integer, CampaignError, at_least=1)
    of_lineages = [key for key in (*LINEAGE_NEEDS, "spacing") if key in table]
    if "samples" in table and of_lineages:
        raise CampaignError(f"samples and {of_lineages[0]} are both given; samples are liquids of their own")
    if not of_lineages:
        check_keys(table, table, required=("samples",))
        return _Size(whole("samples", table["samples"], below=MOST_SAMPLES + 1))
    check_keys(table, table, required=LINEAGE_NEEDS)
    return _Size(
        whole("lineages", table["lineages"], below=MOST_LINEAGES + 1),
        whole("glasses", table["glasses"], below=MOST_GLASSES + 1),
        checks.number(CampaignError, "spacing", table.get("spacing", DEFAULT_SPACING), above=0.0),
    )


def _block(
    campaign: str, seed: int, block: object, where: str, models: OwnModels
) -> Iterator[tuple[EnsembleSpec, _Size]]:
    """One [[ensembles]] block: an ensemble for each parent temperature, of lineages the hottest first."""
    with naming(where, CampaignError):
        table = as_table("block", block)
        check_keys(table, ENSEMBLE_KEYS, required=ENSEMBLE_NEEDS)
        parameters = as_table("parameters", table.get("parameters", {}))
        label = checks.identifier(
            CampaignError, "name", table.get("name", _label(table["model"], parameters))
        )
        temperatures = checks.sequence(CampaignError, "parent_temperatures", table["parent_temperatures"])
        steps = ProtocolTable(as_table("protocol", table["protocol"]))
        size = _size(table)
    specs = []
    for index, temperature in enumerate(temperatures):
        name = f"{campaign}-{label}-T{temperature}"
        with naming(f"{where}, ensemble {name}", CampaignError):
            T = checks.number(CampaignError, "parent temperature", temperature, above=0.0)
            model = models.build(checks.text(CampaignError, "model", table["model"]), parameters)
            N = _number_of_particles(table["N"], model)
            protocol = steps.protocol(model, T, index, len(temperatures))
            _check_exchanges(model, protocol, N)
            if size.spacing is not None and protocol.stages:
                raise CampaignError(
                    f"stage {min(protocol.stages)} does not go with lineages, which hold one temperature"
                    " after another; give samples instead"
                )
        specs.append(
            EnsembleSpec(f"{campaign}-{label}-T{T}", model.name, model.parameters, N, T, protocol, seed)
        )
    if size.spacing is None:
        yield from ((spec.seeded(seed), size) for spec in specs)
        return
    lineage: Lineage | None = Lineage(size.spacing)
    for spec in sorted(specs, key=lambda one: -(one.parent_temperature or 0.0)):
        seeded = replace(spec, lineage=lineage).seeded(seed)
        yield seeded, size
        lineage = seeded.cooled()


def _check_exchanges(model: Model, protocol: Protocol, N: int) -> None:
    """Make sure that diameters can be exchanged, where they are known before a liquid is made."""
    known = model.sizes is not None and model.sizes.drawing == "quantiles"
    if protocol.swap and protocol.swap.largest_difference is not None and model.sizes and known:
        protocol.swap.check_diameters(model.sizes.diameters(N, 0))


def _number_of_particles(value: object, model: Model) -> int:
    N = checks.integer(CampaignError, "N", value, at_least=SMALLEST_N, below=MOST_PARTICLES)
    model.counts(N)
    edge, needed = model.box_length(N), 2.0 * model.max_cutoff
    if edge < needed:
        enough = math.ceil(model.number_density * needed**3 / model.unit) * model.unit
        remedy = f"use N = {enough} or more"
        if enough >= MOST_PARTICLES:
            remedy = f"lower the density, {model.number_density:g}"
        size = f"N = {N} fills a box of edge {edge:.4g}"
        raise CampaignError(f"{size}, below two cutoffs, {needed:.4g}; {remedy}")
    return N


def _observables(value: object) -> tuple[ObservableRequest, ...]:
    requests = tuple(map(_observable, checks.sequence(CampaignError, "observables", value)))
    for name, times in Counter(one.name for one in requests).items():
        if times > 1:
            raise CampaignError(
                f"observables name {name} {times} times; a campaign measures it with one set of parameters, "
                "and `pssglass analyze` of another file with others"
            )
    return requests


def _observable(entry: object) -> ObservableRequest:
    """A name, or a table of a name and parameters."""
    if isinstance(entry, str):
        return ObservableRequest(entry)
    table = as_table("an entry of observables", entry)
    check_keys(table, ("name", "parameters"), required=("name",))
    parameters = as_table("parameters", table.get("parameters", {}))
    return ObservableRequest(checks.text(CampaignError, "name", table["name"]), parameters)


def _label(model: object, parameters: Mapping[str, Any]) -> str:
    """Short name of a block: its scalar parameters, e.g. "rc1.5", or else its model."""
    given = [f"{key}{value}" for key, value in parameters.items() if isinstance(value, int | float)]
    return "-".join(given).replace("+", "") or str(model)  # 1e+20 is no part of a name
