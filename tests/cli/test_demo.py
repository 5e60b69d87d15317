"""``pssglass demo``: from the liquid to the figure in one command. ``tests/wheel`` runs it as it is."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from pssglass.campaigns.reader import parse_campaign

if TYPE_CHECKING:
    from .conftest import Program

HEADER = ["model", "T_p", "N", "samples", "u", "G", "G_na/G", "K", "ν"]


@pytest.fixture
def small(with_campaign: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program with campaign.toml for its demo."""

    def load(_preset: str) -> object:
        return parse_campaign(tomllib.loads((with_campaign.folder / "campaign.toml").read_text()))

    monkeypatch.setattr("pssglass.cli.demo.load_campaign", load)
    return with_campaign


def table(out: str) -> list[list[str]]:
    """The cells of the demo's table, its header first; a mean with its error is one cell."""
    lines = [line for line in out.splitlines() if "T_p" in line or "pss rc=" in line]
    return [line.replace("pss rc", "pss-rc").replace(" ± ", "±").split() for line in lines]


def test_the_table_shows_ratios_of_mean_moduli(small: Program) -> None:
    header, *rows = table(small("demo", "--workers", 0).done().out)
    assert header == HEADER
    query = (
        "SELECT avg(shear_modulus_nonaffine) / avg(shear_modulus) AS ratio, avg(bulk_modulus) AS K"
        " FROM v_samples GROUP BY parent_temperature ORDER BY parent_temperature DESC"
    )
    expected = small("sql", query, "--format", "csv", "--db", "pssglass-demo/pssglass.db").rows
    assert [row[1] for row in rows] == ["2.6", "1"]
    for row, values in zip(rows, expected, strict=True):
        for name in ("ratio", "K"):
            mean, error = map(float, row[HEADER.index("G_na/G" if name == "ratio" else name)].split("±"))
            assert mean == pytest.approx(float(values[name]), abs=0.05 * error)
    assert {path.name for path in (small.folder / "pssglass-demo").glob("*.png")} == {
        "fig4.png",
        "fig5.png",
        "fig15.png",
    }


def test_the_demo_tells_of_failures_and_ends_with_exit_code_1(small: Program) -> None:
    small.write_campaign(("samples = 2", "samples = 1"), failing=True)
    done = small("demo", "--workers", 0)
    assert done.code == 1
    assert "1 samples and analyses failed; `pssglass status --db " in done.err
    assert [row[0] for row in table(done.out)] == ["model", "pss-rc=1.1", "pss-rc=1.5", "pss-rc=1.5"]
    assert "–" in table(done.out)[1], "of failed samples there are no values"
    again = small("demo", "--workers", 0)
    assert (again.code, table(again.out)) == (1, table(done.out))
