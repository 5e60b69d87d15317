"""Planted glasses: their values are read again, and the claims tell what was planted."""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

LINEAGES, GLASSES = 40, 4
RISE = {1.1: 0.02, 1.2: 0.08, 1.3: 0.12, 1.5: 0.30}
FALL_OF_K = {1.1: 0.10, 1.2: 0.05, 1.3: 0.03, 1.5: 0.02}
NOISE = 0.02


@pytest.fixture(scope="module")
def claims() -> ModuleType:
    """The module claims.py beside this one."""
    sys.path.append(str(Path(__file__).parent))
    return importlib.import_module("claims")


def planted(rng: np.random.Generator) -> Iterator[dict[str, float]]:
    """Glasses of two plateau temperatures and a cold one; half of their variance is that of their lineage."""
    for rc, rise in RISE.items():
        for T_p in (6.0, 3.0, 0.8):
            cold = T_p < 1.0
            shared = rng.standard_normal(LINEAGES)
            for lineage in range(LINEAGES):
                for glass in range(GLASSES):
                    noise = 1.0 + NOISE * np.sqrt(0.5) * (shared[lineage] + rng.standard_normal())
                    G = 20.0 * (1.0 + rise * cold) * noise
                    yield {
                        **{"rc": rc, "N": 1000, "T_p": T_p, "lineage": lineage, "glass": glass},
                        **{"u": -4.0 - 0.2 * cold, "p": 5.0, "p0": 8.0 * noise},
                        "K": 80.0 * (1.0 - FALL_OF_K[rc] * cold) * (1.0 + 0.1 * (noise - 1.0)),
                        **{"G": G, "G_xy": G, "G_na": G * 0.45 * (1.0 - 0.45 * cold) * (rc / 1.1) ** 3},
                        "omega_g": np.sqrt(G) * (1.0 + 0.03 * cold if rc < 1.2 else 1.0 + 0.35 * cold),
                    }


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two files of planted glasses, half of the lineages in each."""
    folder: Path = tmp_path_factory.mktemp("values")
    rows = list(planted(np.random.default_rng(3)))
    for seed in (1, 2):
        half = [row | {"lineage": row["lineage"] // 2} for row in rows if row["lineage"] % 2 == seed - 1]
        write(folder / f"table1-{seed}.csv", half)
        keys = ("rc", "N", "T_p", "lineage", "glass")
        modes = [{key: row[key] for key in keys} | {"omega": 0.5, "e": 0.01} for row in half]
        write(folder / f"table1-{seed}-modes.csv", modes)
    return folder


def write(path: Path, rows: list[dict[str, float]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_all_seeds_are_read_and_their_lineages_kept_apart(claims: ModuleType, values: Path) -> None:
    ensembles = claims.read(values, "table1")
    assert [one.name for one in ensembles][:3] == [f"rc1.1-N1000-T{T}" for T in ("0.8", "3", "6")]
    for one in ensembles:
        assert one.scalars["bulk_modulus"].count == LINEAGES * GLASSES
        assert one.independent("bulk_modulus") == one.independent("frequency") == LINEAGES
        # Half of the variance is common to four glasses, which are then worth 1.6.
        assert 1.0 < one.scalars["shear_modulus"].effective_count / LINEAGES < 2.5


def test_planted_changes_are_found_and_judged(claims: ModuleType, values: Path) -> None:
    ensembles = claims.read(values, "table1")
    blocks = {rc: claims.Block([one for one in ensembles if one.parameters["rc"] == rc]) for rc in RISE}
    for rc, block in blocks.items():
        assert [one.parent_temperature for one in block.hot] == [3.0, 6.0]
        G = block.number(claims.change("shear_modulus_isotropic"))
        assert abs(G.value - RISE[rc]) < 4.0 * G.error
        expected = NOISE * np.sqrt(1.5 * (0.5 + 0.5 / GLASSES) / LINEAGES) * (1.0 + RISE[rc])
        assert G.error == pytest.approx(expected, rel=0.4)
    found = [*claims.of_moduli(blocks), *claims.of_ratios(blocks), *claims.of_frequencies(blocks)]
    verdicts = {one.claim.split(",")[0]: one.verdict for one in found}
    assert verdicts == {
        "G rises": "holds",
        "K falls": "holds",
        "K falls most at the smallest r_c": "holds",
        "G_na/G falls": "holds",
        "G_na/G on the plateau varies over r_c": "holds",
        "ν falls at each r_c": "holds",
        "p/K varies little": claims.NO_BOUND,
        "p/p0 varies little": claims.NO_BOUND,
        "ω_g/ω0 changes": "holds",
    }


def test_verdicts_take_the_error_into_account(claims: ModuleType) -> None:
    assert claims.verdict(claims.Number(0.25, 0.01), low=0.2) == "holds"
    assert claims.verdict(claims.Number(0.25, 0.02), low=0.2) == "open"
    assert claims.verdict(claims.Number(0.15, 0.01), low=0.2) == "does not hold"
    assert claims.verdict(claims.Number(0.45, 0.01), 0.4, 0.5) == "holds"
    assert claims.verdict(claims.Number(0.53, 0.01), 0.4, 0.5) == "open"
    assert claims.verdict(claims.Number(0.56, 0.01), 0.4, 0.5) == "does not hold"
    assert claims.verdict(claims.Number(0.25, 0.01, lineages=4), low=0.2) == "open"


def test_the_page_has_the_table_of_the_values_that_are_kept(claims: ModuleType) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "claims.md").read_text(encoding="utf-8")
    assert claims.of_values() in page
