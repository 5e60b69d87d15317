"""Every figure is a table of numbers and a drawing of it, and says what it lacks."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from pssglass.base.errors import BrokenPlugin, FigureFailed, InputError, MissingData
from pssglass.base.results import EnsembleSummary
from pssglass.figures import Figure, FigureTable, Need, check_figure, discover_figures, without_error_bars
from pssglass.figures.curves import draw_series, quantity_table
from pssglass.figures.curves import scalar as quantity
from pssglass.figures.style import styles_of

from .conftest import ensemble, scalar


def figures() -> dict[str, Figure]:
    return {name: plugin.content for name, plugin in discover_figures().plugins.items()}


def test_the_built_in_figures_are_registered_like_anybodys() -> None:
    assert discover_figures().problems == {}
    assert {"fig2", "fig4", "fig5", "fig15"} <= set(figures())


@pytest.mark.parametrize("name", ["fig2", "fig4", "fig5", "fig15"])
def test_a_figure_is_drawn_labelled_and_saved(
    name: str, campaign: list[EnsembleSummary], tmp_path: Path
) -> None:
    figure = figures()[name]
    canvas, table = figure.plot(campaign)
    assert len(canvas.axes) == figure.panels
    for axes in canvas.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
    for suffix in ("png", "pdf", "svg"):
        canvas.savefig(tmp_path / f"{name}.{suffix}")
        assert (tmp_path / f"{name}.{suffix}").stat().st_size > 5000
    assert table.rows


def test_every_series_is_in_the_legend(campaign: list[EnsembleSummary]) -> None:
    (legend,) = figures()["fig15"].plot(campaign)[0].legends
    assert [text.get_text() for text in legend.get_texts()] == ["$r_c = 1.1$", "$r_c = 1.5$"]


def test_the_table_holds_what_is_drawn(campaign: list[EnsembleSummary]) -> None:
    canvas, table = figures()["fig5"].plot(campaign)
    curves = [line for line in canvas.axes[0].get_lines() if not str(line.get_label()).startswith("_")]
    for line, rows in zip(curves, table.groups("series").values(), strict=True):
        assert line.get_xdata() == pytest.approx(rows.numbers("parent_temperature"))
        assert line.get_ydata() == pytest.approx(rows.numbers("nonaffine_ratio"))


def test_moduli_are_relative_to_the_highest_temperature(campaign: list[EnsembleSummary]) -> None:
    table = figures()["fig4"].table(campaign)
    rows = table.where("series", "pss rc=1.5")
    assert rows.numbers("parent_temperature") == pytest.approx([0.7, 1.0, 4.0])
    assert rows.numbers("shear_modulus") == pytest.approx([1.2, 1.1, 1.0])
    assert rows.numbers("bulk_modulus") == pytest.approx([0.9, 0.95, 1.0])
    assert rows.numbers("shear_modulus_error") == pytest.approx([0.1 / 12.0] * 3)
    assert rows.numbers("plateau_shear_modulus") == pytest.approx([12.0] * 3)


def test_the_potential_needs_no_results() -> None:
    rows = figures()["fig2"].table([]).where("series", "pss rc=1.5")
    distance, potential = rows.numbers("distance"), rows.numbers("potential")
    assert distance[potential.argmin()] == pytest.approx(2.0 ** (1.0 / 6.0), abs=0.002)
    assert potential.min() == pytest.approx(-1.0, abs=1e-4)
    assert distance[potential.nonzero()[0][-1]] == pytest.approx(1.5 * 2.0 ** (1.0 / 6.0), abs=0.002)


def test_a_database_without_results_is_told_to_simulate() -> None:
    with pytest.raises(MissingData, match="fig4: there are no results: run pssglass simulate"):
        figures()["fig4"].table([])


def test_a_missing_scalar_names_its_observable() -> None:
    with pytest.raises(MissingData, match=r"fig4 needs bulk_modulus of observable moduli, .* compute it"):
        figures()["fig4"].table([ensemble(1.5, 1.0, shear_modulus=scalar(12.0))])


def test_needs_that_no_ensemble_meets_together_are_told() -> None:
    figure = Figure("both", "", (Need("a", scalars=("x",)), Need("b", scalars=("y",))), list, list)  # type: ignore[arg-type]
    with pytest.raises(MissingData, match="no ensemble has all of a, b"):
        figure.table([ensemble(1.5, 1.0, x=scalar(1.0)), ensemble(1.5, 2.0, y=scalar(1.0))])


def test_what_is_not_required_leaves_nobody_out(campaign: list[EnsembleSummary]) -> None:
    canvas, table = figures()["fig4"].plot(campaign)
    assert len(table.rows) == len(campaign)
    assert canvas.axes[0].get_xlabel().startswith("parent temperature")


def test_an_ensemble_without_the_data_is_left_out(campaign: list[EnsembleSummary]) -> None:
    table = figures()["fig5"].table([*campaign, ensemble(1.3, 1.0)])
    assert set(table.texts("series")) == {"pss rc=1.1", "pss rc=1.5"}


def test_one_sample_is_drawn_without_an_error_bar() -> None:
    canvas, table = figures()["fig15"].plot([ensemble(1.5, 1.0, energy_per_particle=scalar(-5.2, count=1))])
    canvas.draw_without_rendering()
    assert table.csv().splitlines()[1].endswith(",1.0,,-5.2,,,,pss")
    assert table.numbers("samples") == [1.0]
    assert "one sample, no error bar" in canvas.get_supxlabel()


def test_ensembles_without_error_bars_are_named() -> None:
    single = ensemble(1.5, 1.0, name="single", energy_per_particle=scalar(-5.2, count=1))
    several = ensemble(1.5, 2.6, name="several", energy_per_particle=scalar(-5.1, count=4))
    canvas, table = figures()["fig15"].plot([single, several])
    assert without_error_bars(table) == ["single"]
    assert canvas.get_supxlabel().startswith("1 of 2 ensembles")
    canvas, table = figures()["fig15"].plot([several])
    assert without_error_bars(table) == []
    assert canvas.get_supxlabel() == ""
    assert without_error_bars(figures()["fig2"].table([])) == []


def test_two_sizes_at_one_temperature_are_two_series() -> None:
    both = [ensemble(1.5, 1.0, N, energy_per_particle=scalar(-5.2)) for N in (3000, 10_000)]
    assert figures()["fig15"].table(both).texts("series") == ["pss rc=1.5, N=3000", "pss rc=1.5, N=10000"]


def test_sizes_at_different_temperatures_are_one_series() -> None:
    both = [ensemble(1.5, 1.0 + N / 1e4, N, energy_per_particle=scalar(-5.2)) for N in (3000, 10_000)]
    assert figures()["fig15"].table(both).texts("series") == ["pss rc=1.5"] * 2


def test_csv_keeps_every_digit() -> None:
    table = FigureTable.of(["series", "x"], [["pss, rc=1.5", 0.1 + 0.2], ["b", float("nan")]])
    rows = list(csv.reader(io.StringIO(table.csv())))
    assert rows == [["series", "x"], ["pss, rc=1.5", "0.30000000000000004"], ["b", ""]]


def faulty(ensembles: list[EnsembleSummary]) -> FigureTable:
    raise KeyError("no such thing")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"needs": ("moduli",)}, r"needs = \('moduli',\) must be a tuple of pssglass.figures.Need"),
        ({"needs": Need("moduli")}, "must be a tuple of pssglass.figures.Need"),
        ({"needs": (Need("moduli", "shear_modulus"),)}, "scalars = 'shear_modulus' of a need"),  # type: ignore[arg-type]
        ({"draw": None}, "tabulate and draw must be functions"),
    ],
)
def test_one_that_cannot_be_asked_what_it_needs_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(BrokenPlugin, match=reason):
        check_figure(replace(figures()["fig4"], **changes))  # type: ignore[arg-type]


def test_a_faulty_figure_is_named() -> None:
    for figure in (
        Figure("bad", "", (), faulty, lambda table, panels: None),  # type: ignore[arg-type]
        Figure("bad", "", (), lambda _: FigureTable((), ()), lambda table, panels: sys.exit(3)),
        Figure("bad", "", (), lambda _: FigureTable((), ()), lambda table, panels: panels[5]),  # type: ignore[arg-type,return-value]
    ):
        with pytest.raises(FigureFailed, match=r"^bad failed: "):
            figure.as_file([], "png")


@pytest.mark.parametrize("form", ["png", "pdf", "svg"])
def test_a_file_depends_on_nothing_but_its_numbers_and_the_style(
    form: str, campaign: list[EnsembleSummary], tmp_path: Path
) -> None:
    figure = figures()["fig5"]
    file, _ = figure.as_file(campaign, form)
    others = {"figure.facecolor": "red", "font.size": 20.0, "text.usetex": True, "savefig.bbox": "tight"}
    with mpl.rc_context(others):
        assert figure.as_file(campaign, form)[0] == file
        assert mpl.rcParams["font.size"] == 20.0
    style = tmp_path / "mine.mplstyle"
    style.write_text("figure.facecolor: red\n")
    assert figure.as_file(campaign, form, str(style))[0] != file
    with pytest.raises(InputError, match="--style nonsense"):
        figure.as_file(campaign, form, "nonsense")


def test_one_more_ensemble_at_a_state_point_keeps_the_curve_and_its_plateau(
    campaign: list[EnsembleSummary],
) -> None:
    cold = ensemble(1.5, 1.0, 8000, shear_modulus=scalar(18.0), bulk_modulus=scalar(57.0))
    canvas, table = figures()["fig4"].plot([*campaign, cold])
    assert [text.get_text() for text in canvas.legends[0].get_texts()] == [
        "$r_c = 1.1$",
        "$r_c = 1.5$, $N$ = 3000",
        "$r_c = 1.5$, $N$ = 8000",
    ]
    # G over that of the hottest glasses of the model, as those of 3000 particles.
    assert table.where("ensemble", cold.name).numbers("shear_modulus") == pytest.approx([18.0 / 12.0])
    assert table.where("series", "pss rc=1.5, N=3000").numbers("shear_modulus").max() == pytest.approx(1.2)


def test_parts_of_a_model_look_different() -> None:
    labels = ["pss rc=1.5", "pss rc=1.5, N=100", "pss rc=1.5, N=200", "soft", "soft, N=100", "pss rc=1.1"]
    styles = styles_of(labels)
    assert len({(one.color, one.marker) for one in styles.values()}) == len(labels)
    assert len({styles[label].color for label in labels[:3]}) == 1
    assert len({styles[label].line for label in labels[:3]}) == 3


def faces(canvas: Canvas) -> list[tuple[list[float], str]]:
    """Markers drawn over those of the curves: where, and with which face."""
    marker = styles_of(["pss rc=1.5"])["pss rc=1.5"].marker
    lines = [line for line in canvas.axes[0].get_lines() if line.get_linestyle() == "None"]
    found = [(np.asarray(line.get_xdata()).tolist(), line) for line in lines if line.get_marker() == marker]
    return [(where, str(line.get_markerfacecolor())) for where, line in found if where]


def test_symbols_are_open_where_liquids_were_not_in_equilibrium() -> None:
    """Whatever the figure: none lists that it needs to know."""
    judged = [
        replace(ensemble(1.5, T, energy_per_particle=scalar(-T)), in_equilibrium=known)
        for T, known in ((0.7, False), (1.0, True), (1.5, None), (2.6, True))
    ]
    figure = Figure(
        "energies",
        "",
        (Need("energetics", scalars=("energy_per_particle",)),),
        lambda used: quantity_table(used, {"u": quantity("energy_per_particle")}),
        lambda table, panels: draw_series(panels[0], table, "u"),
    )
    canvas, table = figure.plot(judged)
    assert [row[3] for row in table.rows][:2] == [0.0, 1.0]
    assert table.csv().splitlines()[0].startswith("series,ensemble,samples,in_equilibrium,")
    assert faces(canvas) == [([0.7], "white")]
    assert canvas.get_supxlabel() == "1 of 4 ensembles not in equilibrium (open symbols)"


def test_symbols_are_pale_where_a_value_rests_on_too_little() -> None:
    judged = [ensemble(1.5, T, energy_per_particle=scalar(-T)) for T in (0.7, 1.0)]
    figure = Figure(
        "energies",
        "",
        (Need("energetics", scalars=("energy_per_particle",)),),
        lambda used: quantity_table(used, {"u": quantity("energy_per_particle")}).extended(
            "sound", np.array([0.0, 1.0])
        ),
        lambda table, panels: draw_series(panels[0], table, "u", solid="sound"),
    )
    [(where, face)] = faces(figure.plot(judged)[0])
    assert where == [0.7]
    assert face not in ("white", styles_of(["pss rc=1.5"])["pss rc=1.5"].color)
