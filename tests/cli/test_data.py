"""The commands that move data: what goes out comes back the same, and nothing wrong comes in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ase.io
import gsd.hoomd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from pssglass.db import TABLES, SampleRecord, Store

import pssglass as pg
from pssglass.base.errors import DatabaseUnreachable
from pssglass.configurations import read_configuration, write_configuration

if TYPE_CHECKING:
    from .conftest import Program, Result

ENERGY = "SELECT ensemble, replica, energy_per_particle AS u FROM v_samples ORDER BY ensemble, replica"


def imported(program: Program, file: object, *options: object) -> Result:
    """Import a file as r_c = 1.5."""
    return program("import", file, "--ensemble", "outside", "--model", "pss", "--set", "rc=1.5", *options)


@pytest.fixture
def exported(measured: Program) -> Path:
    """An inherent state as extended XYZ."""
    measured("export", "-o", "out").done()
    return measured.folder / "out/tiny-rc1.5-T2.6/00000-inherent.extxyz"


@pytest.mark.parametrize(("form", "suffix"), [("extxyz", "extxyz"), ("lammps", "data")])
def test_exported_configurations_are_exact(form: str, suffix: str, measured: Program) -> None:
    measured("export", "-o", "out", "--format", form, "--ensemble", "tiny-rc1.5-T1.0").done()
    files = sorted((measured.folder / "out").rglob("*-inherent.*"))
    assert [path.name for path in files] == [f"00000-inherent.{suffix}", f"00001-inherent.{suffix}"]
    stored = measured.positions()["tiny-rc1.5-T1.0/00000"]
    np.testing.assert_array_equal(read_configuration(files[0]).positions, stored)


def test_other_programs_read_what_is_exported(measured: Program) -> None:
    """ASE and LAMMPS find the same particles in the same box."""
    measured("export", "-o", "out").done()
    measured("export", "-o", "out", "--format", "lammps").done()
    stem = measured.folder / "out/tiny-rc1.5-T2.6/00000-inherent"
    stored = measured.positions()["tiny-rc1.5-T2.6/00000"]
    atoms = ase.io.read(stem.with_suffix(".extxyz"), format="extxyz")
    assert atoms.symbols.formula.count() == {"H": 50, "He": 50}, "A and B are no chemical elements"
    np.testing.assert_array_equal(atoms.positions, stored)
    found = through_lammps(stem.with_suffix(".data"))
    edge = atoms.cell.lengths()
    np.testing.assert_allclose((found - stored + edge / 2) % edge - edge / 2, 0.0, atol=1e-13)


def test_species_are_exported_under_other_names_and_read_again(measured: Program) -> None:
    names = ("--map", "A=Cu", "--map", "B=Zr")
    measured("export", "-o", "out", *names).done()
    path = measured.folder / "out/tiny-rc1.5-T2.6/00000-inherent.extxyz"
    atoms = ase.io.read(path, format="extxyz")
    assert atoms.symbols.formula.count() == {"Cu": 50, "Zr": 50}
    elsewhere = ("--db", "new.db")
    imported(measured, path, *elsewhere).done()
    measured("export", "-o", "out", "--format", "gsd", *names).done()
    trajectory = measured.folder / "out/tiny-rc1.5-T2.6-inherent.gsd"
    with gsd.hoomd.open(str(trajectory)) as frames:
        assert frames[0].particles.types == ["Cu", "Zr"]
    imported(measured, trajectory).refused("2 frames; choose one of 0 to 1, as --frame 1")
    assert "sample 1" in imported(measured, trajectory, "--frame", "1", *elsewhere).done().out
    imported(measured, trajectory, "--frame", "2").refused("there is no frame 2: it has 2, from 0 to 1")
    measured("export", "-o", "x", "--map", "C=Cu").refused("no species C; known: A, B")
    measured("export", "-o", "x", "--map", "A=B").refused("B, B of species must differ")
    measured("export", "-o", "x.csv", "--map", "A=Cu").refused("--map goes with configurations")


def through_lammps(data: Path) -> np.ndarray:
    """Positions (N, 3) as LAMMPS has them after reading a data file."""
    script = data.with_name("in.lammps")
    dump = "write_dump all custom dump id x y z modify sort id format float %.17g"
    script.write_text(f"units lj\natom_style atomic\nread_data {data.name}\n{dump}\n")
    program = Path(sys.prefix) / "bin/lmp"
    environment = os.environ | {"LD_LIBRARY_PATH": f"{sys.prefix}/lib", "OMP_NUM_THREADS": "1"}
    command = [program, "-log", "none", "-screen", "none", "-nocite", "-in", script.name]
    subprocess.run(command, cwd=data.parent, env=environment, check=True, capture_output=True)
    return np.loadtxt(data.with_name("dump"), skiprows=9)[:, 1:]


def test_gsd_is_one_trajectory_for_each_ensemble(measured: Program) -> None:
    measured("export", "-o", "out", "--format", "gsd").done()
    assert {path.name for path in (measured.folder / "out").iterdir()} == {
        "tiny-rc1.5-T1.0-inherent.gsd",
        "tiny-rc1.5-T2.6-inherent.gsd",
    }
    with gsd.hoomd.open(str(measured.folder / "out/tiny-rc1.5-T2.6-inherent.gsd")) as trajectory:
        frames = list(trajectory)
    assert [frame.log["pssglass/replica"].item() for frame in frames] == [0, 1]
    for replica, frame in enumerate(frames):
        stored = measured.positions()[f"tiny-rc1.5-T2.6/{replica:05d}"]
        np.testing.assert_array_equal(frame.log["particles/pssglass/position"], stored)
        np.testing.assert_allclose(frame.particles.position, stored, atol=1e-6)
        assert frame.particles.types == ["A", "B"]


MODULI = "SELECT ensemble, replica, shear_modulus, omega_g FROM v_samples ORDER BY ensemble, replica"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_of_samples_for_pandas(suffix: str, measured: Program) -> None:
    measured("export", "-o", f"new/samples.{suffix}").done()
    path = measured.folder / f"new/samples.{suffix}"
    frame = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    expected = json.loads(measured("sql", MODULI, "--format", "json").done().out)
    assert list(frame["shear_modulus"]) == [row["shear_modulus"] for row in expected], "with all digits"
    assert list(frame["replica"]) == [0, 1, 0, 1]
    assert frame["seed"].dtype == np.int64
    if suffix == "csv":
        columns = pd.read_csv(path.with_name("samples.columns.csv"), index_col="column")
        assert columns.loc["shear_modulus", "unit"] == "epsilon/lambda^3"
        assert list(columns.index) == list(frame.columns)
    else:
        assert frame.attrs["units"]["shear_modulus"] == "epsilon/lambda^3"
        field = pyarrow.parquet.read_schema(path).field("shear_modulus")
        assert field.metadata[b"unit"] == b"epsilon/lambda^3"
        assert field.metadata[b"doc"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_row_for_each_value_with_its_unit(suffix: str, measured: Program) -> None:
    ensemble = ("--ensemble", "tiny-rc1.5-T2.6")
    measured("export", "-o", f"values.{suffix}", "--table", "scalars", *ensemble).done()
    path = measured.folder / f"values.{suffix}"
    frame = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    assert set(frame["ensemble"]) == {"tiny-rc1.5-T2.6"}
    wide = frame.pivot(index="replica", columns="key", values="value")
    measured("export", "-o", "samples.csv", *ensemble).done()
    samples = pd.read_csv(measured.folder / "samples.csv", index_col="replica")
    assert list(wide["bulk_modulus"]) == list(samples["bulk_modulus"])
    assert set(frame.loc[frame["key"] == "bulk_modulus", "unit"]) == {"epsilon/lambda^3"}


def test_arrays_come_with_their_shapes(measured: Program) -> None:
    measured("export", "-o", "arrays.parquet", "--table", "arrays").done()
    frame = pd.read_parquet(measured.folder / "arrays.parquet")
    row = frame[(frame["key"] == "frequency") & (frame["ensemble"] == "tiny-rc1.5-T1.0")].iloc[0]
    with Store.open(measured.folder / "pssglass.db") as store:
        stored = store.sample_arrays("tiny-rc1.5-T1.0", "frequency")[0]
    np.testing.assert_array_equal(row["value"].reshape(row["shape"]), stored)
    measured("export", "-o", "x.csv", "--table", "arrays").refused("arrays do not fit into CSV")


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_exported(table: str, measured: Program) -> None:
    measured("export", "-o", "table.parquet", "--table", table).done()
    frame = pd.read_parquet(measured.folder / "table.parquet")
    view = f"v_{table.replace('-', '_')}"
    [row] = measured("sql", f"SELECT count(*) AS n FROM {view}", "--format", "csv").done().rows
    assert len(frame) == int(row["n"])


def test_nothing_is_overwritten_unasked(measured: Program) -> None:
    for form, path in (("csv", "t.csv"), ("parquet", "t.parquet"), ("extxyz", "out"), ("gsd", "out")):
        call = ("export", "-o", path, "--format", form)
        measured(*call).done()
        before = {file: file.read_bytes() for file in measured.folder.rglob("*") if file.is_file()}
        measured(*call).refused("is there already", "--overwrite")
        assert {file: file.read_bytes() for file in measured.folder.rglob("*") if file.is_file()} == before
        measured(*call, "--overwrite").done()
    measured("export", "-o", "out", "--format", "csv").refused("out is a folder; name a file in it")


def test_what_cannot_be_exported(measured: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    before = measured.files()
    measured("export", "-o", "x.csv", "--table", "sample").refused("'sample'", "'samples'")
    measured("export", "-o", "x.csv", "--ensemble", "tiny").refused("'tiny'")
    measured("export", "-o", "x", "--table", "samples").refused("goes with csv and parquet")
    whole = ("--table", "model-values", "--ensemble", "tiny-rc1.5-T1.0")
    measured("export", "-o", "x.csv", *whole).refused("leave out --ensemble")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    measured("export", "-o", "x.parquet").refused("PyArrow", "pip install pyarrow", "--format csv")
    assert measured.files() == before


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.gsd", "gsd"),
        ("a.extxyz", "extxyz"),
        ("a.xyz", "extxyz"),
        ("a.data", "lammps"),
        ("a.lammps", "lammps"),
        ("A.GSD", "gsd"),
    ],
)
def test_configurations_do_not_go_to_a_single_file(name: str, form: str, measured: Program) -> None:
    before = measured.files()
    measured("export", "-o", name).refused(name, "go to a folder", f"-o FOLDER --format {form}")
    assert measured.files() == before


def test_what_is_there_and_no_folder_takes_no_configurations(measured: Program) -> None:
    (measured.folder / "nowhere").symlink_to("absent")
    for name in ("campaign.toml", "nowhere"):
        measured("export", "-o", name).refused(f"{name} is no folder; name one, or what is not there yet")


def test_export_of_an_unknown_ensemble(measured: Program) -> None:
    measured("export", "-o", "out", "--ensemble", "tiny-rc1.5-T1").refused("'tiny-rc1.5-T1.0'")


def test_an_imported_glass_has_the_values_of_the_original(measured: Program, exported: Path) -> None:
    elsewhere = ("--db", "new.db")
    imported(measured, exported, *elsewhere).done()
    imported(measured, exported, *elsewhere).done()
    measured("analyze", "--workers", 0, *elsewhere).done()
    [outside] = measured("sql", ENERGY, "--format", "csv", *elsewhere).rows
    rows = measured("sql", ENERGY, "--format", "csv").rows
    original = next(row["u"] for row in rows if row["ensemble"] == "tiny-rc1.5-T2.6")
    assert float(outside["u"]) == pytest.approx(float(original), rel=1e-14)


def test_a_glass_is_a_sample_of_one_ensemble_only(measured: Program, exported: Path) -> None:
    """However its file came about: as it is stored, exported, or without what this program says of it."""
    known = "sample 0 of ensemble 'tiny-rc1.5-T2.6'"
    own = measured.folder / "pssglass.configurations/tiny-rc1.5-T2.6/00000-1-inherent.gsd"
    bare = without_our_metadata(exported)
    for file in (own, exported, bare):
        imported(measured, file).refused(known, "twice")
        assert "sample 0 of outside" in imported(measured, file, "--db", "new.db").done().out
    other = ("--ensemble", "other", "--model", "pss", "--set", "rc=1.5", "--parent-temperature", 2.6)
    measured("import", bare, *other, "--db", "new.db").refused("sample 0 of ensemble 'outside'")
    assert measured("sql", "SELECT count(*) AS n FROM sample", "--format", "csv").rows == [{"n": "4"}]
    for database in ("pssglass.db", "new.db"):
        measured("verify", "--db", database).done()


def without_our_metadata(exported: Path) -> Path:
    """The same file as another program would write it."""
    text = exported.read_text()
    comment = text.splitlines()[1]
    bare = exported.with_name("bare.extxyz")
    bare.write_text(text.replace(comment[comment.index(" pssglass=") :], ""))
    return bare


def test_import_makes_its_database(exported: Path, measured: Program) -> None:
    imported(measured, exported, "--db", "new.db").done()
    assert "outside" in measured("status", "--db", "new.db").done().out


def test_a_liquid_is_no_inherent_state(measured: Program) -> None:
    measured("export", "-o", "out", "--kind", "liquid").done()
    liquid = measured.folder / "out/tiny-rc1.5-T2.6/00000-liquid.extxyz"
    refused = imported(measured, liquid, "--db", "new.db")
    refused.refused("no inherent state", "max|F|", "; --quench minimises")
    assert "quench=True" not in refused.err
    assert "new.db" not in measured.files()
    imported(measured, liquid, "--db", "new.db", "--quench").done()


def test_files_that_do_not_fit_the_model(measured: Program, exported: Path) -> None:
    text = exported.read_text()
    lines = text.splitlines()
    wrong = measured.folder / "wrong.extxyz"
    bare = text.replace(lines[1][lines[1].index(" pssglass=") :], "")
    for content, part in (
        (bare.replace("\nB ", "\nC "), "--map C=A"),
        (bare.replace("\nB ", "\nA "), "composition"),
        (bare.replace('Lattice="5', 'Lattice="6'), "density"),
        (bare.replace('pbc="T T T"', 'pbc="F F F"'), "periodic"),
        ("\n".join(lines[:50]), "particle lines"),
        ("hello\n", "extended XYZ"),
    ):
        wrong.write_text(content)
        imported(measured, wrong, "--db", "new.db").refused("wrong.extxyz", part)
    assert "new.db" not in measured.files()
    measured("import", exported, "--ensemble", "x", "--model", "pss", "--set", "rc=1.3").refused("made with")


@pytest.mark.parametrize("name", ["glass", "glass.txt", "glass.gsd"])
def test_a_format_may_be_named_whatever_the_suffix(name: str, measured: Program, exported: Path) -> None:
    file = measured.folder / name
    shutil.copy(exported, file)
    unnamed = imported(measured, file)
    assert unnamed.code == 2
    if file.suffix != ".gsd":
        unnamed.refused("or name its format, by --format or form=: extxyz, gsd, lammps")
    imported(measured, file, "--format", "extxyz", "--db", f"{name}.db").done()
    imported(measured, file, "--format", "extxy").refused("no format 'extxy'; did you mean 'extxyz'?")


def test_wrong_arguments_of_import(measured: Program, exported: Path) -> None:
    imported(measured, "nothing.extxyz").refused("nothing.extxyz")
    imported(measured, exported, "--parent-temperature", "-1").refused("-1")
    call = ("import", exported, "--ensemble", "x", "--model")
    measured(*call, "pps", "--set", "rc=1.5").refused("'pss'")
    measured(*call, "pss", "--set", "rcc=1.5").refused("'rc'")
    measured(*call, "pss", "--set", "rc").refused("NAME=VALUE")
    measured(*call, "pss", "--set", "rc=1.5", "--set", "rc = 1.3").refused(
        "--set rc=1.5 and --set rc = 1.3: leave one of them out"
    )
    measured(*call, "pss", "--set", "rc=much").refused("rc = 'much' must be a finite number")
    named = ("import", exported, "--ensemble", "a/b", "--model", "pss", "--set", "rc=1.5", "--db", "new.db")
    measured(*named).refused("a/b", "letters")
    imported(measured, exported, "--parent-temperature", "nan").refused("nan", "finite")
    assert "new.db" not in measured.files()


def test_import_into_an_ensemble_of_other_physics(measured: Program, exported: Path) -> None:
    arguments = ("import", exported, "--ensemble", "tiny-rc1.5-T2.6", "--model", "pss", "--set", "rc=1.5")
    before = sorted(measured.folder.rglob("*.gsd"))
    measured(*arguments).refused("another specification")
    assert sorted(measured.folder.rglob("*.gsd")) == before


def test_an_import_of_which_nobody_knows_whether_it_was_stored_loses_no_file(
    measured: Program, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*arguments: Any) -> SampleRecord:
        import_sample(*arguments)
        raise DatabaseUnreachable("the connection was lost")

    import_sample = Store.import_sample
    monkeypatch.setattr(Store, "import_sample", lost)
    elsewhere = ("--db", "new.db")
    imported(measured, exported, *elsewhere).refused("the connection was lost", code=1)
    monkeypatch.setattr(Store, "import_sample", import_sample)
    measured("verify", *elsewhere).done()
    assert "sample 0 of outside" in imported(measured, exported, *elsewhere).done().out


def test_a_file_as_it_is_and_quenched_are_one_sample(measured: Program) -> None:
    """A force of 1e-8 passes as it is, and quenching moves the particles by less than anyone could tell."""
    stored = next(measured.folder.rglob("*-inherent.gsd"))
    state = read_configuration(stored)
    positions = state.positions + np.random.default_rng(1).normal(scale=1e-11, size=state.positions.shape)
    write_configuration(measured.folder / "rough.gsd", replace(state, positions=positions))
    elsewhere = ("--db", "new.db")
    imported(measured, "rough.gsd", *elsewhere).done()
    assert "was there already" in imported(measured, "rough.gsd", "--quench", *elsewhere).done().out
    assert len(list((measured.folder / "new.configurations/outside").iterdir())) == 1
    measured("verify", *elsewhere).done()


def test_a_refused_import_leaves_the_stored_file_alone(measured: Program, exported: Path) -> None:
    bare = without_our_metadata(exported)
    elsewhere = ("--db", "new.db")
    imported(measured, bare, *elsewhere).done()
    before = measured.files()
    imported(measured, bare, "--set", "mass=2.0", *elsewhere).refused("parameters.mass")
    assert measured.files() == before
    measured("verify", *elsewhere).done()


def test_upgrade_of_a_present_database(measured: Program) -> None:
    assert "up to date" in measured("db", "upgrade").done().out


def test_modes_of_a_stored_glass_are_written_as_the_page_tells(
    measured: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "modes-in-ovito.md").read_text(encoding="utf-8")
    [example] = [one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "pg.open" in one]
    monkeypatch.chdir(measured.folder)
    exec(compile(example, "modes-in-ovito.md", "exec"), {"pg": pg})
    with gsd.hoomd.open("softest.gsd") as file:
        mode = file[0].log["particles/mode"]
    assert np.linalg.norm(mode) == pytest.approx(1.0, rel=1e-6)
