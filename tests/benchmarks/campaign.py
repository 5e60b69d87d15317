"""A campaign on two workers beside the same campaign on one, from the command line to the database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from comparison import Check, Comparison, Plan, interleaved, timed
from lammps_potential import Floats
from pssglass.db import Store

from pssglass.configurations import read_gsd

CAMPAIGN = """\
name = "throughput"
seed = 1

[[ensembles]]
model = "pss"
parameters = {{ rc = 1.5 }}
N = {N}
parent_temperatures = [1.0]
samples = {samples}
protocol = {{ melt_temperature = 4.0, melt_time = 2.0, equilibration_time = {time} }}
"""


def throughput(plan: Plan) -> Comparison:
    """Samples made one after another, and two at a time."""
    text = CAMPAIGN.format(N=plan.particles, samples=2 if plan.smoke else 16, time=1 if plan.smoke else 100)
    path = plan.folder / "throughput.toml"
    path.write_text(text)
    made: list[Floats] = []

    def simulate(workers: int) -> float:
        seconds = timed(lambda: run(path, workers))
        made.append(positions(path))
        clear(path)
        return seconds

    clear(path)
    ours, theirs = interleaved(lambda: simulate(2), lambda: simulate(1), 1 if plan.smoke else 2)
    return Comparison(
        "campaign",
        f"pssglass simulate --workers 2, {16 if not plan.smoke else 2} samples of N = {plan.particles}",
        "pssglass simulate --workers 1",
        ours,
        theirs,
        (Check("positions", max(float(np.abs(each - made[0]).max()) for each in made), 0.0),),
        1.9,
    )


def run(campaign: Path, workers: int) -> None:
    command = [Path(sys.executable).parent / "pssglass", "simulate", campaign, "--workers", str(workers)]
    subprocess.run([*command, "--db", database(campaign)], check=True, stdout=subprocess.DEVNULL)


def database(campaign: Path) -> Path:
    return campaign.with_suffix(".db")


def positions(campaign: Path) -> Floats:
    """Of the inherent states, sample by sample."""
    with Store.open(database(campaign), read_only=True) as store:
        records = sorted(store.configurations(kind="inherent"), key=lambda record: record.replica)
    return np.stack([read_gsd(record.path).positions for record in records])


def clear(campaign: Path) -> None:
    """Nothing is left to resume."""
    for path in campaign.parent.glob(f"{campaign.stem}.db*"):
        path.unlink()
    for path in campaign.parent.glob(f"{campaign.stem}.configurations/**/*.gsd"):
        path.unlink()
