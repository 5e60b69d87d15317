"""Which ensembles a command is about: of some campaigns, of these names, of some models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pssglass.analysis.series import model_label
from pssglass.base.errors import MissingData, suggest
from pssglass.base.results import EnsembleSummary
from pssglass.campaigns.reader import PRESETS, load_campaign
from pssglass.db import Store


@dataclass(frozen=True)
class Selection:
    """What is chosen; of each kind anything where nothing is named.

    Attributes:
        campaigns: campaign files, presets, or names that those of ensembles begin with.
        ensembles: names.
        models: names as ``pss``, or labels as ``pss rc=1.5``.
    """

    campaigns: Sequence[str] = ()
    ensembles: Sequence[str] = ()
    models: Sequence[str] = ()

    @property
    def about(self) -> str:
        """For people; empty where nothing is named."""
        kinds = {"campaign": self.campaigns, "ensemble": self.ensembles, "model": self.models}
        return "; ".join(f"{kind} {', '.join(given)}" for kind, given in kinds.items() if given)

    def names(self, store: Store) -> frozenset[str] | None:
        """The ensembles of the database that are chosen; None where all are.

        Raises:
            MissingData: the database has none of a campaign, a model or a name.
            CampaignError: a campaign file that cannot be read.
        """
        if not (self.campaigns or self.ensembles or self.models):
            return None
        known = store.described()
        names = [one.name for one in known]
        chosen = set(names)
        if self.campaigns:
            chosen &= _found("campaign", self.campaigns, {c: _of_campaign(c, names) for c in self.campaigns})
        if self.ensembles:
            chosen &= _found("ensemble", self.ensembles, {name: {name} for name in names})
        if self.models:
            chosen &= _found("model", self.models, _by_model(known))
        if not chosen:
            raise MissingData(f"none of {len(names)} ensembles is chosen by all of the options together")
        return frozenset(chosen)


def _found(kind: str, asked: Iterable[str], members: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for one in asked:
        if not members.get(one):
            known = [name for name, held in members.items() if held]
            hint = f"; {suggest(one, known)}" if known else ""
            what = kind if kind == "ensemble" else f"ensemble of {kind}"
            raise MissingData(f"the database has no {what} '{one}'{hint}")
        found |= members[one]
    return found


def _of_campaign(campaign: str, names: Iterable[str]) -> set[str]:
    if campaign in PRESETS or Path(campaign).suffix == ".toml" or Path(campaign).is_file():
        wanted = {spec.name for spec, _ in load_campaign(campaign).ensembles}
        return wanted & set(names)
    return {name for name in names if name.startswith(f"{campaign}-")}


def _by_model(ensembles: Iterable[EnsembleSummary]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in ensembles:
        for key in (one.model_name, model_label(one)):
            found.setdefault(key, set()).add(one.name)
    return found
