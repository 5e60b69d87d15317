"""``pssglass analyze``: every observable of every glass once; what goes wrong with one stays with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program

PLUGINS = '''\
import math, os, signal, time
from pssglass.observable import Column

class Plain:
    """Follows the protocol; what its kinds return is another matter."""
    version = "1"
    level = "sample"
    requires = ()
    parameters = {}

class Volume(Plain):
    name = "volume"
    columns = (Column("volume", "lambda^3", "volume of the box"),)
    def compute(self, subject, parameters):
        return {"volume": subject.volume}

class Raises(Plain):
    name = "raises"
    columns = (Column("one", "1", "never there"),)
    def compute(self, subject, parameters):
        raise ValueError("no such thing\\nin two lines")

class NotANumber(Plain):
    name = "not_a_number"
    columns = (Column("two", "1", "never there"),)
    def compute(self, subject, parameters):
        return {"two": math.nan}

class WrongShape(Plain):
    name = "wrong_shape"
    columns = (Column("three", "1", "never there"),)
    def compute(self, subject, parameters):
        return {"three": subject.positions}

class WrongType(Plain):
    name = "wrong_type"
    columns = (Column("eight", "1", "never there"), Column("nine", "1", "never there", ("n",)))
    def compute(self, subject, parameters):
        return {"eight": 8.0, "nine": subject.positions[:, 0].astype(complex)}

class Crashes(Plain):
    name = "crashes"
    columns = (Column("four", "1", "never there"),)
    def compute(self, subject, parameters):
        os.kill(os.getpid(), signal.SIGSEGV)

class Leaves(Plain):
    name = "leaves"
    columns = (Column("five", "1", "never there"),)
    def compute(self, subject, parameters):
        raise SystemExit(3)

class Sleeps(Plain):
    name = "sleeps"
    columns = (Column("six", "1", "there once it wakes up"),)
    def compute(self, subject, parameters):
        if "AWAKE" not in os.environ:
            time.sleep(1e6)
        return {"six": 6.0}

class Loops(Plain):
    name = "loops"
    level = "ensemble"
    requires = ("volume",)
    columns = (Column("seven", "1", "there once it is awake"),)
    def compute(self, subject, parameters):
        while "AWAKE" not in os.environ:
            pass
        return {"seven": 7.0}
'''
CLASSES = {
    "volume": "Volume",
    "raises": "Raises",
    "not_a_number": "NotANumber",
    "wrong_shape": "WrongShape",
    "wrong_type": "WrongType",
    "crashes": "Crashes",
    "leaves": "Leaves",
    "sleeps": "Sleeps",
    "loops": "Loops",
}
REASONS = {
    "raises": "ValueError: no such thing in two lines",
    "not_a_number": "two is nan",
    "wrong_shape": "shape (100, 3)",
    "wrong_type": "nine has type complex128",
    "crashes": "the worker process died 5 times in a row",
    "leaves": "tried to end the program",
}


@pytest.fixture
def acme(pssglass: Program) -> str:
    """PYTHONPATH of a distribution with observables of all kinds, one of which cannot even be imported."""
    folder = pssglass.folder / "acme"
    record = folder / "acme-2.0.dist-info"
    record.mkdir(parents=True)
    (folder / "acme_observables.py").write_text(PLUGINS)
    entries = [f"{name} = acme_observables:{kind}" for name, kind in CLASSES.items()]
    entries.append("absent = acme_observables:Absent")
    (record / "entry_points.txt").write_text("[pssglass.observables]\n" + "\n".join(entries) + "\n")
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 2.0\n")
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


@pytest.fixture
def littered(pssglass: Program) -> str:
    """PYTHONPATH with distributions whose entry points are malformed or no text, or that lack METADATA."""
    malformed = {"dots": b"[console_scripts]\nx x_module:main\n", "bytes": b"\xff\xfe", "": b""}
    for name, entries in malformed.items():
        record = pssglass.folder / "litter" / f"{name}-1.0.dist-info"
        record.mkdir(parents=True)
        (record / "entry_points.txt").write_bytes(entries)
        if name == "dots":
            (record / "METADATA").write_text("Metadata-Version: 2.1\nName: dots\nVersion: 1.0\n")
    return os.pathsep.join([str(pssglass.folder / "litter"), os.environ.get("PYTHONPATH", "")])


@pytest.mark.parametrize("workers", [0, 1])
def test_broken_distributions_stop_no_command(workers: int, littered: str, pssglass: Program) -> None:
    pssglass.write_campaign(("[2.6, 1.0]", "[2.6]"), ("samples = 2", "samples = 1"))
    for command in ("simulate campaign.toml", "analyze"):
        done = pssglass.alone(*command.split(), "--workers", workers, PYTHONPATH=littered)
        assert done.code == 0, done.err
        unnamed, named = sorted(done.err.splitlines())
        assert named.startswith("pssglass: WARNING: the entry points of dots cannot be read (TypeError")
        assert f"an unknown distribution in {pssglass.folder / 'litter'} cannot be read (Unicode" in unnamed


def test_values_come_with_their_units_and_origin(measured: Program) -> None:
    [row] = measured(
        "sql",
        "SELECT count(*) AS n, min(unit) AS unit FROM v_scalars WHERE key = 'bulk_modulus'",
        "--format",
        "csv",
    ).rows
    assert row == {"n": "4", "unit": "epsilon/lambda^3"}


def test_what_is_measured_is_not_measured_again(measured: Program) -> None:
    query = ("sql", "SELECT max(finished_at) AS last FROM analysis", "--format", "csv")
    before = measured(*query).rows
    measured("analyze", "--workers", 0).done()
    assert measured(*query).rows == before


def test_new_samples_are_measured(measured: Program) -> None:
    measured.write_campaign(("samples = 2", "samples = 3"))
    measured("simulate", "campaign.toml", "--workers", 0).done()
    measured("analyze", "--workers", 0).done()
    [row] = measured("sql", "SELECT count(shear_modulus) AS n FROM v_samples", "--format", "csv").rows
    assert row == {"n": "6"}


def test_values_of_ensembles_follow_new_samples(measured: Program) -> None:
    sql = "SELECT ensemble, value, error, unit FROM v_ensemble_values WHERE key = 'chi_shear_modulus'"
    query = ("sql", sql, "--format", "csv")
    before = measured(*query).rows
    assert {row["ensemble"] for row in before} == {"tiny-rc1.5-T1.0", "tiny-rc1.5-T2.6"}
    assert all(float(row["error"]) >= 0.0 and row["unit"] == "1" for row in before)
    measured.write_campaign(("samples = 2", "samples = 3"))
    measured("simulate", "campaign.toml", "--workers", 0).done()
    measured("analyze", "--workers", 0).done()
    after = measured(*query).rows
    assert len(after) == 2
    assert not {row["value"] for row in before} & {row["value"] for row in after}


def test_status_tells_which_ensembles_and_models_have_no_value(measured: Program) -> None:
    assert "needs at least 5" in values_missing(measured)["crossover"]
    assert "without a value" in measured("status").done().out


def test_third_party_observables_fail_alone(pssglass: Program, acme: str) -> None:
    pssglass.write_campaign(("[2.6, 1.0]", "[2.6]"), ("samples = 2", "samples = 1"))
    pssglass("simulate", "campaign.toml", "--workers", 0).done()
    done = pssglass.alone("analyze", "--workers", 2, PYTHONPATH=acme, AWAKE=1)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "absent of acme 2.0" in done.err
    assert all(line.startswith("pssglass: ") for line in done.err.splitlines())
    [row] = pssglass("sql", "SELECT volume, bulk_modulus FROM v_samples", "--format", "csv").rows
    assert float(row["volume"]) == pytest.approx(100 / 0.6, rel=1e-14)
    assert float(row["bulk_modulus"]) > 0.0
    failures = pssglass(
        "sql",
        "SELECT o.name, a.reason FROM analysis a JOIN observable o ON o.id = a.observable_id"
        " WHERE a.state = 'failed'",
        "--format",
        "csv",
    ).rows
    assert {row["name"] for row in failures} == set(REASONS)
    for row in failures:
        assert REASONS[row["name"]] in row["reason"]
    half = "SELECT value FROM v_scalars WHERE key = 'eight'"
    assert pssglass("sql", half, "--format", "csv").rows == []
    pssglass.alone("report", PYTHONPATH=acme, AWAKE=1).done()
    page = (pssglass.folder / "report.html").read_text()
    assert "<th>volume</th>" in page
    assert "<th>two</th>" not in page, "it has no value"


def test_what_hung_is_measured_when_asked_again(measured: Program, acme: str) -> None:
    names = ("--observable", "sleeps", "--observable", "loops")
    arguments = ("analyze", *names, "--time-limit", 0.5)
    assert measured.alone(*arguments, "--workers", 1, PYTHONPATH=acme).code == 1
    assert "did not end within 0.5 s" in measured("status").done().out
    assert values_missing(measured)["loops"] == "did not end within 0.5 s"
    query = ("sql", "SELECT count(six) AS six, count(volume) AS volume FROM v_samples", "--format", "csv")
    assert measured(*query).rows == [{"six": "0", "volume": "4"}]
    measured.alone(*arguments, "--retry-failed", "--workers", 0, PYTHONPATH=acme, AWAKE=1).done()
    assert measured(*query).rows == [{"six": "4", "volume": "4"}]
    assert "loops" not in values_missing(measured)


def values_missing(program: Program) -> dict[str, str]:
    """Observables without a value for some ensemble or model, and why."""
    status = json.loads(program("status", "--json").done().out)
    return {one["observable"]: one["reason"] for one in status["without_values"]}


def test_one_observable_by_name(measured: Program, acme: str) -> None:
    done = measured.alone("analyze", "--observable", "volume", "--workers", 0, PYTHONPATH=acme).done()
    assert "volume" in done.out
    assert "moduli" not in done.out


def test_names_that_nobody_provides(measured: Program) -> None:
    measured("analyze", "--observable", "modulli").refused("modulli", "'moduli'")


def test_a_missing_observable_does_not_stop_the_others(measured: Program, acme: str) -> None:
    arguments = ("analyze", "--observable", "modulli", "--observable", "volume", "--workers", 0)
    done = measured.alone(*arguments, PYTHONPATH=acme)
    assert done.code == 1
    assert "modulli" in done.err
    assert measured("sql", "SELECT min(volume) AS v FROM v_samples", "--format", "csv").rows[0]["v"]


def test_a_damaged_configuration_is_noticed(measured: Program) -> None:
    [first, *_] = sorted((measured.folder / "pssglass.configurations").rglob("*-inherent.gsd"))
    damage(first)
    done = measured("verify")
    assert done.code == 1
    assert f"{first} is damaged" in done.err
    assert "7 of 8 files" in done.out
    folder = measured.folder
    (folder / "pssglass.db").rename(folder / "old.db")
    measured("export", "-o", "out", "--db", "old.db").refused("is damaged")


def damage(path: Path) -> None:
    """Flip one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_configuration_is_never_measured(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--workers", 0).done()
    [first, *_] = sorted((with_campaign.folder / "pssglass.configurations").rglob("*-inherent.gsd"))
    damage(first)
    done = with_campaign("analyze", "--observable", "moduli", "--workers", 0)
    assert done.code == 1
    assert "is damaged" in done.err
    [row] = with_campaign("sql", "SELECT count(shear_modulus) AS n FROM v_samples", "--format", "csv").rows
    assert row == {"n": "3"}


def test_parameters_are_set_where_an_observable_is_named(measured: Program) -> None:
    few = ("analyze", "--workers", 0, "--observable", "dipole_response")
    measured(*few, "--set", "pairs=5").done()
    measured(
        *few, "--observable", "modes", "--set", "dipole_response.pairs=7", "--set", "modes.count=3"
    ).done()
    status = json.loads(measured("status", "--json").done().out)
    found = {
        (one["observable"], one["parameters"].get("pairs", one["parameters"].get("count")))
        for one in status["analyses"]
        if one["observable"] in ("dipole_response", "modes") and one["done"]
    }
    assert {("dipole_response", 5), ("dipole_response", 7), ("modes", 3)} <= found
    [shown] = [
        one for one in status["analyses"] if one["observable"] == "dipole_response" and one["is_shown"]
    ]
    assert shown["parameters"]["pairs"] == 7


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--set", "pairs=5"), "--set pairs: of which observable? name it by --observable"),
        (
            ("--observable", "modes", "--observable", "dipole_response", "--set", "pairs=5"),
            "of which observable? write NAME.KEY=VALUE",
        ),
        (("--observable", "modes", "--set", "dipole_response.pairs=5"), "add --observable dipole_response"),
        (("--observable", "dipole_response", "--set", 'pairs="five"'), "pairs"),
        (("--observable", "dipole_response", "--set", "pears=5"), "'pairs'"),
        (("--observable", "dipole_response", "--set", "pairs=five five"), "as '\"text\"'"),
        (("--observable", "dipole_response", "--set", "pairs=five"), "pairs"),
    ],
)
def test_parameters_that_cannot_be_set(options: tuple[str, ...], complaint: str, measured: Program) -> None:
    measured("analyze", "--workers", 0, *options).refused(complaint)
