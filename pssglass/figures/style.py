"""One look for all figures: fonts, colours and markers of models, axes of temperature."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from pssglass.analysis.series import model_of
from pssglass.base.errors import InputError, one_line
from pssglass.base.files import irregular

PANEL_WIDTH = 3.5
PANEL_HEIGHT = 2.8
DOTS_PER_INCH = 250
RELATIVE_TEMPERATURE = r"$T_p/T_\mathrm{co}$"
PARENT_TEMPERATURE = r"parent temperature  $T_p$  $(\varepsilon/k_\mathrm{B})$"

NARROW, WIDELY, WIDE = 2.5, 10.0, 1000.0
FINE_TICKS, COARSE_TICKS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0), (1.0, 2.0, 5.0)

RC: Any = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 10,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "axes.linewidth": 0.8,
    "axes.axisbelow": False,
    "axes.formatter.useoffset": False,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.borderaxespad": 0.4,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 1.1,
    "lines.markersize": 5,
    "errorbar.capsize": 2,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
}


@contextmanager
def look(style: str = "") -> Iterator[None]:
    """Settings of matplotlib while figures are made: ours, whatever a matplotlibrc says.

    ``style`` is one of matplotlib's, or a file like it, that may change them.

    Raises:
        InputError: there is no such style, or it cannot be read.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        if style:
            try:
                if (path := Path(style)).exists() and (what := irregular(path)):
                    raise InputError(f"--style {style}: {what}; name a style or a file")
                matplotlib.style.use(style)
            except (OSError, ValueError, SyntaxError) as error:
                raise InputError(f"--style {style}: {one_line(error)}; name a style or a file") from None
        yield


@dataclass(frozen=True)
class SeriesStyle:
    """Colour and marker of one model, and the line of one of its parts."""

    color: str
    marker: str
    line: str = "-"


# Colours of Okabe and Ito, told apart by colour-blind readers (https://jfly.uni-koeln.de/color/).
PAPER_STYLES = {
    "pss rc=1.1": SeriesStyle("#D55E00", "o"),
    "pss rc=1.2": SeriesStyle("#E69F00", "s"),
    "pss rc=1.3": SeriesStyle("#009E73", "^"),
    "pss rc=1.5": SeriesStyle("#0072B2", "D"),
    "kablj": SeriesStyle("#000000", "v"),
    "hertzian": SeriesStyle("#CC79A7", "h"),
    "poly-ipl": SeriesStyle("#56B4E9", "X"),
}
OTHER_STYLES = (
    SeriesStyle("#7A4FBF", "P"),
    SeriesStyle("#8C510A", "<"),
    SeriesStyle("#7F7F7F", ">"),
    SeriesStyle("#8B8000", "8"),
    SeriesStyle("#B2182B", "v"),
)
"""Of models that are not in the paper, in the order in which they come; none looks like one of the paper."""


MODEL_NAMES = {
    "pss": "",
    "kablj": "KABLJ",
    "hertzian": "Hertzian",
    "poly-ipl": "poly-IPL",
    "poly-pss": "poly-PSS",
}
"""As they are written in legends; sticky spheres are known by their r_c."""

VARIANTS = {"N": "$N$", "equilibration_time": r"$t_\mathrm{eq}$", "quench": "quench"}
PART_LINES = ("-", "--", ":", "-.")
PART_MARKERS = ("*", "p", "d", "H")
"""Of the parts of a model that has several: after the model's own look."""

COLD = SeriesStyle("#0072B2", "o")
HOT = SeriesStyle("#D55E00", "s")


def temperature_colors(count: int) -> list[str]:
    """Colours from cold (blue) to hot (red)."""
    scale = LinearSegmentedColormap.from_list("temperature", ["#0072B2", "#56B4E9", "#E69F00", "#D55E00"])
    return [to_hex(scale(place)) for place in np.linspace(0.0, 1.0, max(count, 2))][-count:]


def styles_of(labels: Iterable[str]) -> dict[str, SeriesStyle]:
    """A style for each series; parts of a model have its colour, and markers and lines of their own."""
    styles: dict[str, SeriesStyle] = {}
    models: dict[str, SeriesStyle] = {}
    parts: Counter[str] = Counter()
    for label in dict.fromkeys(labels):
        model = model_of(label)
        if model not in models:
            others = sum(one not in PAPER_STYLES for one in models)
            models[model] = PAPER_STYLES.get(model, OTHER_STYLES[others % len(OTHER_STYLES)])
        styles[label] = _of_part(models[model], parts[model])
        parts[model] += 1
    return styles


def _of_part(model: SeriesStyle, number: int) -> SeriesStyle:
    if not number:
        return model
    line = PART_LINES[number % len(PART_LINES)]
    return SeriesStyle(model.color, PART_MARKERS[(number - 1) % len(PART_MARKERS)], line)


def legend_text(label: str) -> str:
    """A series' name as a reader wants it: ``"pss rc=1.5"`` becomes r_c = 1.5 in italics."""
    model, _, variant = label.partition(", ")
    name, _, parameters = model.partition(" ")
    text = MODEL_NAMES.get(name, name)
    words = [_parameter_text(word) for word in parameters.split()]
    return ", ".join(part for part in [text, *words, variant.replace("N=", "$N$ = ")] if part) or name.upper()


def _variant_text(variant: str) -> str:
    key, equals, value = variant.partition("=")
    return f"{VARIANTS.get(key, key)} = {value}" if equals else variant.replace("_", " ")


def _parameter_text(word: str) -> str:
    return f"$r_c = {word[3:]}$" if word.startswith("rc=") else word.replace("=", " = ")


def temperature_axis(axes: Axes, temperatures: Iterable[float], label: str = PARENT_TEMPERATURE) -> None:
    """A logarithmic axis of temperature with plain numbers on it."""
    values = np.fromiter(temperatures, dtype=np.float64)
    plain_log_axis(axes, np.array([np.min(values) / 1.12, np.max(values) * 1.12]))
    axes.set_xlabel(label)


def plain_log_ticks(axis: Axis, ends: npt.NDArray[np.float64]) -> None:
    """Plain numbers at round places of a logarithmic axis; over three decades and more, powers of ten."""
    if ends[1] > WIDE * ends[0]:
        return
    if ends[1] < NARROW * ends[0]:
        ticks = np.array(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(*ends))
    else:
        leading = FINE_TICKS if ends[1] < 12.0 * ends[0] else COARSE_TICKS
        decades = 10.0 ** np.arange(math.floor(math.log10(ends[0])), math.ceil(math.log10(ends[1])) + 1)
        ticks = np.outer(decades, leading).ravel()
    _label_plainly(axis, ticks[(ticks >= ends[0]) & (ticks <= ends[1])].tolist())


def plain_log_axis(axes: Axes, ends: npt.NDArray[np.float64]) -> None:
    """A logarithmic x axis between two ends with plain numbers on it."""
    axes.set_xscale("log")
    axes.set_xlim(*ends)
    plain_log_ticks(axes.xaxis, ends)


def plain_scales(axes: Axes, sides: str, numbers: Iterable[float]) -> None:
    """Logarithmic sides "x", "y" or "xy", with decades in plain numbers, where numbers differ much."""
    values = np.fromiter(numbers, dtype=np.float64)
    low, high = float(np.min(values)) / 1.5, float(np.max(values)) * 1.5
    if np.max(values) < WIDELY * np.min(values):
        return
    decades = [10.0**n for n in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
    if "x" in sides:
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        _label_plainly(axes.xaxis, decades)
    if "y" in sides:
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        _label_plainly(axes.yaxis, decades)


def _label_plainly(axis: Axis, ticks: list[float]) -> None:
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def plain_log_y(axes: Axes) -> None:
    """Plain numbers on a logarithmic y axis, once everything is drawn."""
    plain_log_ticks(axes.yaxis, np.array(axes.get_ylim()))
