"""The database's server is stopped, killed and started again while commands work with it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pssglass.db import State

from .conftest import MEASURED, SETTLED, Site

SCRIPT = Path(__file__).parents[1] / "postgres.sh"
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
        assert command.wait(timeout=120) == 0, site.log
        site.check()
    assert site.log.count("trying again") > 1
    site.check_files()
    assert site.states() == [State.DONE] * 6
    assert site.content() == site.undisturbed().content()
