"""What a notebook shows of an object is small, well-formed and safe."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from pssglass.base import notebook


def test_a_table_has_names_and_values_and_escapes_them() -> None:
    cells = ElementTree.fromstring(notebook.table("a <b>", {"x & y": 3.5})).itertext()
    assert list(cells) == ["a <b>", "x & y", "3.5"]


def test_points_lie_in_the_drawing_on_logarithmic_axes() -> None:
    x, y = np.array([1.0, 10.0, 100.0]), np.array([0.01, 1.0, 0.1])
    drawing = ElementTree.fromstring(notebook.points(x, y, ("a", "b")))
    circles = [one for one in drawing if one.tag.endswith("circle")]
    left, middle, right = (float(one.attrib["cx"]) for one in circles)
    low, high, between = (float(one.attrib["cy"]) for one in circles)
    assert 0.0 < left < middle < right < notebook.WIDTH
    assert middle - left == pytest.approx(right - middle, abs=0.11)  # a digit after the point is written
    assert notebook.HEIGHT > low > between > high > 0.0
    assert "a = 10, b = 1" in circles[1][0].itertext()


def test_points_of_one_value_lie_in_the_middle() -> None:
    drawing = notebook.points(np.ones(2), np.ones(2), ("a", "b"))
    assert drawing.count(f"cx='{notebook.WIDTH / 2:.1f}'") == 2
