"""What all readers are given and share: the file, how names are mapped, complaints that name the file."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pssglass.base.errors import ConfigurationError, UnreadableFile, one_line, system_reason
from pssglass.base.files import irregular
from pssglass.base.results import Floats, Integers

RESTORE = "restore the file from a copy, or write it again"
REAL = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|nan|inf(?:inity)?)", re.IGNORECASE)
LONGEST_LINE = 2**26
"""Characters; a longer line is that of no text file."""
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Source:
    """A file to be read, and how.

    Attributes:
        path: regular file; if its name ends in .gz, ``lines`` unpacks it.
        species: names of the model's species, in its order.
        mapping: from the names in the file to those of the model, e.g. ``{"Cu": "A", "Zr": "B"}``.
        frame: which one of several, from 0, or from -1 backwards; None stands for the only one.
        mass: of the model's particles, for files that tell momenta but no masses.
    """

    path: Path
    species: Sequence[str] = ("A", "B")
    mapping: Mapping[str, str] = field(default_factory=dict)
    frame: int | None = None
    mass: float = 1.0

    def lines(self) -> Iterator[str]:
        """Lines of text without their ends, unpacked if need be, and no more of the file than is asked for.

        Bytes that are no UTF-8 become surrogates: they may stand in comments.
        """
        with self.path.open("rb") as raw:
            is_packed = raw.peek(len(GZIP))[: len(GZIP)] == GZIP
            binary = gzip.GzipFile(fileobj=raw) if is_packed else raw
            with io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape") as text:
                while line := text.readline(LONGEST_LINE):
                    if len(line) == LONGEST_LINE:
                        raise ConfigurationError(f"a line of {LONGEST_LINE} characters: it is no text")
                    yield line.removesuffix("\n")

    def chosen(self, frames: int) -> int:
        """The number of the frame to be read, of so many.

        Raises:
            ConfigurationError: there are several and none is chosen, or the one chosen is not there.
        """
        if self.frame is None and frames > 1:
            raise ConfigurationError(
                f"{frames} frames; choose one of 0 to {frames - 1}, as --frame {frames - 1} or"
                f" frame={frames - 1}"
            )
        number = self.frame or 0
        if not -frames <= number < frames:
            raise ConfigurationError(f"there is no frame {number}: it has {frames}, from 0 to {frames - 1}")
        return number % frames

    def indices(self, names: Sequence[str], renamed: Mapping[str, str] | None = None) -> Integers:
        """Indices (N,) of particles' names among ``species``.

        Args:
            names: of each particle, as the file has them.
            renamed: what they stand for by the file itself, where ``mapping`` does not tell.

        Raises:
            ConfigurationError: a name is not among the species.
        """
        known = {**(renamed or {}), **self.mapping}
        meant = {name: known.get(name, name) for name in dict.fromkeys(names)}
        unknown = sorted(name for name, species in meant.items() if species not in self.species)
        if unknown:
            first, wanted = unknown[0], self.species[0]
            if first in self.mapping:
                raise ConfigurationError(
                    f"{first} is mapped to {self.mapping[first]}, which is no species of the model; map it to"
                    f" one of {', '.join(self.species)}"
                )
            raise ConfigurationError(
                f"unknown species {', '.join(unknown)}; the model has {', '.join(self.species)}:"
                f" map them, as --map {first}={wanted} or mapping={{'{first}': '{wanted}'}}"
            )
        index = {name: tuple(self.species).index(species) for name, species in meant.items()}
        return np.array([index[name] for name in names], dtype=np.int32)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong inside is a ConfigurationError: a damaged file can break a parser anywhere.

    It is an UnreadableFile where the system is to blame. What is no regular file may never end: refused.
    """
    try:
        if what := irregular(path):
            raise ConfigurationError(f"{what}; copy what it holds to a file")
        with np.errstate(all="ignore"):
            yield
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except MemoryError:
        raise UnreadableFile(f"cannot read {path} (out of memory); give this process more memory") from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            reason, remedy = system_reason(error, "check its name and permissions")
            raise UnreadableFile(f"cannot read {path} ({reason}); {remedy}") from None
        what = f"damaged gzip, {one_line(error)}" if isinstance(error, DAMAGED_GZIP) else one_line(error)
        raise ConfigurationError(f"{path} cannot be understood ({what}); {RESTORE}") from None


DAMAGED_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)


def real(text: str, what: str = "") -> float:
    """A decimal number; what only Python takes for one, as 1_0, is none.

    Args:
        text: of the file.
        what: it is, for the message.

    Raises:
        ConfigurationError: it is no number.
    """
    if not REAL.fullmatch(text):
        raise ConfigurationError(f"{what + ': ' if what else ''}'{text[:40]}' is no number; {RESTORE}")
    return float(text)


def floats(values: npt.ArrayLike) -> Floats:
    """A contiguous float64 array."""
    return np.ascontiguousarray(values, dtype=np.float64)
