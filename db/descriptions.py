"""What is known of imported ensembles, told after their import."""

from __future__ import annotations

from dataclasses import replace

from pssglass.base.errors import EnsembleConflict
from pssglass.base.results import IMPORTED, Provenance
from pssglass.campaigns.specification import EnsembleSpec

from . import views
from .removal import ensemble_named
from .schema import RemovalRow
from .sessions import Sessions, database_time, plain_json, provenance_columns


class DescriptionStore(Sessions):
    """What was made here knows all of itself, and cannot be described."""

    def describe(
        self,
        ensemble: str,
        provenance: Provenance,
        parent_temperature: float | None = None,
        equilibration_time: float | None = None,
    ) -> EnsembleSpec:
        """Give an imported ensemble what is not None; the former specification stays in table ``removal``.

        Raises:
            MissingData: there is no such ensemble.
            EnsembleConflict: it was made here.
        """
        with self._writing() as session:
            row = ensemble_named(session, ensemble)
            session.refresh(row, with_for_update=True)
            former = EnsembleSpec.from_canonical(row.spec)
            if former.protocol.quench != IMPORTED:
                raise EnsembleConflict(
                    f"ensemble {ensemble} was made here at T_p = {former.parent_temperature}, which stays so;"
                    " only imported ones can be described"
                )
            spec = former
            if parent_temperature is not None:
                spec = replace(spec, parent_temperature=parent_temperature)
            if equilibration_time is not None:
                spec = replace(spec, protocol=replace(spec.protocol, equilibration_time=equilibration_time))
            if spec == former:
                return spec
            views.lock(session.connection())
            session.add(
                RemovalRow(
                    removed_at=database_time(session),
                    what=f"specification of ensemble {ensemble}",
                    details=plain_json({"spec": row.spec}),
                    **provenance_columns(session, provenance),
                )
            )
            row.spec, row.spec_hash = spec.canonical(), spec.hash
            row.parent_temperature = spec.parent_temperature
            session.flush()
            views.refresh(session.connection())
            return spec
