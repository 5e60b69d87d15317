"""Numbers as people read them."""

from __future__ import annotations

import doctest

from pssglass.cli import output


def test_examples_in_the_documentation() -> None:
    assert doctest.testmod(output).failed == 0
