"""Statistics of the scalars of ensembles, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Double,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    select,
)

from .records import State, ValueStatus
from .schema import (
    AnalysisRow,
    ConfigurationRow,
    EnsembleRow,
    ObservableColumnRow,
    ObservableRow,
    RemovalRow,
    SampleRow,
    StatisticRow,
    ValueScalarRow,
)

STATISTICS = ("mean", "standard_error", "std", "count", "lineages", "effective_count")
LEAST_DEVIATION = 1e-150
"""From a mean; what is less counts as none, as its square is no number any more."""


def statistics(*group: Any, where: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Mean, standard error, standard deviation, count, lineages and effective count of each scalar of each
    ensemble, after ``group``.

    They are those that are kept where these hold, else found anew. ``where`` chooses ensembles and scalars.
    """
    tally = numbers_of_analyses().cte("tally")
    removals = select(func.count()).select_from(RemovalRow).scalar_subquery()
    holds = and_(
        tally.c.ensemble_id == StatisticRow.ensemble_id,
        tally.c.observable_id == StatisticRow.observable_id,
        StatisticRow.inputs == cast(tally.c.analyses, Text) + " " + cast(removals, Text),
    )
    kept = (
        select(*group, *(getattr(StatisticRow, name).label(name) for name in STATISTICS))
        .select_from(StatisticRow)
        .join(tally, holds)
        .join(EnsembleRow, EnsembleRow.id == StatisticRow.ensemble_id)
        .join(ObservableRow, ObservableRow.id == StatisticRow.observable_id)
        .join(
            ObservableColumnRow,
            and_(
                ObservableColumnRow.observable_id == StatisticRow.observable_id,
                ObservableColumnRow.key == StatisticRow.key,
            ),
        )
        .where(StatisticRow.mean.is_not(None), where)
    )
    same = and_(
        StatisticRow.ensemble_id == EnsembleRow.id, StatisticRow.observable_id == ObservableRow.id, holds
    )
    is_kept = select(StatisticRow.key).join(tally, same).correlate(EnsembleRow, ObservableRow).exists()
    return kept.union_all(found_statistics(*group).where(~is_kept, where))


def found_statistics(*group: Any) -> Select[Any]:
    """The same from the values of all samples.

    Each is a look-up of its own, so that a query pays only for the rows and columns that it names. The spread
    takes two passes: the one-pass formula loses all digits of a small spread around a large mean. Of glasses
    of lineages, which are correlated, error and spread are those of ``analysis.statistics.summarize``.
    """
    count = _measured(func.count()).scalar_subquery()
    lineages = _measured(func.count(SampleRow.lineage.distinct())).scalar_subquery()
    spread = {
        name: case((_has_lineages(), of_lineages), else_=of_independent).label(name)
        for name, of_lineages, of_independent in zip(
            ("standard_error", "std", "effective_count"), _of_lineages(), _of_independent(), strict=True
        )
    }
    return (
        select(
            *group,
            _measured(func.avg(ValueScalarRow.value, type_=Double)).scalar_subquery().label("mean"),
            spread["standard_error"],
            spread["std"],
            count.label("count"),
            case((_has_lineages(), lineages)).label("lineages"),
            spread["effective_count"],
        )
        .select_from(EnsembleRow)
        .join(ObservableRow, ObservableRow.is_shown.is_(True))
        .join(ObservableColumnRow, ObservableColumnRow.observable_id == ObservableRow.id)
        .where(ObservableRow.level == "sample", _measured(ValueScalarRow.value).exists())
    )


def numbers_of_analyses() -> Select[int, int, int]:
    """Ensemble, observable and number of analyses that are done, of what counts and is shown."""
    return (
        select(SampleRow.ensemble_id, AnalysisRow.observable_id, func.count().label("analyses"))
        .join(EnsembleRow, EnsembleRow.id == SampleRow.ensemble_id)
        .join(
            ConfigurationRow,
            and_(ConfigurationRow.sample_id == SampleRow.id, ConfigurationRow.kind == "inherent"),
        )
        .join(AnalysisRow, AnalysisRow.configuration_id == ConfigurationRow.id)
        .join(ObservableRow, ObservableRow.id == AnalysisRow.observable_id)
        .where(AnalysisRow.state == State.DONE, ObservableRow.is_shown, EnsembleRow.extended_to.is_(None))
        .group_by(SampleRow.ensemble_id, AnalysisRow.observable_id)
    )


def _measured(*columns: Any) -> Select[Any]:
    """Values of the scalar and the ensemble of the query around."""
    return (
        select(*columns)
        .select_from(SampleRow)
        .join(
            ConfigurationRow,
            and_(ConfigurationRow.sample_id == SampleRow.id, ConfigurationRow.kind == "inherent"),
        )
        .join(ValueScalarRow, ValueScalarRow.configuration_id == ConfigurationRow.id)
        .where(
            SampleRow.ensemble_id == EnsembleRow.id,
            ValueScalarRow.observable_id == ObservableColumnRow.observable_id,
            ValueScalarRow.key == ObservableColumnRow.key,
            ValueScalarRow.status == ValueStatus.OK,
        )
        .correlate(EnsembleRow, ObservableColumnRow)
    )


def _each() -> Subquery:
    """Each value with mean and number of all."""
    mean, total = func.avg(ValueScalarRow.value).over(), func.count().over()
    return _measured(
        ValueScalarRow.value, mean.label("mean"), total.label("total"), SampleRow.lineage
    ).subquery()


def _squares(each: Subquery) -> Any:
    """Sum of squared deviations from the mean."""
    return func.sum(_square(each.c.value - each.c.mean))


def _square(number: Any) -> Any:
    """PostgreSQL takes a square that is too small for an error."""
    return case((func.abs(number) < LEAST_DEVIATION, 0.0), else_=number * number)


def _root(number: Any) -> Any:
    return func.sqrt(number, type_=Double)


def _of_independent() -> tuple[Any, Any, Any]:
    """Standard error, standard deviation and effective count of independent samples."""
    each = _each()
    variance = _squares(each) / func.nullif(func.count() - 1, 0)
    found = (_root(variance / func.count()), _root(variance), cast(func.count(), Double))
    return _looked_up(each, *found)


def _of_lineages() -> tuple[Any, Any, Any]:
    """The same from what becomes of the mean without one lineage after another."""
    each = _each()
    left = func.nullif(func.max(each.c.total) - func.count(), 0)
    without = (
        select(
            (func.sum(each.c.value - each.c.mean) / left).label("change"),
            _squares(each).label("squares"),
            func.count().label("count"),
        )
        .group_by(each.c.lineage)
        .subquery()
    )
    lineages, count = cast(func.count(), Double), cast(func.sum(without.c.count), Double)
    error = (lineages - 1) / lineages * func.sum(_square(without.c.change))
    # Of one lineage nothing tells how much of the scatter is its own.
    variance = func.sum(without.c.squares) / count + error
    # Where errors of few lineages come out too small by chance, glasses are worth no more than they are.
    effective = case((variance >= count * error, count), else_=variance / func.nullif(error, 0.0))
    told = case((lineages > 1, effective))
    return _looked_up(without, _root(error), _root(variance), told)


def _looked_up(source: Subquery, *found: Any) -> tuple[Any, Any, Any]:
    first, second, third = (select(one).select_from(source).scalar_subquery() for one in found)
    return first, second, third


def _has_lineages() -> ColumnElement[bool]:
    found: ColumnElement[bool] = EnsembleRow.spec["lineage", "spacing"].as_float().is_not(None)
    return found
