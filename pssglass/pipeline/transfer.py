"""Configurations that come from outside, go outside, and are checked for damage."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from pssglass.base.files import printable
from pssglass.base.results import IMPORTED
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.db import ConfigurationFile, SampleRecord, Store
from pssglass.db.ensembles import repeated_sample
from pssglass.mechanics.glass import Glass
from pssglass.pipeline import provenance
from pssglass.pipeline.ensembles import store_ensembles
from pssglass.pipeline.files import store_by_content
from pssglass.pipeline.twins import stored_twin
from pssglass.simulation.protocol import Protocol

UNKNOWN = Protocol(equilibration_time=0.0, melt_time=0.0, quench=IMPORTED)
"""Stands for a protocol that is not known: nothing was simulated here."""


def describe_import(
    store: Store, ensemble: str, parent_temperature: float | None, equilibration_time: float | None
) -> EnsembleSpec:
    """Tell what is known of the liquids of an imported ensemble, and put its model together anew.

    Raises:
        MissingData: there is no such ensemble.
        EnsembleConflict: it was made here.
    """
    spec = store.describe(ensemble, provenance.current(), parent_temperature, equilibration_time)
    store_ensembles(store)
    return spec


def import_glass(
    store: Store,
    glass: Glass,
    ensemble: str,
    parent_temperature: float | None,
    source: Path,
    equilibration_time: float = 0.0,
) -> tuple[SampleRecord, bool]:
    """Store an inherent state that was read from ``source`` as the next sample of an ensemble.

    The same glass comes into an ensemble only once, and into no other, whatever its digits: see
    ``mechanics.sameness``.

    Args:
        store: the database.
        glass: the inherent state.
        ensemble: its name.
        parent_temperature: None if it is not known.
        source: where it was read.
        equilibration_time: that the liquid had at that temperature, as far as is known.

    Returns:
        The sample, and whether it is new.

    Raises:
        EnsembleConflict: the ensemble has another model, N or parent temperature; or another ensemble has
            this glass.
        ConfigurationError: the folder of the configurations cannot be written, or its file is damaged.
    """
    model = glass.model
    protocol = replace(UNKNOWN, equilibration_time=equilibration_time)
    spec = EnsembleSpec(ensemble, model.name, model.parameters, glass.N, parent_temperature, protocol, seed=0)
    store.check_ensembles([spec])
    known = stored_twin(store, spec, glass.quench_record.lowest_frequency, lambda: glass.configuration)
    if known and known.ensemble != ensemble:
        raise repeated_sample(known.ensemble, known.replica)
    # Whatever happens, the file stays: the database may have stored its row, though we were not told.
    file = (
        ConfigurationFile("inherent", str(known.path.relative_to(store.folder)), known.sha256, known.bytes)
        if known
        else store_by_content(store.make_folder(), f"{ensemble}/imported", glass.configuration)
    )
    record = {"source": printable(source.resolve()), "quench": asdict(glass.quench_record)}
    return store.import_sample(ensemble, spec, file, record, provenance.current()), known is None
