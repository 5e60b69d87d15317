"""Configurations that come from outside, go outside, and are checked for damage."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from pssglass.base.files import printable
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.db import SampleRecord, Store
from pssglass.mechanics.glass import Glass
from pssglass.pipeline import provenance
from pssglass.pipeline.files import store_by_content
from pssglass.simulation.protocol import Protocol

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
    store.check_ensembles([spec])
    # Whatever happens, the file stays: the database may have stored its row, though we were not told.
    file = store_by_content(store.make_folder(), f"{ensemble}/imported", glass.configuration)
    record = {"source": printable(source.resolve()), "quench": asdict(glass.quench_record)}
    return store.import_sample(ensemble, spec, file, record, provenance.current())
