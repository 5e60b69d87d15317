"""Models that a campaign file defines, on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pssglass as pg

if TYPE_CHECKING:
    from .conftest import Program


def test_a_campaign_of_one_needs_its_file_no_more(own: Program) -> None:
    own("simulate", "own.toml", "--workers", 0).done()
    (own.folder / "own.toml").unlink()
    own("analyze", "--workers", 0, "--observable", "moduli").done()
    query = "SELECT model, density, cutoff FROM v_samples WHERE shear_modulus IS NOT NULL"
    assert own("sql", query, "--format", "csv").done().out == "model,density,cutoff\nmine,0.9,2.0\n"
    assert own("verify").done().out
    assert own("export", "-o", "out").done().out


def test_they_are_listed(own: Program) -> None:
    listed = json.loads(own("models", "--campaign", "own.toml", "--format", "json").done().out)
    [mine] = [row for row in listed if row["model"] == "mine"]
    assert mine["parameters"]["cutoff"] == 2.0
    assert mine["parameters"]["exponents"] == [12, 6]
    assert (mine["from"], mine["meaning"]) == ("own.toml", "your own, of form inverse-powers")
    assert "pss" in [row["model"] for row in listed]
    forms = json.loads(own("models", "--forms", "--format", "json").done().out)
    assert [row["form"] for row in forms] == ["hertzian", "inverse-powers", "table"]
    assert "smoothing=2" in own("models", "--forms").done().out


def test_a_glass_of_one_is_imported(own: Program) -> None:
    settings = {"form": "inverse-powers", "exponents": [12, 6], "coefficients": [1.0, -2.0], "cutoff": 2.0}
    model = pg.define_model("mine", **settings, density=0.9)
    glass = pg.Liquid.create(model, 128, 2.0, seed=2, melt_time=0.5).quench("fast")
    glass.write(own.folder / "glass.extxyz")
    options = ("import", "glass.extxyz", "--ensemble", "outside", "--model", "mine")
    assert "sample 0 of outside" in own(*options, "--campaign", "own.toml").done().out
    own(*options).refused("there is no model 'mine'")
    own(*options, "--campaign", "other.toml").refused("cannot read campaign 'other.toml'")


def test_views_tell_how_its_sizes_are_drawn(own: Program) -> None:
    sizes = 'sizes = { largest = 1.2, drawing = "random" }\n'
    campaign = own.folder / "own.toml"
    campaign.write_text(campaign.read_text().replace("density = 0.9\n", f"density = 0.9\n{sizes}"))
    own("simulate", "own.toml", "--workers", 0).done()
    [row] = own("sql", "SELECT drawing, smallest, largest FROM v_samples", "--format", "csv").rows
    assert row == {"drawing": "random", "smallest": "1.0", "largest": "1.2"}
