"""What README and docs/ show works: campaigns, commands, examples and links."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pssglass.campaigns.reader import parse_campaign
from pssglass.execution import load_settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "site").glob("*.md")),
    ROOT / "db" / "cookbook.md",
    *(ROOT / folder / "README.md" for folder in ("cpp", "db", "observables", "pssglass", "tests")),
]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 600


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
        assert heading in ["", *(re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles)]


@pytest.mark.parametrize(
    "page",
    ["README.md", "docs/campaigns.md", "docs/constant-pressure.md", "docs/lineages.md", "docs/swap.md"],
)
def test_campaigns_are_valid(page: str) -> None:
    campaigns = [text for text in blocks(ROOT / page, "toml") if "[[ensembles]]" in text]
    assert campaigns
    for text in campaigns:
        assert parse_campaign(tomllib.loads(text)).ensembles


def test_settings_of_machines_are_valid(tmp_path: Path) -> None:
    [text] = blocks(ROOT / "docs" / "clusters.md", "toml")
    (tmp_path / "tls").mkdir()
    for name in ("ca.pem", "me.pem", "me.key"):
        (tmp_path / "tls" / name).touch()
    file = tmp_path / "machine.toml"
    file.write_text(text, encoding="utf-8")
    assert load_settings(file)


@pytest.mark.parametrize(
    "page",
    [
        *("README.md", "docs/campaigns.md", "docs/clusters.md", "docs/importing.md"),
        *("db/README.md", "observables/README.md"),
    ],
)
def test_commands_and_their_options_exist(page: str) -> None:
    indented = re.findall(r"^ {4}(pssglass .*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    lines = [*"\n".join(blocks(ROOT / page, "sh")).splitlines(), *indented]
    commands = [line.split("#")[0] for line in lines if line.startswith("pssglass ")]
    assert commands
    for command in commands:
        words = command.split()[1:]
        names = words[: 2 if words[0] == "db" else 1]
        program = [str(Path(sys.executable).with_name("pssglass")), *names, "--help"]
        told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"(?<= )--[a-z-]+", command):
            assert option in told, command


@pytest.mark.parametrize(
    "page",
    [
        *("README.md", "docs/python.md", "docs/constant-pressure.md", "docs/swap.md"),
        *("docs/quasilocalised-modes.md", "docs/modes-in-ovito.md"),
    ],
)
def test_python_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer particles and less time."""
    monkeypatch.chdir(tmp_path)
    text, *_ = blocks(ROOT / page, "python")
    small = text.replace("N=3000", "N=256").replace("time=50.0", "time=0.5").replace("n=110", "n=5")
    assert small != text
    names: dict[str, object] = {"forces": [[0.0, 0.0, 0.0]] * 256}
    exec(compile(small, page, "exec"), names)
    assert names["glass"]


def test_the_benchmark_of_factors_prints_the_table_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ROOT / "tests" / "benchmarks"
    monkeypatch.syspath_prepend(folder)
    program = runpy.run_path(str(folder / "factors.py"))
    page = (ROOT / "cpp" / "README.md").read_text(encoding="utf-8")
    assert f"\n| {' | '.join(program['COLUMNS'])} |\n" in page
    assert [program["power"](*one) for one in ((5.23e6, 1), (3.1e-13, 0))] == ["5.2·10⁶", "3·10⁻¹³"]
