"""A model of another distribution, added by one entry point, arrives everywhere that the built-in ones do."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pssglass.db import Store

import pssglass as pg
from pssglass import engine, pipeline
from pssglass.base.errors import ModelError
from pssglass.cli import main
from pssglass.figures import discover_figures
from pssglass.models.registry import MODELS, build_model, default_parameters, example, installed_models
from pssglass.simulation.start import random_configuration

WCA = '''
from typing import Annotated

from pssglass.models import Example, Model, smoothed


def WCA(large: Annotated[float, Example(1.4)], *, density: float = 0.8) -> Model:
    """Repulsive spheres: Lennard-Jones up to its minimum, where it ends smoothly."""
    large, density = float(large), float(density)
    middle = 0.5 * (1.0 + large)
    return Model(
        name="wca",
        parameters={"large": large, "density": density},
        species=("A", "B"),
        composition=(0.5, 0.5),
        number_density=density,
        mass=1.0,
        energies=((1.0, 1.0), (1.0, 1.0)),
        lengths=((1.0, middle), (middle, large)),
        form=smoothed(2.0 ** (1.0 / 6.0)),
    )
'''

CAMPAIGN = """\
name = "soft"
seed = 3

[[ensembles]]
model = "wca"
parameters = { large = 1.4 }
N = 64
parent_temperatures = [2.0, 1.0]
samples = 2
protocol = { melt_temperature = 3.0, melt_time = 0.2, equilibration_time = 0.2 }
"""


class Shelf:
    """A folder on the import path into which tiny distributions are installed, as pip would lay them out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution: str, name: str, source: str, attribute: str = "make") -> None:
        """One distribution with one model."""
        # Python keeps imported modules for good, so every test's distribution needs a module of its own.
        module = f"model_{self.folder.name}_{distribution}".replace("-", "_")
        (self.folder / f"{module}.py").write_text(source)
        info = self.folder / f"{module}-1.4.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.4\n")
        (info / "entry_points.txt").write_text(f"[pssglass.models]\n{name} = {module}:{attribute}\n")
        installed_models.cache_clear()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.syspath_prepend(str(tmp_path))
    installed_models.cache_clear()
    yield Shelf(tmp_path)
    installed_models.cache_clear()


@pytest.fixture
def wca(shelf: Shelf) -> pg.Model:
    shelf.install("glass-wca", "wca", WCA, "WCA")
    return build_model("wca", {"large": 1.4})


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    memory_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs a command in an empty folder: its exit code, stdout and stderr."""
    monkeypatch.chdir(memory_folder)
    (memory_folder / "campaign.toml").write_text(CAMPAIGN)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pssglass", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        streams = capsys.readouterr()
        return int(end.value.code or 0), streams.out, streams.err

    return run


def test_the_library_is_registered_the_same_way() -> None:
    assert MODELS["pss"] is pg.PSS
    assert MODELS["kablj"] is pg.KABLJ
    assert pg.MODELS is MODELS
    assert installed_models().plugins["pss"].distribution == "pssglass"
    assert installed_models().problems == {}


def test_every_model_has_an_example() -> None:
    assert [example(name).name for name in MODELS] == list(MODELS)
    assert example("pss") == pg.PSS(1.5)


def test_it_is_built_by_its_name(wca: pg.Model) -> None:
    assert pg.models.build_model("wca", wca.parameters) == wca
    assert pg.MODELS["wca"](1.4) == wca
    assert default_parameters("wca") == {"density": 0.8}
    assert wca.potential(0.95) > wca.potential(1.1) > 0.0
    with pytest.raises(ModelError, match="model wca has no parameter 'lage'; did you mean 'large'"):
        build_model("wca", {"lage": 1.4})


def test_the_engine_s_forces_are_the_slope_of_its_energy(wca: pg.Model) -> None:
    start, step = random_configuration(wca, 64, seed=1), 1e-5
    potential = engine.potential_of(wca)

    def energy(shift: np.ndarray) -> float:
        moved = start.positions + shift.reshape(-1, 3)
        return engine.energy_forces(potential, start.box, moved, start.species)["energy"]

    shifts = step * np.eye(start.positions.size)[::7]
    slopes = [(energy(shift) - energy(-shift)) / (2.0 * step) for shift in shifts]
    forces = engine.energy_forces(potential, start.box, start.positions, start.species)["forces"]
    assert -forces.ravel()[::7] == pytest.approx(slopes, rel=1e-6, abs=1e-6)
    assert np.abs(forces).max() > 1.0


@pytest.mark.usefixtures("wca")
def test_a_campaign_of_it_goes_from_file_to_report(command: Command, shelf: Shelf) -> None:
    assert command("simulate", "campaign.toml", "--workers", 0)[0] == 0
    code, _, complaints = command("analyze", "--workers", 0, "--observable", "moduli")
    assert (code, complaints) == (0, "")
    query = "SELECT DISTINCT model, large, density FROM v_samples WHERE shear_modulus > 0"
    assert command("sql", query, "--format", "csv")[1] == "model,large,density\nwca,1.4,0.8\n"
    assert "soft-large1.4-T2.0" in command("status")[1]
    assert command("plot", "fig4", "--data")[0] == 0
    with Path("fig4.csv").open() as stream:
        assert {row["series"] for row in csv.DictReader(stream)} == {"wca large=1.4"}
    with Store.open("pssglass.db", read_only=True) as store:
        canvas, _ = discover_figures().plugins["fig4"].content.plot(pipeline.summaries(store))
    (legend,) = canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == ["wca, large = 1.4"]
    assert command("report")[0] == 0
    assert "wca large=1.4" in Path("report.html").read_text()


@pytest.mark.usefixtures("wca")
def test_without_it_other_figures_and_ensembles_stay(command: Command, shelf: Shelf) -> None:
    other = (
        CAMPAIGN.partition("[[ensembles]]")[2].replace('"wca"', '"pss"').replace("large = 1.4", "rc = 1.1")
    )
    Path("campaign.toml").write_text(f"{CAMPAIGN}\n[[ensembles]]{other}")
    assert command("simulate", "campaign.toml", "--workers", 0)[0] == 0
    measured = ("--observable", "moduli", "--observable", "dipole_response")
    assert command("analyze", "--workers", 0, *measured)[0] == 0
    for entries in shelf.folder.glob("*/entry_points.txt"):
        entries.unlink()
    installed_models.cache_clear()
    code, out, complaints = command("plot", "all")
    assert code == 0
    assert "figures/fig2.png" in out
    [line] = [line for line in complaints.splitlines() if "there is no model" in line]
    missing = "there is no model 'wca'; known: hertzian, kablj, poly-ipl, poly-pss, pss"
    assert line.startswith(f"pssglass: left out fig10, fig9: {missing}")
    code, out, complaints = command("export", "-o", "glasses", "--model", "pss")
    assert (code, complaints) == (0, "")
    assert "4 files written" in out


@pytest.mark.usefixtures("wca")
def test_while_it_is_missing_its_glasses_wait(command: Command, shelf: Shelf) -> None:
    assert command("simulate", "campaign.toml", "--workers", 0)[0] == 0
    [entries] = shelf.folder.glob("*/entry_points.txt")
    text = entries.read_text()
    entries.unlink()
    installed_models.cache_clear()
    reason = "there is no model 'wca' here; install glass-wca 1.4"
    measured = ("analyze", "--workers", 0, "--observable", "moduli")
    code, _, complaints = command(*measured)
    assert code == 1
    label = "wca density=0.8 large=1.4"  # what is a default it alone knows
    assert f"pssglass: {label}: 2 ensembles are left out: {reason}\n" in complaints
    status = json.loads(command("status", "--json")[1])
    assert status["failures"] == []
    assert {"subject": label, "reason": reason} in status["flags"]
    code, out, complaints = command("verify", "--recompute", 4, "--workers", 0)
    assert (code, "computed again" in out) == (0, False)
    assert f"remark: {label}, 2 ensembles: {reason}; samples are not made again" in complaints
    entries.write_text(text)
    installed_models.cache_clear()
    assert command(*measured)[0] == 0


@pytest.mark.usefixtures("wca")
def test_a_release_that_changes_it_does_not_join_its_ensembles(command: Command, shelf: Shelf) -> None:
    assert command("simulate", "campaign.toml", "--workers", 0)[0] == 0
    for entries in shelf.folder.glob("*/entry_points.txt"):
        entries.unlink()
    shelf.install(
        "new-wca",
        "wca",
        WCA.replace("energies=((1.0, 1.0)", "energies=((1.0, 2.0)").replace(
            "(1.0, 1.0)),\n        lengths", "(2.0, 1.0)),\n        lengths"
        ),
        "WCA",
    )
    Path("campaign.toml").write_text(CAMPAIGN.replace("samples = 2", "samples = 3"))
    code, _, complaint = command("simulate", "campaign.toml", "--workers", 0)
    assert code == 2
    assert "wca of ensemble 'soft-large1.4-T2.0' is another one now" in complaint
    assert "was that of glass-wca 1.4, and is that of new-wca 1.4; install the earlier one" in complaint
    code, _, complaints = command("analyze", "--workers", 0, "--observable", "moduli")
    assert code == 1
    assert "the model is another one in new-wca 1.4; install glass-wca 1.4" in complaints


@pytest.mark.usefixtures("wca")
def test_a_configuration_of_it_is_imported(command: Command, wca: pg.Model) -> None:
    pg.Liquid.create(wca, 64, 1.0, seed=2, melt_time=0.2).quench("fast").write("glass.extxyz")
    options = ("--ensemble", "mine", "--model", "wca", "--set", "large=1.4")
    assert command("import", "glass.extxyz", *options)[0] == 0
    code, _, complaint = command("import", "glass.extxyz", "--ensemble", "mine", "--model", "wca")
    assert code == 2
    assert "model wca needs the parameter 'large'; add it" in complaint


@pytest.mark.usefixtures("wca")
def test_it_is_listed_with_its_provider(command: Command) -> None:
    code, out, complaints = command("models", "--format", "json")
    assert (code, complaints) == (0, "")
    listed = {row["model"]: row for row in json.loads(out)}
    assert listed["wca"] == {
        "model": "wca",
        "parameters": {"large": None, "density": 0.8},
        "species": ["A", "B"],
        "density": 0.8,
        "from": "glass-wca 1.4",
        "meaning": "Repulsive spheres: Lennard-Jones up to its minimum, where it ends smoothly.",
    }
    assert listed["pss"]["density"] == 0.6
    assert "large, density=0.8" in command("models")[1]
    assert "Models: hertzian, kablj, poly-ipl, poly-pss, pss, wca;" in command("import", "--help")[1]


def test_a_broken_one_is_reported_and_the_others_stay(command: Command, shelf: Shelf) -> None:
    shelf.install("broken-wca", "wca", "import no_such_module")
    code, out, complaints = command("models")
    assert code == 0
    assert "kablj" in out
    assert "wca of broken-wca 1.4" in complaints
    code, _, complaint = command("simulate", "campaign.toml", "--workers", 0)
    assert code == 2
    assert "campaign.toml, block 1 of [[ensembles]]" in complaint
    assert "model 'wca' cannot be used: pssglass.models: wca of broken-wca 1.4" in complaint
    assert "No module named 'no_such_module'" in complaint


def test_one_that_makes_nothing_is_listed_with_the_reason(command: Command, shelf: Shelf) -> None:
    """A package cannot use ``define_model``, which is for names that no package has."""
    made = "pssglass.define_model('bad', form='hertzian', density=density)"
    source = f"import pssglass\ndef make(density=0.8): return {made}"
    shelf.install("bad-model", "bad", source)
    code, out, complaints = command("models", "--format", "json")
    assert code == 0
    [bad] = [row for row in json.loads(out) if row["model"] == "bad"]
    assert (bad["species"], bad["from"]) == (None, "bad-model 1.4")
    assert complaints == "pssglass: model 'bad': an installed model has this name; give it another\n"


@pytest.mark.usefixtures("shelf")
def test_one_that_is_not_installed_is_named_with_what_to_do(command: Command) -> None:
    code, _, complaint = command("simulate", "campaign.toml", "--workers", 0)
    assert code == 2
    known = "hertzian, kablj, poly-ipl, poly-pss, pss (or install the package that provides it, or"
    assert f"there is no model 'wca'; known: {known}" in complaint


def test_a_name_registered_twice_is_nobody_s_but_the_program_s(shelf: Shelf) -> None:
    shelf.install("one-wca", "wca", WCA, "WCA")
    shelf.install("other-wca", "wca", WCA, "WCA")
    shelf.install("usurper", "pss", WCA, "WCA")
    assert MODELS["pss"] is pg.PSS
    with pytest.raises(ModelError, match="wca is registered by one-wca and other-wca: uninstall all but one"):
        build_model("wca", {})


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("make = 7", "7 must be a function that makes a Model"),
        ("def make(**options): ...", "parameter .*options must have a name"),
        ("def make(size=float('nan')): ...", "cannot be loaded: ValueError"),
        ("def make(form='soft'): ...", "the parameter 'form' tells models as data from others"),
        ("def make(): raise OSError('gone')", r"model bad of bad-model 1\.4 failed with {}: OSError: gone"),
        ("def make(): return 7", "failed with {}: AttributeError"),
        (
            "import pssglass\ndef make(): return pssglass.PSS(1.5)",
            "makes a model called 'pss'; give it the name of its entry point",
        ),
        (
            "import dataclasses, pssglass\n"
            "def make(): return dataclasses.replace(pssglass.PSS(1.5), name='bad')",
            'parameters .*"rc":1.5',
        ),
        (
            "import dataclasses, pssglass\n"
            "def make(): return dataclasses.replace(pssglass.PSS(1.5), lengths=((1.0, 1.2), (1.1, 1.4)))",
            "lengths = .* must be a symmetric matrix, 2 x 2",
        ),
    ],
)
def test_what_makes_no_model_of_its_name_is_refused(shelf: Shelf, source: str, reason: str) -> None:
    shelf.install("bad-model", "bad", source)
    with pytest.raises(ModelError, match=reason) as caught:
        build_model("bad", {})
    assert "\n" not in str(caught.value)
