"""Which ensembles of a database a campaign is about, and which of them are to be extended."""

from __future__ import annotations

from pssglass.base.results import IMPORTED
from pssglass.campaigns.extension import Resolved, resolve
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.db import Store


def resolved(store: Store | None, campaign: Campaign, extend: bool = False) -> Resolved:
    """The campaign as the database has it, or has it once it is extended; without one as it is.

    Raises:
        EnsembleConflict: an ensemble of the database has the name and other physics, or cannot be extended.
    """
    if store is None:
        return Resolved(campaign, {})
    made = [one for one in store.ensembles() if one.spec["protocol"].get("quench") != IMPORTED]
    found = resolve(campaign, [EnsembleSpec.from_canonical(one.spec) for one in made], extend)
    changing = {*found.renamed, *found.renamed.values()}
    store.check_ensembles(spec for spec, _ in found.campaign.ensembles if spec.name not in changing)
    return found
