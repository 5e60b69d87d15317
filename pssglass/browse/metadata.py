"""What the pages say of a database: titles, meanings and units of columns, and recipes to choose from."""

from __future__ import annotations

from html import escape
from typing import Any

from pssglass.db import Store, about, recipes
from pssglass.figures import discover_figures

REPORT = "/-/report"
FIGURES = "/-/figures"
STYLE = "/-/style.css"
CSS = """\
dl.column-descriptions { max-height: 11rem; overflow-y: auto; font-size: 0.85em; }
dl.column-descriptions dt { float: left; clear: left; }
dl.column-descriptions dd { margin-left: 18rem; }
"""
"""The meanings of a hundred columns would push their rows from the page."""
_FACETS = {
    "v_samples": ("ensemble", "model", "state"),
    "v_ensembles": ("observable", "key", "model"),
    "v_ensemble_values": ("observable", "key", "model"),
    "v_model_values": ("key", "label"),
    "v_scalars": ("observable", "key", "ensemble"),
    "v_arrays": ("observable", "key", "ensemble"),
    "v_analyses": ("observable", "state", "ensemble"),
}
"""Columns by whose values rows can be chosen, where a view has many rows."""


def metadata(store: Store, name: str) -> dict[str, Any]:
    """As Datasette wants it, for a database of this name."""
    return {
        "title": f"Computer glasses: {store.location}",
        "description_html": _front(),
        "extra_css_urls": [STYLE],
        "databases": {
            name: {
                "description_html": "Views, which begin with v_, are for people; tables are behind them.",
                "tables": _tables(store),
                "queries": {one.name: {"title": one.title, "sql": one.sql} for one in recipes()},
            }
        },
    }


def _front() -> str:
    """The first page's links to what is drawn."""
    figures = discover_figures().plugins.values()
    links = (
        f'<a href="{FIGURES}/{escape(one.content.name)}" title="{escape(one.content.title)}">'
        f"{escape(one.content.name)}</a>"
        for one in figures
    )
    return f'<p><a href="{REPORT}">The report</a>; figures: {", ".join(links)}.</p>'


def _tables(store: Store) -> dict[str, dict[str, Any]]:
    """Each view and table with what is known of its columns."""
    found: dict[str, dict[str, Any]] = {}
    for table, column, unit, meaning in store.schema():
        one = found.setdefault(table, {"description": about(table), "columns": {}})
        text = f"{meaning} [{unit}]" if unit not in ("", "1") else meaning
        one["columns"][column] = text
    for table, one in found.items():
        if table in _FACETS:
            one["facets"] = list(_FACETS[table])
    return found
