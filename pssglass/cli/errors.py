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

from pssglass.cli.output import say
from pssglass.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, PssglassError

# The common base of wrong usage, wherever typer's version keeps it.
UsageError = cast(type[Exception], typer.BadParameter.__base__)


def run(command: Callable[[], Any]) -> int:
    """Call the command; its exit code, or that of the error that ended it."""
    try:
        code = command()
        sys.stdout.flush()
    except PssglassError as error:
        say(f"pssglass: error: {one_line(error)}")
        return error.exit_code
    except UsageError as error:
        say(f"pssglass: error: {_usage(error)}")
        return EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nobody to tell
        return EXIT_FAILED
    except KeyboardInterrupt:
        say("pssglass: stopped; the same command resumes")
        return EXIT_INTERRUPTED
    except OSError as error:
        say(f"pssglass: error: {one_line(error)}")
        return EXIT_FAILED
    except Exception as error:
        what = f"unexpected {type(error).__name__}: {one_line(error)}"
        say(f"pssglass: error: {what}; traceback in {_write_log()}")
        return EXIT_FAILED
    return int(code or 0)


def one_line(error: BaseException) -> str:
    """The message of an error without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__


def _usage(error: Any) -> str:
    command = error.ctx.command_path if error.ctx else "pssglass"
    return f"{' '.join(error.format_message().split())} See '{command} --help'."


def _write_log() -> Path:
    """The current exception with its traceback, in a new file of the temporary folder."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = Path(tempfile.gettempdir()) / f"pssglass-error-{stamp}-{os.getpid()}.log"
    path.write_text(f"{' '.join(sys.argv)}\n\n{traceback.format_exc()}", encoding="utf-8")
    return path
