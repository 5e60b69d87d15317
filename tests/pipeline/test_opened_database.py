"""A database read from Python: tables, ensembles and glasses, chosen by columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pssglass.db import Store

import pssglass as pg
from pssglass import pipeline
from pssglass.campaigns.specification import Campaign, ObservableRequest
from pssglass.pipeline.opened_database import OpenedDatabase


@pytest.fixture
def database(campaign: Campaign, tmp_path: Path) -> Iterator[OpenedDatabase]:
    """Two samples at each of two temperatures, moduli measured, one more sample still to be made."""
    path = tmp_path / "glass.db"
    with Store.open(path, create=True) as store:
        samples = pipeline.prepare(store, campaign)
        pipeline.simulate(store, samples[:3], workers=0)
        requests, _ = pipeline.register(store, [ObservableRequest("moduli", {})])
        pipeline.analyze(store, pipeline.pending(store, requests), workers=0)
    with pg.open(path) as opened:
        yield opened


def test_samples_are_a_table_with_units(database: OpenedDatabase) -> None:
    frame = database.samples()
    assert len(frame) == 4
    assert frame.attrs["units"]["shear_modulus"] == "epsilon/lambda^3"
    assert sorted(frame["state"]) == ["done", "done", "done", "pending"]
    hot = database.samples(parent_temperature=2.6, rc=[1.1, 1.5])
    assert list(hot["replica"]) == [0, 1]
    assert list(database.samples(replica=np.array([1]), parent_temperature=2.6)["replica"]) == [1]
    assert database.samples(parent_temperature=3.0).empty


def test_glasses_have_the_values_of_the_table(database: OpenedDatabase) -> None:
    frame = database.samples(state="done")
    glasses = list(database.glasses())
    assert [glass.moduli().shear_modulus for glass in glasses] == list(frame["shear_modulus"])
    assert [glass.N for glass in database.glasses(replica=0, parent_temperature=2.6)] == [100]


def test_ensembles_and_queries(database: OpenedDatabase) -> None:
    (hot,) = database.ensembles(parent_temperature=2.6)
    mean = database.query("SELECT avg(shear_modulus) AS mean FROM v_samples WHERE parent_temperature = 2.6")
    assert hot.scalars["shear_modulus"].mean == pytest.approx(mean["mean"][0])
    assert len(database.ensembles()) == 2


def test_the_example_of_the_documentation_runs(
    database: OpenedDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/python.md").read_text(encoding="utf-8")
    _, example = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"pg": pg}
    exec(compile(example, "docs/python.md", "exec"), names)
    assert len(names["frame"]) == 4
    assert names["glass"].N == 100


def test_mistakes_are_told(database: OpenedDatabase, tmp_path: Path) -> None:
    with pytest.raises(pg.PssglassError, match=r"no column 'r_c'; did you mean 'rc'\?"):
        database.samples(r_c=1.5)
    with pytest.raises(pg.PssglassError, match="does not read"):
        database.query("DELETE FROM sample")
    with pytest.raises(pg.PssglassError, match=r"elsewhere\.db"):
        pg.open(tmp_path / "elsewhere.db")
    next(tmp_path.glob("glass.configurations/*/*-inherent.gsd")).unlink()
    with pytest.raises(pg.PssglassError, match=r"-inherent\.gsd"):
        list(database.glasses())
