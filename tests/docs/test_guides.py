"""What the guides list is what the code has: keys of campaigns, parameters of models; their examples run."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import pssglass as pg
from pssglass.base.errors import InputError
from pssglass.campaigns import protocol_table, reader
from pssglass.cli.errors import EXIT_FAILED, EXIT_USAGE
from pssglass.models import MODELS
from pssglass.models.data import MIXTURE_KEYS
from pssglass.models.forms import FORMS
from pssglass.simulation.barostat import DEFAULT_EVERY, DEFAULT_RELAXATION_TIME, STRUCTURE_FACTOR
from pssglass.simulation.protocol import DEFAULT_N_TAU
from pssglass.simulation.stages import own_stages

ROOT = Path(__file__).resolve().parents[2]
CAMPAIGNS = ROOT / "docs" / "campaigns.md"
MODEL_PAGE = ROOT / "docs" / "models.md"
OWN_POTENTIAL = ROOT / "docs" / "potential-of-your-own.md"
SHEAR = ROOT / "docs" / "shear.md"
IMPORTING = ROOT / "docs" / "importing.md"
DATABASE = ROOT / "db" / "README.md"

Row = tuple[str, ...]
"""Cells of a line of a table after its first."""

PROTOCOL_KEYS = {key.name: key for key in (*own_stages().keys.values(), *protocol_table.GENERAL_KEYS)}
SAID = {
    "n_tau": f"`{DEFAULT_N_TAU:g}`",
    "melt_temperature": "that of [the model](models.md)",
    "time_step": "that of the model at each temperature",
    "equilibration_cap": 'none; needed with `"auto"`',
    "pressure": "none: the volume is held",
    "swap": "none: no swap moves",
    "dynamics": "from the density",
    "trajectory": "none",
    "barostat_relaxation_time": f"`{DEFAULT_RELAXATION_TIME:g}`",
    "barostat_every": f"`{DEFAULT_EVERY}`",
    "compressibility": f"{STRUCTURE_FACTOR}/(ρ k_B T)",
}
"""Defaults of keys that the code fills in later."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def rows(text: str) -> dict[str, Row]:
    """The lines of tables whose first cell is one name in backticks."""
    lines = re.findall(r"^\| `(\w+)` \|(.*)\|$", text, re.MULTILINE)
    found = {name: tuple(cell.strip() for cell in rest.split(" | ")) for name, rest in lines}
    assert len(found) == len(lines)
    return found


def keys_of_campaigns() -> Mapping[str, dict[str, Row]]:
    """Those of each part of the table of keys."""
    section = CAMPAIGNS.read_text(encoding="utf-8").partition("## Keys of a campaign file")[2]
    parts = re.split(r"^\| \*\*(.*)\*\* \|.*$", section.partition("\n## ")[0], flags=re.MULTILINE)
    return {title: rows(text) for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_table_has_the_keys_of_campaigns() -> None:
    table = keys_of_campaigns()
    assert list(table) == ["top level", "`[[ensembles]]`", "`protocol`", "an entry of `observables`"]
    assert set(table["top level"]) == set(reader.CAMPAIGN_KEYS)
    assert set(table["`[[ensembles]]`"]) == set(reader.ENSEMBLE_KEYS)
    assert set(table["`protocol`"]) == set(PROTOCOL_KEYS)
    required = {name for name, cells in table["`[[ensembles]]`"].items() if cells[1] == "required"}
    assert required == set(reader.ENSEMBLE_NEEDS)


def test_the_table_has_the_keys_of_observables() -> None:
    asked = {"name": "first", "seed": 1, "ensembles": [{}], "observables": [{"zzz": 1}]}
    with pytest.raises(InputError) as refused:
        reader.parse_campaign(asked)
    known = str(refused.value).partition("known: ")[2].split(", ")
    assert sorted(keys_of_campaigns()["an entry of `observables`"]) == sorted(known)


@pytest.mark.parametrize("name", PROTOCOL_KEYS)
def test_the_table_has_the_defaults_of_the_protocol(name: str) -> None:
    key = PROTOCOL_KEYS[name]
    usual = "required" if key.required else SAID[name] if key.default is None else f"`{key.default}`"
    kind, default, _, _ = keys_of_campaigns()["`protocol`"][name]
    assert default == usual
    assert ("list" in kind) == key.per_temperature


def test_the_table_has_the_bounds_of_the_code() -> None:
    table = keys_of_campaigns()
    protocol, ensembles = table["`protocol`"], table["`[[ensembles]]`"]
    assert f"at most {protocol_table.LARGEST_QUENCH_TOLERANCE:g}" in protocol["quench_tolerance"][2]
    assert f"at most {protocol_table.LONGEST_STEP:g} times" in protocol["time_step"][2]
    assert f"at least {reader.SMALLEST_N};" in ensembles["N"][2]
    assert ensembles["samples"][2] == f"1 to {reader.MOST_SAMPLES}"


def test_the_page_of_models_has_the_keys_of_models_of_your_own() -> None:
    page = MODEL_PAGE.read_text(encoding="utf-8").partition("## Models of your own")[2]
    mixture, *forms = re.split(r"^### (?:.*)$", page, flags=re.MULTILINE)
    assert set(rows(mixture)) == {"form", *MIXTURE_KEYS}
    for name, text in zip(re.findall(r"^### (.*)$", page, re.MULTILINE), forms, strict=True):
        entry = FORMS[name]
        said = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE))))
        assert said == set(entry.keys) - set(entry.measured)


def test_the_page_of_a_potential_of_your_own_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer particles and less time."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for text in blocks(OWN_POTENTIAL, "python"):
        exec(
            compile(text.replace("N=500", "N=256").replace("time=20.0", "time=1.0"), "python", "exec"), names
        )
    [campaign] = blocks(OWN_POTENTIAL, "toml")
    small = campaign.replace("N = 500", "N = 256").replace("_time = 20.0", "_time = 1.0, melt_time = 1.0")
    (tmp_path / "own.toml").write_text(small, encoding="utf-8")
    [lines] = blocks(OWN_POTENTIAL, "sh")
    for line in lines.splitlines():
        done = command(f"{line} --workers 0" if "own.toml" in line else line, tmp_path)
        assert done.returncode == 0, (line, done.stderr)
    assert re.search(r"steep +0\.5 +\d", done.stdout), done.stdout
    assert re.search(r"wca +1 +\d", done.stdout), done.stdout


def test_the_page_of_shear_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer particles, less time, less strain and larger steps."""
    monkeypatch.chdir(tmp_path)
    [text] = blocks(SHEAR, "python")
    for usual, small in (("N=1000", "N=100"), ("time=20.0", "time=1.0"), ("max_strain=0.1", "0.02, 0.04")):
        assert usual in text
        text = text.replace(usual, small)
    text = text.replace("path=[0.02, -0.02, 0.02]", "step=0.02, path=[0.02, -0.02, 0.02]")
    names: dict[str, object] = {}
    exec(compile(text, "python", "exec"), names)
    assert (tmp_path / "sheared.gsd").is_file()


@pytest.mark.parametrize("key", ["thermostat", "precision", "quench"])
def test_the_table_has_the_choices_of_the_code(key: str) -> None:
    with pytest.raises(InputError) as refused:
        PROTOCOL_KEYS[key].check(key, "zzzzzzzz")
    known = str(refused.value).partition("known: ")[2].split(", ")
    assert sorted(re.findall(r"`(\w+)`", keys_of_campaigns()["`protocol`"][key][2])) == sorted(known)


@pytest.mark.parametrize("name", ["pss", "kablj", "hertzian", "poly-ipl", "poly-pss"])
def test_the_page_of_models_has_their_parameters(name: str) -> None:
    section = re.split(r"^## ", MODEL_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    table = rows(next(text for text in section if text.startswith(f"{name}\n")))
    parameters = inspect.signature(MODELS[name]).parameters.values()
    defaults = {
        one.name: "required"
        if one.default is one.empty
        else f"`{list(one.default) if isinstance(one.default, tuple) else one.default}`"
        for one in parameters
    }
    assert {key: cells[0] for key, cells in table.items()} == defaults


def test_the_page_of_models_has_their_numbers() -> None:
    said = MODEL_PAGE.read_text(encoding="utf-8")
    form = pg.KABLJ().form.arguments()
    for name, value in zip(("c0", "c2", "c4"), form["inner"][2:5], strict=True):
        assert f"{name} = {value}".replace("-", "−") in said
    for name, value in zip(
        ("c0", "c2", "c4", "c6"), pg.PolyIPL().form.arguments()["polynomial"], strict=True
    ):
        [told] = re.findall(rf"{name} = ([−\d.]+\d)", said.partition("## poly-ipl")[2])
        assert float(told.replace("−", "-")) == pytest.approx(value, rel=1e-15)
    for model, temperature in (
        (pg.PSS(1.1), 1.0),
        (pg.PSS(1.5), 1.0),
        (pg.KABLJ(), 1.0),
        (pg.Hertzian(), 0.0035),
        (pg.PolyIPL(), 1.0),
    ):
        assert f"{model.default_time_step(temperature):g}" in said
    for model, least in (
        (pg.PSS(1.1), 32),
        (pg.PSS(1.2), 34),
        (pg.PSS(1.3), 42),
        (pg.PSS(1.5), 64),
        (pg.KABLJ(), 150),
        (pg.PolyIPL(), 140),
        (pg.PolyPSS(1.1), 70),
        (pg.PolyPSS(1.2), 90),
        (pg.PolyPSS(1.3), 115),
        (pg.PolyPSS(1.5), 176),
    ):
        fits = [
            N for N in range(32, 200) if N % model.unit == 0 and model.box_length(N) >= 2 * model.max_cutoff
        ]
        assert fits[0] == least


def command(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).with_name("pssglass")), *shlex.split(line)[1:]]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the example of docs/importing.md was followed to its end."""
    folder = tmp_path_factory.mktemp("outside")
    [python] = blocks(IMPORTING, "python")
    subprocess.run([sys.executable, "-c", python], cwd=folder, check=True, env={**os.environ})
    [lines] = blocks(IMPORTING, "sh")
    for line in lines.splitlines():
        done = command(line, folder)
        assert done.returncode == 0, (line, done.stderr)
    assert re.search(r"outside +1 +1 +\d", done.stdout), done.stdout
    return folder


def test_the_example_of_importing_needs_all_its_options(outside: Path) -> None:
    [lines] = blocks(IMPORTING, "sh")
    first = lines.splitlines()[0].replace("--ensemble outside", "--ensemble other --db other.db")
    for option, complaint in ((" --quench", "above 1e-06"), (" --map Zr=B", "unknown species Zr")):
        refused = command(first.replace(option, ""), outside)
        assert refused.returncode == EXIT_USAGE
        assert complaint in refused.stderr


def test_the_recipe_for_arrays_works(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(outside)
    [python] = blocks(DATABASE, "python")
    names: dict[str, object] = {}
    exec(compile(python, "db/README.md", "exec"), names)
    frequencies, files = names["frequencies"], names["files"]
    assert isinstance(frequencies, dict)
    assert isinstance(files, dict)
    assert sorted(frequencies) == sorted(files) == [("outside", 0), ("outside", 1)]
    model = pg.PSS(rc=1.5)
    for key, path in files.items():
        found = pg.Glass.read(path, model).modes(len(frequencies[key])).frequencies
        assert found == pytest.approx(frequencies[key], rel=1e-6)


def test_exit_codes_are_those_that_are_said() -> None:
    said = DATABASE.read_text(encoding="utf-8").partition("## Exit codes")[2].partition("\n## ")[0]
    codes = re.findall(r"^\| (\d+) \|", said, re.MULTILINE)
    assert codes == ["0", str(EXIT_FAILED), str(EXIT_USAGE), "75"]
