"""A campaign of particles with diameters, from the command line to files of other programs and back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import pssglass as pg
from pssglass.configurations import Configuration, read_configuration_of, write_configuration

from .conftest import Program

if TYPE_CHECKING:
    from pssglass.base.results import Floats

MODEL = pg.PolyIPL()
CAMPAIGN = """\
name = "sizes"
seed = 11

[[ensembles]]
model = "poly-ipl"
N = 150
parent_temperatures = [1.0]
samples = 2
protocol = { melt_temperature = 2.0, melt_time = 0.5, equilibration_time = 0.5 }
"""
ENSEMBLE = "sizes-poly-ipl-T1.0"


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = Program(tmp_path_factory.mktemp("sizes"))
    (program.folder / "campaign.toml").write_text(CAMPAIGN)
    program("simulate", "campaign.toml", "--workers", 0).done()
    for name in ("energetics", "moduli", "order"):
        program("analyze", "--observable", name, "--workers", 0).done()
    return program.folder


@pytest.fixture
def made(_made: Path, pssglass: Program) -> Program:
    """The program in a folder where this campaign is simulated and analysed."""
    shutil.copytree(_made, pssglass.folder, dirs_exist_ok=True)
    return pssglass


def flags_of(program: Program) -> dict[str, list[str]]:
    flags: dict[str, list[str]] = {}
    for one in json.loads(program("status", "--json").done().out)["flags"]:
        flags.setdefault(one["subject"], []).append(one["reason"])
    return flags


def test_views_tell_how_sizes_were_drawn(made: Program) -> None:
    sql = "SELECT model, largest, nonadditivity, drawing, demixing FROM v_samples"
    rows = made("sql", sql, "--format", "csv").rows
    assert [row.pop("demixing") != "" for row in rows] == [True, True]
    assert (
        rows == [{"model": "poly-ipl", "largest": "2.22", "nonadditivity": "0.1", "drawing": "quantiles"}] * 2
    )


def test_samples_share_their_sizes_and_are_made_again_bit_for_bit(made: Program) -> None:
    files = sorted((made.folder / "pssglass.configurations").rglob("*inherent.gsd"))
    sizes = [read_configuration_of(MODEL, file).diameters for file in files]
    assert len(sizes) == 2
    assert sizes[0] is not None
    assert sizes[1] is not None
    np.testing.assert_array_equal(np.sort(sizes[0]), np.sort(sizes[1]))
    assert not np.array_equal(sizes[0], sizes[1])
    assert "are the same bit for bit" in made("verify", "--recompute", 1).done().out


def test_status_report_and_tables_take_them_as_others(made: Program) -> None:
    made("report").done()
    assert "poly-ipl" in (made.folder / "report.html").read_text()
    assert ENSEMBLE in made("status").done().out
    made("export", "-o", "table.csv").done()
    assert "quantiles" in (made.folder / "table.csv").read_text()


@pytest.mark.parametrize("form", ["gsd", "extxyz", "lammps"])
def test_exported_files_come_back(form: str, made: Program) -> None:
    made("export", "-o", "out", "--format", form).done()
    file = sorted(path for path in (made.folder / "out").rglob("*") if path.is_file())[0]
    frame = ("--frame", 0) if form == "gsd" else ()
    arguments = ("--ensemble", "outside", "--model", "poly-ipl", "--db", "new.db", *frame)
    made("import", file, *arguments).done()
    made("analyze", "--observable", "moduli", "--workers", 0, "--db", "new.db").done()
    sql = "SELECT shear_modulus, drawing FROM v_samples WHERE replica = 0"
    [new] = made("sql", sql, "--format", "csv", "--db", "new.db").rows
    [old] = made("sql", sql, "--format", "csv").rows
    assert new == old
    made("import", file, "--ensemble", "outside", "--model", "poly-ipl", *frame).refused("count twice")


def test_files_without_sizes_or_with_others_are_refused(made: Program) -> None:
    made("export", "-o", "out", "--format", "lammps").done()
    file = sorted((made.folder / "out").rglob("*.data"))[0]
    state = read_configuration_of(MODEL, file)
    write_configuration(made.folder / "bare.data", without_sizes(state))
    arguments = ("--ensemble", "outside", "--model", "poly-ipl")
    made("import", "bare.data", *arguments).refused("bare.data", "states no diameters", "atom style sphere")
    made("import", file, *arguments, "--set", "largest=2.5").refused(
        "are not the quantiles", "drawing = 'random'", "set the model's parameters"
    )
    made("import", file, *arguments, "--set", "largest=0.5").refused("largest diameter = 0.5")


def without_sizes(state: Configuration) -> Configuration:
    return Configuration("inherent", state.positions, state.box, state.species, ("A",))


def with_sizes(path: Path, positions: Floats, box: Floats, diameters: Floats) -> Path:
    """Extended XYZ as another program writes it."""
    lattice = f'Lattice="{box[0]!r} 0 0 0 {box[1]!r} 0 0 0 {box[2]!r}" pbc="T T T"'.replace("np.float64", "")
    rows = [
        f"A {x!r} {y!r} {z!r} {d!r}"
        for (x, y, z), d in zip(positions.tolist(), diameters.tolist(), strict=True)
    ]
    head = f"{lattice.replace('(', '').replace(')', '')} Properties=species:S:1:pos:R:3:diameter:R:1"
    path.write_text("\n".join([str(len(rows)), head, *rows, ""]))
    return path


def test_a_crystal_of_one_size_and_sizes_that_separate_are_flagged(made: Program) -> None:
    """A face-centred cubic crystal of equal spheres, and a liquid with the large ones on one side."""
    one_size = pg.PolyIPL(largest=1.0)
    edge = one_size.box_length(500)
    grid = np.stack(np.meshgrid(*[np.arange(5)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    basis = np.array([[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]])
    sites = (grid[:, None] + basis).reshape(-1, 3) * edge / 5
    sites += np.random.default_rng(1).normal(scale=0.02, size=sites.shape)
    crystal = with_sizes(made.folder / "crystal.extxyz", sites, np.full(3, edge), np.ones(500))
    made(
        *("import", crystal, "--ensemble", "crystal", "--model", "poly-ipl"),
        *("--set", "largest=1.0", "--set", "density=0.58", "--quench"),
    ).done()
    liquid = pg.Liquid.create(MODEL, N=300, temperature=2.0, seed=3).configuration
    assert liquid.diameters is not None
    sorted_sizes = np.empty(300)
    sorted_sizes[np.argsort(liquid.positions[:, 0] % liquid.box[0])] = np.sort(liquid.diameters)
    apart = with_sizes(made.folder / "apart.extxyz", liquid.positions, liquid.box[:3], sorted_sizes)
    made("import", apart, "--ensemble", "apart", "--model", "poly-ipl", "--quench").done()
    made("analyze", "--observable", "order", "--workers", 0).done()
    flags = flags_of(made)
    assert "crystal? the largest solid-like" in " ".join(flags["sample 0 of crystal"])
    assert "demixing? the correlation of neighbours" in " ".join(flags["sample 0 of apart"])
    assert not [
        reason
        for subject in flags
        if ENSEMBLE in subject
        for reason in flags[subject]
        if "demixing" in reason
    ]
    [row] = made("sql", "SELECT demixing FROM v_samples WHERE ensemble = 'crystal'", "--format", "csv").rows
    assert row["demixing"] == ""
