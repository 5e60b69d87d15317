"""Every error that the program raises on purpose.

Each one is also a builtin kind (``ValueError`` for bad input, ``RuntimeError`` for failed work), carries a
one-line message naming the value, the bound and the remedy, and knows the exit code that a command ends with.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from typing import ClassVar

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 75


class PssglassError(Exception):
    """Root of all errors of this program."""

    exit_code: ClassVar[int] = EXIT_FAILED


class InputError(PssglassError, ValueError):
    """What the user gave cannot be used."""

    exit_code = EXIT_USAGE


class CampaignError(InputError):
    """A campaign file, or one of its ensembles, is wrong."""


class ModelError(InputError):
    """A model or its parameters are wrong."""


class BoxTooSmall(InputError):
    """The periodic box is smaller than two cutoffs."""


class ConfigurationError(InputError):
    """A configuration cannot be read, written, or does not belong to the model."""


class UnreadableFile(ConfigurationError):
    """The system does not let a file be read; what is in it may be sound."""


class NotInherentState(InputError):
    """A configuration is not at a certified minimum of the potential energy."""


class QuenchNotConverged(PssglassError, RuntimeError):
    """Minimisation ended without reaching a certified inherent state."""


class ModesNotConverged(PssglassError, RuntimeError):
    """An iterative solver left residuals above what was asked."""


class TrajectoryDiverged(PssglassError, RuntimeError):
    """A trajectory blew up.

    Attributes:
        step: time step at which it was noticed.
        particle: index of the first particle concerned, -1 when it is not one particle's doing.
    """

    def __init__(self, message: str, step: int = -1, particle: int = -1) -> None:
        super().__init__(message)
        self.step = step
        self.particle = particle


class PluginError(PssglassError, RuntimeError):
    """An observable plugin cannot be used."""


class MissingPlugin(PluginError):
    """No installed distribution provides the observable or figure asked for."""

    exit_code = EXIT_USAGE


class DuplicatePlugin(PluginError):
    """Two distributions provide an observable of the same name."""


class BrokenPlugin(PluginError):
    """A plugin cannot be imported or does not follow the protocol."""


class ObservableFailed(PssglassError, RuntimeError):
    """An observable raised, or returned values that do not match its columns."""


class ObservableStuck(ObservableFailed):
    """An observable did not end in time; it may still be at work on what it was given."""


class FigureFailed(PssglassError, RuntimeError):
    """A figure raised while it was made or drawn."""


class DatabaseError(PssglassError, RuntimeError):
    """The database cannot do what was asked."""


class DatabaseMissing(DatabaseError):
    """There is no database at the given place."""

    exit_code = EXIT_USAGE


class NotADatabase(DatabaseError):
    """What is at the given place can hold no results: a folder, a foreign file, no URL of a known kind."""

    exit_code = EXIT_USAGE


class DatabaseUnreachable(DatabaseError):
    """The server does not answer, or others keep the file locked: the same may succeed later."""


class SchemaTooNew(DatabaseError):
    """The database was written by a newer version of the program."""

    exit_code = EXIT_USAGE


class DatabaseNotWritable(DatabaseError):
    """The database or its folder is read-only or full."""

    exit_code = EXIT_USAGE


class EnsembleConflict(DatabaseError):
    """An ensemble of this name exists with another specification."""

    exit_code = EXIT_USAGE


class QueryError(DatabaseError):
    """A query is no single read-only SQL statement, or the database refused it."""

    exit_code = EXIT_USAGE


class MissingData(PssglassError, RuntimeError):
    """The database lacks what a figure needs."""

    exit_code = EXIT_USAGE


class Interrupted(PssglassError, RuntimeError):
    """The user stopped the work; the same command resumes it."""

    exit_code = EXIT_INTERRUPTED


class Stopped(BaseException):
    """A signal ends the command. No Exception, lest it be taken for a failure of what it hits."""


ENDS = (KeyboardInterrupt, Stopped)
"""What ends a command, whatever code it hits. All else that a plugin raises is a failure of that plugin."""


def one_line(error: BaseException) -> str:
    """The message of an error without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__


def system_reason(error: OSError, remedy: str) -> tuple[str, str]:
    """Why the system refused something, and what to do: ``remedy``, unless the reason has one of its own."""
    reason = error.strerror or one_line(error)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return reason, "allow this process more open files, as by `ulimit -n 256`"
    if error.errno == errno.EISDIR:
        return reason, "name a file"
    return reason, remedy


def suggest(name: str, known: Iterable[str]) -> str:
    """The tail of an "unknown name" message: the closest known name, or all of them.

    >>> suggest("samplse", ["samples", "seed"])
    "did you mean 'samples'?"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(names)}" if names else "nothing is known here"
