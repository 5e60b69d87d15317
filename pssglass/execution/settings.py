"""Settings of a machine: how its queue is asked for workers, and certificates. They touch no result.

They stand in a TOML file of their own, by default ``~/.config/pssglass/machine.toml``::

    [tls]                                     # for schedulers that others can reach
    ca_file = "/home/me/tls/ca.pem"
    certificate = "/home/me/tls/me.pem"
    key = "/home/me/tls/me.key"

    [slurm.night]                             # pssglass simulate --slurm night
    jobs = 20                                 # at most so many at once
    cores = 8                                 # of each job; one worker process a core
    memory = "16GB"                           # of each job
    walltime = "08:00:00"
    partition = "long"
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

from pssglass.base import checks
from pssglass.base.errors import InputError, suggest
from pssglass.base.toml_tables import as_table, check_keys, naming, read_toml

T = TypeVar("T")


@dataclass(frozen=True)
class Certificates:
    """Files in PEM format: whom to trust, and who we are."""

    ca_file: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class MachineSettings:
    """What stands in one file of settings; ``profiles`` of each kind of machine by their names."""

    path: Path
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tls: Certificates | None = None

    def profile(self, kind: str, name: str) -> Any:
        """The profile of this kind of machine with this name; raises InputError if there is none."""
        known = self.profiles.get(kind, {})
        if name not in known:
            hint = suggest(name, known) if known else f"write a table [{kind}.{name}]"
            raise InputError(f"--{kind} {name}: {self.path} has no such profile; {hint}")
        return known[name]


def default_path() -> Path:
    """Where the settings are unless the user names another file."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "pssglass" / "machine.toml"


def read_settings(path: Path | None, profiles: Mapping[str, type[Any]]) -> MachineSettings:
    """The settings in a file, by default the usual one, which may be missing.

    Args:
        path: of the file; None for the usual one.
        profiles: for each kind of machine the dataclass of its profiles.

    Raises:
        InputError: the file cannot be read, or has an unknown key or a wrong value.
    """
    place = path or default_path()
    if path is None and not place.exists():
        return MachineSettings(place)
    tables = read_toml(place, f"settings {place}", "check --settings")
    with naming(f"{place}"):
        check_keys(tables, [*profiles, "tls"])
        found = {kind: _profiles(kind, tables.get(kind, {}), profile) for kind, profile in profiles.items()}
        with naming("[tls]"):
            tls = _certificates(place.parent, as_table("tls", tables["tls"])) if "tls" in tables else None
    return MachineSettings(place, found, tls)


def _profiles(kind: str, tables: object, profile: type[T]) -> dict[str, T]:
    found = {}
    for name, table in as_table(kind, tables).items():
        with naming(f"[{kind}.{name}]"):
            found[name] = _filled(profile, as_table(name, table))
    return found


def _filled(profile: type[Any], table: Mapping[str, Any]) -> Any:
    """The dataclass with the values of a table, each of the type of its field."""
    known = fields(profile)
    check_keys(table, [one.name for one in known], [one.name for one in known if one.default is MISSING])
    types = get_type_hints(profile)
    return profile(**{key: _checked(key, value, types[key]) for key, value in table.items()})


def _checked(name: str, value: object, kind: Any) -> Any:
    if kind is bool:
        return checks.boolean(InputError, name, value)
    if kind is int:
        return checks.integer(InputError, name, value, at_least=0)
    if kind is float:
        return checks.number(InputError, name, value)
    if get_origin(kind) is tuple:
        return tuple(checks.text(InputError, name, one) for one in checks.sequence(InputError, name, value))
    return checks.text(InputError, name, value)


def _certificates(folder: Path, table: Mapping[str, Any]) -> Certificates:
    names = [one.name for one in fields(Certificates)]
    check_keys(table, names, names)
    paths = {}
    for name in names:
        text = checks.text(InputError, name, table[name])
        paths[name] = folder / Path(text).expanduser()
        if not paths[name].is_file():
            raise InputError(f"{name} = '{text}' is no file; give a path from {folder}")
    return Certificates(**paths)
