"""Figures into files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pssglass.base.errors import (
    DatabaseError,
    FigureFailed,
    InputError,
    MissingPlugin,
    ModelError,
    PssglassError,
    one_line,
    suggest,
)
from pssglass.base.files import make_folder, write_atomic
from pssglass.base.results import EnsembleSummary
from pssglass.cli.messages import say
from pssglass.figures import FORMATS, Figure, FigureTable, discover_figures, look, without_error_bars

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


def listed() -> list[list[str]]:
    """Name, title, needs and provider of each installed figure; say what is wrong with others."""
    loaded = discover_figures()
    for problem in loaded.problems.values():
        say(f"pssglass: {problem}")
    return [
        [
            plugin.name,
            plugin.content.title,
            ", ".join(dict.fromkeys(need.observable for need in plugin.content.needs)),
            f"{plugin.distribution} {plugin.version}",
        ]
        for plugin in loaded.plugins.values()
    ]


def draw(
    figure: Figure, ensembles: Sequence[EnsembleSummary], path: Path, data: bool = False, style: str = ""
) -> Path:
    """Draw into a file, and with ``data`` write the numbers beside it; say what has no error bar.

    Raises:
        MissingData: the results lack what the figure needs.
        FigureFailed: the figure is faulty.
        InputError: not a format for figures, or no style.
        ConfigurationError: the folder cannot be written.
    """
    form = path.suffix.removeprefix(".")
    if form not in FORMATS:
        raise InputError(f"{path}: a figure is written as .{', .'.join(FORMATS)}")
    file, table = figure.as_file(ensembles, form, style)
    _write(path, file, table, data)
    _tell_of_missing_error_bars(without_error_bars(table))
    return path


def draw_all(
    chosen: Sequence[Figure],
    ensembles: Sequence[EnsembleSummary],
    folder: Path,
    data: bool = False,
    form: str = next(iter(FORMATS)),
    style: str = "",
) -> Iterator[Path]:
    """Draw each figure for which there are results, and say on stderr why the others are left out.

    ``form`` is one of ``FORMATS``.

    Raises:
        InputError: no such style.
        ConfigurationError: the folder cannot be written.
        FigureFailed: some figures are faulty; all others are drawn.
        DatabaseError: results cannot be read any more; the other figures are not tried.
    """
    with look(style):
        make_folder(folder)
    alone: list[str] = []
    faulty: list[str] = []
    without_model: dict[str, list[str]] = {}
    for figure in chosen:
        path = folder / f"{figure.name}.{form}"
        try:
            file, table = figure.as_file(ensembles, form, style)
        except ModelError as error:
            without_model.setdefault(one_line(error), []).append(figure.name)
        except DatabaseError:  # results are read as figures ask for them
            raise
        except PssglassError as error:
            say(f"pssglass: left out: {one_line(error)}")
            if isinstance(error, FigureFailed):
                faulty.append(figure.name)
        else:
            _write(path, file, table, data)
            alone += without_error_bars(table)
            yield path
    for reason, names in without_model.items():
        say(f"pssglass: left out {', '.join(names)}: {reason}")
    _tell_of_missing_error_bars(list(dict.fromkeys(alone)))
    if faulty:
        raise FigureFailed(f"faulty figures: {', '.join(faulty)}; all others are drawn")


def _write(path: Path, file: bytes, table: FigureTable, data: bool) -> None:
    write_atomic(path, file)
    if data:
        write_atomic(path.with_suffix(".csv"), table.csv().encode())


def _tell_of_missing_error_bars(ensembles: Sequence[str]) -> None:
    if ensembles:
        names = ", ".join([*ensembles[:NAMED], *(["…"] if len(ensembles) > NAMED else [])])
        say(f"pssglass: no error bars for {len(ensembles)} ensemble(s) of one sample: {names}; add samples")
