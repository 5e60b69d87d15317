"""The kinds of machines that tasks can run on: one entry each, from which all else follows.

Another distribution adds one as a ``Machine`` under the entry points ``pssglass.machines``. It becomes
an option of ``simulate`` and ``analyze``, and its profiles tables of the settings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pssglass.base.entry_points import load_plugins
from pssglass.base.errors import BrokenPlugin

from .clusters import Cluster, RunningCluster
from .settings import MachineSettings, read_settings
from .slurm import SlurmCluster, SlurmProfile

GROUP = "pssglass.machines"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Machine:
    """A kind of machine.

    Attributes:
        name: of the option ``--NAME``, and of the tables ``[NAME.PROFILE]`` of the settings.
        metavar: how the value of the option is written in its help.
        help: of the option.
        open: makes the cluster for a value of the option; InputError if that or the settings are wrong.
        profile: a dataclass of texts, numbers and lists of texts, as a table of the settings; it raises
            InputError for values that it cannot have. None if there are no tables.
    """

    name: str
    metavar: str
    help: str
    open: Callable[[str, MachineSettings], Cluster]
    profile: type[Any] | None = None


OWN = (
    Machine("scheduler", "tcp://HOST:PORT", "Work on a Dask cluster that is running.", RunningCluster),
    Machine(
        "slurm",
        "PROFILE",
        "Work in jobs of SLURM, as this profile of the settings says.",
        SlurmCluster,
        SlurmProfile,
    ),
)
"""The program's own kinds."""

_TAKEN = ("tls", "workers", "settings", "db", *(one.name for one in OWN))


@lru_cache(maxsize=1)
def machines() -> Mapping[str, Machine]:
    """All kinds by name; what is wrong with one that is installed is told once, and leaves it out."""
    found = load_plugins(GROUP, check_machine)
    for problem in found.problems.values():
        _log.warning("%s", problem)
    return {one.name: one for one in (*OWN, *(plugin.content for plugin in found.plugins.values()))}


def check_machine(candidate: object) -> None:
    """Raises BrokenPlugin: this cannot be a kind of machine."""
    if not isinstance(candidate, Machine):
        raise BrokenPlugin("is no Machine: make one of pssglass.execution.Machine")
    if candidate.name in _TAKEN or not candidate.name.isidentifier():
        raise BrokenPlugin(f"cannot be called {candidate.name!r}: choose another word")
    if candidate.profile is not None and not is_dataclass(candidate.profile):
        raise BrokenPlugin(f"has {candidate.profile!r} as its profile: give a dataclass or None")


def load_settings(path: Path | None = None) -> MachineSettings:
    """Read the settings; without a path those of the default file, which may be missing.

    Raises:
        InputError: the file cannot be read, or has an unknown key or a wrong value.
    """
    return read_settings(path, {one.name: one.profile for one in machines().values() if one.profile})
