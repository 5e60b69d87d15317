"""Telling what failed while a command goes on."""

from __future__ import annotations

from pssglass.cli.messages import say

REASONS_SHOWN = 10


class Failures:
    """Tells the first reasons as they come; all of them are in the database."""

    def __init__(self) -> None:
        self._count = 0

    def tell(self, what: str, reason: str) -> None:
        """One thing failed."""
        self._count += 1
        if self._count <= REASONS_SHOWN:
            say(f"pssglass: {what} failed: {reason}")
        elif self._count == REASONS_SHOWN + 1:
            say("pssglass: more failures; `pssglass status` lists them")
