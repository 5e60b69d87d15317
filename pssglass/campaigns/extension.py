"""Longer holds of ensembles that are stored: which of them a campaign asks for, and what they go on with.

Only times at the parent temperature may differ. Liquids keep the history that they have: those of lineages
also that at hotter temperatures, where the campaign may ask for longer times by now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from pssglass.base.canonical import digest
from pssglass.base.errors import EnsembleConflict
from pssglass.base.results import AUTO
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.simulation.protocol import Protocol

TIMES = ("equilibration_time", "n_tau", "equilibration_cap", "structural_relaxation")
"""Keys of the protocol by which a longer hold may differ."""


@dataclass(frozen=True)
class Resolved:
    """A campaign whose ensembles are those of a database, as far as these are, or go on to, what it asks for.

    Attributes:
        campaign: with the ensembles of earlier ages before those that go on with their liquids.
        renamed: name under which an ensemble is stored -> the one that it has once it is extended.
    """

    campaign: Campaign
    renamed: Mapping[str, str]

    @property
    def extended(self) -> list[EnsembleSpec]:
        """Those that are still to be entered."""
        return [spec for spec, _ in self.campaign.ensembles if spec.name in self.renamed]


def resolve(campaign: Campaign, stored: Collection[EnsembleSpec], extend: bool) -> Resolved:
    """A campaign as a database has its ensembles, or has them once they are extended.

    What has other physics than the ensemble stored under its name stays as it is asked for. What an earlier
    version began with "auto" goes on by the rule of that one.

    Args:
        campaign: as its file tells.
        stored: all ensembles of the database.
        extend: whether ensembles may be extended that have not been.

    Raises:
        EnsembleConflict: an ensemble that is to be extended has stages after its hold.
    """
    known = {one.name: one for one in stored}
    names = {replace(one, name="").hash: one.name for one in stored}
    found: dict[str, tuple[EnsembleSpec, int]] = {}
    earlier: dict[str, tuple[EnsembleSpec, int]] = {}
    renamed: dict[str, str] = {}
    hotter: dict[str, EnsembleSpec] = {}
    taken = {*known, *(one.name for one, _ in campaign.ensembles)}
    for asked, samples in campaign.ensembles:
        above = hotter.get(digest(asked.lineage.canonical())) if asked.lineage else None
        spec = _as_stored(known.get(asked.name), asked, above, campaign.seed, extend)
        if asked.lineage:
            samples_of_earlier = samples // campaign.glasses[asked.name]
            hotter[_chain(asked)] = spec
        else:
            samples_of_earlier = samples
        found[spec.name] = spec, samples
        for age in ages(spec):
            name = names.get(age.hash)
            if name == spec.name:
                name = renamed[spec.name] = _name_of_earlier(age, spec.name, taken)
            if name:  # else it has been removed
                earlier[name] = replace(age, name=name), samples_of_earlier
    first = sorted(earlier.values(), key=lambda one: len(one[0].extended))
    firsts = {spec.name: 1 for spec, _ in first if spec.lineage}
    return Resolved(
        replace(campaign, ensembles=(*first, *found.values()), glasses={**campaign.glasses, **firsts}),
        renamed,
    )


def ages(spec: EnsembleSpec) -> Iterator[EnsembleSpec]:
    """The ensembles, without names, with whose liquids one goes on; the latest first."""
    before = spec.earlier
    while before is not None:
        yield before
        before = before.earlier


def is_longer_hold(stored: EnsembleSpec, asked: EnsembleSpec) -> bool:
    """Whether the liquids of one ensemble would be those of another if they were held for longer."""
    return _timeless(stored) == _timeless(asked) and _is_longer(stored.protocol, asked.protocol)


def _as_stored(
    stored: EnsembleSpec | None, asked: EnsembleSpec, above: EnsembleSpec | None, seed: int, extend: bool
) -> EnsembleSpec:
    """The stored specification, or that by which its liquids go on to what is asked for; else the latter."""
    if above is not None:
        asked = replace(asked, lineage=above.cooled()).seeded(seed)
    if stored is None or not _is_same_but_for_times(stored, asked, above, seed):
        return asked
    rule = stored.protocol.structural_relaxation
    if stored.protocol == replace(asked.protocol, structural_relaxation=rule):
        return stored  # "auto" of an earlier version goes on as it began
    if not extend or not _is_longer(stored.protocol, asked.protocol):
        return asked
    if asked.protocol.stages:
        raise EnsembleConflict(
            f"ensemble '{asked.name}' cannot be extended: its liquids have passed stage"
            f" {min(asked.protocol.stages)}, after which they are not held; give the longer one another name"
        )
    return stored.longer(asked.protocol)


def _is_same_but_for_times(
    stored: EnsembleSpec, asked: EnsembleSpec, above: EnsembleSpec | None, seed: int
) -> bool:
    """Liquids of lineages may have begun with those of any age of the hotter ensemble."""
    first = [stored, *ages(stored)][-1]
    if replace(first, name=asked.name).seeded(seed).seed != stored.seed:
        return False
    begun = [one.cooled() for one in (above, *ages(above))] if above else [asked.lineage]
    return stored.lineage in begun and _timeless(stored) == _timeless(asked)


def _timeless(spec: EnsembleSpec) -> dict[str, Any]:
    """A specification without what a longer hold changes, at this temperature or at hotter ones."""
    plain = spec.canonical()
    passed = [step["parent_temperature"] for step in plain.get("lineage", {}).get("hotter", ())]
    protocol = {key: value for key, value in plain["protocol"].items() if key not in TIMES}
    kept = {key: value for key, value in plain.items() if key not in ("seed", "extended", "lineage")}
    spacing = spec.lineage.spacing if spec.lineage else None
    return {**kept, "protocol": protocol, "spacing": spacing, "hotter": passed}


def _is_longer(stored: Protocol, asked: Protocol) -> bool:
    """Whether a hold lasts at least as long as another in every respect, and longer in one."""
    if stored.equilibration_time == asked.equilibration_time == AUTO:
        is_stricter = (asked.n_tau or 0.0) >= (stored.n_tau or 0.0)
        return is_stricter and asked.longest_time >= stored.longest_time and stored != asked
    return asked.longest_time > stored.longest_time


def _name_of_earlier(spec: EnsembleSpec, name: str, taken: Collection[str]) -> str:
    """Under which an ensemble is kept when another takes its name."""
    plain = f"{name}-after-{spec.protocol.longest_time:g}"
    names = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
    return next(one for one in names if one not in taken)


def _chain(spec: EnsembleSpec) -> str:
    """Digest of what a liquid has gone through that is cooled from an ensemble."""
    lineage = spec.cooled()
    assert lineage
    return digest(lineage.canonical())
