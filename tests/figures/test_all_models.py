"""Figs. 3, 15 and 16 of all models together: each has a name, a look and a T_co of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import matplotlib.legend
import numpy as np
import pytest

from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData
from pssglass.figures import Figure, discover_figures
from pssglass.figures.style import legend_text, styles_of
from pssglass.plugins.aggregation import aggregated
from pssglass.plugins.registry import Registry

MODELS: Mapping[str, tuple[str, Mapping[str, Any], float]] = {
    "Hertzian": ("hertzian", {}, 0.0034),
    "KABLJ": ("kablj", {}, 0.75),
    "poly-IPL": ("poly-ipl", {}, 0.77),
    "poly-PSS, $r_c = 1.2$": ("poly-pss", {"rc": 1.2}, 1.2),
    "$r_c = 1.1$": ("pss", {"rc": 1.1}, 1.4),
    "$r_c = 1.2$": ("pss", {"rc": 1.2}, 1.2),
    "$r_c = 1.3$": ("pss", {"rc": 1.3}, 1.05),
    "$r_c = 1.5$": ("pss", {"rc": 1.5}, 0.88),
}
"""Name in a legend: model, parameters and T_co."""
REDUCED = (0.55, 0.65, 0.75, 0.85, 0.95, 1.2, 1.5, 2.0, 3.0)
SAMPLES = 20
OBSERVABLES = Registry.discover().resolve(["crossover"])
MEASURED = [one for one in OBSERVABLES if one.level == "sample"]


def made_up(model: str, parameters: Mapping[str, Any], T_co: float, x: float) -> EnsembleData:
    """At T_p = x T_co; energies in units of T_co, and G/K, are the same functions of x below 1."""
    rng = np.random.default_rng([int(1e4 * T_co), int(100 * x), len(model)])
    noise = 1e-3 * rng.standard_normal((2, SAMPLES))
    ratio = 0.15 * (1.0 + 0.6 * max(0.0, 1.0 - x))
    values = {
        **{column.name: np.ones(SAMPLES) for one in MEASURED for column in one.columns},
        "energy_per_particle": T_co * (0.5 * min(0.0, 1.0 - 1.0 / x) - 4.0 + noise[0]),
        "shear_to_bulk_ratio": ratio * (1.0 + 5.0 * noise[1]),
    }
    scalars = {key: summarize(one) for key, one in values.items()}
    name = f"{model}{parameters.get('rc', '')}-{x}"
    return EnsembleData(name, model, parameters, 500, x * T_co, scalars, samples=values, arrays={}, values={})


@pytest.fixture(scope="module")
def ensembles() -> list[EnsembleData]:
    all_of_them = [made_up(*one, x) for one in MODELS.values() for x in REDUCED]
    found, failures = aggregated(all_of_them, OBSERVABLES)
    assert failures == []
    return found


def figure(name: str) -> Figure:
    content: Figure = discover_figures().plugins[name].content
    return content


def shown(canvas: Any) -> list[str]:
    legend: matplotlib.legend.Legend = canvas.legends[0]
    return [text.get_text() for text in legend.get_texts()]


@pytest.mark.parametrize("name", ["fig3", "fig15", "fig16"])
def test_every_model_is_named_and_looks_like_no_other(name: str, ensembles: list[EnsembleData]) -> None:
    canvas, table = figure(name).plot(ensembles)
    canvas.draw_without_rendering()
    assert shown(canvas) == list(MODELS)
    styles = styles_of(table.texts("series"))
    assert len({one.color for one in styles.values()}) == len(MODELS)
    assert len({one.marker for one in styles.values()}) == len(MODELS)


@pytest.mark.parametrize(
    ("name", "column"), [("fig3", "T_co_collapse"), ("fig16", "T_co_elastic"), ("fig16", "T_co_collapse")]
)
def test_every_model_has_its_crossover(name: str, column: str, ensembles: list[EnsembleData]) -> None:
    table = figure(name).table(ensembles)
    for label, rows in table.groups("series").items():
        [expected] = [T_co for key, (_, _, T_co) in MODELS.items() if key == legend_text(label)]
        assert rows.numbers(column)[0] == pytest.approx(expected, rel=0.1), label
        assert 0.0 < rows.numbers(f"{column}_error")[0] < 0.1 * expected


def test_they_collapse(ensembles: list[EnsembleData]) -> None:
    table = figure("fig3").table(ensembles)
    x, y = table.numbers("relative_temperature"), table.numbers("scaled_energy")
    cold = x < 0.9
    assert np.count_nonzero(cold) >= 4 * len(MODELS)
    assert y[cold] == pytest.approx(0.5 * (1.0 - 1.0 / x[cold]), abs=0.05)


def test_the_insets_know_of_more_than_sticky_spheres(ensembles: list[EnsembleData]) -> None:
    """T_co of Hertzian spheres is hundreds of times smaller, and not all models have an r_c."""
    [inset] = figure("fig3").plot(ensembles)[0].axes[0].child_axes
    assert (inset.get_xlabel(), inset.get_yscale()) == ("model", "log")
    [inset] = figure("fig16").plot(ensembles)[0].axes[0].child_axes
    assert (inset.get_xscale(), inset.get_yscale()) == ("log", "log")
    sticky = [one for one in ensembles if one.model_name == "pss"]
    [inset] = figure("fig3").plot(sticky)[0].axes[0].child_axes
    assert (inset.get_xlabel(), inset.get_yscale()) == ("$r_c$", "linear")
    assert [text.get_text() for text in inset.get_xticklabels()] == ["$1.1$", "$1.2$", "$1.3$", "$1.5$"]


def test_a_model_that_does_not_bend_leaves_the_others_their_crossover() -> None:
    """Of one model u alone is known; it takes no part, and the others do."""
    known = [made_up(*MODELS[name], x) for name in ("KABLJ", "poly-IPL") for x in REDUCED]
    flat = [made_up("hertzian", {}, 0.0034, x) for x in (2.0, 3.0, 4.0)]
    found, failures = aggregated([*known, *flat], OBSERVABLES)
    assert len(failures) == 1
    labels = set(figure("fig3").table(found).texts("series"))
    assert labels == {"kablj", "poly-ipl"}
    assert all(math.isfinite(one.values["T_co_collapse"]) for one in found if one.model_name != "hertzian")
