"""The report of a database: one HTML page that holds everything, figures included, and needs nothing else."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import jinja2
import matplotlib as mpl

from pssglass import pipeline
from pssglass.analysis.series import by_series
from pssglass.analysis.statistics import bootstrap_interval
from pssglass.analysis.support import is_supported
from pssglass.analysis.warnings import Flag, flags
from pssglass.base.errors import PssglassError
from pssglass.base.results import EnsembleData, with_error
from pssglass.db import Store
from pssglass.figures import Figure, discover_figures
from pssglass.pipeline import provenance
from pssglass.plugins.aggregation import AggregateFailure
from pssglass.report.relations import OBSERVABLE, relations

RESAMPLES = 400

SCALARS = {
    "energy_per_particle": "u",
    "shear_modulus": "G",
    "bulk_modulus": "K",
    "shear_modulus_nonaffine": "G_na",
    "poisson_ratio": "ν",
    "pressure_over_bulk_modulus": "p/K",
    "pressure_over_scale": "p/p₀",
    "coordination": "z",
    "omega_g": "ω_g",
}
VALUES = {
    "A_g_scaled": "A_g ω₀⁵",
    "N_e0": "N e₀",
    "chi_shear_modulus": "χ_G",
    "relaxation_time": "τ",
    "T_co_elastic": "T_co (G/K)",
    "T_co_collapse": "T_co (u)",
}


@dataclass(frozen=True)
class Number:
    """A value with its standard error, and its bootstrap interval, as texts; empty where there is none.

    One that is weak rests on too little.
    """

    text: str
    interval: str = ""
    is_weak: bool = False


@dataclass(frozen=True)
class Row:
    """One ensemble of the table."""

    series: str
    name: str
    parent_temperature: float
    N: int
    samples: int
    numbers: tuple[Number | None, ...]


@dataclass(frozen=True)
class Picture:
    """A drawn figure as a data URL, or the reason why it could not be drawn."""

    name: str
    title: str
    url: str = ""
    reason: str = ""


def report(store: Store, now: datetime) -> str:
    """The page as HTML text.

    Args:
        store: an open database; it is only read.
        now: the date that the page bears.
    """
    ensembles, failures = pipeline.ensembles(store)
    figures = [plugin.content for plugin in discover_figures().plugins.values()]
    return _template().render(
        status=store.status(),
        now=now,
        software=_records(store, "software", ("version", "git_revision", "compiler")),
        machines=_records(store, "platform", ("host", "cpu")),
        here=provenance.software(),
        headings=[*SCALARS.values(), *VALUES.values()],
        rows=[_row(label, one) for label, members in by_series(ensembles).items() for one in members],
        relations=relations(ensembles),
        lacks=dict.fromkeys(one.reason for one in failures if one.observable == OBSERVABLE),
        flags=[*flags(store.evidence()), *_aggregate_flags(failures)],
        pictures=[picture(figure, ensembles, failures) for figure in sorted(figures, key=_number)],
    )


def picture(
    figure: Figure, ensembles: Sequence[EnsembleData], failures: Sequence[AggregateFailure]
) -> Picture:
    """The figure as SVG within a data URL; equal data give equal text."""
    try:
        canvas, _ = figure.plot(ensembles)
    except PssglassError as error:
        needed = {need.observable for need in figure.needs}
        causes = [f"{one.subject}: {one.reason}" for one in failures if one.observable in needed]
        return Picture(figure.name, figure.title, reason="; ".join([str(error), *causes[:1]]))
    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": figure.name}):
        canvas.savefig(stream, format="svg", metadata={"Date": None})
    code = base64.b64encode(stream.getvalue()).decode()
    return Picture(figure.name, figure.title, url=f"data:image/svg+xml;base64,{code}")


def _number(figure: Figure) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, figure.name))
    return int(digits or 0), figure.name


def _row(label: str, ensemble: EnsembleData) -> Row:
    numbers = [_of_samples(ensemble, key) for key in SCALARS] + [
        _of_ensemble(ensemble, key) for key in VALUES
    ]
    counts = (ensemble.N, ensemble.measured)
    return Row(label, ensemble.name, ensemble.parent_temperature, *counts, tuple(numbers))


def _of_samples(ensemble: EnsembleData, key: str) -> Number | None:
    scalar = ensemble.scalars.get(key)
    if scalar is None:
        return None
    if scalar.count < 2:
        return Number(f"{scalar.mean:.4g}")
    bounds = bootstrap_interval(ensemble.samples[key], resamples=RESAMPLES)
    return Number(with_error(scalar.mean, scalar.standard_error), f"{bounds.low:.5g} … {bounds.high:.5g}")


def _of_ensemble(ensemble: EnsembleData, key: str) -> Number | None:
    if key not in ensemble.values:
        return None
    value, error = float(ensemble.values[key]), float(ensemble.values.get(f"{key}_error", 0.0))
    ends = [f"{key}_low", f"{key}_high"]
    bounds = [f"{float(ensemble.values[end]):.5g}" for end in ends if end in ensemble.values]
    return Number(with_error(value, error), " … ".join(bounds), not is_supported(ensemble.values, key))


def _records(store: Store, table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """What a table of provenance holds."""
    names, rows = store.query(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _aggregate_flags(failures: Iterable[AggregateFailure]) -> list[Flag]:
    return [Flag(one.subject, one.reason) for one in failures]


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = (resources.files("pssglass.report") / "page.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(text)
