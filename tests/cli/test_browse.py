"""The database in a browser: views, recipes, figures and the report; on this machine alone, and read-only."""

from __future__ import annotations

import runpy
import shutil
import signal
import socket
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from pssglass.db import Recipe, Store, recipes
from pssglass.db.views import NAMES

from pssglass.base.errors import InputError
from pssglass.browse import Server

from .conftest import Program

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """The pages of a served database."""

    url: str
    process: subprocess.Popen[str]
    folder: Path

    def get(self, path: str, host: str | None = None) -> str:
        """What a page has, as text."""
        request = urllib.request.Request(self.url + path, headers={"Host": host} if host else {})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return unescape(answer.read().decode())

    def status(self, path: str, host: str | None = None, data: bytes | None = None) -> int:
        """The code that a page is refused with."""
        request = urllib.request.Request(self.url + path, data, headers={"Host": host} if host else {})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=600)
        with closing(refusal.value):
            return refusal.value.code


@pytest.fixture(scope="module")
def site(_measured: Path) -> Iterator[Site]:
    """Of the campaign that is measured."""
    with Program(_measured).start("browse", "--port", 0) as process:
        assert process.stdout is not None
        yield Site(process.stdout.readline().strip(), process, _measured)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert err.splitlines() == ["pssglass: Ctrl-C ends it"]


def test_the_first_page_leads_to_the_report_and_figures(site: Site) -> None:
    page = site.get("")
    assert "The report" in page
    assert "/-/figures/fig4" in page
    assert "Elasticity" in site.get("-/report")
    assert site.get("-/figures/fig4").startswith("<?xml")


def test_a_figure_that_cannot_be_drawn_tells_why(site: Site) -> None:
    assert site.status("-/figures/fig77") == 404
    assert site.status("-/figures/shear") == 404


@pytest.mark.parametrize("view", NAMES)
def test_views_are_shown_and_as_json(site: Site, view: str) -> None:
    assert view in site.get(f"pssglass/{view}")
    assert '"rows":' in site.get(f"pssglass/{view}.json")


def test_rows_can_be_chosen_by_facets(site: Site) -> None:
    page = site.get("pssglass/v_samples")
    assert 'id="facet-ensemble"' in page
    assert "ensemble=tiny-rc1.5-T1.0" in page


def test_arrays_are_no_csv(site: Site) -> None:
    assert site.status("pssglass/v_arrays.csv") == 400
    assert "shear_modulus" in site.get("pssglass/v_samples.csv")


def test_columns_are_described_with_their_units(site: Site) -> None:
    page = site.get("pssglass/v_samples")
    assert "temperature of the liquid before the quench [epsilon/k_B]" in page
    assert "[epsilon/sigma^3]" in page.replace("lambda", "sigma")


def test_arrays_are_shown_by_their_first_numbers(site: Site) -> None:
    assert "float64 (" in site.get("pssglass/v_arrays")
    assert "float64 (" in site.get("pssglass/value_array")


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_recipes_can_be_chosen(site: Site, recipe: Recipe) -> None:
    page = site.get(f"pssglass/{recipe.name}")
    assert recipe.title in page
    assert "Error" not in page


def test_nothing_can_be_written(site: Site) -> None:
    before = (site.folder / "pssglass.db").read_bytes()
    assert site.status("pssglass?sql=DELETE+FROM+sample") == 400
    assert site.status("pssglass/v_samples", data=b"state=gone") == 405
    assert (site.folder / "pssglass.db").read_bytes() == before


def test_connections_only_read(measured: Program, tmp_path: Path) -> None:
    odd = tmp_path / "a?b#c%20.db"
    shutil.copy(measured.folder / "pssglass.db", odd)
    shutil.copytree(measured.folder / "pssglass.configurations", tmp_path / "a?b#c%20.configurations")
    with Store.open(odd, read_only=True) as store, closing(Server(store, 0)) as server:
        database = server._datasette.get_database(odd.stem)
        for write in (False, True):
            with closing(database.connect(write=write)) as connection:
                assert connection.execute("SELECT count(*) FROM sample").fetchone() == (4,)
                with pytest.raises(sqlite3.OperationalError, match="readonly"):
                    connection.execute("DELETE FROM value_scalar")


def test_other_names_for_this_machine_are_refused(site: Site) -> None:
    assert site.status("", host="example.org:80") == 403
    for ours in ("localhost", "127.0.0.1", "localhost:80"):
        assert "The report" in site.get("", host=ours)


def test_a_headless_browser_takes_the_pictures_of_the_pages(measured: Program) -> None:
    script = runpy.run_path(str(ROOT / "docs" / "screenshots.py"))
    script["main"](measured.folder / "pssglass.db", measured.folder)
    for name in ("browse.png", "report.png"):
        kept = plt.imread(ROOT / "docs" / "screenshots" / name)
        taken = plt.imread(measured.folder / name)
        assert taken.shape[:2] == kept.shape[:2] == script["SIZE"][::-1]
        assert taken[..., :3].std() > 0.05


def test_without_a_browser_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = runpy.run_path(str(ROOT / "docs" / "screenshots.py"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="install one of chromium-headless-shell, chromium, google-chrome"):
        script["browser"]()
    (tmp_path / "google-chrome").touch(0o755)
    assert script["browser"]() == str(tmp_path / "google-chrome")


def test_a_port_that_is_taken_is_told(measured: Program) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        measured("browse", "--port", port).refused(f"--port {port}", "choose another one")


def test_only_files_are_served(url: str) -> None:
    with Store.open(url, create=True) as store:
        if store.location.file is None:
            with pytest.raises(InputError, match="only SQLite files are browsed"):
                Server(store, 0)
        else:
            with closing(Server(store, 0)) as server:
                assert server.url.startswith("http://127.0.0.1:")
