"""Views of where values come from: ``v_analyses`` for those of samples, ``v_aggregates`` for the others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Label, Select, Text, and_, cast, select
from sqlalchemy.orm import aliased

from .schema import (
    Aggregate,
    AggregateMember,
    Analysis,
    Attempt,
    Configuration,
    Ensemble,
    Observable,
    Platform,
    Sample,
    Software,
)


def analyses() -> Select[Any]:
    """Each observable of each configuration: who measured it, and who made the sample, from what."""
    software, platform = aliased(Software), aliased(Platform)
    written = and_(Attempt.sample_id == Sample.id, Attempt.number == Configuration.attempt)
    return (
        select(
            Ensemble.name.label("ensemble"),
            Sample.replica,
            *_of_observable(),
            Analysis.state,
            Analysis.reason,
            *_build("", Software, Platform),
            Analysis.worker,
            Analysis.finished_at,
            Sample.seed,
            cast(Ensemble.spec, Text).label("spec"),
            Configuration.path,
            Configuration.sha256,
            Configuration.attempt,
            *_build("sample_", software, platform),
            Attempt.worker.label("sample_worker"),
            Attempt.started_at.label("sample_started_at"),
            Attempt.ended_at.label("sample_ended_at"),
            Analysis.configuration_id,
            Analysis.observable_id,
        )
        .select_from(Analysis)
        .join(Observable, Observable.id == Analysis.observable_id)
        .join(Software, Software.id == Analysis.software_id)
        .join(Platform, Platform.id == Analysis.platform_id)
        .join(Configuration, Configuration.id == Analysis.configuration_id)
        .join(Sample, Sample.id == Configuration.sample_id)
        .join(Ensemble, Ensemble.id == Sample.ensemble_id)
        .join(Attempt, written)
        .join(software, software.id == Attempt.software_id)
        .join(platform, platform.id == Attempt.platform_id)
    )


def aggregates() -> Select[Any]:
    """Each observable of an ensemble or a model, once for each ensemble in it, whose samples lead further."""
    return (
        select(
            Aggregate.subject.label("subject"),
            Observable.level,
            *_of_observable(),
            Aggregate.state,
            Aggregate.reason,
            *_build("", Software, Platform),
            Aggregate.worker,
            Aggregate.finished_at,
            Ensemble.name.label("ensemble"),
            Ensemble.seed,
            cast(Ensemble.spec, Text).label("spec"),
            Aggregate.id.label("aggregate_id"),
        )
        .select_from(Aggregate)
        .join(Observable, Observable.id == Aggregate.observable_id)
        .join(Software, Software.id == Aggregate.software_id)
        .join(Platform, Platform.id == Aggregate.platform_id)
        .join(AggregateMember, AggregateMember.aggregate_id == Aggregate.id)
        .join(Ensemble, Ensemble.id == AggregateMember.ensemble_id)
    )


def _of_observable() -> list[Label[Any]]:
    return [
        Observable.name.label("observable"),
        Observable.version.label("observable_version"),
        cast(Observable.parameters, Text).label("parameters"),
    ]


def _build(prefix: str, software: type[Software], platform: type[Platform]) -> list[Label[Any]]:
    """The program and the machine."""
    columns = {
        "version": software.version,
        "git_revision": software.git_revision,
        "compiler": software.compiler,
        "flags": software.details["flags"].as_string(),
        "host": platform.host,
        "cpu": platform.cpu,
        "simd": platform.details["simd"].as_string(),
    }
    return [column.label(f"{prefix}{name}") for name, column in columns.items()]
