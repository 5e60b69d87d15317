"""The short form of validate.py: N = 256, where a dense Hessian is at hand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PEERS = ("matscipy", "NumPy, dense", "LAMMPS, formula", "LAMMPS, table")


def test_other_programs_agree_about_the_same_configurations() -> None:
    script = Path(__file__).with_name("validate.py")
    command = [sys.executable, str(script), "--particles", "256", "--rc", "1.1", "1.5"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for peer in PEERS:
        assert peer in done.stdout
    for peer in ("NumPy, dense", "LAMMPS, formula"):
        assert re.search(f"{peer} +20 lowest modes", done.stdout)
