"""What pssglass computes, as plain values that ``comparison`` records and compares; see README.md.

Only the public package, the command line and SQLite are used, so that nothing here follows a move inside.
``python golden.py`` prints what the engine does in one process, at the level that PSSGLASS_SIMD names.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import pssglass as pg
from pssglass.campaigns.reader import PRESETS
from pssglass.plugins.protocol import is_on_request
from pssglass.plugins.registry import Registry

FOLDER = Path(__file__).parent
STARTS = FOLDER / "starts"
STORED = FOLDER / "stored"

LEVELS = ("baseline", "avx2", "avx512")
MODELS = {"pss-1.1": pg.PSS(1.1), "pss-1.5": pg.PSS(1.5), "kablj": pg.KABLJ()}
SIZES = {"pss-1.1": 256, "pss-1.5": 256, "kablj": 320}
PRECISIONS = ("double", "mixed")
THERMOSTATS = ("langevin", "svr", "nve")
QUENCHES = ("faithful", "fast", "fire", "lbfgs", "cg")
TIME_STEP = 0.002
STEPS = 2000
FEW_STEPS = 50
"""So few that two levels, which round differently, have not drifted apart yet."""

EVERYWHERE = "baseline"
"""The level of campaigns: every processor has it."""

LEFT_OUT = {
    "analysis": {"software_id", "platform_id", "worker", "finished_at"},
    "aggregate": {"inputs", "software_id", "platform_id", "worker", "finished_at"},
    "attempt": {"software_id", "platform_id", "worker", "started_at", "ended_at", "wall_time"},
    "configuration": {"sha256", "bytes"},  # of files that hold numbers which are equal to TOLERANCE only
    "observable": {"distribution_version"},
    "sample": {"lease_from", "lease_until"},
    "v_samples": {"core_seconds", "swap_attempts_per_second", "swaps_per_second"},
    "v_earlier_samples": {"core_seconds", "swap_attempts_per_second", "swaps_per_second"},
    "v_aggregates": {
        *("program_version", "git_revision", "compiler", "flags", "host", "cpu", "simd"),
        *("worker", "finished_at"),
    },
    "v_analyses": {
        *("program_version", "git_revision", "compiler", "flags", "host", "cpu", "simd"),
        *("worker", "finished_at"),
        *("sample_program_version", "sample_git_revision", "sample_compiler", "sample_flags", "sample_host"),
        *("sample_cpu", "sample_simd", "sample_worker", "sample_started_at", "sample_ended_at", "sha256"),
    },
}
"""Times, hosts, versions and the like, by table or view: everything else is compared."""
LEFT_OUT_OF_JSON = {
    *(
        "url",
        "seconds_per_sample",
        "dynamics_seconds",
        "quench_seconds",
        "core_seconds",
        "git_revision",
        "simd",
        "worker",
    ),
}
"""The same inside of JSON values."""
TABLES = (
    *("aggregate", "aggregate_array", "aggregate_member", "aggregate_scalar", "analysis", "attempt"),
    *("configuration", "ensemble", "observable", "observable_column", "sample"),
)
"""Of the others, ``software``, ``platform``, ``meta`` and ``alembic_version`` say by whom, not what, and
``v_scalars`` and ``v_arrays`` show all of ``value_scalar`` and ``value_array``."""


def sha256(*arrays: npt.ArrayLike) -> str:
    """Of the bytes of the arrays, one after the other."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


# The engine -------------------------------------------------------------------------------------------------


def start(name: str, **options: Any) -> pg.Liquid:
    """The liquid that trajectories and quenches of a model begin with, from a file."""
    return pg.Liquid.read(STARTS / f"{name}.gsd", MODELS[name], **options)


def started_with(model: pg.Model, name: str) -> pg.Liquid:
    """The same particles, under another model."""
    configuration = pg.read_configuration(STARTS / f"{name}.gsd")
    return pg.Liquid(model, replace(configuration, metadata={}), temperature=1.0, seed=7)


def outcome(liquid: pg.Liquid, thermostat: str, steps: int = STEPS) -> dict[str, str]:
    """Hashes of where a run ends, and of what it samples on the way."""
    run = liquid.run(steps * TIME_STEP, TIME_STEP, thermostat, 1.0, sample_every=100)
    return {
        "positions": sha256(liquid.positions),
        "velocities": sha256(liquid.velocities),
        **{f"series {key}": sha256(values) for key, values in sorted(run.series.items())},
    }


def trajectories() -> dict[str, Any]:
    """Thousands of steps of every model, precision and thermostat."""
    return {
        f"{name} {precision} {thermostat}": outcome(start(name, precision=precision), thermostat)
        for name in MODELS
        for precision in PRECISIONS
        for thermostat in THERMOSTATS
    }


def short_runs() -> dict[str, Any]:
    """Positions and velocities of some particles after a few steps, as numbers."""
    found = {}
    for name in MODELS:
        for precision in PRECISIONS:
            for thermostat in THERMOSTATS:
                liquid = start(name, precision=precision)
                liquid.run(FEW_STEPS * TIME_STEP, TIME_STEP, thermostat, 1.0)
                some = {"positions": liquid.positions[::32], "velocities": liquid.velocities[::32]}
                found[f"{name} {precision} {thermostat}"] = {key: some[key].tolist() for key in some}
    return found


def creations() -> dict[str, Any]:
    """Liquids before and after a melt."""
    found = {}
    for name, model in MODELS.items():
        for label, melt_time in (("start", 0.0), ("melt", 0.5)):
            liquid = pg.Liquid.create(
                model,
                SIZES[name],
                1.0,
                7,
                melt_temperature=4.0,
                melt_time=melt_time,
                time_step=TIME_STEP,
            )
            found[f"{name} {label}"] = {
                "box": sha256(liquid.box),
                "species": sha256(liquid.species),
                "positions": sha256(liquid.positions),
                "velocities": sha256(liquid.velocities),
            }
    return found


def quenches() -> dict[str, Any]:
    """Inherent states, and the work that it took, by every way to quench."""
    found = {}
    for name in MODELS:
        for method in QUENCHES:
            glass = start(name).quench(method)
            record = glass.quench_record
            found[f"{name} {method}"] = {
                "positions": sha256(glass.positions),
                "iterations": record.iterations,
                "force_evaluations": record.force_evaluations,
                "newton_steps": record.newton_steps,
            }
    return found


def mechanics() -> dict[str, Any]:
    """What is measured of one glass of each model, read from a file."""
    found: dict[str, Any] = {}
    for name, model in MODELS.items():
        glass = pg.Glass.read(STARTS / f"{name}-glass.gsd", model)
        hessian, modes, response = glass.hessian(), glass.modes(30), glass.dipole_response(n=40)
        found[name] = {
            "hessian": sha256(hessian.data, hessian.indices, hessian.indptr),
            "certificate": asdict(glass.certify()),
            "energetics": asdict(glass.energetics()),
            "moduli": asdict(glass.moduli()),
            "frequencies": modes.frequencies.tolist(),
            "participation_ratios": modes.participation_ratios.tolist(),
            "residuals": modes.residuals.tolist(),
            "dipole_pairs": response.pairs.tolist(),
            "dipole_frequencies": response.frequencies.tolist(),
        }
    return found


def engine() -> dict[str, Any]:
    """All of this, in this process."""
    return {
        "hashes": {"trajectories": trajectories(), "creations": creations(), "quenches": quenches()},
        "short runs": short_runs(),
        "mechanics": mechanics(),
    }


def engine_at(level: str) -> dict[str, Any] | None:
    """The same in a process that is forced to a SIMD level; None where the processor lacks it."""
    done = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "PSSGLASS_SIMD": level},
        capture_output=True,
        text=True,
        check=False,
    )
    if "not supported by this processor" in done.stderr:
        return None
    if done.returncode:
        raise RuntimeError(f"at level {level}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# Specifications ---------------------------------------------------------------------------------------------


def specifications() -> dict[str, Any]:
    """Hashes and seeds of the ensembles of the presets, and of the campaigns here."""
    sources = [
        *PRESETS,
        *sorted(FOLDER.glob("*.toml")),
        *sorted(STORED.glob("*.toml")),
    ]
    return {
        (source.stem if isinstance(source, Path) else source): [
            {
                "name": spec.name,
                "hash": spec.hash,
                "model_hash": spec.model.hash,
                "seed": spec.seed,
                "samples": samples,
                "time_steps": [spec.model.default_time_step(T) for T in (1.0, spec.parent_temperature)],
            }
            for spec, samples in pg.load_campaign(source).ensembles
        ]
        for source in sources
    }


# Campaigns and databases ------------------------------------------------------------------------------------


def pssglass(folder: Path, *arguments: object, code: int = 0) -> str:
    """What a command prints that runs in a folder, at the level that every processor has."""
    done = subprocess.run(
        [sys.executable, "-m", "pssglass", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PSSGLASS_SIMD": EVERYWHERE},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"pssglass {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def run_campaign(folder: Path) -> None:
    """The golden campaign from its file to its figures."""
    shutil.copy(FOLDER / "campaign.toml", folder)
    pssglass(folder, "simulate", "campaign.toml", "--workers", 0)
    analyze(folder)
    pssglass(folder, "plot", "all", "--data")
    pssglass(folder, "export", "-o", "samples.csv")
    pssglass(folder, "export", "-o", "inherent", "--format", "lammps")


def analyze(folder: Path) -> None:
    """Every observable; g(r) and S(k) at a tenth of the points, so that records stay small."""
    # What shear leads to after its first events depends on the processor.
    found = [name for name, one in Registry.discover().observables.items() if not is_on_request(one)]
    chosen = [part for name in found for part in ("--observable", name)]
    coarse = ("--set", "structure.bin=0.2", "--set", "structure.shell=1.0")
    pssglass(folder, "analyze", "--workers", 0, *chosen, *coarse)


def rows_of(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Of a query."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def tables_of(database: Path) -> dict[str, dict[str, Any]]:
    """Columns and rows of the tables and of every view of a database."""
    found = {}
    with closing(sqlite3.connect(database)) as connection:
        views = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        for name in sorted([*TABLES, *views]):
            cursor = connection.execute(f"SELECT * FROM {name}")
            columns = [column for column, *_ in cursor.description]
            rows = [_plain(dict(zip(columns, row, strict=True))) for row in cursor]
            kept = [column for column in columns if column not in LEFT_OUT.get(name, ())]
            # By what is certain to the last digit: views have no order.
            rows.sort(
                key=lambda row: [str(row[key]) for key in kept if not isinstance(row[key], float | list)]
            )
            found[name] = {"columns": kept, "rows": [[row[key] for key in kept] for row in rows]}
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its arrays as numbers, and its JSON as values."""
    for key, value in row.items():
        if isinstance(value, bytes):
            row[key] = np.frombuffer(value, row["dtype"]).tolist()
        elif key in ("spec", "parameters", "record", "shape") and isinstance(value, str):
            row[key] = without_circumstances(json.loads(value))
    return row


def without_circumstances(value: Any) -> Any:
    """A JSON value without what tells when, where and how fast."""
    if isinstance(value, dict):
        kept = value.keys() - LEFT_OUT_OF_JSON
        return {key: without_circumstances(value[key]) for key in sorted(kept)}
    return [without_circumstances(each) for each in value] if isinstance(value, list) else value


def positions_of(folder: Path) -> dict[str, str]:
    """Hash of the positions in each file of configurations, by its path."""
    top = folder / "pssglass.configurations"
    return {
        str(path.relative_to(top)): sha256(pg.read_configuration(path).positions)
        for path in sorted(top.glob("*/*.gsd"))
    }


def exported(folder: Path) -> dict[str, str]:
    """Hash of each file that was exported for other programs, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("inherent/*/*.data"))
    }


def copy_stored(folder: Path) -> None:
    """Put the stored campaigns, database and configurations into a folder, named as usual, and upgrade it."""
    for campaign in STORED.glob("*.toml"):
        shutil.copy(campaign, folder)
    shutil.copy(STORED / "database.sqlite", folder / "pssglass.db")
    shutil.copytree(STORED / "configurations", folder / "pssglass.configurations")
    pssglass(folder, "db", "upgrade")


def reading_of(folder: Path) -> dict[str, Any]:
    """What a database says as it is, and after another look for something to analyse."""
    database = folder / "pssglass.db"
    status = without_circumstances(json.loads(pssglass(folder, "status", "--json")))
    found = tables_of(database)
    analyze(folder)
    return {"status": status, "found": found, "analyzed": tables_of(database)}


def csv_rows(path: Path) -> dict[str, Any]:
    """A CSV file as columns and rows, numbers as such."""
    columns, *rows = _kept(path)
    return {"columns": columns, "rows": [[_number(text) for text in row] for row in rows]}


def copy_csv(path: Path, folder: Path) -> None:
    """What is compared of a CSV file, in another folder."""
    with (folder / path.name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_kept(path))


def _kept(path: Path) -> list[list[str]]:
    """Rows, the names of columns first, without those that are left out of the view that was exported."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    left_out = LEFT_OUT.get(f"v_{path.stem}", set())
    kept = [index for index, column in enumerate(rows[0]) if column not in left_out]
    return [[row[index] for index in kept] for row in rows]


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


if __name__ == "__main__":
    json.dump(engine(), sys.stdout)
