"""Runs the program's commands in forked processes, each of which meets its fate at one chosen operation.

Operations are those by which something lasting happens: creating and writing files, fsync, rename, link,
unlink, mkdir, rmdir and commit. A process is killed just before the one with the chosen number, and halfway
through it if it writes; or, as on a full or broken disk, that one and all later ones that take space fail.
Started as a script it reads orders, one JSON object a line, and answers with the operations, if the process
lived to tell:

    {"folder": "/tmp/x", "arguments": ["simulate", …], "at": null, "fate": "kill"}
    {"code": 0, "operations": ["mkdir", "fsync", "commit", …]}
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from pssglass import pipeline
from pssglass.cli import main
from pssglass.pipeline import provenance

FREEING = ("unlink", "rmdir")
ERRORS = {"full": (errno.ENOSPC, sqlite3.SQLITE_FULL), "broken": (errno.EIO, sqlite3.SQLITE_IOERR_FSYNC)}


class Fate:
    """Counts operations and strikes at one of them."""

    def __init__(self, at: int | None, fate: str) -> None:
        self.operations: list[str] = []
        self._at = at
        self._fate = fate

    def watch(self) -> None:
        """From now on, every operation of this process passes here."""
        for name in ("fsync", "replace", "link", "mkdir", *FREEING):
            setattr(os, name, self._watched(name, getattr(os, name)))
        Path.touch = self._watched("touch", Path.touch)
        write = Path.write_bytes
        fate = self

        def write_bytes(path: Path, content: bytes) -> int:
            write(path, content[: len(content) // 2])
            fate.passes("write")
            return write(path, content)

        Path.write_bytes = write_bytes

        class Connection(sqlite3.Connection):
            def commit(self) -> None:
                fate.passes("commit")
                super().commit()

        connect = sqlite3.connect
        sqlite3.connect = lambda *args, **options: connect(*args, factory=Connection, **options)

    def _watched(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def passing(*args: Any, **options: Any) -> Any:
            self.passes(name)
            return operation(*args, **options)

        return passing

    def passes(self, name: str) -> None:
        """One operation is about to happen."""
        self.operations.append(name)
        if self._at is None or len(self.operations) < self._at:
            return
        if self._fate == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        code, of_sqlite = ERRORS[self._fate]
        if name == "commit":
            error = sqlite3.OperationalError(os.strerror(code))
            error.sqlite_errorcode = of_sqlite
            raise error
        if name not in FREEING:
            raise OSError(code, os.strerror(code))


def obey(order: dict[str, Any]) -> dict[str, Any]:
    """Run one command in a forked process, which writes to the file ``log`` in its folder."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.chdir(order["folder"])
        log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        fate = Fate(order["at"], order["fate"])
        fate.watch()
        sys.argv = ["pssglass", *order["arguments"]]
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            os.write(writing, json.dumps(fate.operations).encode())
            os._exit(int(end.code or 0))
        os._exit(99)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        operations = json.loads(answer.read() or "[]")
    return {"code": os.waitstatus_to_exitcode(status), "operations": operations}


if __name__ == "__main__":
    provenance.current()  # known beforehand, so that each process has less to do
    pipeline.registry()
    import_module("pssglass.cli.app")
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
