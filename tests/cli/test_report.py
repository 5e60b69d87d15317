"""The report is one page that holds everything and needs nothing else."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import sqlite3
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pssglass.analysis.warnings import Flag
from pssglass.figures import discover_figures
from pssglass.plugins.aggregation import AggregateFailure
from pssglass.report.page import by_kind, picture

if TYPE_CHECKING:
    from .conftest import Program

ALONE = {"meta", "img", "link", "br"}


class Page(HTMLParser):
    """Checks that tags close in order; collects text, pictures and whatever would be fetched."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.pictures: dict[str, str] = {}
        self.fetched: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        if tag not in ALONE:
            self.open.append(tag)
        given = {key: value or "" for key, value in attrs}
        address = given.get("src", given.get("href", ""))
        if tag == "img":
            self.pictures[given["alt"]] = address
        if address and not address.startswith(("data:", "#")):
            self.fetched.append(address)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def page(program: Program) -> Page:
    program("report", "-o", "all.html").done()
    source = (program.folder / "all.html").read_text()
    assert "url(" not in re.sub(r'src="[^"]*"', "", source)
    return Page(source)


def test_a_page_needs_nothing_else_and_holds_every_figure_that_can_be_drawn(measured: Program) -> None:
    found = page(measured)
    assert found.fetched == []
    assert len(found.pictures) >= 8
    for address in found.pictures.values():
        head, _, code = address.partition(",")
        assert head == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(base64.b64decode(code)).tag.endswith("svg")


def test_the_page_tells_ensembles_relations_flags_and_origin(measured: Program) -> None:
    text = " ".join(page(measured).text.split())
    (G, error), *_ = re.findall(
        r"tiny-rc1.5-T1.0 1 100 2 not known (?:\S+ ± \S+ \S+ … \S+) (\S+) ± (\S+)", text
    )
    query = "SELECT parent_temperature, mean, standard_error FROM v_ensembles WHERE key = 'shear_modulus'"
    rows = measured("sql", query, "--format", "csv").done().rows
    [row] = [one for one in rows if float(one["parent_temperature"]) == 1.0]
    assert abs(float(G) - float(row["mean"])) <= 0.06 * float(row["standard_error"])
    assert abs(float(error) / float(row["standard_error"]) - 1.0) < 0.06
    assert "Not fitted: " in text
    assert "2 temperature(s) with error bars" in text
    assert re.search(r"fig3, .* needs T_co_collapse", text)
    assert "revision" in text


def test_the_page_begins_with_a_verdict_and_tells_how_samples_were_made(measured: Program) -> None:
    text = " ".join(page(measured).text.split())
    text = text.replace(" .", ".")
    assert "2 ensembles; 4 of 4 samples done. Liquids: 2 not known." in text
    making = text[text.index("How they were made") : text.index("Relations")]
    assert "pss rc=1.5 1 2.6 0.5 " in making
    assert "melt_temperature = 4.0; melt_time = 0.5" in making
    assert "quench = faithful" in making


def test_flags_of_a_kind_stand_together() -> None:
    flags = [
        Flag("a", "3 of 10 samples ended at the cap: wait"),
        Flag("b", "G = 1.2 ± 3e-1 is no more than its error"),
        Flag("c", "12 of 20 samples ended at the cap: wait longer"),
    ]
    found = {kind: [one.subject for one in members] for kind, members in by_kind(flags).items()}
    assert found == {
        "… of … samples ended at the cap": ["a", "c"],
        "G = … ± … is no more than its error": ["b"],
    }


def test_a_missing_database_or_folder_is_told(pssglass: Program, measured: Program) -> None:
    pssglass("report", "--db", "nothing.db").refused("nothing.db")
    measured("report", "-o", "no/such/folder.html").refused("no/such/folder.html")


def test_equal_numbers_give_equal_pictures() -> None:
    figure = discover_figures().plugins["fig2"].content
    assert picture(figure, [], []) == picture(figure, [], [])


def test_a_figure_that_fails_tells_why_and_what_it_rests_on() -> None:
    figure = discover_figures().plugins["fig16"].content
    cause = AggregateFailure("crossover", "pss rc=1.5", "plateau too short")
    found = picture(figure, [], [cause])
    assert found.url == ""
    assert found.reason.startswith("fig16: there are no results")
    assert found.reason.endswith("pss rc=1.5: plateau too short")


def test_a_sample_that_crystallised_is_flagged(measured: Program) -> None:
    """Its cluster, as the observable order would have found it, is put into the database by hand."""
    with contextlib.closing(sqlite3.connect(measured.folder / "pssglass.db")) as connection, connection:
        connection.execute(
            "UPDATE value_scalar SET value = 0.31 WHERE key = 'largest_cluster' AND configuration_id ="
            " (SELECT min(configuration_id) FROM value_scalar WHERE key = 'largest_cluster')"
        )
    text = " ".join(page(measured).text.split())
    assert text.count("crystal? the largest solid-like cluster holds 31.0 % of all particles") == 1


def test_the_flags_are_those_of_status(measured: Program) -> None:
    measured("report").done()
    page = Page((measured.folder / "report.html").read_text())
    flags = json.loads(measured("status", "--json").done().out)["flags"]
    assert flags
    assert all(flag["reason"] in page.text for flag in flags)
