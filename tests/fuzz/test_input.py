"""Whatever is in a campaign file, a configuration or an SQL argument: a result or one clear line, no damage.

Each test runs for a few seconds; with ``-m slow`` for minutes.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pssglass.db import Store

from pssglass import pipeline
from pssglass.base.errors import ConfigurationError, PssglassError, QueryError
from pssglass.campaigns.reader import load_campaign
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.cli import main
from pssglass.configurations import Configuration, read_configuration, write_configuration

Example = TypeVar("Example")
SHORT, LONG = 3.0, 100.0
for_seconds = pytest.mark.parametrize("seconds", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)])

CAMPAIGN = """\
name = "tiny"
seed = 11
observables = ["energetics", { name = "order", parameters = { neighbour_range = 1.5 } }]

[[ensembles]]
model = "pss"
parameters = { rc = 1.5, density = 0.6, composition = [0.5, 0.5] }
N = 100
parent_temperatures = [2.6, 1.0]
samples = 2
protocol = { melt_time = 0.5, equilibration_time = "auto", equilibration_cap = 400.0, quench = "fast" }
"""
WORDS = (
    *(
        "0",
        "-1",
        "1",
        "2",
        "1e3",
        "1e308",
        "-0.0",
        "nan",
        "inf",
        "9223372036854775807",
        "9223372036854775808",
    ),
    *(
        "true",
        '""',
        '"a/b"',
        "[]",
        "[1]",
        "{}",
        "{ a = 1 }",
        "1979-05-27",
        "= ",
        "[[ensembles]]\n",
        "\n",
        "\0",
    ),
    *(
        "name",
        "seed",
        "samples",
        '"pss"',
        '"kablj"',
        '"auto"',
        "rc",
        "mass",
        "time_step",
        "'''",
        "#",
        "\ufeff",
    ),
)
SQL = (
    *(
        "SELECT",
        "WITH",
        "FROM",
        "WHERE",
        "UNION ALL",
        "GROUP BY",
        "ORDER BY 1",
        "LIMIT 3",
        "AS a",
        "(",
        ")",
        ",",
    ),
    *("*", "1", "count(*)", "v_samples", "v_scalars", "meta", "sample", "key", "value", "NULL", "INTO x"),
    *(
        "DELETE FROM meta",
        "INSERT INTO meta VALUES ('a', 'b')",
        "UPDATE meta SET value = ''",
        "DROP TABLE meta",
    ),
    *("PRAGMA user_version = 7", "ATTACH 'x.db' AS x", "COPY meta TO STDOUT", "VACUUM", "COMMIT", "ROLLBACK"),
    *(
        ";",
        "--",
        "\n",
        "/*",
        "*/",
        "'",
        '"',
        "$$",
        "$a$",
        "\\",
        "E'",
        "U&'",
        "`",
        "[",
        "]",
        "%",
        "%s",
        ":a",
        "?",
    ),
    *("lo_create(1)", "set_config('a.b', 'c', false)", "load_extension('x')", "\0", "\ud800", "x'00'", "1/0"),
)


def fuzz(seconds: float, examples: st.SearchStrategy[Example], check: Callable[[Example], None]) -> int:
    """Check examples for that long, a batch at a time, each with a seed of its own; how many there were."""
    count = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:

        @settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(examples)
        def batch(example: Example) -> None:
            nonlocal count
            count += 1
            check(example)

        batch()
    print(f"{count} examples in {seconds:g} s")
    return count


def damaged(sound: str, words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A sound text with up to four places cut out, doubled, or replaced by a word or by anything."""
    place = st.integers(0, len(sound))
    filling = (
        st.sampled_from(words)
        | st.text(max_size=4)
        | st.builds(lambda a, b: sound[min(a, b) : max(a, b)], place, place)
    )
    change = st.tuples(place, st.integers(0, 12), filling)

    def apply(changes: list[tuple[int, int, str]]) -> str:
        changed = sound
        for start, length, filled in changes:
            changed = changed[:start] + filled + changed[start + length :]
        return changed

    return st.lists(change, min_size=1, max_size=4).map(apply)


def one_line(error: PssglassError) -> None:
    """Messages are one line that says something."""
    assert str(error).strip()
    assert "\n" not in str(error)


def passes(argument: str) -> bool:
    """Whether the system can give this to a program."""
    try:
        return b"\0" not in os.fsencode(argument)
    except UnicodeEncodeError:
        return False


def command(*arguments: str) -> None:
    """Run a command as its user does: it succeeds, or ends with one line and a code that is documented."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["pssglass", *arguments]),
        pytest.raises(SystemExit) as end,
    ):
        main()
    err.seek(0)
    said = err.read()
    assert end.value.code in (0, 1, 2), said
    assert "traceback" not in said.lower()
    if end.value.code:
        assert said.startswith("pssglass: ")
        assert said.count("\n") == 1, said


VALUES = st.recursive(
    st.sampled_from(
        ["-1", "0", "1", "0.5", "64", "100", "1e-9", "1e300", "nan", "inf", '"pss"', '"x"', "true", "[]"]
    )
    | st.integers(-(2**70), 2**70).map(str)
    | st.floats().map(repr),
    lambda inner: st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]"),
    max_leaves=4,
)


def campaigns() -> st.SearchStrategy[str]:
    """Damaged files, and sound ones of which a few values are others."""
    lines = CAMPAIGN.splitlines()
    values = {
        part: part.split(" = ")[1]
        for line in lines
        for part in line.replace("{ ", "").split(", ")
        if " = " in part
    }

    def other(changes: dict[str, str]) -> str:
        changed = CAMPAIGN
        for part, value in changes.items():
            changed = changed.replace(values[part], value, 1)
        return changed

    return damaged(CAMPAIGN, WORDS) | st.dictionaries(
        st.sampled_from(sorted(values)), VALUES, min_size=1, max_size=2
    ).map(other)


@for_seconds
def test_campaign_files(seconds: float, memory_folder: Path) -> None:
    path = memory_folder / "campaign.toml"
    with Store.open(memory_folder / "glass.db", create=True) as store:

        def check(content: str) -> None:
            path.write_bytes(content.encode(errors="surrogatepass"))
            try:
                campaign = load_campaign(path)
                pipeline.check_requests(campaign.observables)
                for spec, _ in campaign.ensembles:
                    assert EnsembleSpec.from_canonical(spec.canonical()).hash == spec.hash
                    assert pipeline.steps_of(spec) >= 0
                if sum(samples for _, samples in campaign.ensembles) < 100:
                    pipeline.prepare(store, campaign)
            except PssglassError as error:
                one_line(error)

        fuzz(seconds, campaigns(), check)
        assert list(store.findings()) == []


@for_seconds
def test_campaign_files_of_commands(
    seconds: float, memory_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sample is made, and no table filled with many."""
    path, prepare = memory_folder / "campaign.toml", pipeline.prepare

    def prepare_few(store: Store, campaign: Campaign, *options: bool) -> list[Any]:
        few = sum(samples for _, samples in campaign.ensembles) < 100
        return prepare(store, campaign, *options) if few else []

    monkeypatch.setattr(pipeline, "prepare", prepare_few)
    monkeypatch.setattr(pipeline, "simulate", lambda *_, **__: None)

    def check(content: str) -> None:
        path.write_bytes(content.encode(errors="surrogatepass"))
        command("simulate", str(path), "--workers", "0", "--db", str(memory_folder / "glass.db"))

    fuzz(seconds, campaigns(), check)


def configuration() -> Configuration:
    rng = np.random.default_rng(3)
    return Configuration(
        kind="liquid",
        positions=rng.uniform(-1.0, 1.0, (4, 3)),
        box=np.array([2.0, 2.1, 2.2, 0.1, 0.0, -0.1]),
        species=np.array([0, 1, 1, 0], dtype=np.int32),
        velocities=rng.normal(size=(4, 3)),
        step=12,
        metadata={"note": 'quotes " and \\ and λ', "seed": 2**62},
    )


@for_seconds
@pytest.mark.parametrize("suffix", [".extxyz", ".data"])
def test_configuration_files(suffix: str, seconds: float, memory_folder: Path) -> None:
    path = memory_folder / f"state{suffix}"
    write_configuration(path, configuration())
    words = (
        *WORDS,
        "Lattice=",
        "Properties=",
        "pos:R:3",
        "pbc",
        "T F T",
        "A",
        "B",
        "nan",
        "1e999",
        "Atoms",
        "xlo xhi",
    )

    def check(content: str) -> None:
        path.write_bytes(content.encode(errors="surrogatepass"))
        try:
            state = read_configuration(path)
        except ConfigurationError as error:
            one_line(error)
            return
        again = memory_folder / f"again{suffix}"
        write_configuration(again, state)
        same = read_configuration(again)
        np.testing.assert_array_equal(same.positions, state.positions)
        assert (same.symbols, same.kind) == (state.symbols, state.kind)
        assert suffix == ".data" or same.metadata == state.metadata

    fuzz(seconds / 2.0, damaged(path.read_text(), words), check)


@pytest.fixture
def store(url: str, memory_folder: Path) -> Iterator[Store]:
    """A database with two ensembles."""
    (memory_folder / "campaign.toml").write_text(CAMPAIGN)
    with contextlib.chdir(memory_folder), Store.open(url, create=True) as opened:
        pipeline.prepare(opened, load_campaign("campaign.toml"))
        yield opened


def statements() -> st.SearchStrategy[str]:
    """SQL of all kinds; what would go on for ever is left out."""
    words = st.lists(st.sampled_from(SQL) | st.text(max_size=3), max_size=12).map(" ".join)
    recipe = "SELECT ensemble, replica, state FROM v_samples WHERE rc > 1.1 ORDER BY replica"
    queries = (
        words | words.map("SELECT ".__add__) | words.map("SELECT * FROM meta ".__add__) | damaged(recipe, SQL)
    )
    return queries.filter(lambda query: "RECURSIVE" not in query.upper())


@for_seconds
def test_sql(seconds: float, store: Store) -> None:
    before = store.query("SELECT * FROM meta ORDER BY key"), store.ensembles()

    def check(sql: str) -> None:
        with contextlib.suppress(QueryError):
            store.query(sql)
        assert store.query("SELECT * FROM meta ORDER BY key") == before[0]

    fuzz(seconds, statements(), check)
    assert (store.query("SELECT * FROM meta ORDER BY key"), store.ensembles()) == before
    assert list(store.findings()) == []
    assert not Path("x.db").exists()


@for_seconds
def test_sql_of_a_command(seconds: float, store: Store, url: str) -> None:
    arguments = st.tuples(statements().filter(passes), st.sampled_from(["csv", "json", "table"]))
    before = store.query("SELECT * FROM meta ORDER BY key"), store.ensembles()

    def check(example: tuple[str, str]) -> None:
        query, form = example
        command("sql", query, "--format", form, "--db", url)

    fuzz(seconds, arguments, check)
    assert (store.query("SELECT * FROM meta ORDER BY key"), store.ensembles()) == before
    assert not Path("x.db").exists()
