"""What docstrings say, as plain text."""

from __future__ import annotations

import inspect


def summary(of: object) -> str:
    """The first paragraph of an object's docstring on one line, without the marks of reStructuredText."""
    first, _, _ = inspect.cleandoc(getattr(of, "__doc__", None) or "").partition("\n\n")
    return " ".join(first.split()).replace("``", "")
