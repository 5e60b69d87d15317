"""Short texts of long values."""

from __future__ import annotations

from pssglass.base.canonical import LONGEST_TEXT, shortened


def test_what_is_short_stays() -> None:
    value = {
        "form": "table",
        "composition": [0.5, 0.5],
        "sizes": {"drawing": "random", "largest": 2.0},
        "n": 3,
    }
    assert shortened(value) == repr(value)
    assert shortened("word") == "word"


def test_of_a_long_list_its_beginning_and_its_length_are_told() -> None:
    values = [0.1 * k for k in range(20_000)]
    text = shortened({"phi": values, "mass": 1.0})
    assert text.startswith("{'phi': [0.0, 0.1, 0.2, ")
    assert "… (20000 values, SHA-256 " in text
    assert text.endswith("), 'mass': 1.0}")
    assert len(text) < LONGEST_TEXT + 80
    assert text != shortened({"phi": [*values[:-1], 0.0], "mass": 1.0})
