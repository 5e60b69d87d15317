"""One file format: what the table of formats holds, and a third party registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pssglass.base.errors import BrokenPlugin
from pssglass.base.results import Floats
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.source import Source


@dataclass(frozen=True)
class Format:
    """How configurations are read and written in one format.

    Attributes:
        name: as `export --format` takes it.
        suffixes: of its files, as ".xyz", in lower case; exported files end with the first.
        about: some words for `--help`.
        read: makes a configuration of a source. What it raises is told with the name of the file.
        write: fills the file of that path with one configuration; None if it is only read.
        write_fields: the same with fields (N, components) over the particles beside it; None if the format
            has no place for such.
        write_samples: fills one file with many configurations, each with its replica number. Exports then
            make one file of each ensemble, not of each sample.
        is_text: it is read by ``Source.lines``, which unpacks .gz files.
    """

    name: str
    suffixes: tuple[str, ...]
    about: str
    read: Callable[[Source], Configuration] | None = None
    write: Callable[[Path, Configuration], None] | None = None
    write_fields: Callable[[Path, Configuration, Mapping[str, Floats]], None] | None = None
    write_samples: Callable[[Path, Iterable[tuple[int, Configuration]]], None] | None = None
    is_text: bool = False


def check_format(candidate: object) -> None:
    """Make sure that an entry point leads to a format.

    Raises:
        BrokenPlugin: it does not.
    """
    if not isinstance(candidate, Format):
        raise BrokenPlugin(f"{type(candidate).__name__} is no pssglass.configurations.Format")
    if not candidate.suffixes or any(
        not one.startswith(".") or one != one.lower() for one in candidate.suffixes
    ):
        raise BrokenPlugin(f"suffixes {candidate.suffixes!r} must begin with '.', in lower case")
    if candidate.read is None and candidate.write is None:
        raise BrokenPlugin("it has neither read nor write")
