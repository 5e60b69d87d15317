"""CPU seconds and memory of commands on databases of many samples.

    python tests/benchmarks/large_databases.py [--samples 1000 10000] [--folder build/large] [--only NAME...]
        [--python OTHER/.venv/bin/python]

Forty small ensembles are made and measured once. Their rows are then multiplied, with values that scatter, to
as many samples as are asked for; the copies have no files, which none of these commands reads. Databases stay
in the folder for another run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pssglass.campaigns.specification import sample_seed

CAMPAIGN = """
name = "large"
seed = 7
""" + "".join(
    f"""
[[ensembles]]
model = "pss"
parameters = {{ rc = {rc} }}
N = 100
parent_temperatures = [20.0, 14.0, 10.0, 7.0, 4.0, 2.8, 2.0, 1.4, 1.0, 0.5]
samples = 2
protocol = {{ melt_temperature = 20.0, melt_time = 1.0, equilibration_time = 10.0 }}
"""
    for rc in (1.1, 1.12, 1.14, 1.16)
)
SCATTER = 0.05
"""Standard deviation of the factor of a copy's values."""
SCATTERED = ("energetics", "moduli", "modes", "dipole_response", "dipole_field", "order")
"""Observables whose values scatter; those of others hold for all samples alike (lags, bins, scales)."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "analyze, nothing to measure": ("analyze", "--workers", "1"),
    "plot fig4": ("plot", "fig4", "-o", "{folder}/fig4.pdf"),
    "plot fig7": ("plot", "fig7", "-o", "{folder}/fig7.pdf"),
    "plot fig14": ("plot", "fig14", "-o", "{folder}/fig14.pdf"),
    "report": ("report", "-o", "{folder}/report.html"),
    "SELECT * FROM v_ensembles": ("sql", "SELECT * FROM v_ensembles", "--format", "csv"),
    "mean G from v_ensembles": ("sql", "SELECT ensemble, mean FROM v_ensembles WHERE key = 'shear_modulus'"),
    "means from v_samples": (
        "sql",
        "SELECT ensemble, avg(bulk_modulus / shear_modulus) FROM v_samples GROUP BY ensemble",
    ),
    **{
        f"export {table}, {form}": (
            "export",
            "-o",
            f"{{folder}}/{table}.{form}",
            "--table",
            table,
            "--overwrite",
        )
        for table, form in (
            *(("samples", "parquet"), ("samples", "csv"), ("scalars", "parquet"), ("scalars", "csv")),
            *(("arrays", "parquet"), ("analyses", "parquet"), ("analyses", "csv")),
        )
    },
}
"""Arguments after ``pssglass``; ``analyze`` comes again with samples that are not measured yet."""


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU seconds of user and system, and the most memory that was resident, in MB."""

    samples: int
    command: str
    cpu_seconds: float
    megabytes: float


def small(folder: Path) -> Path:
    """The database that is multiplied, made once."""
    place = folder / "small.db"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        campaign = folder / "large.toml"
        campaign.write_text(CAMPAIGN)
        draft = folder / "draft.db"
        for command in (("simulate", str(campaign)), ("analyze",)):
            _run([*command, "--db", str(draft), "--workers", "1"])
        draft.with_suffix(".configurations").rename(place.with_suffix(".configurations"))
        draft.rename(place)
    return place


def multiplied(source: Path, place: Path, samples: int) -> Path:
    """A copy of a database whose finished samples are multiplied until there are about so many.

    Each copy of a sample is a replica of its own, with its own seed, in the same ensemble; what was found of
    ensembles and models is left as it was, as though these samples had come just now.
    """
    place.unlink(missing_ok=True)
    shutil.copyfile(source, place)
    connection = sqlite3.connect(place, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    largest = {
        table: connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
        for table in ("sample", "configuration")
    }
    known = connection.execute("SELECT count(*) FROM sample WHERE state = 'done'").fetchone()[0]
    replicas = 1 + connection.execute("SELECT max(replica) FROM sample").fetchone()[0]
    marks = ",".join("?" * len(SCATTERED))
    scattered = f"SELECT id FROM observable WHERE name IN ({marks})"
    chosen = {number for (number,) in connection.execute(scattered, SCATTERED)}
    seeds = dict(connection.execute("SELECT id, seed FROM ensemble"))
    connection.create_function("seed_of", 2, lambda one, replica: sample_seed(seeds[one], replica))
    connection.create_function("scattered", 4, _scattered(chosen), deterministic=True)
    connection.create_function("scattered_array", 5, _scattered_array(chosen), deterministic=True)
    statements = _statements(connection, largest, replicas)
    for copy in range(1, round(samples / known)):
        for statement in statements:
            connection.execute(statement, {"copy": copy})
    configurations = place.with_suffix(".configurations")
    configurations.mkdir(exist_ok=True)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'folder'", [configurations.name])
    connection.execute("COMMIT")
    connection.close()
    return place


def _statements(connection: sqlite3.Connection, largest: dict[str, int], replicas: int) -> list[str]:
    """One INSERT for each table; what is not replaced is copied."""
    sample, configuration = (f"{{}} + :copy * {largest[table]}" for table in ("sample", "configuration"))
    number = {"configuration_id": configuration.format("configuration_id")}
    value = {**number, "value": "scattered(:copy, configuration_id, observable_id, value)"}
    data = {**number, "data": "scattered_array(:copy, configuration_id, observable_id, dtype, data)"}
    replaced: dict[str, dict[str, str]] = {
        "sample": {
            "id": sample.format("id"),
            "replica": f"replica + :copy * {replicas}",
            "lineage": f"lineage + :copy * {replicas}",
            "seed": f"seed_of(ensemble_id, replica + :copy * {replicas})",
        },
        "attempt": {"sample_id": sample.format("sample_id")},
        "configuration": {
            "id": configuration.format("id"),
            "sample_id": sample.format("sample_id"),
            "path": "path || '-' || :copy",
            "sha256": "substr(sha256, 1, 56) || printf('%08x', :copy)",
        },
        "analysis": number,
        "value_scalar": value,
        "value_array": data,
        "value_entry": number,
    }
    originals = {
        "sample": f"id <= {largest['sample']}",
        "attempt": f"sample_id <= {largest['sample']}",
        "configuration": f"id <= {largest['configuration']}",
    }
    found = []
    for table, columns in replaced.items():
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        where = originals.get(table, f"configuration_id <= {largest['configuration']}")
        values = ", ".join(columns.get(name, name) for name in names)
        found.append(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}")
    return found


def _factor(copy: int, configuration: int, observable: int) -> float:
    """Of one sample, which keeps its values in the order that they have."""
    return float(np.exp(SCATTER * np.random.default_rng([copy, configuration, observable]).normal()))


def _scattered(chosen: set[int]) -> Callable[[int, int, int, float | None], float | None]:
    def scattered(copy: int, configuration: int, observable: int, value: float | None) -> float | None:
        if value is None or observable not in chosen:
            return value
        return value * _factor(copy, configuration, observable)

    return scattered


def _scattered_array(chosen: set[int]) -> Callable[[int, int, int, str, bytes], bytes]:
    def scattered(copy: int, configuration: int, observable: int, dtype: str, data: bytes) -> bytes:
        if observable not in chosen or dtype != "<f8":
            return data
        return (np.frombuffer(data) * _factor(copy, configuration, observable)).tobytes()

    return scattered


def _run(arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pssglass", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pssglass {' '.join(arguments)}: exit code {done.returncode}\n{done.stderr}")


def cost(python: str, samples: int, name: str, arguments: Sequence[str]) -> Cost:
    """Run a command and ask the system what it took."""
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen([python, "-m", "pssglass", *arguments], stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"pssglass {' '.join(arguments)}: exit code {os.waitstatus_to_exitcode(status)}")
    return Cost(samples, name, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Make what is missing, measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, default=Path("build/large"))
    parser.add_argument("--only", nargs="+", default=list(COMMANDS), choices=list(COMMANDS), metavar="NAME")
    parser.add_argument("--python", default=sys.executable, help="whose install is measured")
    given = parser.parse_args()
    costs = []
    for samples in given.samples:
        place = given.folder / f"{samples}.db"
        if not place.exists():
            multiplied(small(given.folder), place, samples)
            _run(["analyze", "--workers", "1", "--db", str(place)])
        for name in given.only:
            arguments = [one.format(folder=given.folder) for one in COMMANDS[name]]
            one = cost(given.python, samples, name, [*arguments, "--db", str(place)])
            print(f"| {samples} | {name} | {one.cpu_seconds:.1f} s | {one.megabytes:.0f} MB |", flush=True)
            costs.append(one)
    (given.folder / "results.json").write_text(json.dumps([asdict(one) for one in costs], indent=1))


if __name__ == "__main__":
    main()
