"""What commands tell besides their results: on stderr, and in a log where one is asked for."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pssglass.base.errors import InputError, system_reason
from pssglass.base.secrets import masked
from pssglass.cli.streams import MaskingFormatter


class _Log(logging.StreamHandler[TextIO]):
    """A file that takes messages."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Its disk is full: the command goes on."""


@dataclass
class _Channels:
    """Where messages of the command that runs go."""

    is_quiet: bool = False
    log: _Log | None = None


_channels = _Channels()


def say(message: str, *, is_error: bool = False) -> None:
    """One line for the user, without passwords; stderr has it unless it is quiet and this no error.

    Where stderr takes no more, none follows.
    """
    note(message)
    if _channels.is_quiet and not is_error:
        return
    try:
        print(masked(message), file=sys.stderr, flush=True)
    except OSError:  # its reader left, or its disk is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def note(message: str) -> None:
    """One line with the time for the log, if there is one."""
    if _channels.log:
        _channels.log.handle(logging.makeLogRecord({"msg": message}))


def is_quiet() -> bool:
    """Whether errors only are told."""
    return _channels.is_quiet


def be_quiet() -> None:
    """Tell errors only, until the command ends."""
    _channels.is_quiet = True
    _tell_warnings(logging.ERROR)


def _tell_warnings(level: int) -> None:
    """On stderr, from a level on."""
    for handler in logging.getLogger().handlers:
        if not isinstance(handler, _Log):
            handler.setLevel(level)


def log_to(path: Path) -> None:
    """Add all messages to a file until the command ends, warnings of the program too.

    Raises:
        InputError: it cannot be written.
    """
    try:
        stream = path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        reason, remedy = system_reason(error, "name a file that can be written")
        raise InputError(f"--log {path}: {reason}; {remedy}") from None
    handler = _Log(stream)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(message)s"))
    logging.getLogger().addHandler(handler)
    _channels.log = handler


def end_messages() -> None:
    """The command has ended: the next one tells everything, on stderr alone."""
    log, _channels.is_quiet, _channels.log = _channels.log, False, None
    _tell_warnings(logging.NOTSET)
    if log:
        logging.getLogger().removeHandler(log)
        with suppress(OSError):  # its disk is full
            log.stream.close()
