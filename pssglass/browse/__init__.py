"""The database in a browser, by Datasette."""

from __future__ import annotations

from pssglass.browse.server import Server

__all__ = ["Server"]
