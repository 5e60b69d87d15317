"""What is drawn for those who browse: the report and single figures, of the results as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pssglass import pipeline
from pssglass.base.errors import DatabaseError, PssglassError, suggest
from pssglass.db import Store
from pssglass.figures import discover_figures
from pssglass.report.page import report


@dataclass(frozen=True)
class Page:
    """An answer to a browser."""

    body: bytes
    content_type: str
    status: int = 200


class Pages:
    """Drawn from a database, anew each time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def report(self) -> str:
        """The report, HTML."""
        return report(self._store, datetime.now(UTC))

    def figure(self, name: str) -> Page:
        """A figure as SVG; where there is none, the reason. DatabaseError: results cannot be read."""
        figures = discover_figures().plugins
        if name not in figures:
            return _told(f"there is no figure '{name}'; {suggest(name, figures)}", 404)
        figure = figures[name].content
        ensembles, _ = pipeline.ensembles(self._store, {need.observable for need in figure.needs})
        try:
            return Page(figure.as_file(ensembles, "svg")[0], "image/svg+xml")
        except DatabaseError:  # results are read as the figure asks for them
            raise
        except PssglassError as error:
            return _told(str(error), 404)


def _told(text: str, status: int) -> Page:
    return Page(text.encode(), "text/plain; charset=utf-8", status)
