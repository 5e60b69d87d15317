"""Extended XYZ as its specification, ASE and people write it: read as ASE does, or refused in clear words."""

from __future__ import annotations

import gzip
from pathlib import Path

import ase
import ase.io
import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, read_configuration, write_configuration

LATTICE = 'Lattice="4 0 0 0 4 0 0 0 4"'
PROPERTIES = "Properties=species:S:1:pos:R:3"
ROWS = ("Cu 0 0.5 0", "Zr 1 1 1.25")
MAPPING = {"Cu": "A", "Zr": "B"}


def text(comment: str, rows: tuple[str, ...] = ROWS) -> str:
    return "\n".join([str(len(rows)), comment, *rows, ""])


def read(folder: Path, content: str | bytes, **options: object) -> Configuration:
    path = folder / "a.extxyz"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_configuration(path, mapping=MAPPING, **options)


@pytest.mark.parametrize(
    "comment",
    [
        f"{LATTICE} {PROPERTIES}",
        f"  {PROPERTIES}   {LATTICE}\t",
        f'{LATTICE} {PROPERTIES} pbc="T T T"',
        f"{LATTICE} {PROPERTIES} pbc=T",
        f"{LATTICE} pbc {PROPERTIES}",
        f"{LATTICE} {PROPERTIES} pbc=[T, T, T]",
        f"{LATTICE} {PROPERTIES} pbc=[True,true,TRUE]",
        f'{LATTICE} {PROPERTIES} pbc="TRUE TRUE TRUE"',
        f"{LATTICE} {PROPERTIES} pbc={{T T T}}",
        f"{LATTICE} {PROPERTIES} pbc = 'T T T'",
        f"Lattice='4 0 0 0 4 0 0 0 4' {PROPERTIES}",
        f"Lattice={{4 0 0 0 4 0 0 0 4}} {PROPERTIES}",
        f"Lattice=[4, 0, 0, 0, 4, 0, 0, 0, 4] {PROPERTIES}",
        f'{LATTICE} {PROPERTIES} note="a\x0cb" relaxed step=7',
        f'{LATTICE} {PROPERTIES} note="says \\"pbc=F\\" and \\\\"',
        f"{LATTICE} {PROPERTIES} note=λ empty=''",
        f'{LATTICE} Properties="species:S:1:pos:R:3"',
        LATTICE,
    ],
)
def test_headers_that_ase_reads_are_read_alike(comment: str, tmp_path: Path) -> None:
    state = read(tmp_path, text(comment))
    atoms = ase.io.read(tmp_path / "a.extxyz", format="extxyz")
    np.testing.assert_array_equal(state.positions, atoms.positions)
    np.testing.assert_array_equal(state.box, [4, 4, 4, 0, 0, 0])
    assert atoms.pbc.all()
    assert state.symbols == ["A", "B"]


@pytest.mark.parametrize(
    "content",
    [
        text(f"{LATTICE} {PROPERTIES} title=it's"),
        text(f"{LATTICE} {PROPERTIES} title='tis pbc=[T,T,T]"),
        text(f"Lattice=[[4, 0, 0], [0, 4, 0], [0, 0, 4]] {PROPERTIES}"),
        "\ufeff" + text(f"{LATTICE} {PROPERTIES}"),
        text(f"{LATTICE} {PROPERTIES}").replace("\n", "\r\n"),
        text(f"{LATTICE} {PROPERTIES}") + "\n \n",
        text(f"{LATTICE} {PROPERTIES} note=M\u00fc").encode("latin-1"),
        text(f"{LATTICE} {PROPERTIES}").replace("0.5", "5.0D-1"),
        text(LATTICE, tuple(f"{row} a comment" for row in ROWS)),
        gzip.compress(text(f"{LATTICE} {PROPERTIES}").encode(), mtime=0),
    ],
)
def test_headers_of_the_specification_and_of_people(content: str | bytes, tmp_path: Path) -> None:
    state = read(tmp_path, content)
    np.testing.assert_array_equal(state.positions, [[0, 0.5, 0], [1, 1, 1.25]])
    np.testing.assert_array_equal(state.box, [4, 4, 4, 0, 0, 0])


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        (f'{LATTICE} {PROPERTIES} pbc="F F F"', 'pbc="F F F" is not periodic in all directions'),
        (f"{LATTICE} {PROPERTIES} pbc=[T, T, F]", r"pbc=.\[T, T, F\]. is not periodic"),
        (f'{LATTICE} {PROPERTIES} pbc=""', 'pbc="" must be one or three of T and F'),
        (f'{LATTICE} {PROPERTIES} pbc="T T"', "must be one or three of T and F"),
        (f"{LATTICE} {PROPERTIES} pbc=F", 'pbc="F" is not periodic'),
        (f'{LATTICE} {PROPERTIES} pbc="yes yes yes"', "must be one or three of T and F"),
        (f'{LATTICE} {PROPERTIES} pbc="T T T" pbc="F F F"', "two values of pbc"),
        (f"{LATTICE} {PROPERTIES} pbc=[T, T, T", r"no closing \]"),
        (f"{LATTICE} {PROPERTIES}:velo:R:2", "must have velo with 3 column"),
        (f"{LATTICE} {PROPERTIES}:masses:R:2", "must have masses with 1 column"),
        (f"{LATTICE} {PROPERTIES}:pos:R:3", "pos:R:3 must be a new name"),
        (f"{LATTICE} {PROPERTIES}:velo:V:3", "velo:V:3 must be a new name, one of R, I, S, L"),
        (f"{LATTICE} {PROPERTIES}:velo:R", "must be made of name:type:columns"),
        (f"{LATTICE} {PROPERTIES}:id:I:0", "at least 1 column"),
    ],
)
def test_headers_that_mean_nothing(comment: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, text(comment, tuple(f"{row} 1 2" for row in ROWS)))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("tag:I:1", "1.5", "line 3 of the frame: tag:I:1 must be a whole number, not '1.5'"),
        ("tag:I:1", "1_0", "tag:I:1 must be a whole number, not '1_0'"),
        ("fix:L:1", "maybe", "fix:L:1 must be T or F, not 'maybe'"),
        ("c:R:1", "1_0.5", "c:R:1 must be a number, not '1_0.5'"),
        ("c:R:1", "0x10", "c:R:1 must be a number"),
        ("velo:S:3", "1 2 3", "velo must be of numbers, type R, not S"),
        ("Velocities:L:3", "1 0 1", "Velocities must be of numbers, type R, not L"),
    ],
)
def test_values_that_are_not_of_their_declared_type(
    column: str, value: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, text(f"{LATTICE} {PROPERTIES}:{column}", tuple(f"{row} {value}" for row in ROWS)))


def test_values_of_all_types(tmp_path: Path) -> None:
    rows = tuple(f"{row} -3 TRUE 1.5D+3 nan .5 x" for row in ROWS)
    read(tmp_path, text(f"{LATTICE} {PROPERTIES}:tag:I:1:fix:L:1:c:R:3:note:S:1", rows))


@pytest.mark.parametrize("properties", ["species:S:1:pos:S:3", "species:S:1:pos:I:3"])
def test_positions_of_a_wrong_type(properties: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"pos.* must be"):
        read(tmp_path, text(f"{LATTICE} Properties={properties}"))


@pytest.mark.parametrize("number", ["-1", "119", "1.0"])
def test_atomic_numbers_of_no_element(number: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="must be an atomic number, 0 to 118"):
        read(
            tmp_path,
            text(f"{LATTICE} Properties=Z:{'R' if '.' in number else 'I'}:1:pos:R:3", (f"{number} 0 0 0",)),
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (text(f'Lattice="4 0 0 0 a 0 0 0 4" {PROPERTIES}'), "Lattice: 'a' is no number"),
        (text(f'Lattice="4 0 0 0 4_0 0 0 0 4" {PROPERTIES}'), "Lattice: '4_0' is no number"),
        ("1" + "0" * 25 + text(LATTICE)[1:], "2 particle lines, but the first line says 10{25}$"),
        ("\n" + text(LATTICE), "the first line is empty"),
    ],
)
def test_the_reason_is_told(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "name", ["velo", "vel", "velocity", "velocities", "Velocity", "Velo", "VELOCITIES", "v"]
)
def test_velocities_under_all_their_names(name: str, tmp_path: Path) -> None:
    rows = (f"{ROWS[0]} 1 2 3", f"{ROWS[1]} 4 5 6")
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:{name}:R:3", rows))
    np.testing.assert_array_equal(state.velocities, [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    "names",
    ["vx:vy:vz", "VX:VY:VZ", "velo_x:velo_y:velo_z", "Velocity.X:Velocity.Y:Velocity.Z", "vely:velx:velz"],
)
def test_velocities_of_a_column_for_each_axis(names: str, tmp_path: Path) -> None:
    columns, order = names.split(":"), sorted(range(3), key=lambda k: names.split(":")[k])
    rows = tuple(
        " ".join([row, *(str(3 * n + order.index(k)) for k in range(3))]) for n, row in enumerate(ROWS)
    )
    properties = "".join(f":{column}:R:1" for column in columns)
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}{properties}", rows))
    np.testing.assert_array_equal(state.velocities, [[0, 1, 2], [3, 4, 5]])


def test_momenta_and_positions_of_a_column_for_each_axis(tmp_path: Path) -> None:
    properties = "Properties=type:S:1:x:R:1:y:R:1:z:R:1:px:R:1:py:R:1:pz:R:1"
    rows = tuple(f"{row} 2 4 6" for row in ROWS)
    state = read(tmp_path, text(f"{LATTICE} {properties}:mass:R:1", tuple(f"{row} 2" for row in rows)))
    np.testing.assert_array_equal(state.positions, [[0, 0.5, 0], [1, 1, 1.25]])
    np.testing.assert_array_equal(state.velocities, [[1, 2, 3]] * 2)


def test_a_vector_without_one_of_its_axes(tmp_path: Path) -> None:
    rows = tuple(f"{row} 1 2" for row in ROWS)
    with pytest.raises(ConfigurationError, match=r"it has vx, but not all of vx, vy, vz; write all three"):
        read(tmp_path, text(f"{LATTICE} {PROPERTIES}:vx:R:1:vz:R:1", rows))


@pytest.mark.parametrize("name", ["element", "symbols", "type", "Type", "particle_type"])
def test_species_under_other_names(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, text(f"{LATTICE} Properties={name}:S:1:pos:R:3")).symbols == ["A", "B"]
    both = f"{LATTICE} {PROPERTIES}:{name}:S:1"
    assert read(tmp_path, text(both, (f"{ROWS[0]} 1", f"{ROWS[1]} 2"))).symbols == ["A", "B"]
    with pytest.raises(ConfigurationError, match=rf"line 4 .* species and {name} divide the particles"):
        read(tmp_path, text(both, tuple(f"{row} 1" for row in ROWS)))


@pytest.mark.parametrize(
    ("key", "meant"),
    [("PBC", "pbc"), ("properties", "Properties"), ("lattice", "Lattice"), ("periodic", "pbc")],
)
def test_keys_that_other_programs_would_pass_over(key: str, meant: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"{key} of the second line must be written {meant}"):
        read(tmp_path, text(f'{LATTICE} {PROPERTIES} {key}="F F F"'))


def test_momenta_are_divided_by_masses(tmp_path: Path) -> None:
    """By those of the file, as ASE writes them, or else by that of the model."""
    atoms = ase.Atoms(["Cu", "Zr"], [[0, 0.5, 0], [1, 1, 1.25]], cell=[4, 4, 4], pbc=True, masses=[2.5, 2.5])
    atoms.set_velocities([[1, 2, 3], [4, 5, 6]])
    ase.io.write(tmp_path / "ase.extxyz", atoms, format="extxyz")
    state = read_configuration(tmp_path / "ase.extxyz", mapping=MAPPING)
    np.testing.assert_allclose(state.velocities, [[1, 2, 3], [4, 5, 6]], rtol=1e-7)
    np.testing.assert_array_equal(state.stated["mass"], [2.5, 2.5])
    rows = ("A 0 0.5 0 2 4 6", "B 1 1 1.25 8 10 12")
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:momenta:R:3", rows), mass=2.0)
    np.testing.assert_array_equal(state.velocities, [[1, 2, 3], [4, 5, 6]])


def test_momenta_of_elements_without_masses_are_refused(tmp_path: Path) -> None:
    """ASE means the masses of the elements, which it leaves out of the file."""
    atoms = ase.Atoms(["Cu", "Zr"], [[0, 0.5, 0], [1, 1, 1.25]], cell=[4, 4, 4], pbc=True)
    atoms.set_velocities([[1, 2, 3], [4, 5, 6]])
    ase.io.write(tmp_path / "ase.extxyz", atoms, format="extxyz")
    with pytest.raises(ConfigurationError, match=r"momenta of chemical elements \(Cu, Zr\) and no masses"):
        read_configuration(tmp_path / "ase.extxyz", mapping=MAPPING)


@pytest.mark.parametrize(
    ("name", "stated", "factor"),
    [
        ("Mass", "mass", 1),
        ("Masses", "mass", 1),
        ("m", "mass", 1),
        ("particle_mass", "mass", 1),
        ("initial_masses", "mass", 1),
        ("Particle_Radius", "diameter", 2),
        ("particle_charge", "charge", 1),
        ("atomic_mass", "mass", 1),
        ("Radius", "diameter", 2),
        ("sigma", "diameter", 1),
        ("q", "charge", 1),
    ],
)
def test_what_a_file_states_under_all_names(name: str, stated: str, factor: float, tmp_path: Path) -> None:
    rows = tuple(f"{row} 1.5" for row in ROWS)
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:{name}:R:1", rows))
    np.testing.assert_array_equal(state.stated[stated], [1.5 * factor] * 2)


def test_names_that_may_mean_something_else(tmp_path: Path) -> None:
    rows = tuple(f"{row} 7 1 2 3 4 x" for row in ROWS)
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:v:R:1:q:R:4:m:S:1", rows))
    assert state.velocities is None
    assert state.stated == {}


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("mass:R:1:masses:R:1", "1 2"),
        ("Mass:R:1:mass:R:1", "1 2"),
        ("mass:R:1:particle_mass:R:1:atomic_mass:R:1", "1 1 2"),
        ("positions:R:3", "3 3 3"),
        ("diameter:R:1:Radius:R:1", "1 1"),
        ("velo:R:3:velocity:R:3", "1 2 3 1 2 4"),
        ("masses:R:1:velo:R:3:momenta:R:3", "2 1 2 3 2 4 7"),
    ],
)
def test_statements_that_contradict_each_other(columns: str, values: str, tmp_path: Path) -> None:
    rows = tuple(f"{row} {values}" for row in ROWS)
    with pytest.raises(ConfigurationError, match=r"contradict each other \(particle 0\)"):
        read(tmp_path, text(f"{LATTICE} {PROPERTIES}:{columns}", rows))


def test_statements_that_agree(tmp_path: Path) -> None:
    rows = tuple(f"{row} 2 1 2 3 2 4 6.00000001" for row in ROWS)
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:masses:R:1:velo:R:3:momenta:R:3", rows))
    np.testing.assert_array_equal(state.velocities, [[1, 2, 3]] * 2)


@pytest.mark.parametrize("properties", ["Z:I:1:pos:R:3", "numbers:I:1:pos:R:3", "Z:I:1:positions:R:3"])
def test_atomic_numbers_alone_are_names_too(properties: str, tmp_path: Path) -> None:
    state = read(tmp_path, text(f"{LATTICE} Properties={properties}", ("29 0 0 0", "40 1 1 1")))
    assert state.symbols == ["A", "B"]
    atoms = ase.io.read(tmp_path / "a.extxyz", format="extxyz")
    assert atoms.get_chemical_symbols() == ["Cu", "Zr"]
    np.testing.assert_array_equal(state.positions, atoms.positions)


@pytest.mark.parametrize("column", ["Z", "numbers"])
def test_atomic_numbers_beside_the_names_of_elements(column: str, tmp_path: Path) -> None:
    comment = f"{LATTICE} {PROPERTIES}:{column}:I:1"
    assert read(tmp_path, text(comment, (f"{ROWS[0]} 29", f"{ROWS[1]} 40"))).symbols == ["A", "B"]
    with pytest.raises(ConfigurationError, match=rf"line 4 .* species and {column} contradict .*, Zr and Cu"):
        read(tmp_path, text(comment, tuple(f"{row} 29" for row in ROWS)))


def test_numbers_that_contradict_each_other(tmp_path: Path) -> None:
    rows = ("29 0 0 0 29", "40 1 1 1 29")
    with pytest.raises(ConfigurationError, match="Z and numbers contradict each other, Zr and Cu"):
        read(tmp_path, text(f"{LATTICE} Properties=Z:I:1:pos:R:3:numbers:I:1", rows))


def test_numbers_beside_names_that_are_not_all_of_elements(tmp_path: Path) -> None:
    """As this program writes them: B is boron, too."""
    rows = ("A 0 0.5 0 1", "B 1 1 1.25 2")
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}:Z:I:1", rows))
    assert state.symbols == ["A", "B"]
    of_boron = Configuration("liquid", state.positions, state.box, np.ones(2, dtype=np.int32))
    write_configuration(tmp_path / "b.xyz", of_boron)
    assert read_configuration(tmp_path / "b.xyz").symbols == ["B", "B"]


def test_one_of_several_frames(tmp_path: Path) -> None:
    frames = "".join(text(f"{LATTICE} {PROPERTIES}", (f"Cu {k} 0 0", ROWS[1])) for k in range(3))
    with pytest.raises(ConfigurationError, match=r"3 frames; choose one of 0 to 2, as --frame 2 or frame=2"):
        read(tmp_path, frames)
    for frame, x in ((0, 0), (2, 2), (-1, 2), (-3, 0)):
        assert read(tmp_path, frames, frame=frame).positions[0, 0] == x
        assert ase.io.read(tmp_path / "a.extxyz", frame, format="extxyz").positions[0, 0] == x
    for frame in (3, -4):
        with pytest.raises(ConfigurationError, match=rf"no frame {frame}: it has 3, from 0 to 2"):
            read(tmp_path, frames, frame=frame)
    with pytest.raises(ConfigurationError, match="'VEC1 4 0 0' follows frame 2"):
        read(tmp_path, frames + "VEC1 4 0 0\n")
    with pytest.raises(ConfigurationError, match="an empty line stands before the end"):
        read(tmp_path, frames + "\n" + frames)


def test_packed_files_are_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.extxyz.gz"
    path.write_bytes(gzip.compress(text(f"{LATTICE} {PROPERTIES}").encode()))
    state = read_configuration(path, mapping=MAPPING)
    with pytest.raises(ConfigurationError, match=r"unknown format '\.gz'"):
        write_configuration(path, state)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ConfigurationError, match=r"a\.extxyz\.gz cannot be understood \(damaged gzip"):
        read_configuration(path, mapping=MAPPING)


def test_what_is_written_comes_back_and_ase_opens_it(tmp_path: Path) -> None:
    """A and B are no elements: a column of numbers stands beside them."""
    state = read(tmp_path, text(f"{LATTICE} {PROPERTIES}"))
    write_configuration(tmp_path / "b.xyz", state)
    assert read_configuration(tmp_path / "b.xyz").symbols == ["A", "B"]
    atoms = ase.io.read(tmp_path / "b.xyz", format="extxyz")
    assert atoms.get_chemical_symbols() == ["H", "He"]
    np.testing.assert_array_equal(atoms.positions, state.positions)
