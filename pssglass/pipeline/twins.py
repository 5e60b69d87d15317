"""Glasses that are in the database already, under whatever name and with whatever digits."""

from __future__ import annotations

from collections.abc import Callable

from pssglass.base.errors import ConfigurationError
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration, read_configuration_of
from pssglass.db import ConfigurationRecord, Store
from pssglass.mechanics.sameness import are_same


def stored_twin(
    store: Store,
    spec: EnsembleSpec,
    lowest_frequency: float,
    inherent: Callable[[], Configuration],
    only_imported: bool = False,
) -> ConfigurationRecord | None:
    """The stored inherent state that is this glass; one of the ensemble of that name comes first.

    Files that cannot be read are passed over: ``verify`` names them.

    Args:
        store: the database.
        spec: of the ensemble that the glass is meant for.
        lowest_frequency: of the glass; those of which another one is recorded are not looked at.
        inherent: returns the glass, if there is any to compare it with.
        only_imported: leave out what was made here.
    """
    for one in store.maybe_same(spec, lowest_frequency, only_imported):
        try:
            found = read_configuration_of(spec.model, one.path)
        except ConfigurationError:
            continue
        if are_same(spec.model, found, inherent()):
            return one
    return None
