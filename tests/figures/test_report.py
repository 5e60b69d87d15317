"""The report of a campaign in which everything was measured."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from unittest import mock

import pytest
from pssglass.db import Store

from pssglass import pipeline
from pssglass.base.results import EnsembleData
from pssglass.plugins.aggregation import AggregateFailure
from pssglass.report.page import SECTIONS, report

FAILURE = AggregateFailure("relaxation", '<b>cold</b> & "old"', "no <i>liquid</i>")


@pytest.fixture(scope="module")
def page(recorded_campaign: list[EnsembleData], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page, of an ensemble with markup in its name and a failure with more of it."""
    odd = replace(recorded_campaign[0], name="<script>alert(1)</script>")
    found = [odd, *recorded_campaign[1:]], [FAILURE]
    folder = tmp_path_factory.mktemp("report")
    with (
        mock.patch.object(pipeline, "ensembles", return_value=found),
        Store.open(folder / "glass.db", create=True) as store,
    ):
        return report(store, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))


def test_everything_is_drawn_and_every_ensemble_has_its_row(page: str) -> None:
    assert "Not drawn" not in page
    assert len(re.findall(r'<img src="data:image/svg\+xml;base64,', page)) == 26
    for title in SECTIONS:
        table = page[page.index(f"<h3>{title}") :]
        table = table[: table.index("</table>")]
        assert re.findall(r"colspan=.*>(pss rc=.*)</th>", table) == ["pss rc=1.1", "pss rc=1.5"]
        assert len(re.findall(r'<tr>\s*<td class="text">[^<]+</td><td>', table)) >= 22
    assert "2026-01-02 03:04 UTC" in page


def test_the_relations_are_fitted_with_errors_beside_the_papers_exponents(page: str) -> None:
    relations = page[page.index("<h2>Relations") : page.index('<h2 id="flags">')]
    assert "Not fitted" not in relations
    rows = re.findall(r"<td>(-?[\d.]+) ± ([\d.]+)</td><td>(-[35])</td>", relations)
    assert {expected for *_, expected in rows} == {"-3", "-5"}


def test_text_of_others_stays_text(page: str) -> None:
    assert "<script" not in page
    assert "<b>cold" not in page
    assert html.escape("<script>alert(1)</script>", quote=False) in page
    assert "no &lt;i&gt;liquid" in page
