"""The records that go with every result."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from pathlib import Path

from pssglass.pipeline import provenance


def test_records_are_plain_json_and_complete() -> None:
    found = provenance.current()
    assert json.loads(json.dumps([found.software, found.platform])) == [found.software, found.platform]
    assert {"version", "git_revision", "compiler", "flags", "dependencies"} <= found.software.keys()
    assert {"host", "cpu", "simd"} <= found.platform.keys()
    assert found.worker == f"{socket.gethostname()}:{os.getpid()}"


def test_the_revision_is_that_of_the_source_tree() -> None:
    revision = provenance.software()["git_revision"]
    assert re.fullmatch(r"[0-9a-f]{40}\+?|unknown", revision)
    root = Path(__file__).resolve().parents[2]
    if (root / "pssglass") == Path(provenance.__file__).resolve().parents[1] and (root / ".git").exists():
        head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True)
        assert revision.removesuffix("+") == head.stdout.strip()
