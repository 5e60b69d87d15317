"""``pssglass demo``: everything from the liquid to the figure in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program


@pytest.mark.slow
def test_the_demo_ends_with_a_table_and_a_figure(pssglass: Program) -> None:
    done = pssglass.alone("demo").done()
    header, *_ = [line for line in done.out.splitlines() if "T_p" in line]
    assert header.split() == ["model", "T_p", "N", "samples", "u", "G", "G_na/G", "K", "ν"]
    rows = [line for line in done.out.splitlines() if "pss rc=" in line]
    assert len(rows) == 4
    assert all(row.count("±") == 5 for row in rows)
    folder = pssglass.folder / "pssglass-demo"
    assert (folder / "pssglass.db").exists()
    assert len(list(folder.rglob("*-inherent.gsd"))) == 24
    assert list(folder.glob("*.png"))
    again = pssglass.alone("demo").done()
    assert again.out == done.out
