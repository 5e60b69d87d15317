"""Views of where values come from: ``v_analyses`` for those of samples, ``v_aggregates`` for the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Label, Select, Text, and_, cast, select, union
from sqlalchemy.orm import aliased

from .ensembles import among
from .schema import (
    AggregateMemberRow,
    AggregateRow,
    AnalysisRow,
    AttemptRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableRow,
    PlatformRow,
    SampleRow,
    SoftwareRow,
)


def analyses() -> Select[Any]:
    """Each observable of each configuration: who measured it, and who made the sample, from what."""
    software, platform = aliased(SoftwareRow), aliased(PlatformRow)
    written = and_(AttemptRow.sample_id == SampleRow.id, AttemptRow.number == ConfigurationRow.attempt)
    return (
        select(
            EnsembleRow.name.label("ensemble"),
            SampleRow.replica,
            *of_observable(),
            AnalysisRow.state,
            AnalysisRow.reason,
            *_build("", SoftwareRow, PlatformRow),
            AnalysisRow.worker,
            AnalysisRow.finished_at,
            SampleRow.seed,
            cast(EnsembleRow.spec, Text).label("spec"),
            ConfigurationRow.path,
            ConfigurationRow.sha256,
            ConfigurationRow.attempt,
            *_build("sample_", software, platform),
            AttemptRow.worker.label("sample_worker"),
            AttemptRow.started_at.label("sample_started_at"),
            AttemptRow.ended_at.label("sample_ended_at"),
            AnalysisRow.configuration_id,
            AnalysisRow.observable_id,
        )
        .select_from(AnalysisRow)
        .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
        .join(SoftwareRow, SoftwareRow.id == AnalysisRow.software_id)
        .join(PlatformRow, PlatformRow.id == AnalysisRow.platform_id)
        .join(ConfigurationRow, ConfigurationRow.id == AnalysisRow.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .join(AttemptRow, written)
        .join(software, software.id == AttemptRow.software_id)
        .join(platform, platform.id == AttemptRow.platform_id)
    )


def aggregates() -> Select[Any]:
    """Each observable of an ensemble or a model, once for each ensemble in it, whose samples lead further."""
    return (
        select(
            AggregateRow.subject.label("subject"),
            ObservableRow.level,
            *of_observable(),
            AggregateRow.state,
            AggregateRow.reason,
            *_build("", SoftwareRow, PlatformRow),
            AggregateRow.worker,
            AggregateRow.finished_at,
            EnsembleRow.name.label("ensemble"),
            EnsembleRow.seed,
            cast(EnsembleRow.spec, Text).label("spec"),
            AggregateRow.id.label("aggregate_id"),
        )
        .select_from(AggregateRow)
        .join(ObservableRow, ObservableRow.id == AggregateRow.observable_id)
        .join(SoftwareRow, SoftwareRow.id == AggregateRow.software_id)
        .join(PlatformRow, PlatformRow.id == AggregateRow.platform_id)
        .join(AggregateMemberRow, AggregateMemberRow.aggregate_id == AggregateRow.id)
        .join(EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id)
    )


def builds(chosen: Collection[str] | None) -> Select[*tuple[str | None, ...]]:
    """Version, revision, compiler, host and CPU of all that made something of these ensembles, or of any."""
    samples = select(AttemptRow.software_id, AttemptRow.platform_id).join(
        SampleRow, SampleRow.id == AttemptRow.sample_id
    )
    values = (
        select(AnalysisRow.software_id, AnalysisRow.platform_id)
        .join(ConfigurationRow, ConfigurationRow.id == AnalysisRow.configuration_id)
        .join(SampleRow, SampleRow.id == ConfigurationRow.sample_id)
    )
    found = select(AggregateRow.software_id, AggregateRow.platform_id).join(
        AggregateMemberRow, AggregateMemberRow.aggregate_id == AggregateRow.id
    )
    pairs = union(
        *(
            among(one.join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id), chosen)
            for one in (samples, values)
        ),
        among(found.join(EnsembleRow, EnsembleRow.id == AggregateMemberRow.ensemble_id), chosen),
    ).subquery()
    return (
        select(
            *(SoftwareRow.version, SoftwareRow.git_revision, SoftwareRow.compiler),
            *(PlatformRow.host, PlatformRow.cpu),
        )
        .select_from(pairs)
        .join(SoftwareRow, SoftwareRow.id == pairs.c.software_id)
        .join(PlatformRow, PlatformRow.id == pairs.c.platform_id)
        .order_by(SoftwareRow.id, PlatformRow.id)
    )


def of_observable() -> list[Label[Any]]:
    """Its name, version and parameters; ``version`` is that of the observable in every view."""
    return [
        ObservableRow.name.label("observable"),
        ObservableRow.version.label("version"),
        cast(ObservableRow.parameters, Text).label("parameters"),
    ]


def _build(prefix: str, software: type[SoftwareRow], platform: type[PlatformRow]) -> list[Label[Any]]:
    """The program and the machine."""
    columns = {
        "program_version": software.version,
        "git_revision": software.git_revision,
        "compiler": software.compiler,
        "flags": software.details["flags"].as_string(),
        "host": platform.host,
        "cpu": platform.cpu,
        "simd": platform.details["simd"].as_string(),
    }
    return [column.label(f"{prefix}{name}") for name, column in columns.items()]
