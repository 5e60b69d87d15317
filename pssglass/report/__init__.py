"""The report of a database: everything in it on one page."""

from __future__ import annotations

from pssglass.report.page import report

__all__ = ["report"]
