"""Certificates of holds of several lengths, beside what a long run tells; see README.md."""

from __future__ import annotations

import argparse
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pssglass.db import Store

from pssglass import pipeline
from pssglass.analysis.certificates import Certificate, certificate
from pssglass.analysis.series import block
from pssglass.base.results import AUTO, EnsembleData

CAMPAIGN = Path(__file__).with_name("campaign.toml")
TRUTH = "long"
KEYS = ("liquid_energy", "energy_per_particle")
MOST_DEVIATIONS = 3.0


@dataclass(frozen=True)
class Row:
    """One hold: its certificate among those of its own block alone, and beside all; distances from the truth.

    ``time`` is the shortest; ``ended`` tells how many liquids "auto" took for equilibrated, of how many.
    ``deviations`` are those of the energies of liquid and glass from those of the long run, in errors of the
    difference; ``change`` is that of the first in units of energy.
    """

    temperature: float
    block: str
    time: float
    ended: str
    alone: Certificate
    beside_all: Certificate
    change: float
    deviations: tuple[float, ...]

    @property
    def is_off(self) -> bool:
        """Whether the long run tells that it is out of equilibrium."""
        return max(map(abs, self.deviations)) >= MOST_DEVIATIONS


def with_seed(folder: Path, seed: int | None) -> Path:
    """The campaign, or a copy of it in a folder with another seed."""
    if seed is None:
        return CAMPAIGN
    other = folder / CAMPAIGN.name
    text = CAMPAIGN.read_text(encoding="utf-8")
    other.write_text(re.sub(r"^seed = \d+", f"seed = {seed}", text, flags=re.MULTILINE), encoding="utf-8")
    return other


def run(folder: Path, campaign: Path, workers: int) -> Path:
    """The campaign, made and measured by its commands, as far as it is not yet."""
    database = folder / "pssglass.db"
    for command in ("simulate", "analyze"):
        options = [str(campaign), "--db", str(database), "--workers", str(workers)]
        subprocess.run([sys.executable, "-P", "-m", "pssglass", command, *options], check=True)
    return database


def rows(database: Path) -> Iterator[Row]:
    """From hot to cold, and from short to long holds."""
    with Store.open(database, read_only=True) as store:
        everything = _ensembles(store, None)
        capped = store.status().capped
        blocks = sorted({block(one) for one in everything.values()})
        alone = {
            name: one
            for each in blocks
            for name, one in _ensembles(
                store, {n for n in everything if block(everything[n]) == each}
            ).items()
        }
    truth = {one.parent_temperature: one for one in everything.values() if block(one).endswith(TRUTH)}
    for one in sorted(everything.values(), key=lambda each: (-each.parent_temperature, _time(each))):
        true = truth[one.parent_temperature]
        yield Row(
            temperature=one.parent_temperature,
            block=block(one),
            time=_time(one),
            ended=_ended(one, capped),
            alone=_certificate(alone[one.name]),
            beside_all=_certificate(one),
            change=one.scalars[KEYS[0]].mean - true.scalars[KEYS[0]].mean,
            deviations=tuple(0.0 if one is true else _deviation(one, true, key) for key in KEYS),
        )


def _ensembles(store: Store, chosen: set[str] | None) -> dict[str, EnsembleData]:
    found, _ = pipeline.ensembles(store, ["equilibrium"], chosen)
    return {one.name: one for one in found}


def _time(ensemble: EnsembleData) -> float:
    """The shortest, where each liquid was held as long as it seemed to need."""
    return float(ensemble.samples["liquid_time"].min())


def _ended(ensemble: EnsembleData, capped: Mapping[str, int]) -> str:
    if ensemble.protocol["equilibration_time"] != AUTO:
        return ""
    every = ensemble.scalars["liquid_time"].count
    return f"{every - capped.get(ensemble.name, 0)}/{every}"


def _certificate(ensemble: EnsembleData) -> Certificate:
    found = certificate(ensemble.name, ensemble.values)
    assert found is not None
    return found


def _deviation(one: EnsembleData, other: EnsembleData, key: str) -> float:
    first, second = one.scalars[key], other.scalars[key]
    return (first.mean - second.mean) / math.hypot(first.standard_error, second.standard_error)


def table(found: list[Row]) -> Iterator[str]:
    """As text."""
    heads = f"{'T_p':>5} {'block':<14} {'time':>6} {'auto':>5} {'times':>10}  {'alone':<19}{'beside all':<19}"
    yield heads + f"{'du':>8} {'errors':>7} {'u_IS':>6}  fails"
    for row in found:
        liquid, glass = row.deviations
        fails = ", ".join(text.partition(":")[0] for text in row.alone.fails)
        yield (
            f"{row.temperature:5g} {row.block:<14} {row.time:6.4g} {row.ended:>5} {row.alone.times:>10}"
            f"  {row.alone.verdict:<19}{row.beside_all.verdict:<19}{row.change:8.4f}"
            f" {liquid:7.1f} {glass:6.1f}  {fails}"
        )


def main() -> None:
    """Run the case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the database is, or will be")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, help="another than that of the campaign")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    campaign = with_seed(arguments.folder, arguments.seed)
    found = list(rows(run(arguments.folder, campaign, arguments.workers)))
    print(*table(found), sep="\n")
    passed = [row.ended for row in found if row.ended and row.is_off]
    print(f'\n"auto" of ensembles that are off by 3 errors: equilibrated {", ".join(passed) or "none"}')
    granted = [row for row in found if row.alone.verdict == "in equilibrium"]
    print(f"in equilibrium: {len(granted)}, of these off by 3 errors: {sum(row.is_off for row in granted)}")
    off = [row for row in found if row.is_off]
    refused = sum(row.alone.is_refused for row in off)
    print(f"off by 3 errors: {len(off)}, of these not in equilibrium: {refused}")


if __name__ == "__main__":
    main()
