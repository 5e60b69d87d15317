"""Directive ``commands``: every command of the program with its help, taken from the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from pssglass.cli.app import app

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


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
