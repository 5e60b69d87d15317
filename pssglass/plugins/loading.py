"""Loading plugins from entry points: what is wrong with one is reported and never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Generic, TypeVar

from pssglass.base.errors import BrokenPlugin, DuplicatePlugin, PluginError, one_line

T = TypeVar("T")

OWN_DISTRIBUTION = "pssglass"


@dataclass(frozen=True)
class Plugin(Generic[T]):
    """A loaded plugin and the distribution that provides it."""

    name: str
    content: T
    distribution: str
    version: str


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """The plugins of one entry-point group by name, and what was wrong with the rest."""

    plugins: dict[str, Plugin[T]]
    problems: dict[str, PluginError]


def load_plugins(group: str, check: Callable[[object], None]) -> Loaded[Any]:
    """Loads every entry point of ``group``.

    An entry point names an object that passes ``check`` and whose ``name`` is the entry point's, or a class
    that makes one without arguments. A name registered by several distributions is nobody's, except that this
    program keeps its own.
    """
    plugins: dict[str, Plugin[Any]] = {}
    problems: dict[str, PluginError] = {}
    for name, candidates in _by_name(metadata.entry_points(group=group)).items():
        if len(candidates) > 1:
            providers = " and ".join(_distribution(entry)[0] for entry in candidates)
            problems[name] = DuplicatePlugin(
                f"{group}: {name} is registered by {providers}: uninstall all but one"
            )
        own = [entry for entry in candidates if _distribution(entry)[0] == OWN_DISTRIBUTION]
        chosen = candidates if len(candidates) == 1 else own
        for entry in chosen[:1]:
            try:
                plugins[name] = _load(entry, check)
            except BrokenPlugin as error:
                problems[name] = error
    return Loaded(plugins, problems)


def _by_name(entries: Iterable[metadata.EntryPoint]) -> dict[str, list[metadata.EntryPoint]]:
    groups: dict[str, list[metadata.EntryPoint]] = {}
    for entry in sorted(entries, key=lambda one: (one.name, _distribution(one))):
        groups.setdefault(entry.name, []).append(entry)
    return groups


def _distribution(entry: metadata.EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("an unknown distribution", "0")


def _load(entry: metadata.EntryPoint, check: Callable[[object], None]) -> Plugin[Any]:
    distribution, version = _distribution(entry)
    origin = f"{entry.group}: {entry.name} of {distribution} {version} ({entry.value})"
    try:
        loaded = entry.load()
        content = loaded() if isinstance(loaded, type) else loaded
        check(content)
    except BrokenPlugin as error:
        raise BrokenPlugin(f"{origin}: {one_line(error)}") from error
    # A plugin may fail in any way at all while it is imported or looked at, SystemExit included.
    except (Exception, SystemExit) as error:
        raise BrokenPlugin(f"{origin} cannot be loaded: {type(error).__name__}: {one_line(error)}") from error
    if content.name != entry.name:
        raise BrokenPlugin(f"{origin} calls itself {content.name!r}: register it under that name")
    return Plugin(entry.name, content, distribution, version)
