"""A command that is killed, or finds the disk full or broken, at any operation: the next one completes it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, list[str]]]

LASTING = {
    "simulate": {"mkdir", "touch", "write", "fsync", "link", "replace", "commit", "unlink", "rmdir"},
    "analyze": {"commit"},
}
ASKED = {
    "simulate": (),
    "analyze": (*("--observable", "modes"), *("--observable", "vdos"), *("--observable", "crossover")),
}
"""More arguments of the command: of each level an observable, and of glasses one with arrays."""


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs a command at a site until its fate; returns exit code and operations, unless it was killed."""
    script = Path(__file__).with_name("operations.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:

        def order(site: Any, name: str, at: int | None = None, fate: str = "kill") -> tuple[int, list[str]]:
            arguments = site.arguments(name, 0, *ASKED[name])
            wish = {"folder": str(site.folder), "arguments": arguments, "at": at, "fate": fate}
            print(json.dumps(wish), file=server.stdin, flush=True)
            answer = json.loads(server.stdout.readline())
            return answer["code"], answer["operations"]

        yield order
        server.stdin.close()


@pytest.fixture
def start(local_site: Any, run: Run, name: str) -> Any:
    """The place where the command starts: samples with several checkpoints, to be made or to be measured."""
    site = replace(local_site, folder=local_site.folder / "start", lease=60.0, checkpoint_every=0.0)
    site.folder.mkdir()
    site.write_campaign(samples=1, time=10.0)
    if name == "analyze":
        assert run(site, "simulate")[0] == 0, site.log
    return site


def copy(site: Any, name: str) -> Any:
    folder = site.folder.with_name(name)
    shutil.copytree(site.folder, folder)
    return replace(site, folder=folder, seen={})


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("fate", ["kill", "full", "broken"])
@pytest.mark.parametrize("name", ["simulate", "analyze"])
def test_wherever_a_command_ends_the_next_completes_it(
    start: Any, run: Run, name: str, fate: str, every: int
) -> None:
    whole = copy(start, "whole")
    code, operations = run(whole, name)
    assert code == 0, whole.log
    assert set(operations) >= LASTING[name]
    assert " ".join(operations).count("write fsync replace fsync") == operations.count("write")
    for at in range(1, len(operations) + 1, every):
        site = copy(start, f"{at}")
        code, _ = run(site, name, at, fate)
        assert code in ([-9] if fate == "kill" else [0, 1, 2]), f"at {at}: {code} {site.log}"
        assert code or site.content() == whole.content(), "what needed no space was done"
        assert "unexpected" not in site.log, site.log
        site.check()
        site.expire_leases()
        assert run(site, name)[0] == 0, f"after {at}: {site.log}"
        site.check()
        site.check_files()
        assert site.content() == whole.content()
        shutil.rmtree(site.folder)
