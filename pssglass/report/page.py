"""The report of a database: one HTML page that holds everything, figures included, and needs nothing else."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

import jinja2

from pssglass import pipeline
from pssglass.analysis.certificates import Certificate, certificate
from pssglass.analysis.series import by_series
from pssglass.analysis.statistics import bootstrap_interval
from pssglass.analysis.warnings import Flag, flags
from pssglass.analysis.weak_numbers import is_supported
from pssglass.base.entry_points import OWN_DISTRIBUTION
from pssglass.base.errors import DatabaseError, PssglassError
from pssglass.base.results import EnsembleData, with_error
from pssglass.db import State, StatusReport, Store
from pssglass.figures import Figure, discover_figures, look
from pssglass.pipeline import provenance
from pssglass.plugins.aggregation import AggregateFailure
from pssglass.report.relations import OBSERVABLE, relations

RESAMPLES = 400

SECTIONS = {
    "Elasticity": {
        "energy_per_particle": "u",
        "shear_modulus": "G",
        "bulk_modulus": "K",
        "shear_modulus_nonaffine": "G_na",
        "poisson_ratio": "ν",
    },
    "Pressure, coordination, scatter": {
        "pressure_over_bulk_modulus": "p/K",
        "pressure_over_scale": "p/p₀",
        "coordination": "z",
        "chi_shear_modulus": "χ_G",
    },
    "Soft modes": {"omega_g": "ω_g", "A_g_scaled": "A_g ω₀⁵", "N_e0": "N e₀"},
    "Liquid and crossover": {
        "relaxation_time": "τ",
        "T_co_elastic": "T_co (G/K)",
        "T_co_collapse": "T_co (u)",
    },
}
"""Tables of ensembles: title -> headings by scalar of samples, or value of ensembles and models."""
OTHERS = "Observables of other distributions"

TIME = "equilibration_time"
NUMBER = re.compile(r"-?\d[\d.]*(?:e[+-]?\d+)?")
UNCERTAINTIES = ("_error", "_low", "_high")
"""Ends of the names of what stands beside a value."""


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
    """One ensemble of a table."""

    series: str
    name: str
    parent_temperature: float
    N: int
    samples: int
    numbers: tuple[Number | None, ...]
    equilibrium: Certificate | None = None


@dataclass(frozen=True)
class Table:
    """Some numbers of every ensemble."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Making:
    """Ensembles of one model that were made in the same way, but for their times; settings as texts."""

    series: str
    temperatures: tuple[float, ...]
    times: tuple[str, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A drawn figure as a data URL, or the reason why it could not be drawn."""

    name: str
    title: str
    url: str = ""
    reason: str = ""


def report(store: Store, now: datetime, style: str = "", selection: pipeline.Selection | None = None) -> str:
    """The page as HTML text.

    Args:
        store: an open database; it is only read.
        now: the date that the page bears.
        style: of the figures, see ``look``.
        selection: the ensembles that it is about; by default all.

    Raises:
        InputError: there is no such style.
        MissingData: nothing is selected.
    """
    selected = selection or pipeline.Selection()
    with look(style):  # so that a wrong one is told before all the work
        chosen = selected.names(store)
        ensembles, failures = pipeline.ensembles(store, chosen=chosen)
    status = store.status(chosen)
    evidence = store.evidence().of(chosen, _of_models(ensembles))
    judged = {one.name: certificate(one.name, evidence.values.get(one.name, {})) for one in ensembles}
    return _template().render(
        status=status,
        about=selected.about,
        progress=_progress(status, {one.name for one in evidence.ensembles}),
        now=now,
        builds=store.builds(chosen),
        here=provenance.software(),
        tables=[_table(title, headings, ensembles, judged) for title, headings in _sections(ensembles)],
        makings=_makings(ensembles),
        verdicts=Counter(one.verdict if one else "not judged" for one in judged.values()),
        relations=relations(ensembles),
        lacks=dict.fromkeys(one.reason for one in failures if one.observable == OBSERVABLE),
        flags=by_kind([*flags(evidence), *(Flag(one.subject, one.reason) for one in failures)]),
        pictures=_pictures(ensembles, failures, style),
    )


def _progress(status: StatusReport, latest: Collection[str]) -> str:
    """How far the ensembles are that count, for people."""
    counted = [one for one in status.ensembles if one.name in latest]
    done, asked = sum(one.counts.get(State.DONE, 0) for one in counted), sum(one.samples for one in counted)
    return f"{len(counted)} ensembles; {done} of {asked} samples done"


def _sections(ensembles: Sequence[EnsembleData]) -> Iterator[tuple[str, dict[str, str]]]:
    """Title and headings of each table; what observables of other distributions have found is the last."""
    yield from SECTIONS.items()
    others = [one for one in pipeline.registry().plugins.values() if one.distribution != OWN_DISTRIBUTION]
    found = {key for one in ensembles for key in (*one.scalars, *one.values)}
    keys = [
        column.name
        for plugin in others
        for column in plugin.content.columns
        if column.name in found and not column.shape and not column.name.endswith(UNCERTAINTIES)
    ]
    if keys:
        yield OTHERS, {key: key for key in keys}


def _table(
    title: str,
    headings: Mapping[str, str],
    ensembles: Sequence[EnsembleData],
    judged: Mapping[str, Certificate | None],
) -> Table:
    rows = [
        Row(
            series=label,
            name=one.name,
            parent_temperature=one.parent_temperature,
            N=one.N,
            samples=one.measured,
            numbers=tuple(_number_of(one, key) for key in headings),
            equilibrium=judged[one.name],
        )
        for label, members in by_series(ensembles).items()
        for one in members
    ]
    return Table(title, tuple(headings.values()), tuple(rows))


def _makings(ensembles: Sequence[EnsembleData]) -> list[Making]:
    """How ensembles were made, those together that differ in temperature and time at it alone."""
    groups: dict[tuple[str, tuple[str, ...]], list[EnsembleData]] = {}
    for label, members in by_series(ensembles).items():
        for one in members:
            groups.setdefault((label, tuple(_settings(one))), []).append(one)
    return [
        Making(
            series=label,
            temperatures=tuple(one.parent_temperature for one in members),
            times=tuple(dict.fromkeys(f"{one.protocol.get(TIME, 'unknown')}" for one in members)),
            settings=settings,
        )
        for (label, settings), members in groups.items()
    ]


def _settings(ensemble: EnsembleData) -> Iterator[str]:
    """Keys of the protocol with their values, but for the time at the parent temperature."""
    if ensemble.spacing is not None:
        yield f"lineages, glasses {ensemble.spacing:g} relaxation times apart"
    for key, value in sorted(ensemble.protocol.items()):
        if key != TIME and value is not None:
            yield f"{key} = {value}"


def by_kind(found: Iterable[Flag]) -> dict[str, list[Flag]]:
    """Flags of the same words together, up to the first colon; their numbers may differ."""
    kinds: dict[str, list[Flag]] = {}
    for flag in found:
        words = NUMBER.sub("…", flag.reason)
        kinds.setdefault(words.split(": ", maxsplit=1)[0], []).append(flag)
    return kinds


def _of_models(ensembles: Sequence[EnsembleData]) -> dict[str, dict[str, float]]:
    """What model observables have found of these ensembles: label -> scalars."""
    of_models = [one for one in pipeline.registry().observables.values() if one.level == "model"]
    keys = {column.name for one in of_models for column in one.columns if not column.shape}
    return {
        label: {key: float(one.values[key]) for one in members for key in keys & one.values.keys()}
        for label, members in by_series(ensembles).items()
    }


def _pictures(
    ensembles: Sequence[EnsembleData], failures: Sequence[AggregateFailure], style: str
) -> list[Picture]:
    """All figures; those that cannot be used, with the reason."""
    loaded = discover_figures()
    figures = sorted((plugin.content for plugin in loaded.plugins.values()), key=_number)
    unusable = [
        Picture(name, "a plugin", reason=str(problem))
        for name, problem in loaded.problems.items()
        if name not in loaded.plugins
    ]
    return [*(picture(figure, ensembles, failures, style) for figure in figures), *unusable]


def picture(
    figure: Figure,
    ensembles: Sequence[EnsembleData],
    failures: Sequence[AggregateFailure],
    style: str = "",
) -> Picture:
    """The figure as SVG within a data URL; equal data give equal text.

    Raises:
        DatabaseError: results cannot be read any more.
    """
    try:
        file, _ = figure.as_file(ensembles, "svg", style)
    except DatabaseError:  # results are read as the figure asks for them
        raise
    except PssglassError as error:
        needed = {need.observable for need in figure.needs}
        causes = [f"{one.subject}: {one.reason}" for one in failures if one.observable in needed]
        return Picture(figure.name, figure.title, reason="; ".join([str(error), *causes[:1]]))
    code = base64.b64encode(file).decode()
    return Picture(figure.name, figure.title, url=f"data:image/svg+xml;base64,{code}")


def _number(figure: Figure) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, figure.name))
    return int(digits or 0), figure.name


def _number_of(ensemble: EnsembleData, key: str) -> Number | None:
    return _of_samples(ensemble, key) if key in ensemble.scalars else _of_ensemble(ensemble, key)


def _of_samples(ensemble: EnsembleData, key: str) -> Number:
    scalar = ensemble.scalars[key]
    if ensemble.independent(key) < 2:
        return Number(f"{scalar.mean:.4g}")
    bounds = bootstrap_interval(
        ensemble.samples[key], resamples=RESAMPLES, lineages=ensemble.lineages.get(key)
    )
    return Number(with_error(scalar.mean, scalar.standard_error), f"{bounds.low:.5g} … {bounds.high:.5g}")


def _of_ensemble(ensemble: EnsembleData, key: str) -> Number | None:
    if key not in ensemble.values:
        return None
    value, error = float(ensemble.values[key]), float(ensemble.values.get(f"{key}_error", 0.0))
    ends = [f"{key}_low", f"{key}_high"]
    bounds = [f"{float(ensemble.values[end]):.5g}" for end in ends if end in ensemble.values]
    return Number(with_error(value, error), " … ".join(bounds), not is_supported(ensemble.values, key))


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = (resources.files("pssglass.report") / "page.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(text)
