"""What flags are made from, as the views show it: samples, ensembles, models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import Session, aliased

from pssglass.analysis.certificates import VERDICT
from pssglass.analysis.warnings import SAMPLE_SCALARS, Evidence, Twin
from pssglass.base.results import EnsembleSummary
from pssglass.simulation.equilibration_outcome import CAP_REACHED

from .origins import origin_of_samples
from .records import State
from .schema import AnalysisRow, AttemptRow, ConfigurationRow, EnsembleRow, ObservableRow, SampleRow
from .sessions import Sessions
from .views import IS_LATEST

# Of several registrations of an observable the one that is shown comes last.
_SAMPLES = (
    "SELECT ensemble, replica, key, value FROM v_scalars"
    " WHERE observable IN ('order', 'energetics', 'moduli', 'liquid') AND value IS NOT NULL"
    " ORDER BY observable_id"
)
_ENSEMBLES = "SELECT ensemble, key, value, error FROM v_ensemble_values ORDER BY aggregate_id"
_VERDICTS = f"SELECT ensemble, value FROM v_ensemble_values WHERE key = '{VERDICT}' AND value >= 0"
_MODELS = "SELECT label, key, value, error FROM v_model_values ORDER BY aggregate_id"


class EvidenceStore(Sessions):
    """Is there anything odd? And what is there at all?"""

    def described(self) -> list[EnsembleSummary]:
        """All ensembles that count, without statistics."""
        with self._reading() as session:
            return _described(session)

    def evidence(self) -> Evidence:
        """All at one moment."""
        with self._reading() as session:
            samples: dict[str, dict[int, dict[str, float]]] = {}
            for ensemble, replica, key, value in session.execute(text(_SAMPLES)):
                if key in SAMPLE_SCALARS:
                    samples.setdefault(ensemble, {}).setdefault(replica, {})[key] = value
            return Evidence(
                ensembles=_described(session),
                done=_done(session),
                measured=_measured(session),
                samples=samples,
                values=_by_subject(session.execute(text(_ENSEMBLES))),
                models=_by_subject(session.execute(text(_MODELS))),
                repetitions=_repetitions(session),
                capped=capped(session),
                twins=_twins(session),
            )


def _described(session: Session) -> list[EnsembleSummary]:
    query = select(EnsembleRow).where(IS_LATEST).order_by(EnsembleRow.id)
    return [described(one) for one in session.scalars(query)]


def described(ensemble: EnsembleRow, **more: Any) -> EnsembleSummary:
    """An ensemble, without statistics unless they are given."""
    lineage = ensemble.spec.get("lineage")
    return EnsembleSummary(
        name=ensemble.name,
        model_name=ensemble.model,
        parameters=ensemble.spec["parameters"],
        N=ensemble.N,
        parent_temperature=ensemble.spec["parent_temperature"],
        protocol=ensemble.spec["protocol"],
        spacing=lineage["spacing"] if lineage else None,
        stem=[*(step["seed"] for step in lineage["hotter"]), ensemble.seed][0] if lineage else None,
        **{"scalars": {}, **more},
    )


def verdicts(session: Session) -> dict[str, bool]:
    """Ensemble -> whether its liquids were in equilibrium, where that is known."""
    return {ensemble: value > 0.0 for ensemble, value in session.execute(text(_VERDICTS))}


def _repetitions(session: Session) -> dict[str, str]:
    """Ensembles whose samples are those of an earlier one: what is made today refuses to."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, spec in session.execute(select(EnsembleRow.name, EnsembleRow.spec).order_by(EnsembleRow.id)):
        origin = origin_of_samples(spec)
        if origin is not None and first.setdefault(origin, name) != name:
            found[name] = first[origin]
    return found


def _twins(session: Session) -> list[Twin]:
    """Samples that were imported before they were made here, as far as both are there."""
    made, imported = EnsembleRow, aliased(EnsembleRow)
    name, replica = (AttemptRow.record["imported_as", key] for key in ("ensemble", "replica"))
    other = aliased(SampleRow)
    query = (
        select(made.name, SampleRow.replica, imported.name, other.replica)
        .join(SampleRow, SampleRow.ensemble_id == made.id)
        .join(AttemptRow, and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt))
        .join(imported, imported.name == name.as_string())
        .join(other, and_(other.ensemble_id == imported.id, other.replica == replica.as_integer()))
        .where(SampleRow.state == State.DONE)
        .order_by(made.id, SampleRow.replica)
    )
    return [Twin(*row) for row in session.execute(query)]


def capped(session: Session) -> dict[str, int]:
    """Ensemble -> number of its samples whose equilibration ended at the cap, where there are any."""
    ended = AttemptRow.record["equilibration", "ended"].as_string()
    query = (
        select(EnsembleRow.name, func.count())
        .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
        .join(AttemptRow, and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == SampleRow.attempt))
        .where(SampleRow.state == State.DONE, ended == CAP_REACHED)
        .group_by(EnsembleRow.id, EnsembleRow.name)
        .order_by(EnsembleRow.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _by_subject(rows: Iterable[Sequence[Any]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for subject, key, value, error in rows:
        one = found.setdefault(subject, {})
        one[key] = value
        if error is not None:
            one[f"{key}_error"] = error
    return found


def _done(session: Session) -> dict[str, int]:
    query = (
        select(EnsembleRow.name, func.count())
        .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
        .where(SampleRow.state == State.DONE)
        .group_by(EnsembleRow.name)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _measured(session: Session) -> dict[str, dict[str, int]]:
    """Of the observables that are shown."""
    query = (
        select(EnsembleRow.name, ObservableRow.name, func.count())
        .join(SampleRow, SampleRow.ensemble_id == EnsembleRow.id)
        .join(ConfigurationRow, ConfigurationRow.sample_id == SampleRow.id)
        .join(AnalysisRow, AnalysisRow.configuration_id == ConfigurationRow.id)
        .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
        .where(ConfigurationRow.kind == "inherent", AnalysisRow.state == State.DONE, ObservableRow.is_shown)
        .group_by(EnsembleRow.name, ObservableRow.name)
    )
    found: dict[str, dict[str, int]] = {}
    for ensemble, observable, count in session.execute(query):
        found.setdefault(ensemble, {})[observable] = count
    return found
