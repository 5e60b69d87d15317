"""The commands that show: plot, observables, info, status."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from pssglass.db import StatusReport, Store

from pssglass import pipeline
from pssglass.base.errors import DatabaseUnreachable
from pssglass.campaigns.reader import load_campaign
from pssglass.cli import status
from pssglass.pipeline import provenance

if TYPE_CHECKING:
    from .conftest import Program

COMMANDS = (
    *("demo", "simulate", "analyze", "status", "sql", "plot", "report"),
    *("import", "export", "verify", "observables", "models", "info", "new", "cite", "db"),
)
PNG = b"\x89PNG\r\n\x1a\n"


def test_a_figure_without_a_database(pssglass: Program) -> None:
    assert pssglass("plot", "fig2").done().out == "fig2.png\n"
    assert (pssglass.folder / "fig2.png").read_bytes().startswith(PNG)
    assert pssglass.files() == {"fig2.png"}


def test_a_figure_of_results_and_its_numbers(measured: Program) -> None:
    measured("plot", "fig5", "-o", "moduli.pdf", "--data").done()
    assert (measured.folder / "moduli.pdf").read_bytes().startswith(b"%PDF")
    with (measured.folder / "moduli.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["parent_temperature"] for row in rows} == {"1.0", "2.6"}


def test_all_figures(measured: Program) -> None:
    done = measured("plot", "all", "-o", "figures")
    assert done.code == 0
    assert {"fig2.png", "fig4.png", "fig5.png", "fig15.png"} <= {
        path.name for path in (measured.folder / "figures").iterdir()
    }


def test_all_figures_in_another_format(measured: Program) -> None:
    done = measured("plot", "all", "-o", "vector", "--format", "svg")
    assert done.code == 0, done.err
    written = list((measured.folder / "vector").iterdir())
    assert {"fig2.svg", "fig4.svg"} <= {path.name for path in written}
    assert {path.suffix for path in written} == {".svg"}
    assert len(done.out.split()) == len(written)
    assert all(b"<svg" in path.read_bytes() for path in written)


def test_all_figures_are_no_file(pssglass: Program) -> None:
    refused = pssglass("plot", "all", "-o", "figs.pdf")
    refused.refused("-o figs.pdf", "write -o FOLDER --format pdf")
    assert pssglass.files() == set()


def test_a_figure_is_no_folder(pssglass: Program) -> None:
    (pssglass.folder / "fig2.png").mkdir()
    pssglass("plot", "fig2").refused("fig2.png (it is a folder, no regular file); name a file")


def test_stages_lists_every_key_of_the_protocol(pssglass: Program) -> None:
    out = pssglass("stages").done().out
    for key in ("equilibration_time", "melt_time", "time_step", "thermostat", "quench_tolerance"):
        assert re.search(rf"^ +{key} ", out, re.MULTILINE), key


def test_one_figure_in_another_format(pssglass: Program) -> None:
    assert pssglass("plot", "fig2", "--format", "pdf").done().out == "fig2.pdf\n"
    pssglass("plot", "fig2", "-o", "fig2.png", "--format", "pdf").refused("fig2.png", ".pdf")


def test_all_figures_without_results(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--workers", 0).done()
    done = with_campaign("plot", "all", "-o", "figures")
    assert done.code == 2
    assert done.out == "figures/fig2.png\n"
    assert "run `pssglass analyze --db pssglass.db` first" in done.err


def test_figures_that_cannot_be_drawn(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--workers", 0).done()
    with_campaign("plot", "fig4").refused("fig4", "pssglass analyze")
    with_campaign("plot", "fig44").refused("fig44", "'fig4'")
    with_campaign("plot", "fig4", "-o", "fig4.bmp").refused(".bmp", ".png")
    assert "fig4.png" not in with_campaign.files()


def test_observables_tell_columns_and_provider(pssglass: Program) -> None:
    out = pssglass("observables").done().out
    assert "moduli 2, level sample, from pssglass" in out
    assert "bulk_modulus" in out
    assert "neighbour_range = 1.4, solid_threshold = 0.7" in out
    assert "epsilon/lambda^3" in out
    alone = pssglass("observables", "moduli").done().out
    assert "bulk_modulus" in alone
    assert alone in out
    pssglass("observables", "modul").refused("'modul'", "did you mean 'moduli'?")


@pytest.mark.parametrize(
    "name", ["version", "compiler", "simd", "threads", "solver", "blas", "database schema"]
)
def test_info_tells_how_the_program_was_built(name: str, pssglass: Program) -> None:
    lines = pssglass("info").done().out.splitlines()
    assert [line for line in lines if line.startswith(f"{name} ")]


def test_status_of_a_finished_campaign(measured: Program) -> None:
    out = measured("status").done().out
    assert "tiny-rc1.5-T1.0" in out
    assert "moduli" in out
    assert "failures" not in out
    assert out.endswith("next: `pssglass report` and `pssglass plot all` show the results\n")


def test_status_tells_what_to_do_next(with_campaign: Program) -> None:
    def next_step() -> str:
        return with_campaign("status", "--db", "other.db").done().out.partition("\nnext: ")[2]

    with_campaign.write_campaign(("samples = 2", "samples = 1"), failing=True)
    with_campaign("simulate", "campaign.toml", "--workers", 0, "--db", "other.db")
    assert next_step().startswith("`pssglass analyze --db other.db`")
    with_campaign("analyze", "--observable", "energetics", "--workers", 0, "--db", "other.db")
    shown, again = next_step().split("; ")
    assert shown.startswith("`pssglass report --db other.db`")
    assert again.startswith("`pssglass simulate CAMPAIGN.toml --retry-failed --db other.db`")
    more = ("samples = 2", "samples = 3")
    with_campaign.write_campaign(more)
    with Store.open(with_campaign.folder / "other.db") as store:
        pipeline.prepare(store, load_campaign(with_campaign.folder / "campaign.toml"))
    assert next_step().startswith("`pssglass simulate CAMPAIGN.toml --db other.db`")


def test_status_for_programs(with_campaign: Program) -> None:
    with_campaign.write_campaign(("samples = 2", "samples = 1"), failing=True)
    with_campaign("simulate", "campaign.toml", "--workers", 0)
    report = json.loads(with_campaign("status", "--json").done().out, parse_constant=pytest.fail)
    assert [one["counts"] for one in report["ensembles"]] == [{"failed": 1}, {"done": 1}, {"done": 1}]
    [failure] = report["failures"]
    assert failure["observable"] is None
    assert "diverged" in failure["reason"]
    assert datetime.fromisoformat(failure["when"])


def test_watching_ends_when_nothing_is_left_to_do(measured: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    measured.write_campaign(("samples = 2", "samples = 3"))
    with Store.open(measured.folder / "pssglass.db") as store:
        pipeline.prepare(store, load_campaign(measured.folder / "campaign.toml"))

    def finish(_seconds: float) -> None:
        with Store.open(measured.folder / "pssglass.db") as store:
            pipeline.simulate(store, store.unfinished_samples([1, 2]), workers=0)

    monkeypatch.setattr("pssglass.cli.status.sleep", finish)
    out = measured("status", "--watch").done().out
    rows = [line.split() for line in out.splitlines() if line.strip().startswith("tiny-")]
    counts = [row[1:5] for row in rows if row[1].isdigit()]
    assert counts == [["2", "0", "1", "0"]] * 2 + [["3", "0", "0", "0"]] * 2
    measured("status", "--watch", "--json").refused("either")


def test_watching_goes_on_when_the_server_was_away(
    measured: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured.write_campaign(("samples = 2", "samples = 3"))
    with Store.open(measured.folder / "pssglass.db") as store:
        pipeline.prepare(store, load_campaign(measured.folder / "campaign.toml"))
    away = [DatabaseUnreachable("the server does not answer")] * 2
    look = status._look

    def look_in_vain(db: str) -> StatusReport:
        if away:
            raise away.pop()
        with Store.open(measured.folder / "pssglass.db") as store:
            pipeline.simulate(store, store.unfinished_samples([1, 2]), workers=0)
        return look(db)

    monkeypatch.setattr(status, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(status, "_look", look_in_vain)
    out = measured("status", "--watch").done().out
    assert out.count("the server does not answer; looking again") == 2
    assert "6 of 6 samples done" in out


def test_status_tells_the_pace_while_samples_are_made(measured: Program) -> None:
    assert "4 of 4 samples done\n" in measured("status").done().out
    measured.write_campaign(("samples = 2", "samples = 3"))
    with Store.open(measured.folder / "pssglass.db") as store:
        pipeline.prepare(store, load_campaign(measured.folder / "campaign.toml"))
        assert store.claim_sample(store.unfinished_samples([1])[0].id, provenance.current())
    out = measured("status").done().out
    assert re.search(r"4 of 6 samples done, [\d.e+]+ samples an hour, .* left", out)


def test_without_a_command_the_program_shows_its_help(pssglass: Program) -> None:
    done = pssglass()
    assert done.code == 2
    assert done.err == pssglass("--help").done().out == pssglass("-h").done().out
    assert pssglass("db", "show", "-h").done().out == pssglass("db", "show", "--help").done().out


def test_the_version_is_told(pssglass: Program) -> None:
    assert pssglass("--version").done().out == f"pssglass {version('pssglass')}\n"


def test_help_names_every_command(pssglass: Program) -> None:
    out = pssglass("--help").done().out
    for command in COMMANDS:
        assert f" {command} " in out


def test_figures_do_not_depend_on_the_users_matplotlib(measured: Program) -> None:
    measured("plot", "fig5", "-o", "plain.png").done()
    plain = (measured.folder / "plain.png").read_bytes()
    (measured.folder / "matplotlibrc").write_text("text.usetex: True\nfigure.facecolor: red\n")
    backend = "module://no_such_package.backend_inline"
    measured.alone("plot", "fig5", "-o", "users.png", MPLBACKEND=backend).done()
    assert (measured.folder / "users.png").read_bytes() == plain
    measured.alone("report", MPLBACKEND=backend).done()
    measured("plot", "fig5", "-o", "dark.png", "--style", "dark_background").done()
    assert (measured.folder / "dark.png").read_bytes() != plain
    (measured.folder / "matplotlibrc").write_bytes(b"\xff")
    refused = measured.alone("plot", "fig5")
    assert refused.code == 2
    assert refused.err.endswith(
        "matplotlibrc of this folder, or your own, is no text in UTF-8; mend or remove it\n"
    )
    measured("plot", "fig5", "--style", "nonsense").refused("--style nonsense")
    measured("report", "--style", "nonsense").refused("--style nonsense")


def test_a_database_that_is_lost_while_figures_are_drawn_ends_the_command(
    measured: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise DatabaseUnreachable("the server does not answer; start it")

    monkeypatch.setattr("pssglass.figures.Figure.as_file", lose)
    for command in ("plot", "all"), ("report", "-o", "all.html"):
        measured(*command).refused("the server does not answer", code=1)
