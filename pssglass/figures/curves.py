"""Curves against parent temperature: one series a model, points with error bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from pssglass.analysis.elastic_scales import error_bar, over_frequency
from pssglass.analysis.series import by_series, model_of
from pssglass.analysis.weak_numbers import is_supported
from pssglass.base.results import EnsembleData, EnsembleSummary, Floats, Value
from pssglass.figures.figure import Need
from pssglass.figures.style import RELATIVE_TEMPERATURE, SeriesStyle, legend_text, styles_of, temperature_axis
from pssglass.figures.table import EQUILIBRIUM, Cell, FigureTable

RELATIVE_TEMPERATURE_NEED = Need("crossover", values=("T_co_elastic",), required=False)
"""What figures against T_p/T_co list among their needs; without it they are drawn against T_p."""

OMEGA_G_NEEDS = (
    Need("dipole_response", samples=("omega_g",)),
    Need("moduli", scalars=("shear_modulus",), samples=("shear_modulus",)),
)
"""What ω_g/ω0 takes."""

PALENESS = 0.35
"""Part of its colour that a pale marker has."""

Quantity: TypeAlias = Callable[[EnsembleSummary], tuple[float, float]]
"""Value and standard error of something in an ensemble; an unknown error is NaN."""


def scalar(key: str) -> Quantity:
    """Ensemble mean of a sample scalar."""
    return lambda ensemble: (ensemble.scalars[key].mean, error_bar(ensemble.scalars[key]))


def value(key: str) -> Quantity:
    """Result of an ensemble or model observable, with ``{key}_error`` if that exists."""
    return lambda ensemble: (
        float(values_of(ensemble)[key]),
        float(values_of(ensemble).get(f"{key}_error", math.nan)),
    )


def over_omega_0(key: str) -> Quantity:
    """Ensemble mean of a sample frequency over ω0."""
    return lambda ensemble: over_frequency(ensemble, samples_of(ensemble), key, lineages_of(ensemble))


def with_support(
    table: FigureTable, ensembles: Sequence[EnsembleSummary], keys: Iterable[str]
) -> FigureTable:
    """The table with a column ``{key}_supported`` for each key: 0 where it rests on too little, else 1."""
    supported = {
        one.name: {key: float(is_supported(values_of(one), key)) for key in keys} for one in ensembles
    }
    for key in keys:
        table = table.extended(
            f"{key}_supported", np.array([supported[name][key] for name in table.texts("ensemble")])
        )
    return table


def quantity_table(ensembles: Sequence[EnsembleSummary], quantities: Mapping[str, Quantity]) -> FigureTable:
    """One row an ensemble: its identity, T_p and T_p/T_co (NaN if unknown), every quantity with its error."""
    rows: list[list[Cell]] = []
    series = by_series(ensembles)
    for label, members in series.items():
        T_co = _crossover_of(label, series)
        for one in members:
            cells = [cell for quantity in quantities.values() for cell in quantity(one)]
            rows.append([*_identity(label, one, T_co), *cells])
    return FigureTable.of([*_IDENTITY, *_with_errors(quantities)], rows)


def relative_table(ensembles: Sequence[EnsembleSummary], quantities: Mapping[str, Quantity]) -> FigureTable:
    """As ``quantity_table``, but every quantity over its high-temperature plateau.

    The plateau is the value at the highest parent temperature of the model: one ensemble and not several, as
    nothing but the data could tell which others lie on it. Where a model is divided, each part that reaches
    this temperature has its own. Errors are those of the quantity alone; the plateau's, common to a whole
    series, have their own columns.
    """
    columns = [column for name in quantities for column in _with_errors((name, f"plateau_{name}"))]
    rows: list[list[Cell]] = []
    series = by_series(ensembles)
    for label, members in series.items():
        hottest, T_co = _hottest(label, series), _crossover_of(label, series)
        plateaus = {name: quantity(hottest) for name, quantity in quantities.items()}
        for one in members:
            row = _identity(label, one, T_co)
            for name, quantity in quantities.items():
                (mean, error), (high, high_error) = quantity(one), plateaus[name]
                row += [mean / high, error / abs(high), high, high_error]
            rows.append(row)
    return FigureTable.of([*_IDENTITY, *columns], rows)


def _hottest(label: str, series: Mapping[str, Sequence[EnsembleSummary]]) -> EnsembleSummary:
    """The ensemble that has a series' plateau: its own, unless other parts of the model were hotter."""
    own = series[label][-1]
    others = [members[-1] for other, members in series.items() if model_of(other) == model_of(label)]
    return max([own, *others], key=lambda one: one.known_temperature)


def draw_series(
    axes: Axes,
    table: FigureTable,
    y: str,
    x: str = "parent_temperature",
    *,
    lines: bool = True,
    solid: str = "",
    styles: Mapping[str, SeriesStyle] | None = None,
) -> None:
    """Every series of a table as points with error bars (columns ``{y}_error``, ``{x}_error``).

    Markers are open where the ensemble is not in equilibrium, and pale where the column ``solid`` is zero.
    ``styles`` are those of all panels, where others show other series.
    On a logarithmic y axis, to be set before, bars that would reach zero are cut.
    """
    styles = styles or styles_of(table.texts("series"))
    for label, rows in table.groups("series").items():
        color, marker = styles[label].color, styles[label].marker
        axes.errorbar(
            rows.numbers(x),
            rows.numbers(y),
            xerr=_bars(rows, x),
            yerr=_bars(rows, y, cut=axes.get_yscale() == "log"),
            fmt="none",
            ecolor=color,
            elinewidth=0.9,
        )
        axes.plot(
            rows.numbers(x),
            rows.numbers(y),
            color=color,
            marker=marker,
            markeredgecolor="white",
            markeredgewidth=0.4,
            linestyle=styles[label].line if lines else "none",
            linewidth=0.9,
            label=legend_text(label),
        )
        for face, chosen in ((_pale(color), _are_zero(rows, solid)), ("white", _are_zero(rows, EQUILIBRIUM))):
            axes.plot(
                rows.numbers(x)[chosen],
                rows.numbers(y)[chosen],
                color=color,
                marker=marker,
                markerfacecolor=face,
                linestyle="none",
            )


def _are_zero(rows: FigureTable, column: str) -> npt.NDArray[np.bool_]:
    """Where a column is zero; nowhere, if there is none."""
    return rows.numbers(column) == 0.0 if column in rows.columns else np.zeros(len(rows.rows), dtype=bool)


def _pale(color: str) -> str:
    """Of what rests on too little."""
    red, green, blue = (1.0 - PALENESS * (1.0 - part) for part in to_rgb(color))
    return to_hex((red, green, blue))


def series_legend(*panels: Axes) -> None:
    """A legend of the series in these panels above all of them."""
    entries: dict[str, Artist] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True))
    panels[0].figure.legend(
        list(entries.values()), list(entries), loc="outside upper center", ncols=min(len(entries), 4)
    )


def legend_beside(axes: Axes, title: str) -> None:
    """A legend of many entries to the right of a panel, where it hides no curve."""
    axes.legend(
        title=title,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        fontsize=7,
        title_fontsize=8,
        alignment="left",
        handlelength=1.0,
    )


def draw_against_temperature(
    axes: Axes,
    table: FigureTable,
    y: str,
    *,
    relative: bool = False,
    solid: str = "",
    styles: Mapping[str, SeriesStyle] | None = None,
) -> None:
    """``draw_series`` against T_p, or with ``relative`` against T_p/T_co where that is known for all."""
    scaled = relative and bool(np.all(np.isfinite(table.numbers("relative_temperature"))))
    x = "relative_temperature" if scaled else "parent_temperature"
    draw_series(axes, table, y, x, solid=solid, styles=styles)
    if scaled:
        temperature_axis(axes, table.numbers(x), RELATIVE_TEMPERATURE)
    else:
        temperature_axis(axes, table.numbers(x))


def values_of(ensemble: EnsembleSummary) -> Mapping[str, Value]:
    """Results of ensemble and model observables, if the ensemble comes with any."""
    return ensemble.values if isinstance(ensemble, EnsembleData) else {}


def samples_of(ensemble: EnsembleSummary) -> Mapping[str, Floats]:
    """Scalars of the ensemble's samples, if it comes with any."""
    return ensemble.samples if isinstance(ensemble, EnsembleData) else {}


def crossover_temperature(ensemble: EnsembleSummary) -> float:
    """T_co of the ensemble's model, by collapse if there is one, else by elasticity, else NaN."""
    values = values_of(ensemble)
    return float(values.get("T_co_collapse", values.get("T_co_elastic", math.nan)))


def lineages_of(ensemble: EnsembleSummary) -> Mapping[str, Any]:
    """Lineages of the ensemble's samples, if it comes with any."""
    return ensemble.lineages if isinstance(ensemble, EnsembleData) else {}


def arrays_of(ensemble: EnsembleSummary) -> Mapping[str, tuple[npt.NDArray[Any], ...]]:
    """Arrays of the ensemble's samples, if it comes with any."""
    return ensemble.arrays if isinstance(ensemble, EnsembleData) else {}


def _bars(rows: FigureTable, column: str, cut: bool = False) -> Floats | None:
    """Lengths of error bars down and up, zero where an error is unknown."""
    if f"{column}_error" not in rows.columns:
        return None
    up = np.nan_to_num(rows.numbers(f"{column}_error"))
    down = np.minimum(up, 0.9 * np.abs(rows.numbers(column))) if cut else up
    return np.stack([down, up])


_IDENTITY = ("series", "ensemble", "N", "parent_temperature", "relative_temperature")


def _identity(label: str, one: EnsembleSummary, T_co: float) -> list[Cell]:
    return [label, one.name, one.N, one.known_temperature, one.known_temperature / T_co]


def _crossover_of(label: str, series: Mapping[str, Sequence[EnsembleSummary]]) -> float:
    """T_co of a series; where it has none, that of the largest part of the model that has one, else NaN."""
    own = crossover_temperature(series[label][0])
    parts = [members for other, members in series.items() if model_of(other) == model_of(label)]
    known = [one for one in parts if math.isfinite(crossover_temperature(one[0]))]
    return own if math.isfinite(own) or not known else crossover_temperature(max(known, key=len)[0])


def _with_errors(names: Iterable[str]) -> list[str]:
    return [column for name in names for column in (name, f"{name}_error")]
