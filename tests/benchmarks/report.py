"""Tables for people and JSON for programs."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from comparison import Comparison, Observation, Plan
from scaling import Point
from threadpoolctl import threadpool_info

from pssglass import engine

PEERS = ("lammps", "matscipy", "scipy", "numpy", "ase")
HEADINGS = ("work", "ours", "peer", "peer's", "ratio", "min–max", "at least", "aim")


def machine() -> dict[str, Any]:
    """Where, when and with what the figures were taken."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    keys = ("internal_api", "version", "num_threads")
    pools = [{key: pool[key] for key in keys} for pool in threadpool_info()]
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
        "peers": {name: importlib.metadata.version(name) for name in PEERS},
        "blas": pools,
        "pssglass": engine.build_info(),
    }


def write_json(
    path: Path,
    plan: Plan,
    comparisons: Sequence[Comparison],
    observations: Sequence[Observation],
    scaling: Sequence[Point],
) -> None:
    """Everything measured: all repeats, all checks."""
    rows = [
        {**asdict(row), "ratio": row.ratio, "reached": row.reached, "same_physics": row.same_physics}
        for row in comparisons
    ]
    record = {
        "machine": machine(),
        "plan": asdict(plan),
        "comparisons": rows,
        "observations": [asdict(observation) for observation in observations],
        "scaling": [asdict(point) for point in scaling],
    }
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False, default=str) + "\n")


def table(comparisons: Sequence[Comparison], observations: Sequence[Observation]) -> str:
    """Markdown: ratios with their spread over the repeats, then what is no ratio, then failed checks."""
    lines = [_row(HEADINGS), _row(["-"] * len(HEADINGS))]
    lines += [_row(cells(row)) for row in comparisons]
    lines += [f"- {row.key}: {row.note}" for row in comparisons if row.note]
    lines += [
        f"- {seen.key}: {seen.work}: {seen.ours} (ours), {seen.theirs} ({seen.peer})"
        f"{'' if seen.reached else ' WORSE'}"
        for seen in observations
    ]
    lines += [
        f"- {row.key}: NOT THE SAME PHYSICS: {check.quantity}: {check.difference:.1e} above {check.bound:.0e}"
        for row in comparisons
        for check in row.checks
        if not check.passed
    ]
    return "\n".join(lines)


def cells(row: Comparison) -> list[str]:
    """One line of the table."""
    low, high = min(row.ratios), max(row.ratios)
    bounds = [f"{bound:g} ×" if bound else "" for bound in (row.least, row.aim)]
    mark = "" if row.reached else " (below)"
    return [
        row.work,
        row.shown(row.ours),
        row.peer,
        row.shown(row.theirs),
        f"**{row.ratio:.1f} ×**{mark}",
        f"{low:.1f}–{high:.1f}",
        *bounds,
    ]


def _row(cells: Sequence[str]) -> str:
    return "|" + "|".join(cells) + "|"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
