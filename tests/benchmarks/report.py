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

from comparison import Comparison, Observation, Plan, Result
from scaling import Point
from threadpoolctl import threadpool_info

from pssglass import engine

PEERS = ("lammps", "matscipy", "scipy", "numpy", "ase")
HEADINGS = ("work", "ours", "peer", "peer's", "ratio", "min–max", "at least", "aim")


def machine() -> dict[str, Any]:
    """Where, when and with what the figures were taken."""
    keys = ("internal_api", "version", "num_threads")
    pools = [{key: pool[key] for key in keys} for pool in threadpool_info()]
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "peers": {name: importlib.metadata.version(name) for name in PEERS},
        "blas": pools,
        "pssglass": engine.build_info(),
    }


def heading(here: dict[str, Any]) -> str:
    """One line for the table: machine, date, versions."""
    build = here["pssglass"]
    peers = ", ".join(f"{name} {here['peers'][name]}" for name in ("lammps", "matscipy", "scipy"))
    return (
        f"{here['cpu']}, {here['cores']} cores, {here['date'][:10]}; pssglass {build['version']}"
        f" ({build['revision'][:8]}, {build['simd']}, {build['solver']}); {peers}"
    )


def write(plan: Plan, results: Sequence[Result], scaling: Sequence[Point]) -> None:
    """results.md and results.json, with everything measured so far: all repeats, all checks."""
    here = machine()
    record = {
        "machine": here,
        "plan": asdict(plan),
        "comparisons": [_as_dict(row) for row in _comparisons(results)],
        "observations": [asdict(seen) for seen in _observations(results)],
        "scaling": [asdict(point) for point in scaling],
    }
    text = json.dumps(record, indent=1, ensure_ascii=False, default=str)
    (plan.folder / "results.json").write_text(text + "\n")
    (plan.folder / "results.md").write_text(f"{heading(here)}\n\n{table(results)}\n")


def same_physics(results: Sequence[Result]) -> bool:
    return all(check.passed for row in _comparisons(results) for check in row.checks)


def table(results: Sequence[Result]) -> str:
    """Markdown: ratios with their spread over the repeats, then what is no ratio, then failed checks."""
    rows = _comparisons(results)
    lines = [_line(HEADINGS), _line(["-"] * len(HEADINGS)), *(_line(cells(row)) for row in rows), ""]
    lines += [f"- {row.key}: {row.note}" for row in rows if row.note]
    lines += [
        f"- {seen.key}: {seen.work}: {seen.ours} (ours), {seen.theirs} ({seen.peer})"
        f"{'' if seen.reached else ' WORSE'}"
        for seen in _observations(results)
    ]
    lines += [
        f"- {row.key}: NOT THE SAME PHYSICS: {check.quantity}: {check.difference:.1e} above {check.bound:.0e}"
        for row in rows
        for check in row.checks
        if not check.passed
    ]
    return "\n".join(lines)


def cells(row: Comparison) -> list[str]:
    """One line of the table."""
    low, high = min(row.ratios), max(row.ratios)
    bounds = [_bound(bound) if bound else "" for bound in (row.least, row.aim)]
    mark = "" if row.reached else " (below)"
    return [
        row.work,
        row.shown(row.ours),
        row.peer,
        row.shown(row.theirs),
        f"**{_ratio(row.ratio)} ×**{mark}",
        f"{_ratio(low)}–{_ratio(high)}",
        *bounds,
    ]


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 3 else f"{value:.1f}"


def _bound(value: float) -> str:
    return f"{value:g} ×" if value >= 1 else f"1/{1 / value:g} ×"


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(cells) + "|"


def _as_dict(row: Comparison) -> dict[str, Any]:
    return {**asdict(row), "ratio": row.ratio, "reached": row.reached, "same_physics": row.same_physics}


def _comparisons(results: Sequence[Result]) -> list[Comparison]:
    return [result for result in results if isinstance(result, Comparison)]


def _observations(results: Sequence[Result]) -> list[Observation]:
    return [result for result in results if isinstance(result, Observation)]


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
