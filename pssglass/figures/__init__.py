"""The paper's figures, one file each, discovered like observables through entry points."""

from __future__ import annotations

from pssglass.base.entry_points import Loaded, load_plugins
from pssglass.base.errors import InputError
from pssglass.base.results import EnsembleSummary

try:
    import matplotlib  # noqa: F401
except UnicodeDecodeError:
    raise InputError(
        "the matplotlibrc of this folder, or your own, is no text in UTF-8; mend or remove it"
    ) from None
from pssglass.figures.figure import FORMATS, Figure, Need, check_figure, without_error_bars
from pssglass.figures.style import look
from pssglass.figures.table import FigureTable

GROUP = "pssglass.figures"

__all__ = [
    "FORMATS",
    "EnsembleSummary",
    "Figure",
    "FigureTable",
    "Need",
    "check_figure",
    "discover_figures",
    "look",
    "without_error_bars",
]


def discover_figures() -> Loaded[Figure]:
    """The installed figures by name, and what was wrong with those left out."""
    return load_plugins(GROUP, check_figure)
