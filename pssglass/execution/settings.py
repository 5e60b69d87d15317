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
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import InputError, suggest
from pssglass.base.toml_tables import as_table, check_keys, naming, read_toml

_TABLES = ("slurm", "tls")
_WALLTIME = re.compile(r"(\d+-)?\d{1,2}:\d{2}(:\d{2})?")
_MEMORY = re.compile(r"\d+(\.\d+)? ?[kMGT]i?B")


@dataclass(frozen=True)
class Certificates:
    """Files in PEM format: whom to trust, and who we are."""

    ca_file: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class SlurmProfile:
    """Jobs that run workers: their number, and what each asks for."""

    jobs: int
    walltime: str
    cores: int = 1
    memory: str = "2GB"
    partition: str | None = None
    account: str | None = None
    grace: int = 120
    """Seconds before the end of the walltime at which workers are told to save and leave."""
    interface: str | None = None
    """Network interface through which workers reach the command, such as "ib0"."""
    python: str | None = None
    log_folder: str | None = None
    directives: tuple[str, ...] = ()
    """More options of sbatch."""
    prologue: tuple[str, ...] = ()
    """Lines of shell before the workers start."""


@dataclass(frozen=True)
class MachineSettings:
    """What stands in one file of settings."""

    path: Path
    slurm: Mapping[str, SlurmProfile] = field(default_factory=dict)
    tls: Certificates | None = None

    def profile(self, name: str) -> SlurmProfile:
        """The profile of SLURM with this name; raises InputError if there is none."""
        if name not in self.slurm:
            hint = suggest(name, self.slurm) if self.slurm else f"write a table [slurm.{name}]"
            raise InputError(f"--slurm {name}: {self.path} has no such profile; {hint}")
        return self.slurm[name]


def default_path() -> Path:
    """Where the settings are unless the user names another file."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "pssglass" / "machine.toml"


def load_settings(path: Path | None = None) -> MachineSettings:
    """Read the settings; without a path those of the default file, which may be missing.

    Raises:
        InputError: the file cannot be read, or has an unknown key or a wrong value.
    """
    place = path or default_path()
    if path is None and not place.exists():
        return MachineSettings(place)
    tables = read_toml(place, f"settings {place}", "check --settings")
    with naming(f"{place}"):
        return _settings(place, tables)


def _settings(path: Path, tables: Mapping[str, Any]) -> MachineSettings:
    check_keys(tables, _TABLES)
    slurm = {}
    for name, table in as_table("slurm", tables.get("slurm", {})).items():
        with naming(f"[slurm.{name}]"):
            slurm[name] = _profile(as_table(name, table))
    with naming("[tls]"):
        tls = _certificates(path.parent, as_table("tls", tables["tls"])) if "tls" in tables else None
    return MachineSettings(path, slurm, tls)


def _profile(table: Mapping[str, Any]) -> SlurmProfile:
    known = fields(SlurmProfile)
    check_keys(table, [one.name for one in known], [one.name for one in known if one.default is MISSING])
    values = dict(table)
    for key, value in values.items():
        if key in ("jobs", "cores", "grace"):
            values[key] = checks.integer(InputError, key, value, at_least=0 if key == "grace" else 1)
        elif key in ("directives", "prologue"):
            lines = checks.sequence(InputError, key, value)
            values[key] = tuple(checks.text(InputError, key, line) for line in lines)
        else:
            checks.text(InputError, key, value)
    if not _WALLTIME.fullmatch(values["walltime"]):
        raise InputError(f"walltime = '{values['walltime']}' must be written as HH:MM:SS or D-HH:MM:SS")
    if not _MEMORY.fullmatch(values.get("memory", "2GB")):
        raise InputError(f"memory = '{values['memory']}' must be written as 500MB, 16GB, …")
    return SlurmProfile(**values)


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
