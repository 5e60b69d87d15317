"""The installed observables, built-in and third-party alike, found through entry points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pssglass.base.entry_points import OWN_DISTRIBUTION, Plugin, load_plugins
from pssglass.base.errors import BrokenPlugin, DuplicatePlugin, MissingPlugin, PluginError, suggest
from pssglass.plugins.protocol import Observable, check_observable, used_by

GROUP = "pssglass.observables"


@dataclass(frozen=True)
class Registry:
    """Usable observables by name, and for every other registered one the error that keeps it out."""

    plugins: Mapping[str, Plugin[Observable]]
    errors: Mapping[str, PluginError]

    @classmethod
    def discover(cls, group: str = GROUP) -> Registry:
        """Loads every observable registered under ``group``; ``problems`` tells of those left out."""
        loaded = load_plugins(group, check_observable)
        plugins, errors = dict(loaded.plugins), dict(loaded.problems)
        for find in (_column_clashes, _unmet_requirements):
            for name, error in find(plugins):
                errors[name] = error
                plugins.pop(name)
        return cls(plugins, errors)

    @cached_property
    def observables(self) -> dict[str, Observable]:
        """The usable observables by name."""
        return {name: plugin.content for name, plugin in self.plugins.items()}

    @property
    def problems(self) -> list[PluginError]:
        """One error for each plugin that was left out or is ambiguous."""
        return list(self.errors.values())

    def provider(self, name: str) -> tuple[str, str]:
        """Name and version of the distribution that provides an observable."""
        plugin = self.plugins[self._known(name)]
        return plugin.distribution, plugin.version

    def get(self, name: str) -> Observable:
        """The observable of that name.

        Raises:
            MissingPlugin: no distribution provides it.
            BrokenPlugin, DuplicatePlugin: it is registered but cannot be used.
        """
        return self.observables[self._known(name)]

    def resolve(self, names: Iterable[str]) -> list[Observable]:
        """The named observables and all they require or use, each after these.

        Raises:
            MissingPlugin: no distribution provides a name.
            BrokenPlugin, DuplicatePlugin: a name is registered but cannot be used.
        """
        order: dict[str, Observable] = {}
        for name in names:
            self._visit(name, (), order)
        return list(order.values())

    def _visit(self, name: str, path: tuple[str, ...], order: dict[str, Observable]) -> None:
        if name in path:
            raise BrokenPlugin(f"observables require each other in a circle: {' -> '.join([*path, name])}")
        if name in order:
            return
        observable = self.get(name)
        for requirement in (*observable.requires, *used_by(observable)):
            self._visit(requirement, (*path, name), order)
        order[name] = observable

    def _known(self, name: str) -> str:
        if name in self.plugins:
            return name
        if name in self.errors:
            raise self.errors[name]
        raise MissingPlugin(
            f"no installed distribution provides observable {name!r}: {suggest(name, self.plugins)}"
        )


def _column_clashes(plugins: Mapping[str, Plugin[Observable]]) -> list[tuple[str, PluginError]]:
    """Columns share one namespace, that of the database's views; the program's own observables come first."""
    owners: dict[str, str] = {}
    clashes: list[tuple[str, PluginError]] = []
    for plugin in sorted(plugins.values(), key=lambda one: (one.distribution != OWN_DISTRIBUTION, one.name)):
        taken = [column.name for column in plugin.content.columns if column.name in owners]
        if taken:
            origin = f"observable {plugin.name} of {plugin.distribution}"
            reason = f"{origin} returns {taken[0]!r}, as {owners[taken[0]]} does: rename the column"
            clashes.append((plugin.name, DuplicatePlugin(reason)))
        else:
            owners.update({column.name: plugin.name for column in plugin.content.columns})
    return clashes


def _unmet_requirements(plugins: Mapping[str, Plugin[Observable]]) -> list[tuple[str, PluginError]]:
    """Observables with a requirement that nobody provides, and those that in turn require them."""
    usable = dict(plugins)
    unmet: list[tuple[str, PluginError]] = []
    while True:
        found = [
            (name, requirement)
            for name, plugin in usable.items()
            for requirement in (*plugin.content.requires, *used_by(plugin.content))
            if requirement not in usable
        ]
        if not found:
            return unmet
        name, requirement = found[0]
        hint = suggest(requirement, usable)
        unmet.append(
            (name, MissingPlugin(f"observable {name} requires {requirement!r}, which is not usable: {hint}"))
        )
        del usable[name]
