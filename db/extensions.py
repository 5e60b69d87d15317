"""Ensembles whose liquids are held for longer: the one that goes on takes the name, that of before stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from pssglass.base.errors import EnsembleConflict
from pssglass.campaigns.specification import EnsembleSpec

from . import views
from .ensembles import refuse_another_model
from .origins import origin_of_samples
from .schema import EnsembleRow
from .sessions import Sessions


class ExtensionStore(Sessions):
    """Extending ensembles, and taking that back."""

    def extend_ensembles(self, specs: Sequence[EnsembleSpec], renamed: Mapping[str, str]) -> None:
        """Enter ensembles that go on with the liquids of those stored under their names; all, or none.

        Those take other names, given by the old ones, and count no more in figures, means and fits. What is
        extended already stays as it is.

        Raises:
            EnsembleConflict: what is stored under a name is not what is to be extended, or its model is
                another by now.
        """
        with self._writing() as session:
            views.lock(session.connection())
            for spec in specs:
                _extend(session, spec, renamed[spec.name])
            session.flush()
            views.refresh(session.connection())


def _extend(session: Session, spec: EnsembleSpec, name_of_earlier: str) -> None:
    stored = session.scalars(select(EnsembleRow).where(EnsembleRow.name == spec.name)).one_or_none()
    if stored is not None and stored.spec_hash == spec.hash:
        return
    earlier = spec.earlier
    if stored is None or earlier is None or origin_of_samples(stored.spec) != _origin(earlier):
        raise EnsembleConflict(f"ensemble '{spec.name}' was changed meanwhile; run the same command again")
    refuse_another_model(stored.model_hash, stored.model_package, spec)
    place, parts = stored.place, len(spec.extended)
    rename(stored, name_of_earlier)
    stored.folder = place
    session.flush()
    longer = EnsembleRow(
        name=spec.name,
        spec_hash=spec.hash,
        spec=spec.canonical(),
        seed=spec.seed,
        model=stored.model,
        N=stored.N,
        parent_temperature=stored.parent_temperature,
        model_hash=stored.model_hash,
        model_package=stored.model_package,
        folder=f"{spec.name}+{parts}",
    )
    session.add(longer)
    session.flush()
    stored.extended_to = longer.id


def rename(row: EnsembleRow, name: str) -> None:
    """Give an ensemble another name, which decides nothing of its samples."""
    spec = replace(EnsembleSpec.from_canonical(row.spec), name=name)
    row.name, row.spec, row.spec_hash = name, spec.canonical(), spec.hash


def _origin(spec: EnsembleSpec) -> str | None:
    return origin_of_samples(spec.canonical())
