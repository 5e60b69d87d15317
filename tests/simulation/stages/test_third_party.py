"""A distribution adds a step to the protocol by one entry point, and it arrives everywhere."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pssglass.db import Claim, Store

import pssglass as pg
from pssglass import pipeline
from pssglass.base.errors import CampaignError, Interrupted, MissingPlugin
from pssglass.campaigns.reader import parse_campaign
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.cli import main
from pssglass.pipeline import journal, provenance
from pssglass.pipeline.sample import Product, SampleTask, make_sample
from pssglass.simulation import dynamics
from pssglass.simulation.stages import installed_stages

ANNEAL = '''
"""Slow cooling between the melt and the parent temperature."""

from pssglass.stage import InputError, Key, Stage, Table, positive, whole


class Anneal(Stage):
    """Holds one temperature after another, each for the same time."""

    name = "anneal"
    version = "3"
    order = 50
    keys = (
        Key(
            "anneal",
            Table(
                Key("begin", positive, "highest temperature", required=True),
                Key("time", positive, "in all", required=True),
                Key("rungs", whole(1), "number of temperatures", 4),
            ),
            "slow cooling to the parent temperature",
        ),
    )

    def check(self, values, model, temperature):
        begin = values["anneal"]["begin"]
        if begin <= temperature:
            bound = f"the parent temperature {temperature:g}"
            raise InputError(f"anneal: begin = {begin:g} must be above {bound}")
        return values

    def ladder(self, recipe, values):
        anneal = values["anneal"]
        rungs = anneal["rungs"]
        for rung in range(rungs):
            T = anneal["begin"] + (recipe.temperature - anneal["begin"]) * rung / rungs
            yield T, round(anneal["time"] / rungs / recipe.time_step(T))

    def steps(self, recipe, values):
        return sum(steps for _, steps in self.ladder(recipe, values))

    def run(self, run):
        end = 0
        for temperature, steps in self.ladder(run.recipe, run.values):
            end += steps
            run.hold(temperature, until=end)
        run.progress.record["anneal"] = {"steps": run.done}
'''

TABLES: dict[str, Any] = {
    "name": "slow",
    "seed": 11,
    "ensembles": [
        {
            "model": "pss",
            "parameters": {"rc": 1.5},
            "N": 100,
            "parent_temperatures": [1.0],
            "samples": 1,
            "protocol": {"melt_time": 0.3, "equilibration_time": 0.2, "anneal": {"begin": 3.0, "time": 1.2}},
        }
    ],
}

Install = Callable[[str, str], Path]


def campaign(**protocol: Any) -> Campaign:
    """One ensemble, with some keys of the protocol changed (None removes the key)."""
    tables = copy.deepcopy(TABLES)
    table = {**tables["ensembles"][0]["protocol"], **protocol}
    tables["ensembles"][0]["protocol"] = {key: value for key, value in table.items() if value is not None}
    return parse_campaign(tables, "slow.toml")


def spec_of(found: Campaign) -> EnsembleSpec:
    return found.ensembles[0][0]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution of one module on the import path, as pip would; returns its dist-info."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(distribution: str, source: str) -> Path:
        # Python keeps imported modules for good, so every distribution needs a module of its own.
        module = f"{distribution}_{tmp_path.name}".replace("-", "_")
        (tmp_path / f"{module}.py").write_text(source)
        info = tmp_path / f"{module}-1.4.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.4\n")
        (info / "entry_points.txt").write_text(f"[pssglass.stages]\nanneal = {module}:Anneal\n")
        return info

    return put


@pytest.fixture
def installed(install: Install) -> Path:
    return install("glass-anneal", ANNEAL)


@pytest.fixture
def store(memory_folder: Path) -> Iterator[Store]:
    with Store.open(memory_folder / "glass.db", create=True) as store:
        yield store


def claim_of(store: Store, found: Campaign) -> Claim:
    (sample,) = pipeline.prepare(store, found)
    claim = store.claim_sample(sample.id, provenance.current())
    assert claim is not None
    return claim


@pytest.mark.usefixtures("installed")
def test_its_keys_are_part_of_the_specification_where_they_are_given() -> None:
    with_it, without = spec_of(campaign()), spec_of(campaign(anneal=None))
    assert "stages" not in without.canonical()["protocol"]
    assert with_it.hash != without.hash
    assert with_it.hash == spec_of(campaign(anneal={"begin": 3, "time": 1.2, "rungs": 4})).hash
    assert with_it.hash != spec_of(campaign(anneal={"begin": 3, "time": 1.2, "rungs": 5})).hash
    plain = json.loads(json.dumps(with_it.canonical()))
    assert plain["protocol"]["stages"] == {
        "anneal": {
            "distribution": "glass-anneal",
            "version": "3",
            "values": {"anneal": {"begin": 3.0, "time": 1.2, "rungs": 4}},
        }
    }
    assert EnsembleSpec.from_canonical(plain) == with_it
    assert EnsembleSpec.from_canonical(plain).hash == with_it.hash


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("anneal", "message"),
    [
        (3.0, r"anneal = 3\.0 must be a table"),
        ({"begin": 3.0}, "anneal: the key 'time' is missing"),
        ({"begin": 3.0, "time": -1.0}, r"anneal: time = -1\.0 must be above 0"),
        ({"begin": 3.0, "time": 1.0, "rungs": 0}, "anneal: rungs = 0 must be at least 1"),
        ({"begin": 3.0, "time": 1.0, "rung": 2}, "anneal: unknown key 'rung'; did you mean 'rungs'"),
        ({"begin": 0.5, "time": 1.0}, r"begin = 0\.5 must be above the parent temperature 1"),
    ],
)
def test_mistakes_are_named(anneal: object, message: str) -> None:
    with pytest.raises(CampaignError, match=message) as caught:
        campaign(anneal=anneal)
    assert str(caught.value).startswith("slow.toml, block 1")


@pytest.mark.usefixtures("installed")
def test_its_steps_count_in_a_dry_run_and_are_done(store: Store) -> None:
    [point], [without] = pipeline.plan(campaign()), pipeline.plan(campaign(anneal=None))
    claim = claim_of(store, campaign())
    record = make_sample(SampleTask(claim, store.folder)).record
    assert record["steps"] == point.fresh.steps > without.fresh.steps
    assert record["anneal"] == {"steps": point.fresh.steps - without.fresh.steps}
    assert record["stages"] == {"anneal": "3 of glass-anneal 1.4"}
    assert record["equilibration"]["ended"] == "time over"


@pytest.mark.usefixtures("installed")
def test_it_goes_on_bit_by_bit_wherever_it_was_stopped(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claim_of(store, campaign())
    whole = make_sample(SampleTask(claim, tmp_path / "whole"))
    monkeypatch.setattr(dynamics, "CHUNK", 40)
    calls = 0
    stages = set()

    def stop_every_other_time() -> None:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:
            raise Interrupted("stopped by a signal")

    save = journal.Journal._save

    def note_and_save(of_sample: journal.Journal, liquid: pg.Liquid) -> None:
        stages.add(of_sample.progress.stage)
        save(of_sample, liquid)

    monkeypatch.setattr(journal, "check_interrupted", stop_every_other_time)
    monkeypatch.setattr(journal.Journal, "_save", note_and_save)
    cut: Product | None = None
    while cut is None:
        with suppress(Interrupted):
            cut = make_sample(SampleTask(claim, tmp_path / "cut"))
    assert stages == {"melt", "anneal", "hold"}
    assert cut.files == whole.files
    same = ("steps", "anneal", "equilibration", "quench")
    assert {key: cut.record[key] for key in same} == {key: whole.record[key] for key in same}


@pytest.mark.usefixtures("installed")
def test_it_is_listed_in_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["pssglass", "stages"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert "anneal 3, from glass-anneal 1.4" in out
    assert "slow cooling to the parent temperature" in out
    assert "anneal.rungs" in out
    assert re.findall(r"^(\w+) \d, from", out, re.MULTILINE) == ["melt", "anneal", "hold"]


def test_a_database_tells_which_distribution_is_missing(store: Store, installed: Path) -> None:
    made, claim = campaign(), claim_of(store, campaign())
    shutil.rmtree(installed)
    needed = "needs stage anneal 3 of glass-anneal, which is not installed; install glass-anneal"
    with pytest.raises(MissingPlugin, match=needed):
        make_sample(SampleTask(claim, store.folder))
    with pytest.raises(MissingPlugin, match=needed):
        pipeline.plan(made, store)
    assert [one.name for one in store.status().ensembles] == [spec_of(made).name], "reading goes on"
    with pytest.raises(CampaignError, match=r"unknown key 'anneal'; .*`pssglass stages` lists"):
        campaign()


def test_neither_another_version_nor_a_namesake_takes_its_place(install: Install, installed: Path) -> None:
    made = spec_of(campaign())
    shutil.rmtree(installed)
    other = install("other-anneal", ANNEAL)
    with pytest.raises(MissingPlugin, match=r"anneal 3 of glass-anneal, but here is .* of other-anneal 1\.4"):
        pipeline.steps_of(made)
    shutil.rmtree(other)
    install("glass-anneal-", ANNEAL.replace('version = "3"', 'version = "4"'))
    with pytest.raises(MissingPlugin, match="anneal 3 of glass-anneal, but here is stage anneal 4"):
        pipeline.steps_of(made)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_module", "anneal of broken 1.4 .* cannot be loaded: ModuleNotFoundError"),
        ("class Anneal:\n    name = 'anneal'\n", "is no pssglass.stage.Stage"),
        (ANNEAL.replace("    order = 50\n", ""), "lacks order, or it is of the wrong kind"),
        (
            ANNEAL.replace('"anneal",\n            Table', '"melt_time",\n            Table'),
            "as stage melt has",
        ),
        (
            ANNEAL.replace('"anneal",\n            Table', '"friction",\n            Table'),
            "as the protocol has",
        ),
    ],
)
def test_what_is_wrong_with_a_stage_is_told_and_stops_no_other(
    install: Install, source: str, message: str
) -> None:
    install("broken", source)
    assert [plugin.name for plugin in installed_stages().plugins] == ["melt", "hold"]
    with pytest.raises(CampaignError, match=message):
        campaign()
    assert spec_of(campaign(anneal=None)).protocol.stages == {}
