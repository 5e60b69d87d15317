"""Configurations that come from outside, go outside, and are checked for damage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pssglass import provenance
from pssglass.configurations import make_folder, read_configuration, write_configuration
from pssglass.db import SampleRecord, Store
from pssglass.db.records import Kind
from pssglass.errors import MissingData, suggest
from pssglass.glass import Glass
from pssglass.pipeline.files import check_file, store_by_content
from pssglass.specs import EnsembleSpec, Protocol

IMPORTED = Protocol(equilibration_time=0.0, melt_time=0.0, quench="imported")
"""Stands for a protocol that is not known: nothing was simulated here."""


def import_glass(
    store: Store, glass: Glass, ensemble: str, parent_temperature: float | None, source: Path
) -> SampleRecord:
    """Store an inherent state that was read from ``source`` as the next sample of an ensemble.

    The same configuration comes into an ensemble only once.

    Raises:
        EnsembleConflict: the ensemble has another model, N or parent temperature.
        ConfigurationError: the folder of the configurations cannot be written, or its file is damaged.
    """
    model = glass.model
    spec = EnsembleSpec(ensemble, model.name, model.parameters, glass.N, parent_temperature, IMPORTED, seed=0)
    file, is_new = store_by_content(store.folder, f"{ensemble}/imported", glass.configuration)
    record = {"source": str(source.resolve()), "quench": asdict(glass.quench_record)}
    try:
        return store.import_sample(ensemble, spec, file, record, provenance.current())
    except BaseException:
        if is_new:
            (store.folder / file.path).unlink()
        raise


def export_configurations(
    store: Store, folder: Path, suffix: str, ensemble: str | None = None, kind: Kind | None = "inherent"
) -> Iterator[Path]:
    """Write stored configurations to ``folder/ENSEMBLE/REPLICA-KIND.suffix``; yields each path when written.

    Args:
        store: the database.
        folder: made if it does not exist.
        suffix: of the format: ".extxyz", ".data" (LAMMPS) or ".gsd".
        ensemble: only this one.
        kind: only liquids or inherent states; None for both.

    Raises:
        MissingData: no such ensemble.
        ConfigurationError: a stored file is damaged, or the folder cannot be written.
    """
    species = {one.name: EnsembleSpec.from_canonical(one.spec).model.species for one in store.ensembles()}
    if ensemble is not None and ensemble not in species:
        raise MissingData(f"there is no ensemble '{ensemble}'; {suggest(ensemble, species)}")
    for stored in store.configurations(ensemble, kind):
        check_file(stored.path, stored.sha256)
        path = folder / stored.ensemble / f"{stored.replica:05d}-{stored.kind}{suffix}"
        make_folder(path.parent)
        write_configuration(path, read_configuration(stored.path, species[stored.ensemble]))
        yield path
