"""From a campaign file to crossover temperatures by the commands alone; see README.md."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from pssglass.base.results import with_error

CAMPAIGN = Path(__file__).with_name("campaign.toml")
RATIOS = """
SELECT ensemble, parent_temperature, key, mean, standard_error, count FROM v_ensembles
WHERE key IN ('shear_to_bulk_ratio', 'energy_per_particle', 'liquid_time') ORDER BY rc, parent_temperature
"""
CROSSOVERS = """
SELECT label, key, value, error, low, high FROM v_model_values
WHERE key LIKE 'T_co%' OR key IN ('crossover_width', 'shear_to_bulk_plateau') ORDER BY label, key DESC
"""
ORDER = """
SELECT ensemble, key, N, value FROM v_scalars
WHERE observable = 'order' AND key IN ('q6', 'demixing', 'largest_cluster')
"""


def main() -> None:
    """Run the campaign in a folder, or go on there, and print what comes out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the database is, or will be")
    folder = parser.parse_args().folder
    folder.mkdir(exist_ok=True, parents=True)
    for command in (("simulate", CAMPAIGN), ("analyze",)):
        run(folder, *command, "--workers", 1)
    status = json.loads(run(folder, "status", "--json"))
    show_ensembles(rows(folder, RATIOS), status["capped"])
    show_crossovers(rows(folder, CROSSOVERS), status)
    show_order(rows(folder, ORDER))
    print("\nflags")
    for flag in status["flags"]:
        print(f"  {flag['subject']}: {flag['reason']}")
    drawn = run(folder, "plot", "all", "-o", "figures", "--data").split()
    print(f"\n{len(drawn)} figures drawn: {' '.join(sorted(Path(one).stem for one in drawn))}")


def run(folder: Path, *arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "pssglass", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def rows(folder: Path, sql: str) -> list[dict[str, float | str]]:
    """Rows of a query by column."""
    return json.loads(run(folder, "sql", " ".join(sql.split()), "--format", "json"))


def show_ensembles(found: list[dict], capped: dict[str, int]) -> None:
    """Energy and G/K of every ensemble, and how its equilibration ended."""
    means: dict[str, dict] = defaultdict(dict)
    for row in found:
        means[row["ensemble"]][row["key"]] = row
    print(f"{'ensemble':<24}{'samples':>8}{'at the cap':>11}{'time':>7}  {'u':<20}G/K")
    for name, of in means.items():
        texts = [with_error(of[key]["mean"], of[key]["standard_error"]) for key in of if key != "liquid_time"]
        time = of["liquid_time"]["mean"]
        count = of["liquid_time"]["count"]
        print(f"{name:<24}{count:>8}{capped.get(name, 0):>11}{time:>7.0f}  {texts[0]:<20}{texts[1]}")


def show_crossovers(found: list[dict], status: dict) -> None:
    """T_co of the models that have one, and why others have none."""
    print("\ncrossovers (95 % intervals)")
    for row in found:
        ends = f"{row['low']:.3f} … {row['high']:.3f}" if row["low"] is not None else ""
        print(f"  {row['label']}  {row['key']:<22}{with_error(row['value'], row['error'] or 0.0):<16}{ends}")
    for one in status["without_values"]:
        print(f"  {one['subject']}  {one['reason']}")


def show_order(found: list[dict]) -> None:
    """What is ordinary in the order of glasses: range of the ensembles' means, and their largest scatter."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        values[row["key"]][row["ensemble"]].append(row["value"])
    N = found[0]["N"]
    print(f"\norder of {len(found) // 3} glasses of N = {N}")
    for key in ("q6", "demixing"):
        means = [np.mean(one) for one in values[key].values()]
        scatter = max(float(np.std(one, ddof=1)) for one in values[key].values()) * math.sqrt(N)
        print(f"  {key}: means {min(means):.3f} … {max(means):.3f}, scatter at most {scatter:.2f}/√N")
    largest = N * max(max(one) for one in values["largest_cluster"].values())
    print(f"  largest cluster of solid-like particles: {largest:.0f}")


if __name__ == "__main__":
    main()
