"""Directives that take the reference from the program itself.

``commands``: every command with its help. ``observables``: what each installed one measures. ``relations``:
views and tables with their columns.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import typer.main
from docutils import nodes
from docutils.parsers.rst import Directive
from pssglass.db import Store, about
from sphinx.application import Sphinx

from pssglass.base.docstrings import summary
from pssglass.cli.app import app
from pssglass.pipeline import registry

WIDTH = 80


def helps() -> Iterator[tuple[str, str]]:
    """Names of commands, and what ``--help`` prints."""
    yield from _helps(typer.main.get_command(app), "pssglass", None)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    options = {"parent": parent, "resilient_parsing": True, "max_content_width": WIDTH}
    context = command.make_context(name, [], **options)
    yield context.command_path, command.get_help(context)
    for below, one in getattr(command, "commands", {}).items():
        yield from _helps(one, below, context)


class Commands(Directive):
    """A section for each command."""

    def run(self) -> list[nodes.Node]:
        """The sections."""
        found: list[nodes.Node] = []
        for name, text in helps():
            section = nodes.section(ids=[nodes.make_id(name)])
            section += nodes.title(text=name)
            section += nodes.literal_block(text, text, language="text")
            self.state.document.note_explicit_target(section)
            found.append(section)
        return found


class Relations(Directive):
    """A section for each view and table of a database."""

    def run(self) -> list[nodes.Node]:
        """The sections."""
        with tempfile.TemporaryDirectory() as folder, Store.open(f"{folder}/empty.db", create=True) as store:
            columns = store.schema()
        return [
            _section(self, name, [about(name)], ("column", "unit", "meaning"), [row[1:] for row in rows])
            for name, rows in groupby(columns, itemgetter(0))
        ]


class Observables(Directive):
    """A section for each installed observable."""

    def run(self) -> list[nodes.Node]:
        """The sections."""
        found = sorted(registry().observables.items())
        return [
            _section(self, name, _about(one), ("column", "unit", "shape", "meaning"), _columns(one))
            for name, one in found
        ]


def _about(observable: Any) -> list[str]:
    parameters = ", ".join(f"{key} = {value}" for key, value in observable.parameters.items())
    what = f"Of each {observable.level}. {summary(type(observable))}"
    return [what, *([f"Parameters: {parameters}."] if parameters else [])]


def _columns(observable: Any) -> list[tuple[str, ...]]:
    return [
        (one.name, one.unit, " × ".join(map(str, one.shape)) or "scalar", one.doc)
        for one in observable.columns
    ]


def _section(
    directive: Directive,
    name: str,
    about: Iterable[str],
    headings: Iterable[str],
    rows: Iterable[Iterable[str]],
) -> nodes.section:
    """Paragraphs and a table under a title."""
    section = nodes.section(ids=[nodes.make_id(name)])
    section += nodes.title(text=name)
    section += [nodes.paragraph(text=one) for one in about]
    lines = [tuple(row) for row in rows]
    names = tuple(headings)
    group = nodes.tgroup(cols=len(names))
    group += [nodes.colspec(colwidth=1) for _ in names]
    group += nodes.thead("", _row(names))
    group += nodes.tbody("", *map(_row, lines))
    section += nodes.table("", group)
    directive.state.document.note_explicit_target(section)
    return section


def _row(cells: Iterable[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_directive("commands", Commands)
    app.add_directive("relations", Relations)
    app.add_directive("observables", Observables)
    return {"parallel_read_safe": True}
