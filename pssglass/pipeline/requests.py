"""Observables that are asked for, as the registry and the database know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pssglass.base.errors import PluginError
from pssglass.campaigns.specification import ObservableRequest
from pssglass.db import ObservableInfo, Store
from pssglass.pipeline.outages import through_outages
from pssglass.plugins.evaluation import full_parameters, registered_parameters
from pssglass.plugins.protocol import JSON, Level, Observable, is_on_request
from pssglass.plugins.registry import Registry


@dataclass(frozen=True)
class Request:
    """An observable as it is registered in the database, with a full set of parameters."""

    observable_id: int
    name: str
    parameters: Mapping[str, JSON]
    version: str = ""
    level: Level = "sample"


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The installed observables, looked up once in each process."""
    return Registry.discover()


def check_requests(asked: Sequence[ObservableRequest]) -> None:
    """Make sure, before any work, that every observable asked for is installed and has these parameters.

    Raises:
        PluginError: nobody provides it, or it cannot be used.
        InputError: an unknown parameter.
    """
    for request in asked:
        observable = registry().resolve([request.name])[-1]
        full_parameters(observable, request.parameters)


def register(
    store: Store, asked: Sequence[ObservableRequest] = ()
) -> tuple[list[Request], list[PluginError]]:
    """Enter observables and all that they require into the database; by default all but those on request.

    What is not named, but required by what is, is taken with the parameters that are shown.

    Returns:
        The observables in order of dependency, and what is wrong with the others. Those of ensembles and
        models are computed by ``store_ensembles``.

    Raises:
        InputError: an unknown parameter.
    """
    problems: list[PluginError] = []
    if not asked:
        problems += registry().problems
        asked = [
            ObservableRequest(name) for name, one in registry().observables.items() if not is_on_request(one)
        ]
    given = {request.name: request.parameters for request in asked}
    shown = {(one.name, one.version): one.parameters for one in store.shown_observables()}
    requests: dict[str, Request] = {}
    for name in given:
        try:
            for observable in registry().resolve([name]):
                if observable.name not in requests:
                    usual = shown.get((observable.name, observable.version), {})
                    parameters = given.get(observable.name, usual)
                    requests[observable.name] = _entered(store, observable, parameters)
        except PluginError as error:
            problems.append(error)
    return list(requests.values()), problems


def _entered(store: Store, observable: Observable, given: Mapping[str, JSON]) -> Request:
    parameters = full_parameters(observable, given)
    distribution, version = registry().provider(observable.name)
    info = ObservableInfo(
        name=observable.name,
        version=observable.version,
        level=observable.level,
        parameters=registered_parameters(observable, parameters),
        columns=observable.columns,
        distribution=distribution,
        distribution_version=version,
    )
    number = through_outages(store.ensure_observable, info)
    return Request(number, observable.name, parameters, observable.version, observable.level)
