"""Values and configurations as files that other programs read."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from pssglass.base.errors import InputError, ModelError, suggest
from pssglass.base.files import make_folder, write_atomic
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import (
    RENAMED,
    Configuration,
    Format,
    read_configuration,
)
from pssglass.db import ConfigurationRecord, Store, ViewColumn
from pssglass.db.records import Kind
from pssglass.pipeline.files import check_file
from pssglass.pipeline.lost_models import lost_models

Row: TypeAlias = "tuple[Any, ...]"
ROWS_OF_A_PART = 10_000
"""Of a Parquet file."""


def export_table(
    store: Store,
    path: Path,
    form: str,
    name: str,
    chosen: Collection[str] | None = None,
    overwrite: bool = False,
) -> int:
    """Write one of ``db.TABLES`` to a file; returns its number of rows.

    Args:
        store: the database.
        path: of the file.
        form: "csv", with the units of its columns beside it in ``NAME.columns.csv``; "parquet", with units
            and meanings in the metadata of its fields, and all units in ``DataFrame.attrs``.
        name: of the table.
        chosen: only these ensembles.
        overwrite: take the place of files of these names.

    Raises:
        InputError: no such table, it cannot be written so, a file is there, or PyArrow is missing.
        ConfigurationError: the folder cannot be written.
    """
    meanings = path.with_name(f"{path.stem}.columns.csv")
    refuse_existing([path, meanings] if form == "csv" else [path], overwrite)
    if form == "csv" and name == "arrays":
        raise InputError("arrays do not fit into CSV; write --format parquet")
    if form == "parquet":
        _pyarrow()
    with store.streamed_table(name, chosen) as (columns, rows):
        make_folder(path.parent)
        counted = Counted(rows)
        if form == "parquet":
            _write_parquet(
                path, *(_with_numbers(columns, counted) if name == "arrays" else (columns, counted))
            )
        else:
            names = [column.name for column in columns]
            write_atomic(path, lambda place: _write_csv(place, names, counted))
    if form == "csv":
        meant = [(column.name, column.unit, column.doc) for column in columns]
        write_atomic(meanings, lambda place: _write_csv(place, ("column", "unit", "meaning"), meant))
    return counted.number


class Counted:
    """Rows that are counted as they pass by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.number += 1
            yield row


@dataclass(frozen=True)
class ConfigurationExport:
    """How stored configurations are written.

    Attributes:
        form: of the files.
        kind: which configurations.
        overwrite: take the place of files of these names.
        mapping: from the model's species to the names in the files, e.g. ``{"A": "Cu", "B": "Zr"}``.
    """

    form: Format
    kind: Kind = "inherent"
    overwrite: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)


def export_configurations(
    store: Store, folder: Path, export: ConfigurationExport, chosen: Collection[str] | None = None
) -> Iterator[Path]:
    """Write stored configurations; yields the path of each file when it is written.

    Formats of many configurations in a file make ``folder/ENSEMBLE-KIND.suffix`` with one frame a sample,
    others ``folder/ENSEMBLE/REPLICA-KIND.suffix``. Trajectories are copied as they are, in GSD.

    Args:
        store: the database.
        folder: made if it is not there.
        export: which, and how.
        chosen: names of ensembles; None takes all.

    Raises:
        InputError: a file is there and ``overwrite`` is off, or ``mapping`` does not fit; nothing is written.
        ModelError: the model of an ensemble cannot be made here; nothing is written.
        ConfigurationError: a stored file is damaged, or the folder cannot be written.
    """
    if export.kind == "trajectory":
        yield from _export_trajectories(store, folder, export, chosen)
        return
    form, mapping = export.form, export.mapping
    species = _species(store, chosen)
    files: dict[Path, list[ConfigurationRecord]] = {}
    for stored in store.configurations(kind=export.kind):
        if chosen is not None and stored.ensemble not in chosen:
            continue
        _check_names(mapping, species[stored.ensemble])
        name = f"{stored.replica:05d}-{stored.kind}{form.suffixes[0]}"
        together = folder / f"{stored.ensemble}-{stored.kind}{form.suffixes[0]}"
        path = together if form.write_samples else folder / stored.ensemble / name
        files.setdefault(path, []).append(stored)
    refuse_existing(files, export.overwrite)
    for path, members in files.items():
        make_folder(path.parent)
        samples = ((one.replica, _renamed(_read(one, species[one.ensemble]), mapping)) for one in members)
        write_atomic(path, partial(_fill, form, samples))
        yield path


def _export_trajectories(
    store: Store, folder: Path, export: ConfigurationExport, chosen: Collection[str] | None
) -> Iterator[Path]:
    if export.form.name != "gsd":
        raise InputError(f"trajectories are GSD files; write --format gsd in place of {export.form.name}")
    if export.mapping:
        raise InputError("--map: trajectories are copied as they are; leave it out")
    files = {
        folder / stored.ensemble / f"{stored.replica:05d}-trajectory.gsd": stored
        for stored in store.configurations(kind="trajectory")
        if chosen is None or stored.ensemble in chosen
    }
    refuse_existing(files, export.overwrite)
    for path, stored in files.items():
        check_file(stored.path, stored.sha256)
        make_folder(path.parent)
        write_atomic(path, partial(_copy, stored.path))
        yield path


def _copy(source: Path, place: Path) -> None:
    shutil.copyfile(source, place)


def _species(store: Store, chosen: Collection[str] | None) -> dict[str, tuple[str, ...]]:
    """Of the model of each ensemble, by the ensemble's name."""
    found = {}
    for one in store.ensembles():
        if chosen is None or one.name in chosen:
            try:
                found[one.name] = EnsembleSpec.from_canonical(one.spec).model.species
            except ModelError as error:
                lost = next(lost for lost in lost_models(store) if one.name in lost.ensembles)
                remedy = f"{lost.reason}, or name other ensembles (--ensemble)"
                raise ModelError(f"ensemble '{one.name}': {remedy}") from error
    return found


def _fill(form: Format, samples: Iterator[tuple[int, Configuration]], place: Path) -> None:
    """Write all samples together, or the only one."""
    if form.write_samples:
        form.write_samples(place, samples)
    elif form.write:
        _, configuration = next(samples)
        form.write(place, configuration)


def _check_names(mapping: Mapping[str, str], species: Sequence[str]) -> None:
    unknown = next((name for name in mapping if name not in species), None)
    if unknown is not None:
        raise InputError(
            f"--map {unknown}={mapping[unknown]}: there is no species {unknown}; {suggest(unknown, species)}"
        )
    names = [mapping.get(name, name) for name in species]
    if len(set(names)) < len(names) or any(len(name.split()) != 1 for name in names):
        raise InputError(f"--map: names {', '.join(names)} of species must differ, and be single words")


def _renamed(configuration: Configuration, mapping: Mapping[str, str]) -> Configuration:
    """With other names of species, and a note of what they stand for, by which they are read again."""
    if not mapping:
        return configuration
    names = tuple(mapping.get(name, name) for name in configuration.species_names)
    metadata = {**configuration.metadata, RENAMED: dict(zip(names, configuration.species_names, strict=True))}
    return replace(configuration, species_names=names, metadata=metadata)


def refuse_existing(paths: Iterable[Path], overwrite: bool) -> None:
    """InputError if one of the files is there and may not be replaced."""
    there = next((path for path in paths if path.exists()), None)
    if there is not None and there.is_dir():
        raise InputError(f"{there} is a folder; name a file in it")
    if there is not None and not overwrite:
        raise InputError(f"{there} is there already; name another place, or replace it with --overwrite")


def _read(stored: ConfigurationRecord, species: Sequence[str]) -> Configuration:
    check_file(stored.path, stored.sha256)
    return read_configuration(stored.path, species)


def _write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _with_numbers(
    columns: Sequence[ViewColumn], rows: Iterable[Row]
) -> tuple[tuple[ViewColumn, ...], Iterator[Row]]:
    """The table of arrays with their shapes and values as lists, in place of bytes."""
    names = [column.name for column in columns]
    dtype, shape, data = (names.index(name) for name in ("dtype", "shape", "data"))

    def converted(row: Row) -> Row:
        values = np.frombuffer(row[data], row[dtype]).astype(np.float64)
        known = {shape: json.loads(row[shape]), data: values}
        return tuple(known.get(index, value) for index, value in enumerate(row) if index != dtype)

    value = ViewColumn("value", "", "entries of the array in C order, in the unit of the row", "list")
    changed = {"data": value, "shape": replace(columns[shape], kind="shape")}
    left = [changed.get(column.name, column) for column in columns if column.name != "dtype"]
    return tuple(left), map(converted, rows)


def _pyarrow() -> Any:
    try:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise InputError("Parquet needs PyArrow; run `pip install pyarrow`, or write --format csv") from None
    return pyarrow


def _write_parquet(path: Path, columns: Sequence[ViewColumn], rows: Iterable[Row]) -> None:
    """A part at a time, so that no more is in memory."""
    arrow = _pyarrow()
    types = {"float": arrow.float64(), "int": arrow.int64(), "bool": arrow.bool_(), "bytes": arrow.binary()}
    types |= {"datetime": arrow.timestamp("us"), "list": arrow.list_(arrow.float64())}
    types["shape"] = arrow.list_(arrow.int64())
    units = {column.name: column.unit for column in columns if column.unit}
    schema = arrow.schema(
        [
            arrow.field(
                one.name, types.get(one.kind, arrow.string()), metadata={"unit": one.unit, "doc": one.doc}
            )
            for one in columns
        ],
        metadata={"PANDAS_ATTRS": json.dumps({"units": units})},
    )

    def write(place: Path) -> None:
        # Of names of files PyArrow knows UTF-8 alone.
        with place.open("wb") as file, arrow.parquet.ParquetWriter(file, schema) as writer:
            source = iter(rows)
            while part := list(islice(source, ROWS_OF_A_PART)):
                arrays = [
                    arrow.array(values, field.type)
                    for values, field in zip(zip(*part, strict=True), schema, strict=True)
                ]
                writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))

    write_atomic(path, write)
