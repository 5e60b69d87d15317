"""The database's server is stopped, killed and started again, and frozen, while commands work with it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from pssglass.db import State

from .conftest import MEASURED, SETTLED, Site

SCRIPT = Path(__file__).parents[1] / "postgres.sh"
pytestmark = pytest.mark.servers
TELL = 'echo "$PSSGLASS_TEST_POSTGRES"; echo "$PSSGLASS_TEST_POSTGRES_CONTROL"; read -r _'

Control = Callable[[str], None]


@pytest.fixture
def server() -> Iterator[tuple[str, Control]]:
    """URL of a PostgreSQL server, and what calls its pg_ctl."""
    command = ["bash", str(SCRIPT), "bash", "-c", TELL]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdin
        url, pg_ctl = (running.stdout.readline().strip() for _ in range(2))

        def control(action: str) -> None:
            subprocess.run(["bash", "-c", f"{pg_ctl} {action}"], check=True)

        yield url, control
        running.stdin.close()


def test_a_server_that_is_restarted_costs_only_time(server: tuple[str, Control], tmp_path: Path) -> None:
    url, control = server
    site: Any = Site(tmp_path, url)
    site.write_campaign(samples=3, time=40.0)
    for name, settled, mode in (("simulate", SETTLED, "fast"), ("analyze", MEASURED, "immediate")):
        command = site.start(name, 2)
        site.wait_for(lambda settled=settled: site.exists() and site.rows(settled))
        control(f"-m {mode} restart")
        time.sleep(0.3)
        control(f"-m {mode} stop")
        time.sleep(2.0)
        control("start")
        assert command.wait(timeout=600) == 0, site.log
        site.check()
    assert site.log.count("trying again") > 1
    site.check_files()
    assert site.states() == [State.DONE] * 6
    assert site.content() == site.undisturbed().content()


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Within this block no process of the server runs; the kernel still takes what is sent to it."""
    with psycopg.connect(url) as connection:
        server = psutil.Process(connection.info.backend_pid).parent()
    assert server
    server.suspend()
    members = [server, *server.children()]
    try:
        for member in members:
            with suppress(psutil.NoSuchProcess):
                member.suspend()
        yield
    finally:
        for member in members:
            with suppress(psutil.NoSuchProcess):
                member.resume()


def impatient(url: str, folder: Path) -> Any:
    """A place for a campaign whose commands take a server for silent after seven seconds."""
    return Site(folder, f"{url}?connect_timeout=2")


def test_a_server_that_is_frozen_costs_only_time(server: tuple[str, Control], tmp_path: Path) -> None:
    url, _ = server
    site = impatient(url, tmp_path)
    site.write_campaign(samples=3, time=40.0)
    for number, (name, settled) in enumerate((("simulate", SETTLED), ("analyze", MEASURED)), 1):
        command = site.start(name, 2)
        site.wait_for(lambda settled=settled: site.exists() and site.rows(settled))
        with frozen(url):
            site.wait_for(lambda number=number: site.log.count("trying again") == number)
        assert command.wait(timeout=600) == 0, site.log
        site.check()
    site.check_files()
    assert site.states() == [State.DONE] * 6
    assert site.content() == site.undisturbed().content()


def test_a_stop_is_served_while_the_server_is_frozen(server: tuple[str, Control], tmp_path: Path) -> None:
    url, _ = server
    site = impatient(url, tmp_path)
    site.write_campaign(samples=1, time=300.0)
    command = site.start("simulate", 1)
    site.wait_for(site.checkpoints)
    with frozen(url):
        command.terminate()
        assert command.wait(timeout=600) == 75, site.log
        assert site.checkpoints()
    site.run("simulate", 1)
    site.check()
    site.check_files()
    assert site.states() == [State.DONE] * 2
    assert sum(bool(record["resumed"]) for record in site.records()) == 1
