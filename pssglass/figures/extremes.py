"""The few ensembles that figures of distributions show: the coldest and the hottest of some models."""

from __future__ import annotations

from collections.abc import Sequence

from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.style import COLD, HOT, SeriesStyle
from pssglass.figures.table import FigureTable


def extremes(
    ensembles: Sequence[EnsembleSummary], preferred: Sequence[str]
) -> dict[str, list[EnsembleSummary]]:
    """Coldest and hottest ensemble of two series: the preferred ones, else the first and the last."""
    series = by_series(ensembles)
    labels = [label for label in preferred if label in series]
    if len(labels) < len(preferred):
        labels = [*dict.fromkeys([next(iter(series)), list(series)[-1]])]
    chosen = {label: series[label] for label in labels}
    return {label: [members[0], members[-1]][-len(members) :] for label, members in chosen.items()}


def temperature_styles(rows: FigureTable) -> dict[str, SeriesStyle]:
    """By ensemble: blue for the coldest of a panel, red for the hottest."""
    names = list(rows.groups("ensemble"))
    return dict(zip(names, [COLD, HOT] if len(names) > 1 else [HOT], strict=True))
