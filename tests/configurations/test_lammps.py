"""LAMMPS data as `write_data` makes them: every form is read for what it is, or refused in clear words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.configurations import Configuration, read_configuration

BOUNDS = "-2 2 xlo xhi\n-2 2 ylo yhi\n-2 2 zlo zhi\n"
GENERAL_BOX = "4 0 0 avec\n0 4 0 bvec\n0 0 4 cvec\n-2 -2 -2 abc origin\n"
HEAD = f"""LAMMPS data file via write_data, version 29 Aug 2024, timestep = 1000, units = lj

2 atoms
2 atom types

{BOUNDS}"""
MASSES = "\nMasses\n\n1 1\n2 1\n"
ATOMS = "\nAtoms # atomic\n\n2 2 1 1 1.25 0 1 0\n1 1 0 0.5 0 -1 0 2\n"
SPHERES = "\nAtoms # sphere\n\n1 1 2.0 0.75 0 0 0\n2 2 2.0 0.75 1 1 1\n"
LABELLED_ATOMS = ATOMS.replace("2 2 1", "2 B 1").replace("1 1 0", "1 A 0")
BONDS = "\nBonds\n\n1 1 1 2\n"
VELOCITIES = "\nVelocities\n\n2 4 5 6\n1 1 2 3\n"
LABELS = "\nAtom Type Labels\n\n1 A\n2 B\n"
COEFFICIENTS = (
    "\nPair Coeffs # lj/cut\n\n1 1 1\n2 1 1.4\n\nPairIJ Coeffs # lj/cut\n\n1 1 1 1\n1 2 1 1.18\n2 2 1 1.4\n"
)
CUSTOM_SECTIONS = """
BondBond13 Coeffs # class2

1 0 1 1

props

1 0.5
2 0.5

_my_fix

1 7

rg2 # of a fix

A B 3
"""


def read(folder: Path, content: str, **options: object) -> Configuration:
    path = folder / "a.data"
    path.write_text(content)
    return read_configuration(path, **options)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + MASSES + ATOMS + VELOCITIES,
        HEAD + MASSES + COEFFICIENTS + ATOMS + VELOCITIES,
        HEAD + LABELS + MASSES + COEFFICIENTS + ATOMS + VELOCITIES,
        HEAD + LABELS + "\nMasses\n\nA 1\nB 1\n" + LABELLED_ATOMS + VELOCITIES,
        HEAD + MASSES + ATOMS.replace("# atomic", "# atomic (lj)") + VELOCITIES,
        HEAD + MASSES + ATOMS.replace(" # atomic", "") + VELOCITIES,
        HEAD + "1 bonds\n1 bond types\n0 0 0 xy xz yz\n" + MASSES + ATOMS + VELOCITIES + BONDS,
        HEAD.replace(BOUNDS, GENERAL_BOX) + MASSES + ATOMS + VELOCITIES,
        HEAD + MASSES + ATOMS + CUSTOM_SECTIONS + VELOCITIES,
        HEAD + MASSES + CUSTOM_SECTIONS + ATOMS + VELOCITIES,
        HEAD + LABELS.replace("1 A", '1 "A"') + "\nMasses\n\n'A' 1\n\"B\" 1\n" + LABELLED_ATOMS + VELOCITIES,
        HEAD + LABELS + MASSES + LABELLED_ATOMS.replace(" B ", " 'B' ") + VELOCITIES,
    ],
)
def test_forms_of_write_data(content: str, tmp_path: Path) -> None:
    state = read(tmp_path, content)
    np.testing.assert_array_equal(state.positions, [[0, 0.5, 0], [1, 1, 1.25]])
    np.testing.assert_array_equal(state.velocities, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(state.images, [[-1, 0, 2], [0, 1, 0]])
    np.testing.assert_array_equal(state.box, [4, 4, 4, 0, 0, 0])
    np.testing.assert_array_equal(state.stated["mass"], [1, 1])
    assert state.symbols == ["A", "B"]


def test_labels_in_quotes_hold_whatever_is_no_blank(tmp_path: Path) -> None:
    """A number sign, which begins a comment elsewhere, and the other kind of quotes."""
    labels = LABELS.replace("1 A", "1 'Cu#1'  # copper").replace("2 B", '2 "Zr\'s"')
    atoms = LABELLED_ATOMS.replace(" A ", " 'Cu#1' ").replace(" B ", ' "Zr\'s" ')
    masses = "\nMasses\n\n'Cu#1' 1 # 'it'\n\"Zr's\" 1\n"
    state = read(tmp_path, HEAD + labels + masses + atoms + VELOCITIES, mapping={"Cu#1": "A", "Zr's": "B"})
    assert state.symbols == ["A", "B"]
    np.testing.assert_array_equal(state.stated["mass"], [1, 1])


def test_labels_tell_the_species_whatever_their_order(tmp_path: Path) -> None:
    swapped = LABELS.replace("1 A\n2 B", "1 B\n2 A")
    assert read(tmp_path, HEAD + swapped + ATOMS).symbols == ["B", "A"]
    foreign = HEAD + LABELS.replace("1 A\n2 B", "1 Cu\n2 Zr") + ATOMS
    assert read(tmp_path, foreign, mapping={"Cu": "B", "Zr": "A"}).symbols == ["B", "A"]
    assert read(tmp_path, foreign, mapping={"1": "A", "2": "B"}).symbols == ["A", "B"]
    with pytest.raises(ConfigurationError, match=r"unknown species Cu, Zr; .* as --map Cu=A"):
        read(tmp_path, foreign)


@pytest.mark.parametrize(
    ("style", "columns", "stated"),
    [
        ("charge", "{type} -0.5", {"charge": -0.5}),
        ("bond", "9 {type}", {}),
        ("angle", "9 {type}", {}),
        ("molecular", "9 {type}", {}),
        ("full", "9 {type} 0.5", {"charge": 0.5}),
        ("sphere", "{type} 2.0 0.75", {"diameter": 2.0, "mass": math.pi}),
    ],
)
@pytest.mark.parametrize("images", ["", " -1 0 2"])
def test_other_atom_styles(
    style: str, columns: str, stated: dict[str, float], images: str, tmp_path: Path
) -> None:
    rows = [f"{k} {columns.format(type=k)} {k} 1 1.25{images}" for k in (1, 2)]
    state = read(tmp_path, HEAD + "\n".join(["", f"Atoms # {style}", "", *rows, ""]))
    np.testing.assert_array_equal(state.positions, [[1, 1, 1.25], [2, 1, 1.25]])
    assert (state.images is not None) == bool(images)
    assert {name: values[0] for name, values in state.stated.items()} == pytest.approx(stated)


@pytest.mark.parametrize(
    ("atoms", "message"),
    [
        (ATOMS.replace("0 1 0", "0.7 -0.3 2.9"), "image flags of atoms must be whole numbers, not 0.7"),
        (ATOMS.replace(" 0 1 0", ""), r"not 5 or 8; name the style that they are of, one of charge"),
        (
            ATOMS.replace("atomic", "dipole"),
            "atom style dipole is not supported; write one of atomic, charge",
        ),
        (ATOMS.replace("atomic", "full"), "need the columns id molecule type charge x y z"),
        (
            "\nAtoms\n\n1 1 1 1 1 1.25\n2 1 1 2 1 1.25\n",
            r"not 6; name the style that they are of, one of charge, bond, angle, molecular, as",
        ),
        (ATOMS + ATOMS, "two sections Atoms"),
        (ATOMS + VELOCITIES.lower(), "section velocities must be written Velocities"),
        (ATOMS + "3 1 0 0 0 0 0 0\n", "says 2 atoms, more lines follow in section Atoms"),
        ("\nPair Coeffs # Atoms\n\n1 1 1\n", "no Atoms section"),
        ("", "no Atoms section"),
    ],
)
def test_sections_that_are_something_else(atoms: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, HEAD + atoms)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            HEAD + MASSES + LABELLED_ATOMS,
            "'A' is no type of atoms: write its number, or name it in a section",
        ),
        (HEAD + "\nMasses\n\n1 1\n" + ATOMS, "section Masses has no type 2"),
        (HEAD + "\nMasses\n\n1 1\n2\n" + ATOMS, "section Masses: '2' has 1 columns, not 2"),
        (HEAD + "\nMasses\n\n1 1\n2 one\n" + ATOMS, "mass: 'one' is no number"),
        (HEAD + "\nMasses\n\n1 1\n3 1\n" + ATOMS, "Masses has type 3, but the header says 2 atom types"),
        (HEAD + "\nMasses\n\n1 1\n1 2\n" + ATOMS, "section Masses has type 1 twice"),
        (HEAD + "\nMasses\n\n1 1\n2 1\n" + SPHERES, "density of atoms and section Masses contradict"),
        (HEAD + "0 9 xlo xhi\n" + ATOMS, "the header has two lines of 'xlo xhi'; leave one out"),
        (HEAD + GENERAL_BOX + ATOMS, "the header has 'avec' and 'xlo xhi', which are two ways"),
        (HEAD.replace(BOUNDS, GENERAL_BOX) + "0 0 0 xy xz yz\n" + ATOMS, "has 'avec' and 'xy xz yz'"),
        (HEAD + "\nAtom Type Labels\n\n1 A\n" + ATOMS, "names the types 1; each of the 2 atom types"),
        (HEAD + LABELS.replace("2 B", "2 A") + ATOMS, "each of the 2 atom types .* a name of its own"),
        (HEAD + LABELS.replace("2 B", "3 B") + ATOMS, "names the types 1, 3"),
        (HEAD + "\nMasses\n\n1 1 # B\n2 1 # A\n" + ATOMS, "calls type 1 B, .* taken for A; .*--map 1=B"),
        (
            HEAD + ATOMS.replace("0 1 0", f"0 {2**40} 0"),
            rf"particle 1, \[0, {2**40}, 0\], must be below 2\^31",
        ),
        (HEAD + ATOMS.replace("0 1 0", f"0 {2**70} 0"), r"image flags of atoms must be below 2\^63"),
        (HEAD + ATOMS.replace("1.25", "1_0.25"), "z: '1_0.25' is no number"),
        (
            HEAD.replace("-2 2 xlo", "2 xlo") + ATOMS,
            "'2 xlo xhi' in the header must be 2 numbers and 'xlo xhi'",
        ),
        (HEAD.replace("-2 2 xlo", "-2 2_0 xlo") + ATOMS, "xlo xhi: '2_0' is no number"),
        (
            HEAD + ATOMS + VELOCITIES.replace("4 5 6", "4 5"),
            "section Velocities: '2 4 5' has 3 columns, not 4",
        ),
        (HEAD + ATOMS + VELOCITIES.replace("4 5 6", "4 5 x"), "velocity: 'x' is no number"),
    ],
)
def test_the_reason_is_told(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path, content)


def test_names_in_comments_of_masses_that_a_mapping_overrules(tmp_path: Path) -> None:
    swapped = HEAD + "\nMasses\n\n1 1 # B\n2 1 # A\n" + ATOMS
    assert read(tmp_path, swapped, mapping={"1": "B", "2": "A"}).symbols == ["B", "A"]
    assert read(tmp_path, swapped, mapping={"1": "A", "2": "B"}).symbols == ["A", "B"]
    foreign = HEAD + "\nMasses\n\n1 1 # Cu\n2 1 # Zr\n" + ATOMS
    assert read(tmp_path, foreign).symbols == ["A", "B"]


def test_masses_of_types_and_of_spheres_that_agree(tmp_path: Path) -> None:
    masses = f"\nMasses\n\n1 {math.pi}\n2 {math.pi}\n"
    assert read(tmp_path, HEAD + masses + SPHERES).stated["mass"] == pytest.approx([math.pi] * 2)


def test_frames_of_a_file_that_has_one(tmp_path: Path) -> None:
    read(tmp_path, HEAD + ATOMS, frame=-1)
    with pytest.raises(ConfigurationError, match="there is no frame 1: it has 1"):
        read(tmp_path, HEAD + ATOMS, frame=1)
