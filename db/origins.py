"""What samples stem from: all that decides those of an ensemble, and with whose liquid each begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, null, select
from sqlalchemy.orm import Session

from pssglass.base.canonical import digest
from pssglass.base.lineages import MOST_LINEAGES, place_of, replica_of
from pssglass.base.results import IMPORTED
from pssglass.campaigns.specification import EnsembleSpec

from .records import ConfigurationFile, Kind, State
from .schema import AttemptRow, ConfigurationRow, EnsembleRow, SampleRow


class NoPredecessor(Exception):
    """A sample cannot be made, as the one with whose liquid it begins has failed or is gone."""


class NotYet(Exception):
    """The sample with whose liquid one begins is still to be made."""


@dataclass(frozen=True)
class Beginning:
    """The liquid with which a sample begins, and the outcome of its hold where that goes on."""

    liquid: ConfigurationFile
    held: Mapping[str, Any] | None = None


def origin_of_samples(spec: Mapping[str, Any]) -> str | None:
    """Digest of all that decides an ensemble's samples, which is all but its name; None of imported ones."""
    return None if spec["protocol"].get("quench") == IMPORTED else digest({**spec, "name": ""})


def is_of_lineages(spec: Mapping[str, Any]) -> bool:
    """Whether several samples of an ensemble may be glasses of one liquid."""
    return "lineage" in spec


def is_extended(spec: Mapping[str, Any]) -> bool:
    """Whether an ensemble goes on with the liquids of another one at the same temperature."""
    return "extended" in spec


def ensembles_before(session: Session, ensemble_ids: Collection[int]) -> dict[int, int | None]:
    """Each of these ensembles that is of lineages or extended -> the one with whose liquids it begins.

    None where it begins with a melt, or that one is not there.
    """
    ensembles = session.scalars(select(EnsembleRow).where(EnsembleRow.id.in_(ensemble_ids)))
    begun = [one for one in ensembles if is_of_lineages(one.spec) or is_extended(one.spec)]
    before = {one.id: _before(session, one) for one in begun}
    return {number: one.id if one else None for number, one in before.items()}


def is_predecessor(
    before: type[SampleRow], sample: type[SampleRow], ensembles: Mapping[int, int | None]
) -> ColumnElement[bool]:
    """Whether a sample is the one with whose liquid another begins; see ``ensembles_before``."""
    known = {number: one for number, one in ensembles.items() if one is not None}
    begun_in = case(known, value=sample.ensemble_id, else_=None) if known else null()
    is_further = sample.glass > 0
    return and_(
        sample.ensemble_id.in_(ensembles),
        before.ensemble_id == case((is_further, sample.ensemble_id), else_=begun_in),
        before.replica == sample.replica - case((is_further, MOST_LINEAGES), else_=0),
    )


def start_of(session: Session, ensemble: EnsembleRow, sample: SampleRow) -> Beginning | None:
    """The liquid from which a sample's own is made; None where it begins with a melt.

    Raises:
        NoPredecessor: its sample has failed, or is not there.
        NotYet: its sample is still to be made.
    """
    spec = EnsembleSpec.from_canonical(ensemble.spec)
    if not sample.glass and spec.earlier is None and spec.hotter is None:
        return None
    other = ensemble if sample.glass else _before(session, ensemble)
    replica = sample.replica
    if sample.glass:
        lineage, glass = place_of(replica)
        replica = replica_of(lineage, glass - 1)
    of_another = "of the earlier age" if spec.extended else "at the next hotter temperature"
    name = f"of ensemble {other.name}" if other else of_another
    before = _sample(session, other, replica) if other else None
    if before is None:
        raise NoPredecessor(f"sample {replica} {name}, whose liquid goes on here, is not there")
    if before.state == State.FAILED:
        raise NoPredecessor(f"sample {replica} {name}, whose liquid goes on here, has failed")
    query = select(ConfigurationRow).where(ConfigurationRow.sample_id == before.id)
    file = session.scalars(query.where(ConfigurationRow.kind == "liquid")).one_or_none()
    if file is None:
        raise NotYet
    held = None
    if spec.extended and not sample.glass:
        attempt = session.get_one(AttemptRow, (before.id, file.attempt))
        held = (attempt.record or {}).get("equilibration")
        if held is None:
            raise NoPredecessor(f"sample {replica} {name} was made by a version that recorded no hold")
    return Beginning(ConfigurationFile(cast(Kind, file.kind), file.path, file.sha256, file.bytes), held)


def _sample(session: Session, ensemble: EnsembleRow, replica: int) -> SampleRow | None:
    query = select(SampleRow).where(SampleRow.ensemble_id == ensemble.id, SampleRow.replica == replica)
    return session.scalars(query).one_or_none()


def _before(session: Session, ensemble: EnsembleRow) -> EnsembleRow | None:
    """The ensemble with whose liquids one begins, if there is one and it is stored.

    Of an extended one it is that of the age before, else the one at the next hotter temperature.
    """
    own = EnsembleSpec.from_canonical(ensemble.spec)
    spec = own.earlier or own.hotter
    if spec is None:
        return None
    origin = origin_of_samples(spec.canonical())
    alike = select(EnsembleRow).where(EnsembleRow.seed == spec.seed)
    return next((one for one in session.scalars(alike) if origin_of_samples(one.spec) == origin), None)
