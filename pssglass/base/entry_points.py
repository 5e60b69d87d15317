"""Loading plugins from entry points: what is wrong with one is reported and never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from operator import attrgetter
from typing import Any, Generic, TypeVar

from pssglass.base.errors import ENDS, BrokenPlugin, DuplicatePlugin, PluginError, one_line

T = TypeVar("T")

OWN_DISTRIBUTION = "pssglass"
UNKNOWN = "an unknown distribution"

_log = logging.getLogger(__name__)
_read_all: Callable[..., Iterable[metadata.EntryPoint]] = metadata.entry_points


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


def load_plugins(
    group: str,
    check: Callable[[object], None],
    name_of: Callable[[Any], str] | None = attrgetter("name"),
) -> Loaded[Any]:
    """Loads every entry point of ``group``.

    An entry point names an object that passes ``check``, or a class that makes one without arguments. A name
    registered by several distributions is nobody's, except that this program keeps its own.

    Args:
        group: of entry points.
        check: raises BrokenPlugin for what cannot be used.
        name_of: tells what an object calls itself, which must be the entry point's name; None for objects
            that have no name.
    """
    plugins: dict[str, Plugin[Any]] = {}
    problems: dict[str, PluginError] = {}
    for name, candidates in _by_name(_sound_entries(group=group)).items():
        if len(candidates) > 1:
            providers = " and ".join(_distribution(entry)[0] for entry in candidates)
            problems[name] = DuplicatePlugin(
                f"{group}: {name} is registered by {providers}: uninstall all but one"
            )
        own = [entry for entry in candidates if _distribution(entry)[0] == OWN_DISTRIBUTION]
        chosen = candidates if len(candidates) == 1 else own
        for entry in chosen[:1]:
            try:
                plugins[name] = _load(entry, check, name_of)
            except BrokenPlugin as error:
                problems[name] = error
    return Loaded(plugins, problems)


def survive_broken_distributions(silently: bool = False) -> None:
    """From now on no broken distribution ends this process when a library looks for entry points.

    Alembic, Dask and Matplotlib read those of all installed distributions, which a single malformed one makes
    impossible. Call this before they are imported: they may keep the function.

    Args:
        silently: do not even warn of them.
    """
    if silently:
        _log.setLevel(logging.ERROR)
    for reader in ("importlib.metadata", "importlib_metadata"):  # the latter for Dask on Python 3.11
        with suppress(ImportError):
            vars(import_module(reader))["entry_points"] = _sound_entries


def _sound_entries(**selection: Any) -> Iterable[metadata.EntryPoint]:
    """What ``metadata.entry_points`` finds, without the distributions whose own cannot be read."""
    try:
        return _read_all(**selection)
    except Exception:
        # One distribution spoils the list of all: look at each alone, the first of a name as Python does.
        found: dict[str | int, metadata.Distribution] = {}
        for number, one in enumerate(metadata.distributions()):
            name = _identity(one)[0]
            found.setdefault(number if name == UNKNOWN else name, one)
    entries = [entry for one in found.values() for entry in _entries_of(one)]
    return metadata.EntryPoints(entries).select(**selection)


def _entries_of(distribution: metadata.Distribution) -> Iterable[metadata.EntryPoint]:
    try:
        return list(distribution.entry_points)
    except Exception as error:
        name, reason = _identity(distribution)[0], f"{type(error).__name__}: {one_line(error)}"
        origin = name if name != UNKNOWN else f"{name} in {distribution.locate_file('')}"
        _warn_once(f"the entry points of {origin} cannot be read ({reason}): reinstall or uninstall it")
        return ()


@cache
def _warn_once(message: str) -> None:
    _log.warning("%s", message)


def _by_name(entries: Iterable[metadata.EntryPoint]) -> dict[str, list[metadata.EntryPoint]]:
    groups: dict[str, list[metadata.EntryPoint]] = {}
    for entry in sorted(entries, key=lambda one: (one.name, _distribution(one))):
        groups.setdefault(entry.name, []).append(entry)
    return groups


def _distribution(entry: metadata.EntryPoint) -> tuple[str, str]:
    return _identity(entry.dist) if entry.dist else (UNKNOWN, "0")


def _identity(distribution: metadata.Distribution) -> tuple[str, str]:
    """Name and version, as far as its metadata tell."""
    try:
        return distribution.metadata["Name"] or UNKNOWN, distribution.metadata["Version"] or "0"
    except Exception:
        return UNKNOWN, "0"


def _load(
    entry: metadata.EntryPoint, check: Callable[[object], None], name_of: Callable[[Any], str] | None
) -> Plugin[Any]:
    distribution, version = _distribution(entry)
    origin = f"{entry.group}: {entry.name} of {distribution} {version} ({entry.value})"
    if distribution == UNKNOWN:
        raise BrokenPlugin(f"{origin} has no METADATA that tell who provides it: reinstall it")
    try:
        loaded = entry.load()
        content = loaded() if isinstance(loaded, type) else loaded
        check(content)
    except BrokenPlugin as error:
        raise BrokenPlugin(f"{origin}: {one_line(error)}") from error
    except ENDS:
        raise
    except BaseException as error:  # as SystemExit, or the panic of an extension
        raise BrokenPlugin(f"{origin} cannot be loaded: {type(error).__name__}: {one_line(error)}") from error
    if name_of and name_of(content) != entry.name:
        raise BrokenPlugin(f"{origin} calls itself {name_of(content)!r}: register it under that name")
    return Plugin(entry.name, content, distribution, version)
