"""Data that lack something or look odd: whatever can be had of them is had, and the rest is told."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

import pssglass as pg

from .conftest import Program

MODEL = pg.PSS(rc=1.5)
NARROW = '[{ name = "vdos", parameters = { window = 0.05 } }]'
"""A fit of the density of states to modes of very low frequency."""
OTHERS = (
    *("energetics", "moduli", "modes", "dipole_response", "dipole_field", "order", "liquid"),
    *("averages", "fluctuations", "localisation", "relaxation", "crossover", "power_laws"),
)


def told(program: Program) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What ``status`` says: why an observable has no value, and by subject what deserves a second look."""
    status = json.loads(program("status", "--json").done().out)
    without = {f"{one['observable']} of {one['subject']}": one["reason"] for one in status["without_values"]}
    flags: dict[str, list[str]] = {}
    for one in status["flags"]:
        flags.setdefault(one["subject"], []).append(one["reason"])
    return without, flags


def imported(program: Program, positions: np.ndarray, kinds: np.ndarray, ensemble: str) -> None:
    """Import a configuration at the model's density, relaxed, through a file of another program."""
    length = MODEL.box_length(len(positions))
    lines = [
        " ".join(["AB"[kind], *map(repr, at)]) for kind, at in zip(kinds, positions.tolist(), strict=True)
    ]
    head = f'Lattice="{length} 0 0 0 {length} 0 0 0 {length}" Properties=species:S:1:pos:R:3 pbc="T T T"'
    path = program.folder / f"{ensemble}.extxyz"
    path.write_text("\n".join([str(len(lines)), head, *lines, ""]))
    arguments = ("--ensemble", ensemble, "--model", "pss", "--set", "rc=1.5", "--quench")
    program("import", path, *arguments).done()


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """One glass of 100 particles, and at a lower temperature one of 128: the user has mixed sizes."""
    program = Program(tmp_path_factory.mktemp("single"))
    both = (("tiny", 100, 2.6), ("other", 128, 1.0))
    others = [part for name in OTHERS for part in ("--observable", name)]
    commands = ((("simulate", "campaign.toml"),), (("analyze", "campaign.toml"), ("analyze", *others)))
    for steps in commands:
        for name, N, T in both:
            program.write_campaign(
                *(("tiny", name), ("N = 100", f"N = {N}"), ("[2.6, 1.0]", f"[{T}]")),
                *(("samples = 2", "samples = 1"), ("seed = 11", f"seed = 11\nobservables = {NARROW}")),
            )
            for step in steps:
                assert program(*step, "--workers", 0).code == 0
    return program


def test_one_sample_has_values_but_no_error_bar_and_everything_says_so(single: Program) -> None:
    done = single("plot", "fig15", "--data")
    assert done.code == 0
    assert done.err.startswith("pssglass: no error bars for 2 ensemble(s) of one sample: ")
    with Path(single.folder / "fig15.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["samples"], row["energy_per_particle_error"]) for row in rows] == [("1", "")] * 2
    assert all(float(row["energy_per_particle"]) < 0.0 for row in rows)
    without, flags = told(single)
    assert "one sample only: its values have no error bar; add samples" in flags["tiny-rc1.5-T2.6"]
    assert "at least 2" in without["fluctuations of tiny-rc1.5-T2.6"]
    assert "0 temperature(s) with error bars" in without["crossover of pss rc=1.5"]


def test_mixed_sizes_are_told(single: Program) -> None:
    _, flags = told(single)
    assert "N = 100, 128" in flags["pss rc=1.5"][0]
    assert "worth a second look" in single("status").done().out


def test_where_no_mode_lies_in_the_window_only_its_fit_is_missing(single: Program) -> None:
    without, _ = told(single)
    assert "no mode of 1 sample(s) lies below" in without["vdos of tiny-rc1.5-T2.6"]
    single("plot", "fig8").refused("fig8 needs A_g_scaled", "no mode of 1 sample(s) lies below")
    everything = single("plot", "all", "-o", "figures")
    assert everything.code == 0
    assert everything.err.count("no error bars for 2 ensemble(s)") == 1
    assert "fig8 needs A_g_scaled" in everything.err
    assert (single.folder / "figures" / "fig11.png").exists()


def test_a_plateau_too_short_is_told_in_place_of_a_crossover(pssglass: Program) -> None:
    """G/K of a campaign that does not reach beyond its crossover at 1.05 is put into the database by hand."""
    pssglass.write_campaign(("[2.6, 1.0]", "[0.7, 0.8, 0.93, 1.0, 1.3]"))
    pssglass("simulate", "campaign.toml", "--workers", 0).done()
    arguments = ("analyze", "--observable", "crossover", "--workers", 0)
    assert pssglass(*arguments).code == 0
    with contextlib.closing(sqlite3.connect(pssglass.folder / "pssglass.db")) as connection, connection:
        connection.execute(
            "UPDATE value_scalar SET value = (SELECT 0.2 + 0.2 * max(0, 1.05 - e.parent_temperature)"
            " + 0.0002 * s.replica FROM configuration c JOIN sample s ON s.id = c.sample_id"
            " JOIN ensemble e ON e.id = s.ensemble_id WHERE c.id = configuration_id)"
            " WHERE key = 'shear_to_bulk_ratio'"
        )
        # No analysis has changed, so that all that is kept would hold.
        connection.execute("DELETE FROM statistic")
        connection.execute("UPDATE aggregate SET inputs = NULL")
    assert pssglass(*arguments).code == 0
    without, _ = told(pssglass)
    assert "plateau too short" in without["crossover of pss rc=1.5"]
    assert "add hotter ensembles" in pssglass("status").done().out


def test_a_crystal_and_separated_species_are_flagged(measured: Program) -> None:
    """Caesium chloride, and a liquid with its species sorted to the two halves of the box."""
    edge = MODEL.box_length(128) / 4
    corners = edge * np.stack(np.meshgrid(*[np.arange(4)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    shaken = np.random.default_rng(1).normal(scale=0.05, size=(128, 3))
    sites = np.concatenate([corners, corners + edge / 2]) + shaken
    imported(measured, sites, np.repeat([0, 1], 64), "crystal")
    liquid = pg.Liquid.create(MODEL, N=256, temperature=2.0, seed=3).configuration
    left = np.argsort(np.argsort(liquid.positions[:, 0] % liquid.box[0])) < 128
    imported(measured, liquid.positions, left.astype(int), "separated")
    measured("analyze", "--observable", "order", "--workers", 0).done()
    _, flags = told(measured)
    assert [reason.partition("?")[0] for reason in flags["sample 0 of crystal"]] == ["crystal", "crystal"]
    assert "demixing" in [reason.partition("?")[0] for reason in flags["sample 0 of separated"]]
    assert not [subject for subject in flags if subject.startswith("sample") and "tiny" in subject]
    assert "demixing?" in measured("status").done().out
