"""Figures into files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pssglass.base.errors import InputError, MissingData, MissingPlugin, suggest
from pssglass.base.files import make_folder, write_atomic
from pssglass.base.results import EnsembleSummary
from pssglass.cli.output import say
from pssglass.figures import Figure, FigureTable, discover_figures, without_error_bars

FORMATS = ("png", "pdf", "svg")
NAMED = 4
"""Ensembles named in a message before it says …"""


def figures(names: Sequence[str]) -> list[Figure]:
    """The installed figures of these names; all of them without a name.

    Raises:
        MissingPlugin: no figure has that name.
        BrokenPlugin, DuplicatePlugin: it cannot be used.
    """
    loaded = discover_figures()
    for name in names:
        if name in loaded.problems:
            raise loaded.problems[name]
        if name not in loaded.plugins:
            raise MissingPlugin(f"there is no figure '{name}'; {suggest(name, [*loaded.plugins, 'all'])}")
    if not names:
        for problem in loaded.problems.values():
            say(f"pssglass: {problem}")
    return [loaded.plugins[name].content for name in names or sorted(loaded.plugins)]


def draw(figure: Figure, ensembles: Sequence[EnsembleSummary], path: Path, data: bool = False) -> Path:
    """Draw into a file, and with ``data`` write the numbers beside it; say what has no error bar.

    Raises:
        MissingData: the results lack what the figure needs.
        InputError: not a format for figures.
        ConfigurationError: the folder cannot be written.
    """
    table = _write(figure, ensembles, path, data)
    _tell_of_missing_error_bars(without_error_bars(table))
    return path


def draw_all(
    chosen: Sequence[Figure],
    ensembles: Sequence[EnsembleSummary],
    folder: Path,
    data: bool = False,
    form: str = FORMATS[0],
) -> Iterator[Path]:
    """Draw each figure for which there are results, and say on stderr why the others are left out.

    ``form`` is one of ``FORMATS``.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    make_folder(folder)
    alone: list[str] = []
    for figure in chosen:
        path = folder / f"{figure.name}.{form}"
        try:
            alone += without_error_bars(_write(figure, ensembles, path, data))
        except MissingData as error:
            say(f"pssglass: left out {error}")
        else:
            yield path
    _tell_of_missing_error_bars(list(dict.fromkeys(alone)))


def _write(figure: Figure, ensembles: Sequence[EnsembleSummary], path: Path, data: bool) -> FigureTable:
    form = path.suffix.removeprefix(".")
    if form not in FORMATS:
        raise InputError(f"{path}: a figure is written as .{', .'.join(FORMATS)}")
    canvas, table = figure.plot(ensembles)
    write_atomic(path, lambda temporary: canvas.savefig(temporary, format=form))
    if data:
        write_atomic(path.with_suffix(".csv"), table.csv().encode())
    return table


def _tell_of_missing_error_bars(ensembles: Sequence[str]) -> None:
    if ensembles:
        names = ", ".join([*ensembles[:NAMED], *(["…"] if len(ensembles) > NAMED else [])])
        say(f"pssglass: no error bars for {len(ensembles)} ensemble(s) of one sample: {names}; simulate more")
