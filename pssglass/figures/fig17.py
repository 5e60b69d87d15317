"""Fig. 17: the frequency of quasilocalised modes from the size of their cores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pssglass.analysis.dipole_fields import FAR_FIELD
from pssglass.analysis.elastic_scales import elastic_scales, error_bar
from pssglass.analysis.series import by_series
from pssglass.base.results import EnsembleSummary
from pssglass.figures.curves import arrays_of, over_omega_0, scalar, series_legend
from pssglass.figures.figure import Figure, Need
from pssglass.figures.style import legend_text, plain_log_axis, plain_log_y, styles_of
from pssglass.figures.table import Cell, FigureTable

PROFILE = ("field_distance", "field_square")
SCALARS = ("core_length", "core_length_error", "field_omega_g_error")
KINDS = ("frequency", "profile")


def tabulate(ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """2πc_s/ξ_g against ω_g, both over ω0, of every ensemble; then r⁴|u|² over its maximum against r/a0."""
    rows: list[list[Cell]] = []
    for kind, lines in zip(KINDS, (_frequencies, _profile), strict=True):
        for label, members in by_series(ensembles).items():
            for one in members:
                rows += [[label, one.name, one.N, one.known_temperature, kind, *line] for line in lines(one)]
    columns = ["series", "ensemble", "N", "parent_temperature", "kind", "x", "x_error", "y", "y_error"]
    return FigureTable.of(columns, rows)


def _frequencies(ensemble: EnsembleSummary) -> list[list[float]]:
    """ω_g/ω0 and 2πa0/ξ_g; of one sample with the errors over its dipoles."""
    length, length_error = scalar("core_length")(ensemble)
    frequency, frequency_error = over_omega_0("field_omega_g")(ensemble)
    if not error_bar(ensemble.scalars["core_length"]) > 0.0:
        length_error = ensemble.scalars["core_length_error"].mean
        relative = ensemble.scalars["field_omega_g_error"].mean / ensemble.scalars["field_omega_g"].mean
        frequency_error = frequency * relative
    from_size = 2.0 * math.pi * elastic_scales(ensemble).length / length
    return [[frequency, frequency_error, from_size, from_size * length_error / length]]


def _profile(ensemble: EnsembleSummary) -> list[list[float]]:
    """Mean over the samples, which share their shells as they share N."""
    distances, squares = (arrays_of(ensemble)[key] for key in PROFILE)
    shells = min(map(len, distances))
    r = distances[0][-shells:]
    scaled = r**FAR_FIELD * np.exp(np.mean(np.log([one[-shells:] for one in squares]), axis=0))
    r0 = elastic_scales(ensemble).length
    top = float(np.max(scaled))
    return [[float(x) / r0, math.nan, float(y) / top, math.nan] for x, y in zip(r, scaled, strict=True)]


def draw(table: FigureTable, panels: Sequence[Axes]) -> None:
    """Both frequencies with the line on which they are equal; the decay of the response."""
    comparison, decay = (table.where("kind", kind) for kind in KINDS)
    styles = styles_of(table.texts("series"))
    for label, rows in comparison.groups("series").items():
        panels[0].errorbar(
            rows.numbers("x"),
            rows.numbers("y"),
            xerr=rows.numbers("x_error"),
            yerr=rows.numbers("y_error"),
            color=styles[label].color,
            marker=styles[label].marker,
            linestyle="none",
            label=legend_text(label),
        )
    both = np.concatenate([comparison.numbers("x"), comparison.numbers("y")])
    ends = np.array([0.85 * both.min(), 1.15 * both.max()])
    panels[0].plot(ends, ends, color="0.4", linestyle="--", linewidth=0.9, zorder=0)
    panels[0].set_xlim(*ends)
    panels[0].set_ylim(*ends)
    panels[0].set_xlabel(r"$\omega_g/\omega_0$")
    panels[0].set_ylabel(r"$2\pi c_s/(\xi_g\,\omega_0)$")
    for label, curves in decay.groups("series").items():
        for rows in curves.groups("ensemble").values():
            panels[1].plot(rows.numbers("x"), rows.numbers("y"), color=styles[label].color, linewidth=1.0)
    distances = decay.numbers("x")
    plain_log_axis(panels[1], np.array([distances.min(), distances.max()]))
    panels[1].set_yscale("log")
    plain_log_y(panels[1])
    panels[1].set_xlabel(r"$r/a_0$")
    panels[1].set_ylabel(r"$r^4|u(r)|^2$  (maximum 1)")
    series_legend(panels[0])


FIGURE = Figure(
    "fig17",
    "frequency of quasilocalised modes from the size of their cores",
    (
        Need(
            "dipole_field",
            scalars=SCALARS,
            samples=("field_omega_g",),
            arrays=PROFILE,
            remedy="compute it with pssglass analyze, of N >= 20000, as smaller boxes do not show it",
        ),
        Need("moduli", scalars=("shear_modulus",), samples=("shear_modulus",)),
    ),
    tabulate,
    draw,
    panels=2,
)
