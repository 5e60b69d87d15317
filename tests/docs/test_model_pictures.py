"""The page of models shows each of them, and tells the parent temperatures that its preset has."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from pssglass.campaigns.reader import load_campaign

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
MODELS = ("pss", "kablj", "hertzian", "poly-ipl", "poly-pss")


def section(model: str) -> str:
    return PAGE.partition(f"\n## {model}\n")[2].partition("\n## ")[0]


def test_the_script_draws_what_the_page_shows(tmp_path: Path) -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "potentials.py"))
    drawn["main"](tmp_path)
    assert sorted(one.stem for one in tmp_path.iterdir()) == sorted(MODELS)
    for model in MODELS:
        kept = ROOT / "docs" / "potentials" / f"{model}.png"
        assert f"(potentials/{model}.png)" in section(model)
        for picture in (kept, tmp_path / kept.name):
            assert picture.read_bytes().startswith(b"\x89PNG")
        assert kept.stat().st_size == pytest.approx((tmp_path / kept.name).stat().st_size, rel=0.3)


@pytest.mark.parametrize("model", [one for one in MODELS if one != "pss"])
def test_the_page_tells_what_the_preset_does(model: str) -> None:
    text, ensembles = section(model), load_campaign(model).ensembles
    temperatures = [f"{spec.parent_temperature:g}" for spec, _ in ensembles]
    row, *_ = re.findall(r"^\| T_p \|(.*)\|$", text.partition("simulate --preset")[2], re.MULTILINE)
    assert [cell.strip() for cell in row.split("|")] == temperatures
    assert "T_co" in text


@pytest.mark.parametrize("model", [one for one in MODELS if one != "pss"])
def test_a_preset_can_show_a_crossover(model: str) -> None:
    """Enough parent temperatures on either side, and samples that give error bars."""
    ensembles = load_campaign(model).ensembles
    assert {spec.model_name for spec, _ in ensembles} == {model}
    assert len(ensembles) >= 8
    assert min(samples for _, samples in ensembles) >= 10
    assert all((spec.protocol.swap is not None) == model.startswith("poly") for spec, _ in ensembles)
