"""What a figure is: declared needs, a table of numbers made from results, and a drawing of that table."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from pssglass.base.errors import ENDS, BrokenPlugin, FigureFailed, MissingData, PssglassError, one_line
from pssglass.base.results import EnsembleData, EnsembleSummary
from pssglass.figures.style import DOTS_PER_INCH, PANEL_HEIGHT, PANEL_WIDTH, look
from pssglass.figures.table import EQUILIBRIUM, FigureTable

FORMATS: Mapping[str, Mapping[str, Any]] = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
"""Formats of files, and what is left out of their metadata: when they were made."""


@dataclass(frozen=True)
class Need:
    """Results of one observable that a figure draws.

    Attributes:
        observable: who computes them.
        scalars: sample scalars, used through their ensemble statistics.
        samples: sample scalars, used sample by sample.
        arrays: sample arrays, one of each for every sample.
        values: results of an ensemble or model observable.
        remedy: what to do where none has them, if analysing alone does not help.
        required: whether an ensemble without them is left out; if not, they only improve the figure.
    """

    observable: str
    scalars: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    arrays: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    remedy: str = ""
    required: bool = True

    @property
    def summaries_suffice(self) -> bool:
        """Whether ensemble statistics alone will do, without results of samples, ensembles or models."""
        return not (self.samples or self.arrays or self.values)

    def missing(self, ensemble: EnsembleSummary) -> list[str]:
        """The keys that an ensemble lacks."""
        data = ensemble if isinstance(ensemble, EnsembleData) else None
        return [
            *(key for key in self.scalars if key not in ensemble.scalars),
            *(key for key in self.samples if data is None or key not in data.samples),
            *(key for key in self.arrays if data is None or not (key in data.arrays and data.count(key))),
            *(key for key in self.values if data is None or key not in data.values),
        ]


@dataclass(frozen=True)
class Figure:
    """One figure; ``tabulate`` sees only ensembles that have all it needs, ``draw`` only the table.

    Attributes:
        name: as in ``pssglass plot NAME``.
        title: one line for lists.
        needs: results without which an ensemble is left out.
        tabulate: results to numbers.
        draw: numbers to the panels, left to right.
        panels: number of panels, two in a row.
        panel_column: column of the table of which every value gets a panel of its own; overrides ``panels``.
        panel_size: width and height of one panel in inches.
    """

    name: str
    title: str
    needs: tuple[Need, ...]
    tabulate: Callable[[Sequence[EnsembleSummary]], FigureTable]
    draw: Callable[[FigureTable, Sequence[Axes]], None]
    panels: int = 1
    panel_column: str = ""
    panel_size: tuple[float, float] = (PANEL_WIDTH, PANEL_HEIGHT)

    def table(self, ensembles: Sequence[EnsembleSummary]) -> FigureTable:
        """The numbers of the figure.

        A column ``samples`` counts those behind the ensemble of a row; ``in_equilibrium`` is 1 or 0, NaN
        where it is not known.

        Raises:
            MissingData: no ensemble has all that is needed; the message says what to compute.
        """
        required = [need for need in self.needs if need.required]
        usable = [one for one in ensembles if not any(need.missing(one) for need in required)]
        if required and not usable:
            raise MissingData(self._complaint(ensembles))
        return _with_origins(self.tabulate(usable), usable)

    def plot(self, ensembles: Sequence[EnsembleSummary], style: str = "") -> tuple[Canvas, FigureTable]:
        """The drawn figure and its numbers.

        Raises:
            MissingData: as ``table`` does.
            InputError: no such style, see ``look``.
            FigureFailed: anything else that goes wrong inside the figure.
        """
        with look(style), self._isolated():
            table = self.table(ensembles)
            panels = len(table.groups(self.panel_column)) if self.panel_column else self.panels
            columns = min(panels, 2)
            rows = math.ceil(panels / columns)
            width, height = self.panel_size
            canvas = Canvas(figsize=(width * columns, height * rows), dpi=DOTS_PER_INCH, layout="constrained")
            axes = [canvas.add_subplot(rows, columns, panel + 1) for panel in range(panels)]
            self.draw(table, axes)
            if panels > 1:
                for letter, panel in zip("abcdefghijklmnopqrstuvwxyz", axes, strict=False):
                    panel.set_title(f"({letter})", loc="left")
            if notes := _notes(table):
                canvas.supxlabel("; ".join(notes), fontsize=7, color="0.35")
            return canvas, table

    def as_file(
        self, ensembles: Sequence[EnsembleSummary], form: str, style: str = ""
    ) -> tuple[bytes, FigureTable]:
        """A file of this format (``FORMATS``), equal for equal data, and the numbers; raises as ``plot``."""
        stream = io.BytesIO()
        with look(style), mpl.rc_context({"svg.hashsalt": self.name}), self._isolated():
            canvas, table = self.plot(ensembles, style)
            canvas.savefig(stream, format=form, metadata=FORMATS[form])
        return stream.getvalue(), table

    @contextmanager
    def _isolated(self) -> Iterator[None]:
        """Whatever a figure raises has its name in it, and is no end for the others."""
        try:
            yield
        except (PssglassError, *ENDS):
            raise
        except BaseException as error:
            raise FigureFailed(f"{self.name} failed: {type(error).__name__}: {one_line(error)}") from error

    def _complaint(self, ensembles: Sequence[EnsembleSummary]) -> str:
        if not ensembles:
            return f"{self.name}: there are no results: run pssglass simulate, then pssglass analyze"
        required = [need for need in self.needs if need.required]
        for need in required:
            if all(need.missing(one) for one in ensembles):
                keys = ", ".join(dict.fromkeys(key for one in ensembles for key in need.missing(one)))
                remedy = "compute it with pssglass analyze"
                if need.values:
                    remedy = "it lacks ensembles, samples, or what it requires of pssglass analyze"
                return (
                    f"{self.name} needs {keys} of observable {need.observable}, which none of"
                    f" {len(ensembles)} ensemble(s) has: {need.remedy or remedy}"
                )
        observables = ", ".join(need.observable for need in required)
        return f"{self.name}: no ensemble has all of {observables} computed: run pssglass analyze"


def without_error_bars(table: FigureTable) -> list[str]:
    """Ensembles of which one sample was measured, so that something in their rows has no error."""
    if "samples" not in table.columns:
        return []
    errors = [column for column in table.columns if column.endswith("_error")]
    return [
        name
        for name, rows in table.where("samples", 1).groups("ensemble").items()
        if any(not np.any(np.isfinite(rows.numbers(column))) for column in errors)
    ]


def out_of_equilibrium(table: FigureTable) -> list[str]:
    """Ensembles whose liquids were found not to be in equilibrium."""
    if EQUILIBRIUM not in table.columns:
        return []
    return list(table.where(EQUILIBRIUM, 0.0).groups("ensemble"))


def _notes(table: FigureTable) -> list[str]:
    """What stands below a figure."""
    every = len(table.groups("ensemble")) if "ensemble" in table.columns else 0
    notes = []
    if refused := out_of_equilibrium(table):
        notes.append(f"{len(refused)} of {every} ensembles not in equilibrium (open symbols)")
    if alone := without_error_bars(table):
        notes.append(f"{len(alone)} of {every} ensembles: one sample, no error bar")
    return notes


def _with_origins(table: FigureTable, ensembles: Sequence[EnsembleSummary]) -> FigureTable:
    """After the name of each ensemble how many samples it has, and whether it is in equilibrium."""
    if "ensemble" not in table.columns:
        return table
    origins = {
        one.name: (one.measured, math.nan if one.in_equilibrium is None else float(one.in_equilibrium))
        for one in ensembles
    }
    place = table.columns.index("ensemble") + 1
    rows = [(*row[:place], *origins[str(row[place - 1])], *row[place:]) for row in table.rows]
    return FigureTable.of([*table.columns[:place], "samples", EQUILIBRIUM, *table.columns[place:]], rows)


def check_figure(candidate: object) -> None:
    """Make sure that an entry point leads to a figure that can be asked what it needs.

    Raises:
        BrokenPlugin: it does not.
    """
    if not isinstance(candidate, Figure):
        raise BrokenPlugin(f"{candidate!r} is no pssglass.figures.Figure")
    needs: object = candidate.needs
    if not isinstance(needs, tuple) or not all(isinstance(need, Need) for need in needs):
        raise BrokenPlugin(f"needs = {needs!r} must be a tuple of pssglass.figures.Need")
    for need in candidate.needs:
        for part in ("scalars", "samples", "arrays", "values"):
            keys: object = getattr(need, part)
            if not isinstance(keys, tuple) or not all(isinstance(key, str) for key in keys):
                raise BrokenPlugin(f"{part} = {keys!r} of a need must be a tuple of names")
    if not callable(candidate.tabulate) or not callable(candidate.draw):
        raise BrokenPlugin("tabulate and draw must be functions")
