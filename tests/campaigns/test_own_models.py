"""Models that a campaign file defines: found by name, made again from what the database keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from pssglass.base.errors import CampaignError
from pssglass.campaigns.own_models import read_own_models
from pssglass.campaigns.reader import load_campaign
from pssglass.campaigns.specification import EnsembleSpec

MODELS = """
[models.mine]
form = "inverse-powers"
exponents = [12, 6]
coefficients = [1.0, -2.0]
cutoff = 2.0
composition = [0.5, 0.5]
diameters = [1.0, 1.4]
density = 0.75

[models.read]
form = "table"
file = "tables/soft.csv"
density = 0.9
"""
FILE = f"""
name = "own"
seed = 5
{MODELS}
[[ensembles]]
model = "mine"
N = 256
parent_temperatures = [1.0]
samples = 2
protocol = {{ equilibration_time = 1.0 }}

[[ensembles]]
model = "mine"
parameters = {{ density = 0.8 }}
N = 256
parent_temperatures = [1.0]
samples = 2
protocol = {{ equilibration_time = 1.0 }}

[[ensembles]]
model = "read"
N = 256
parent_temperatures = [1.0]
samples = 2
protocol = {{ equilibration_time = 1.0 }}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    x = [0.2 + 0.005 * k for k in range(161)]
    rows = "".join(f"{one!r},{80.0 * (1.0 - one) ** 3!r}\n" for one in x[:-1])
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/soft.csv").write_text(f"x,phi\n{rows}1.0,0.0\n", encoding="utf-8")
    file = tmp_path / "own.toml"
    file.write_text(FILE, encoding="utf-8")
    return file


def test_ensembles_find_them_and_need_no_file_afterwards(path: Path) -> None:
    specs = [spec for spec, _ in load_campaign(path).ensembles]
    assert [spec.name for spec in specs] == ["own-mine-T1.0", "own-density0.8-T1.0", "own-read-T1.0"]
    assert [spec.model.number_density for spec in specs] == [0.75, 0.8, 0.9]
    assert specs[0].model.lengths == ((1.0, 1.2), (1.2, 1.4))
    hashes = [spec.hash for spec in specs]
    (path.parent / "tables/soft.csv").unlink()
    for spec, known in zip(specs, hashes, strict=True):
        again = EnsembleSpec.from_canonical(spec.canonical())
        assert again.hash == known
        assert again.model == spec.model
    assert specs[2].model.potential(0.5) == pytest.approx(10.0, rel=1e-6)


def test_they_can_be_read_alone(path: Path) -> None:
    path.write_text(MODELS, encoding="utf-8")
    models = read_own_models(path)
    assert sorted(models.all()) == ["mine", "read"]
    assert models.build("mine", {"mass": 2.0}).mass == 2.0
    assert models.build("kablj", {}).name == "kablj"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("density = 0.75", "", r"own\.toml: model mine: the key 'density' is missing; add it$"),
        ("exponents = [12, 6]", "exponents = [12, 6.5]", r"own\.toml: model mine: exponents = 6\.5 must be"),
        ("cutoff = 2.0", "cutof = 2.0", r"unknown key 'cutof'; did you mean 'cutoff'\?$"),
        ("[models.mine]", "[models.pss]", "model 'pss': an installed model has this name; give it another$"),
        ('model = "mine"', 'model = "mien"', r"there is no model 'mien'; did you mean 'mine'\?"),
        ("tables/soft.csv", "tables/sft.csv", r"cannot read table .*tables/sft\.csv \(No such file"),
        (
            "{ density = 0.8 }",
            "{ densty = 0.8 }",
            r"block 2 of .* unknown key 'densty'; did you mean 'density'\?",
        ),
    ],
)
def test_mistakes_are_named_with_their_place(path: Path, old: str, new: str, message: str) -> None:
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(CampaignError, match=message) as caught:
        load_campaign(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("models = 3", "models = 3 must be a table"),
        ("[models]\nmine = 3", r"models\.mine = 3 must be a table"),
    ],
)
def test_models_must_be_tables(path: Path, content: str, message: str) -> None:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CampaignError, match=message):
        read_own_models(path)
