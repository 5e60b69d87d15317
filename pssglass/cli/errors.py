"""How a command ends: exit codes, and one line on stderr for whatever went wrong."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import typer

from pssglass.base.errors import EXIT_FAILED, EXIT_USAGE, PssglassError, one_line, system_reason
from pssglass.base.secrets import masked, masked_url
from pssglass.cli.messages import say
from pssglass.pipeline.memory import OUT_OF_MEMORY

# The common base of wrong usage, wherever typer's version keeps it.
UsageError = cast(type[Exception], typer.BadParameter.__base__)


def run(command: Callable[[], Any]) -> int:
    """Call the command; its exit code, or that of the error that ended it."""
    try:
        code = command()
        sys.stdout.flush()
    except PssglassError as error:
        say(f"pssglass: error: {one_line(error)}", is_error=True)
        return error.exit_code
    except UsageError as error:
        say(f"pssglass: error: {_usage(error)}", is_error=True)
        return EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nobody to tell
        return EXIT_FAILED
    except OSError as error:
        _, remedy = system_reason(error, "")
        say(f"pssglass: error: {'; '.join(filter(None, (one_line(error), remedy)))}", is_error=True)
        return EXIT_FAILED
    except MemoryError:
        say(f"pssglass: error: {OUT_OF_MEMORY}", is_error=True)
        return EXIT_FAILED
    except Exception as error:
        what = _without_passwords(f"unexpected {type(error).__name__}: {one_line(error)}")
        say(f"pssglass: error: {what}; {_write_log()}", is_error=True)
        return EXIT_FAILED
    return int(code or 0)


def _usage(error: Any) -> str:
    command = error.ctx.command_path if error.ctx else "pssglass"
    return f"{' '.join(error.format_message().split())} See '{command} --help'."


def _write_log() -> str:
    """Put the current exception with its traceback into a new file of the temporary folder; says where."""
    name = f"pssglass-error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    try:
        path = Path(tempfile.gettempdir()) / name
        text = _without_passwords(f"{' '.join(sys.argv)}\n\n{traceback.format_exc()}")
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        reason, remedy = system_reason(error, "free some space in the temporary folder")
        return f"no room for its traceback ({reason}); {remedy}"
    return f"traceback in {path}"


def _without_passwords(text: str) -> str:
    """A text that may repeat arguments of this command, among them URLs with blanks in their passwords."""
    for argument in sys.argv:
        text = text.replace(argument, masked_url(argument))
    return masked(text)
