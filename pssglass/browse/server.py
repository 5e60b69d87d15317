"""A server on this machine alone, which shows one database and cannot change it."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from datasette import hookimpl  # type: ignore[import-untyped]
from datasette.app import Datasette  # type: ignore[import-untyped]
from datasette.database import Database  # type: ignore[import-untyped]
from datasette.plugins import pm  # type: ignore[import-untyped]
from datasette.utils.asgi import Response  # type: ignore[import-untyped]

from pssglass.base.errors import InputError, PssglassError, Stopped, system_reason
from pssglass.browse.metadata import CSS, FIGURES, REPORT, STYLE, metadata
from pssglass.browse.pages import Pages
from pssglass.db import Store
from pssglass.db.engine import open_to_read

HOST = "127.0.0.1"
GRACE_SECONDS = 5
"""For pages that are being sent when it ends."""
_NAMES = (HOST, "localhost")
_SETTINGS = {
    "sql_time_limit_ms": 30_000,
    "facet_time_limit_ms": 2_000,
    # Every column would be counted, of views whose every column is a query.
    "suggest_facets": False,
    # A copy in the midst of a transaction is no database.
    "allow_download": False,
}
_NO_CSV = "arrays are no cells of CSV; take .json, or `pssglass export --table arrays` for Parquet"
_SHOWN = 4
"""Numbers of an array in a cell."""

Application = Callable[..., Awaitable[None]]


class Server:
    """One database, ready to be served.

    Args:
        store: an open database; it is only read.
        port: to listen at; 0 takes a free one.

    Raises:
        InputError: the database is no SQLite file, or the port is taken.
    """

    def __init__(self, store: Store, port: int) -> None:
        file = store.location.file
        if file is None:
            raise InputError(
                f"{store.location} is on a server, and only SQLite files are browsed;"
                " `pssglass report`, `pssglass export` and `pssglass sql` read it"
            )
        self._datasette = Datasette(metadata=metadata(store, file.stem), settings=_SETTINGS)
        self._datasette.remove_database("_memory")
        self._datasette.add_database(_ReadOnly(self._datasette, path=str(file)), name=file.stem)
        self._plugin = _Plugin(Pages(store))
        self._socket = _listening(port)

    @property
    def url(self) -> str:
        """Address of the first page."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}/"

    def serve(self) -> None:
        """Answer until a signal ends it.

        Raises:
            PssglassError: the server has ended by itself.
        """
        pm.register(self._plugin)
        application = self._datasette.app()
        config = uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS)
        server = uvicorn.Server(config)
        # Not in the main thread, where the program's own handlers hear signals.
        serving = threading.Thread(target=server.run, kwargs={"sockets": [self._socket]})
        serving.start()
        try:
            serving.join()
            raise PssglassError("the server has ended by itself; what it wrote above tells why")
        except Stopped:
            server.should_exit = True
            serving.join()
        finally:
            pm.unregister(self._plugin)

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


def _listening(port: int) -> socket.socket:
    """A socket of this machine's own address."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        reason, _ = system_reason(error, "")
        raise InputError(f"--port {port}: {reason}; choose another one, or 0 for any that is free") from None
    return listening


class _ReadOnly(Database):  # type: ignore[misc]
    """A file to which every connection only reads."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        connection = open_to_read(Path(self.path), any_thread=True)
        self._all_file_connections.append(connection)
        return connection


class _Plugin:
    """What Datasette asks."""

    __name__ = "pssglass"  # Datasette takes plugins for modules

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self) -> list[tuple[str, Any]]:
        """Pages of our own; drawn one after the other, as matplotlib wants it."""
        turn = asyncio.Lock()

        async def report() -> Any:
            async with turn:
                return Response.html(await asyncio.to_thread(self._pages.report))

        async def figure(request: Any) -> Any:
            async with turn:
                found = await asyncio.to_thread(self._pages.figure, request.url_vars["name"])
            return Response(found.body, status=found.status, content_type=found.content_type)

        def arrays() -> Any:
            return Response.text(_NO_CSV, status=400)

        def style() -> Any:
            return Response(CSS, content_type="text/css")

        return [
            (f"{REPORT}$", report),
            (f"{STYLE}$", style),
            (f"{FIGURES}/(?P<name>[^/]+)$", figure),
            (r"/[^/]+/v_arrays\.csv$", arrays),
        ]

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, row: Any, value: object) -> str | None:
        """Binary values in words: Datasette's links to them need keys, which views have not."""
        return _in_words(dict(row), value) if isinstance(value, bytes) else None

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[Application], Application]:
        """Refuse what writes, and other names for this machine, by which pages from elsewhere could read."""

        def wrap(application: Application) -> Application:
            async def guarded(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
                if scope["type"] != "http":
                    await application(scope, receive, send)
                elif scope["method"] not in ("GET", "HEAD"):
                    await Response.text("nothing is written here", status=405).asgi_send(send)
                elif _host(scope) not in _NAMES:
                    await Response.text(f"use http://{HOST}", status=403).asgi_send(send)
                else:
                    await application(scope, receive, send)

            return guarded

        return wrap


def _host(scope: Mapping[str, Any]) -> str:
    """That a browser was told to go to, without its port."""
    host: bytes = dict(scope["headers"]).get(b"host", b"")
    return host.decode("latin-1").partition(":")[0]


def _in_words(row: Mapping[str, Any], value: bytes) -> str:
    """The first numbers of an array; of anything else how many bytes it has."""
    try:
        shape, numbers = tuple(json.loads(row["shape"])), np.frombuffer(value, row["dtype"])
    except (KeyError, TypeError, ValueError):  # columns of someone's own query
        return f"{len(value)} bytes"
    shown = " ".join(f"{one:.6g}" for one in numbers[:_SHOWN].tolist())
    return f"{numbers.dtype.name} {shape}: {shown}{' …' if numbers.size > _SHOWN else ''}"
