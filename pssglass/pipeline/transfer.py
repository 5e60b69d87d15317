"""Configurations that come from outside, go outside, and are checked for damage."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from pssglass.base.errors import ConfigurationError
from pssglass.base.files import printable
from pssglass.base.results import IMPORTED
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration, read_configuration_of
from pssglass.db import ConfigurationFile, ConfigurationRecord, SampleRecord, Store
from pssglass.db.ensembles import repeated_sample
from pssglass.mechanics.glass import Glass
from pssglass.pipeline import provenance
from pssglass.pipeline.files import store_by_content
from pssglass.simulation.protocol import Protocol

UNKNOWN = Protocol(equilibration_time=0.0, melt_time=0.0, quench=IMPORTED)
"""Stands for a protocol that is not known: nothing was simulated here."""


def import_glass(
    store: Store, glass: Glass, ensemble: str, parent_temperature: float | None, source: Path
) -> SampleRecord:
    """Store an inherent state that was read from ``source`` as the next sample of an ensemble.

    The same configuration comes into an ensemble only once, and into no other.

    Raises:
        EnsembleConflict: the ensemble has another model, N or parent temperature; or another ensemble has
            this glass.
        ConfigurationError: the folder of the configurations cannot be written, or its file is damaged.
    """
    model = glass.model
    spec = EnsembleSpec(ensemble, model.name, model.parameters, glass.N, parent_temperature, UNKNOWN, seed=0)
    store.check_ensembles([spec])
    if (known := _stored(store, spec, glass)) and known.ensemble != ensemble:
        raise repeated_sample(known.ensemble, known.replica)
    # Whatever happens, the file stays: the database may have stored its row, though we were not told.
    file = (
        ConfigurationFile("inherent", str(known.path.relative_to(store.folder)), known.sha256, known.bytes)
        if known
        else store_by_content(store.make_folder(), f"{ensemble}/imported", glass.configuration)
    )
    record = {"source": printable(source.resolve()), "quench": asdict(glass.quench_record)}
    return store.import_sample(ensemble, spec, file, record, provenance.current())


def _stored(store: Store, spec: EnsembleSpec, glass: Glass) -> ConfigurationRecord | None:
    """The stored state of the same particles in the same places, whatever else the files say.

    One of the same ensemble comes first. Files that cannot be read are passed over: ``verify`` names them.
    """
    for one in store.maybe_same(spec, glass.quench_record.lowest_frequency):
        try:
            found = read_configuration_of(glass.model, one.path)
        except ConfigurationError:
            continue
        if _same(found, glass.configuration):
            return one
    return None


def _same(one: Configuration, other: Configuration) -> bool:
    names = ("positions", "box", "species")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
