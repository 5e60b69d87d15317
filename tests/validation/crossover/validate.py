"""From campaign files to the crossover temperatures of six models by the commands alone; see README.md."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.base.results import with_error

CAMPAIGNS = (Path(__file__).with_name("campaign.toml"), "hertzian", "kablj", "poly-ipl", "poly-pss")
FIGURES = ("fig3", "fig15", "fig16")
MEANS = """
SELECT model, rc, ensemble, parent_temperature, key, mean, standard_error, count, lineages, effective_count
FROM v_ensembles
WHERE key IN ('energy_per_particle', 'shear_modulus_isotropic', 'bulk_modulus',
  'shear_to_bulk_ratio')
ORDER BY model, rc, parent_temperature DESC
"""
TIMES = """
SELECT ensemble, key, value FROM v_ensemble_values WHERE key = 'relaxation_time'
"""
CROSSOVERS = """
SELECT label, key, value, error, low, high FROM v_model_values
WHERE key LIKE 'T_co%' OR key IN ('crossover_width', 'shear_to_bulk_plateau') ORDER BY label, key DESC
"""
ORDER = """
SELECT ensemble, key, N, value FROM v_scalars
WHERE observable = 'order' AND key IN ('q6', 'demixing', 'largest_cluster') AND model = 'pss'
"""

Row = dict[str, Any]


def main() -> None:
    """Run the campaigns in a folder, or go on there, and print what comes out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the database is, or will be")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    folder, workers = options.folder, ("--workers", options.workers)
    folder.mkdir(exist_ok=True, parents=True)
    for command in ("simulate", "analyze"):
        for campaign in CAMPAIGNS:
            run(folder, command, campaign, *workers)
    show_ensembles(rows(folder, MEANS), rows(folder, TIMES))
    show_crossovers(rows(folder, CROSSOVERS))
    show_order(rows(folder, ORDER))
    print("\nflags")
    for flag in json.loads(run(folder, "status", "--json"))["flags"]:
        print(f"  {flag['subject']}: {flag['reason']}")
    for name in FIGURES:
        run(folder, "plot", name, "-o", f"{name}.png", "--data")


def run(folder: Path, *arguments: object) -> str:
    """What a command prints."""
    command = [sys.executable, "-P", "-m", "pssglass", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def rows(folder: Path, sql: str) -> list[Row]:
    """Rows of a query by column."""
    found: list[Row] = json.loads(run(folder, "sql", " ".join(sql.split()), "--format", "json"))
    return found


def show_ensembles(found: list[Row], times: list[Row]) -> None:
    """Energy and moduli of every ensemble; τ is when its mean c(t) is down to c(0)/e."""
    means: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in found:
        means[row["ensemble"]][row["key"]] = row
    tau = {row["ensemble"]: row["value"] for row in times}
    print(f"{'ensemble':<26}{'T_p':>7}{'lineages':>9}{'glasses':>8}{'worth':>6}{'tau':>8}", end="")
    print(f"  {'u':<22}{'G':<20}{'K':<20}G/K")
    for name, of in means.items():
        u = of["energy_per_particle"]
        texts = [with_error(row["mean"], row["standard_error"]) for row in of.values()]
        by_key = dict(zip(of, texts, strict=True))
        print(f"{name:<26}{u['parent_temperature']:>7}{u['lineages']:>9}{u['count']:>8}", end="")
        print(f"{u['effective_count']:>6.0f}{tau.get(name, math.nan):>8.3g}  ", end="")
        print(f"{by_key['energy_per_particle']:<22}{by_key['shear_modulus_isotropic']:<20}", end="")
        print(f"{by_key['bulk_modulus']:<20}{by_key['shear_to_bulk_ratio']}")


def show_crossovers(found: list[Row]) -> None:
    """T_co of the models that have one."""
    print("\ncrossovers (95 % intervals)")
    for row in found:
        ends = f"{row['low']:.4g} … {row['high']:.4g}" if row["low"] is not None else ""
        value = with_error(row["value"], row["error"] or 0.0)
        print(f"  {row['label']:<16}{row['key']:<22}{value:<18}{ends}")


def show_order(found: list[Row]) -> None:
    """What is ordinary in the order of glasses: range of the ensembles' means, and their largest scatter."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        values[row["key"]][row["ensemble"]].append(row["value"])
    N = found[0]["N"]
    print(f"\norder of {len(found) // 3} sticky glasses of N = {N}")
    for key in ("q6", "demixing"):
        means = [np.mean(one) for one in values[key].values()]
        scatter = max(float(np.std(one, ddof=1)) for one in values[key].values()) * math.sqrt(N)
        print(f"  {key}: means {min(means):.3f} … {max(means):.3f}, scatter at most {scatter:.2f}/√N")
    largest = N * max(max(one) for one in values["largest_cluster"].values())
    print(f"  largest cluster of solid-like particles: {largest:.0f}")


if __name__ == "__main__":
    main()
