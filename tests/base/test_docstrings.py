"""What docstrings say, as plain text."""

from __future__ import annotations

from pssglass.base.docstrings import summary


class Told:
    """Of ``starts`` descents,
    one each.

    More.
    """


class Silent:
    pass


def test_a_summary_is_the_first_paragraph_without_marks() -> None:
    assert summary(Told) == "Of starts descents, one each."
    assert summary(Silent) == ""
