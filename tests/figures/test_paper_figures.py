"""All figures of the paper, drawn from a campaign in which everything was measured."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from pssglass.analysis.statistics import summarize
from pssglass.base.errors import MissingData
from pssglass.base.results import EnsembleData, EnsembleSummary
from pssglass.figures import Figure, FigureTable, discover_figures

from .conftest import CORE, CROSSOVERS, OMEGA_0, SAMPLES, TEMPERATURES, made_up

FIGURES: dict[str, Figure] = {name: plugin.content for name, plugin in discover_figures().plugins.items()}
NUMBERS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)


def table(name: str, ensembles: list[EnsembleData]) -> FigureTable:
    return FIGURES[name].table(ensembles)


def test_the_figures_of_the_paper_are_there() -> None:
    assert {f"fig{number}" for number in NUMBERS} <= set(FIGURES)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_figure_is_drawn_with_labelled_axes(number: int, full_campaign: list[EnsembleData]) -> None:
    canvas, drawn = FIGURES[f"fig{number}"].plot(full_campaign)
    canvas.draw_without_rendering()
    assert drawn.rows
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in canvas.axes)


@pytest.mark.parametrize("number", [n for n in NUMBERS if n not in (2, 15)])
def test_bare_summaries_get_told_what_to_compute(number: int) -> None:
    bare = EnsembleSummary("bare", "pss", {"rc": 1.5}, 3000, 1.0, {})
    with pytest.raises(MissingData, match=rf"fig{number} needs .* of observable \w+, .* pssglass analyze"):
        FIGURES[f"fig{number}"].table([bare])


def test_fig3_collapses_the_energies(full_campaign: list[EnsembleData]) -> None:
    collapsed = table("fig3", full_campaign)
    x, y = collapsed.numbers("relative_temperature"), collapsed.numbers("scaled_energy")
    cold = x < 1.0
    assert y[cold] == pytest.approx(0.5 * (1.0 - 1.0 / x[cold]), abs=0.02)


def test_fig3_asks_for_a_second_model(full_campaign: list[EnsembleData]) -> None:
    values = ("T_co_collapse", "energy_at_crossover")
    alone = [
        replace(one, values={key: found for key, found in one.values.items() if key not in values})
        for one in full_campaign
    ]
    with pytest.raises(MissingData, match="at least two models that have a T_co by elasticity"):
        table("fig3", alone)


def test_fig4_is_drawn_against_the_relative_temperature_when_known(full_campaign: list[EnsembleData]) -> None:
    canvas, _ = FIGURES["fig4"].plot(full_campaign)
    assert canvas.axes[0].get_xlabel() == r"$T_p/T_\mathrm{co}$"


def test_fig5_is_the_ratio_of_means(full_campaign: list[EnsembleData]) -> None:
    hot = table("fig5", full_campaign).where("parent_temperature", 4.0)
    assert hot.numbers("nonaffine_ratio") == pytest.approx([1.5, 1.5], rel=0.02)
    # For G_na = 30 - G the ratio 30/G - 1 has 30/G times the relative error of G.
    assert hot.numbers("nonaffine_ratio_error") == pytest.approx(
        [2.5 * 0.01 / math.sqrt(SAMPLES)] * 2, rel=0.4
    )


def test_fig6_and_fig10_hold_values_and_ratios(full_campaign: list[EnsembleData]) -> None:
    hot = table("fig6", full_campaign).where("parent_temperature", 4.0)
    assert hot.numbers("absolute") == pytest.approx([(180 - 24) / (360 + 24)] * 2, rel=0.01)
    assert hot.numbers("poisson_ratio") == pytest.approx([1.0, 1.0])
    pairs = table("fig10", full_campaign).where("parent_temperature", 4.0)
    assert pairs.numbers("absolute") == pytest.approx([1.3, 1.3], rel=0.02)


def test_fig10_knows_that_both_frequencies_come_from_the_same_samples() -> None:
    """ω_g that follows √G exactly leaves ω_g/ω0 without an error, whatever that of G."""

    def relative_error(one: EnsembleData) -> float:
        rows = table("fig10", [one])
        return float(rows.numbers("absolute_error")[0] / rows.numbers("absolute")[0])

    one, error_of_G = made_up(1.5, 4.0), 0.01 / math.sqrt(SAMPLES)
    followed = {**one.samples, "omega_g": np.sqrt(one.samples["shear_modulus"])}
    scalars = {**one.scalars, "omega_g": summarize(followed["omega_g"])}
    assert relative_error(replace(one, samples=followed, scalars=scalars)) < 0.01 * error_of_G
    unpaired = {**followed, "omega_g": followed["omega_g"][1:]}
    assert relative_error(replace(one, samples=unpaired, scalars=scalars)) == pytest.approx(
        error_of_G, rel=0.5
    )


def test_fig7_shows_the_coldest_and_hottest_with_their_quartic_law(full_campaign: list[EnsembleData]) -> None:
    spectrum = table("fig7", full_campaign)
    assert {
        (s, t) for s, t in zip(spectrum.texts("series"), spectrum.numbers("parent_temperature"), strict=True)
    } == {(f"pss rc={rc}", T) for rc in CROSSOVERS for T in (TEMPERATURES[0], TEMPERATURES[-1])}
    well_counted = spectrum.numbers("count") > 10
    law = spectrum.numbers("A_g_scaled") * spectrum.numbers("frequency") ** 4
    deviation = (spectrum.numbers("density") - law) / spectrum.numbers("density_error")
    below = spectrum.numbers("frequency") < spectrum.numbers("window_high")
    assert np.abs(deviation[well_counted & below]).max() < 4.5


def test_fig9_is_normalised(full_campaign: list[EnsembleData]) -> None:
    for rows in table("fig9", full_campaign).groups("ensemble").values():
        widths = rows.numbers("high") - rows.numbers("low")
        assert np.sum(widths * rows.numbers("density")) == pytest.approx(1.0)
        assert np.sum(rows.numbers("pairs")) == 110 * SAMPLES


def test_fig12_brings_size_number_and_frequency_together(full_campaign: list[EnsembleData]) -> None:
    relations = table("fig12", full_campaign)
    assert relations.numbers("N_e0") == pytest.approx([25.0] * 22, rel=0.5)
    # Forty modes a sample below 1.2 phonons: 40 = N A (1.2 ω_ph)⁵/5, with the phonon at 0.4357 ω0.
    assert relations.numbers("A_g_scaled") == pytest.approx([200 / 3000 / (1.2 * 0.4357) ** 5] * 22, rel=0.6)


def test_fig14_shows_the_hottest_glasses_of_the_last_model(full_campaign: list[EnsembleData]) -> None:
    sizes = table("fig14", full_campaign)
    assert set(sizes.texts("ensemble")) == {"rc1.5-T4.0"}
    assert len(sizes.where("kind", "mode").rows) == 41 * SAMPLES
    assert sizes.numbers("threshold")[0] == pytest.approx(0.7 * 0.4357, abs=0.1)


def test_fig15_marks_the_crossover(full_campaign: list[EnsembleData]) -> None:
    energies = table("fig15", full_campaign)
    for label, rows in energies.groups("series").items():
        T_co = CROSSOVERS[float(label.removeprefix("pss rc="))]
        assert rows.numbers("crossover_temperature")[0] == pytest.approx(T_co, rel=0.05)


def test_fig16_crosses_one_at_the_crossover(full_campaign: list[EnsembleData]) -> None:
    ratios = table("fig16", full_campaign)
    hot = ratios.numbers("reduced_temperature") > 1.3
    assert ratios.numbers("reduced_ratio")[hot] == pytest.approx(np.ones(np.count_nonzero(hot)), abs=0.02)
    cold = ratios.numbers("reduced_temperature") < 0.8
    line = 1.0 + ratios.numbers("reduced_slope") * (ratios.numbers("reduced_temperature") - 1.0)
    assert ratios.numbers("reduced_ratio")[cold] == pytest.approx(line[cold], abs=0.02)


def test_fig18_holds_every_curve(full_campaign: list[EnsembleData]) -> None:
    curves = table("fig18", full_campaign)
    assert len(curves.groups("ensemble")) == 22
    assert curves.numbers("correlation") == pytest.approx(
        50.0 * np.exp(-curves.numbers("time") / 5.0), abs=0.15
    )


def test_the_made_up_scale_is_the_programs(full_campaign: list[EnsembleData]) -> None:
    assert full_campaign[-1].values["omega_0"] == pytest.approx(OMEGA_0, rel=0.01)


def test_fig17_compares_frequencies_from_dipoles_and_from_core_sizes(
    full_campaign: list[EnsembleData],
) -> None:
    both = table("fig17", full_campaign)
    compared = both.where("kind", "frequency").where("parent_temperature", 4.0)
    assert compared.numbers("x") == pytest.approx([1.3] * 2, rel=0.02)
    assert compared.numbers("y") == pytest.approx([2.0 * math.pi * 1.18563 / CORE] * 2, rel=0.05)
    relative = compared.numbers("y_error") / compared.numbers("y")
    assert relative == pytest.approx([0.05 / math.sqrt(SAMPLES)] * 2, rel=0.5)
    profile = both.where("kind", "profile").where("ensemble", "rc1.5-T4.0")
    assert np.max(profile.numbers("y")) == 1.0
    highest = profile.numbers("x")[np.argmax(profile.numbers("y"))]
    assert highest == pytest.approx(CORE / 1.18563, rel=0.1)


def test_fig17_asks_for_large_glasses() -> None:
    bare = EnsembleSummary("bare", "pss", {"rc": 1.5}, 3000, 1.0, {})
    with pytest.raises(MissingData, match=r"fig17 needs core_length.* of N >= 20000"):
        FIGURES["fig17"].table([bare])


def test_fig17_takes_the_errors_of_one_large_sample_from_its_dipoles() -> None:
    one = made_up(1.5, 4.0)
    alone = {key: values[:1] for key, values in one.samples.items()}
    arrays = {key: arrays[:1] for key, arrays in one.arrays.items()}
    scalars = {key: summarize(values) for key, values in alone.items()}
    single = replace(one, samples=alone, scalars=scalars, arrays=arrays)
    compared = table("fig17", [single]).where("kind", "frequency")
    assert compared.numbers("y_error") / compared.numbers("y") == pytest.approx([0.1], rel=0.3)
    assert compared.numbers("x_error") / compared.numbers("x") == pytest.approx([0.02 / 1.3], rel=0.1)
