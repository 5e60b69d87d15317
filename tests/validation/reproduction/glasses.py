"""Values of glasses as CSV files, one set for each seed: written from a database, and read together again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pssglass.db import Store

from pssglass import pipeline
from pssglass.analysis.elastic_scales import elastic_scales
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData

VALUES = Path(__file__).with_name("values")

KEYS = {
    "u": "energy_per_particle",
    "p": "pressure",
    "p0": "pressure_scale",
    "K": "bulk_modulus",
    "G": "shear_modulus_isotropic",
    "G_xy": "shear_modulus",
    "G_na": "shear_modulus_nonaffine",
    "omega_g": "omega_g",
    "rho": "number_density",
}
"""Column of the file -> scalar of a glass; the density only where it is not the model's."""
LIQUID_KEYS = (
    "in_equilibrium",
    "relaxation_times_passed",
    "longest_relaxation_time",
    "relaxation_time",
    "relaxation_time_error",
    "initial_correlation",
    "initial_correlation_error",
    "born_shear",
    "born_shear_error",
)
"""Values of the ensemble that tell of its liquids."""
STATE_POINT = ("rc", "N", "T_p")
MEASURED = (
    "SELECT ensemble, lineage, glass FROM v_samples WHERE lowest_frequency IS NOT NULL ORDER BY replica"
)
MODES_UP_TO = 0.8
"""Of the first shear phonon of the ensemble; the first mode above it is kept, too."""
LINEAGES_OF_A_SEED = 1000

Floats = npt.NDArray[np.float64]
Row = Mapping[str, str]


@dataclass(frozen=True)
class Liquid:
    """The liquids of one ensemble of one seed; a value that was not found is NaN."""

    rc: float
    N: int
    temperature: float
    values: Mapping[str, float]


def write(database: Path, stem: Path) -> None:
    """Files ``STEM.csv``, ``STEM-modes.csv`` and ``STEM-liquids.csv`` of what a database holds."""
    names = ["energetics", "moduli", "modes", "dipole_response", "relaxation", "equilibrium"]
    with Store.open(database, read_only=True) as store:
        ensembles, _ = pipeline.ensembles(store, names)
        there = store.query("SELECT * FROM v_samples LIMIT 0")[0]
        keys = {column: key for column, key in KEYS.items() if key in there}
        columns = ", ".join(("rc", "N", "parent_temperature", "lineage", "glass", *keys.values()))
        whole = " AND ".join(f"{key} IS NOT NULL" for key in keys.values())
        order = "rc, N, parent_temperature DESC, lineage, glass"
        glasses = store.query(f"SELECT {columns} FROM v_samples WHERE {whole} ORDER BY {order}")[1]
        modes = list(_modes(store, ensembles))
    ensembles.sort(key=lambda one: (one.parameters["rc"], one.N, -one.parent_temperature))
    _write(Path(f"{stem}.csv"), (*STATE_POINT, "lineage", "glass", *keys), glasses)
    _write(Path(f"{stem}-modes.csv"), (*STATE_POINT, "lineage", "glass", "omega", "e"), modes)
    liquids = ([*_state_point(one), *(one.values.get(key, "") for key in LIQUID_KEYS)] for one in ensembles)
    _write(Path(f"{stem}-liquids.csv"), (*STATE_POINT, *LIQUID_KEYS), liquids)


def _state_point(one: EnsembleData) -> tuple[Any, ...]:
    return one.parameters["rc"], one.N, one.parent_temperature


def _modes(store: Store, ensembles: Iterable[EnsembleData]) -> Iterator[tuple[Any, ...]]:
    """The softest modes of each glass."""
    measured: dict[str, list[tuple[int, int]]] = {}
    for name, *glass in store.query(MEASURED)[1]:
        measured.setdefault(name, []).append(tuple(glass))
    for one in ensembles:
        limit = MODES_UP_TO * elastic_scales(one).shear_phonon
        pairs = zip(one.arrays["frequency"], one.arrays["participation_ratio"], strict=True)
        for glass, (frequencies, ratios) in zip(measured[one.name], pairs, strict=True):
            for k in range(min(int(np.searchsorted(frequencies, limit)) + 1, len(frequencies))):
                yield *_state_point(one), *glass, frequencies[k], ratios[k]


def _write(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([[_text(value) for value in row] for row in rows])


def _text(value: Any) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def read(folder: Path, campaign: str, model: str = "pss") -> list[EnsembleData]:
    """All glasses of a campaign, of all seeds together, by r_c and from cold to hot."""
    glasses: dict[tuple[float, int, float], list[tuple[int, Row]]] = {}
    modes: dict[tuple[float, int, float], dict[tuple[int, int], list[Row]]] = {}
    for number, path in enumerate(_files(folder, campaign)):
        for row in _rows(path):
            glasses.setdefault(_key(row), []).append((number, row))
        for row in _rows(path.with_name(f"{path.stem}-modes.csv")):
            modes.setdefault(_key(row), {}).setdefault(_glass(number, row), []).append(row)
    return [_ensemble(model, key, glasses[key], modes.get(key, {})) for key in sorted(glasses)]


def read_liquids(folder: Path, campaign: str) -> list[Liquid]:
    """The liquids of a campaign, those of each seed for themselves."""
    rows = [
        row for path in _files(folder, campaign) for row in _rows(Path(f"{path.with_suffix('')}-liquids.csv"))
    ]
    return [Liquid(*_key(row), {key: float(row[key] or "nan") for key in LIQUID_KEYS}) for row in rows]


def _files(folder: Path, campaign: str) -> list[Path]:
    return sorted(
        path for path in folder.glob(f"{campaign}-*.csv") if path.stem.removeprefix(f"{campaign}-").isdigit()
    )


def _rows(path: Path) -> list[Row]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _key(row: Row) -> tuple[float, int, float]:
    return float(row["rc"]), int(row["N"]), float(row["T_p"])


def _glass(seed: int, row: Row) -> tuple[int, int]:
    return seed * LINEAGES_OF_A_SEED + int(row["lineage"]), int(row["glass"])


def _ensemble(
    model: str,
    key: tuple[float, int, float],
    rows: Sequence[tuple[int, Row]],
    modes: Mapping[tuple[int, int], Sequence[Row]],
) -> EnsembleData:
    rc, N, temperature = key
    lineages = np.array([_glass(number, row)[0] for number, row in rows])
    samples = {
        name: np.array([float(row[column]) for _, row in rows])
        for column, name in KEYS.items()
        if column in rows[0][1]
    }
    samples |= {
        "shear_to_bulk_ratio": samples["shear_modulus_isotropic"] / samples["bulk_modulus"],
        "poisson_ratio": _poisson_ratio(samples["bulk_modulus"], samples["shear_modulus"]),
    }
    arrays = {
        name: tuple(np.array([float(row[column]) for row in modes[glass]]) for glass in modes)
        for column, name in (("omega", "frequency"), ("e", "participation_ratio"))
    }
    of_modes = np.array([glass[0] for glass in modes])
    return EnsembleData(
        name=f"rc{rc:g}-N{N}-T{temperature:g}",
        model_name=model,
        parameters={"rc": rc},
        N=N,
        parent_temperature=temperature,
        scalars={name: summarize(values, lineages) for name, values in samples.items()},
        samples=samples,
        arrays=arrays,
        values={},
        lineages=dict.fromkeys(samples, lineages) | dict.fromkeys(arrays, of_modes),
        spacing=3.0,
        stem=0,
    )


def _poisson_ratio(K: Floats, G: Floats) -> Floats:
    return np.asarray((3.0 * K - 2.0 * G) / (6.0 * K + 2.0 * G))
