"""What samples stem from: all that decides those of an ensemble, and the one before each in its lineage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, null, select
from sqlalchemy.orm import Session

from pssglass.base.canonical import digest
from pssglass.base.lineages import MOST_LINEAGES, place_of, replica_of
from pssglass.base.results import IMPORTED
from pssglass.campaigns.specification import EnsembleSpec

from .records import ConfigurationFile, Kind, State
from .schema import ConfigurationRow, EnsembleRow, SampleRow


class NoPredecessor(Exception):
    """A sample cannot be made, as the one before it in its lineage has failed or is gone."""


class NotYet(Exception):
    """The sample before one in its lineage is still to be made."""


def origin_of_samples(spec: Mapping[str, Any]) -> str | None:
    """Digest of all that decides an ensemble's samples, which is all but its name; None of imported ones."""
    return None if spec["protocol"].get("quench") == IMPORTED else digest({**spec, "name": ""})


def is_of_lineages(spec: Mapping[str, Any]) -> bool:
    """Whether several samples of an ensemble may be glasses of one liquid."""
    return "lineage" in spec


def hotter_ensembles(session: Session, ensemble_ids: Collection[int]) -> dict[int, int | None]:
    """Each of these ensembles that is of lineages -> the one from which its liquids are cooled, as ids."""
    ensembles = session.scalars(select(EnsembleRow).where(EnsembleRow.id.in_(ensemble_ids)))
    hotter = {one.id: _hotter(session, one) for one in ensembles if is_of_lineages(one.spec)}
    return {number: above.id if above else None for number, above in hotter.items()}


def is_predecessor(
    before: type[SampleRow], sample: type[SampleRow], hotter: Mapping[int, int | None]
) -> ColumnElement[bool]:
    """Whether a sample is the one before another in its lineage; see ``hotter_ensembles``."""
    above = {number: one for number, one in hotter.items() if one is not None}
    cooled_from = case(above, value=sample.ensemble_id, else_=None) if above else null()
    is_further = sample.glass > 0
    return and_(
        sample.ensemble_id.in_(hotter),
        before.ensemble_id == case((is_further, sample.ensemble_id), else_=cooled_from),
        before.replica == sample.replica - case((is_further, MOST_LINEAGES), else_=0),
    )


def start_of(session: Session, ensemble: EnsembleRow, sample: SampleRow) -> ConfigurationFile | None:
    """The liquid from which a sample's own is made; None where it begins with a melt.

    Raises:
        NoPredecessor: its sample has failed, or is not there.
        NotYet: its sample is still to be made.
    """
    if not is_of_lineages(ensemble.spec):
        return None
    above = ensemble if sample.glass else _hotter(session, ensemble)
    if above is None and not ensemble.spec["lineage"]["hotter"]:
        return None
    owner, replica = _before(ensemble.id, above.id if above else None, sample.replica)
    name = above.name if above else "at the next hotter temperature"
    query = select(SampleRow).where(SampleRow.ensemble_id == owner, SampleRow.replica == replica)
    before = session.scalars(query).one_or_none() if owner is not None else None
    if before is None:
        raise NoPredecessor(f"sample {replica} of ensemble {name}, whose liquid goes on here, is not there")
    if before.state == State.FAILED:
        raise NoPredecessor(f"sample {replica} of ensemble {name}, whose liquid goes on here, has failed")
    file = session.scalars(
        select(ConfigurationRow).where(
            ConfigurationRow.sample_id == before.id, ConfigurationRow.kind == "liquid"
        )
    ).one_or_none()
    if file is None:
        raise NotYet
    return ConfigurationFile(cast(Kind, file.kind), file.path, file.sha256, file.bytes)


def _before(ensemble_id: int, hotter_id: int | None, replica: int) -> tuple[int | None, int]:
    """Ensemble and number of the sample before one: of the same ensemble, or of the hotter one."""
    lineage, glass = place_of(replica)
    return (ensemble_id, replica_of(lineage, glass - 1)) if glass else (hotter_id, replica)


def _hotter(session: Session, ensemble: EnsembleRow) -> EnsembleRow | None:
    """The ensemble from whose liquids those of this one are cooled, if there is one and it is stored."""
    spec = EnsembleSpec.from_canonical(ensemble.spec).hotter
    if spec is None:
        return None
    origin = origin_of_samples(spec.canonical())
    alike = select(EnsembleRow).where(EnsembleRow.seed == spec.seed)
    return next((one for one in session.scalars(alike) if origin_of_samples(one.spec) == origin), None)
