"""Record anew what pssglass computes: ``python tests/golden/record.py``; see README.md.

Records of SIMD levels that this processor lacks stay as they are. ``--level`` records the hashes of one level
alone. ``--stored`` also makes the start configurations, the database and the checkpoints anew, which are
otherwise kept as they were made once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import comparison
import golden

import pssglass as pg


def main() -> None:
    """Write the records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", action="store_true", help="also make anew what the records start from")
    parser.add_argument("--level", choices=golden.LEVELS, help="record only the hashes of this SIMD level")
    arguments = parser.parse_args()
    if arguments.level:
        add_hashes(arguments.level)
        return
    if arguments.stored:
        make_starts()
        make_stored()
    record_engine()
    comparison.record("specifications", golden.specifications())
    record_campaign()
    record_stored()
    record_maker("made-on")


def add_hashes(level: str) -> None:
    """Those of one level, by a program that does what is recorded of the others."""
    found = {each: golden.engine_at(each) for each in golden.LEVELS}
    here = {each: value["hashes"] for each, value in found.items() if value is not None}
    if level not in here:
        raise SystemExit(f"level {level}: this processor lacks it")
    hashes = comparison.recorded("hashes")
    for other in hashes.keys() & here.keys() - {level}:
        if comparison.differences(hashes[other], here[other]):
            raise SystemExit(f"level {other}: other hashes than recorded; record all levels, or none")
    comparison.record("hashes", {**hashes, level: here[level]})
    record_maker(f"made-on-{level}")


def record_maker(name: str) -> None:
    """Program and machine."""
    lines = [f"{key}: {value}\n" for key, value in pg.build_info().items()]
    (comparison.RECORDS / f"{name}.txt").write_text("".join(lines))


def make_starts() -> None:
    """Liquids of moderate temperature, and glasses."""
    golden.STARTS.mkdir(exist_ok=True)
    for name, model in golden.MODELS.items():
        size = golden.SIZES[name]
        liquid = pg.Liquid.create(model, size, 1.0, 7, melt_temperature=4.0, melt_time=2.0, time_step=0.002)
        liquid.run(10.0, 0.002)
        liquid.write(golden.STARTS / f"{name}.gsd")
        liquid.quench("fast").write(golden.STARTS / f"{name}-glass.gsd")


def record_engine() -> None:
    """Hashes of each level, and numbers, which are the same at each to their tolerance."""
    path = comparison.RECORDS / "hashes.json"
    hashes = comparison.recorded("hashes") if path.exists() else {}
    for level in golden.LEVELS:
        found = golden.engine_at(level)
        if found is None:
            print(f"level {level}: this processor lacks it, its records stay as they are")
            continue
        hashes[level] = found["hashes"]
        (comparison.RECORDS / f"made-on-{level}.txt").unlink(missing_ok=True)
        if level == golden.EVERYWHERE:
            comparison.record("short-runs", found["short runs"])
            comparison.record("mechanics", found["mechanics"])
    comparison.record("hashes", hashes)


def record_campaign() -> None:
    """Tables, views, figures and positions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        golden.run_campaign(folder)
        shutil.rmtree(comparison.RECORDS / "campaign", ignore_errors=True)
        for table, rows in golden.tables_of(folder / "pssglass.db").items():
            comparison.record(f"campaign/{table}", rows)
        comparison.record("campaign/positions", golden.positions_of(folder))
        comparison.record("campaign/files", golden.exported(folder))
        shutil.rmtree(comparison.RECORDS / "figures", ignore_errors=True)
        (comparison.RECORDS / "figures").mkdir()
        for path in [*sorted((folder / "figures").glob("*.csv")), folder / "samples.csv"]:
            golden.copy_csv(path, comparison.RECORDS / "figures")


def make_stored() -> None:
    """A database with two samples that are done, and two that were stopped: one liquid, one quench.

    What these are, made in one go by the same program, is recorded with them.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for campaign in golden.STORED.glob("*.toml"):
            shutil.copy(campaign, folder)
        golden.pssglass(folder, "simulate", "done.toml", "--workers", 0)
        golden.pssglass(folder, "analyze", "--workers", 0)
        steps = steps_in_one_go("quench")
        stop(folder, "liquid", after_step=1)
        stop(folder, "quench", after_step=steps)
        shutil.rmtree(golden.STORED / "configurations", ignore_errors=True)
        shutil.copy(folder / "pssglass.db", golden.STORED / "database.sqlite")
        shutil.copytree(folder / "pssglass.configurations", golden.STORED / "configurations")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for campaign in ("liquid", "quench"):
            make(folder, campaign)
        comparison.record("stored/in-one-go", golden.positions_of(folder))


def steps_in_one_go(campaign: str) -> int:
    """Time steps of the only sample of a stored campaign, after which its quench begins."""
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), campaign)
        ((record,),) = golden.rows_of(Path(name) / "pssglass.db", "SELECT record FROM attempt")
        steps: int = json.loads(record)["steps"]
        return steps


def make(folder: Path, campaign: str) -> None:
    """The samples of a stored campaign, in a folder."""
    shutil.copy(golden.STORED / f"{campaign}.toml", folder)
    golden.pssglass(folder, "simulate", f"{campaign}.toml", "--workers", 0)


def stop(folder: Path, campaign: str, after_step: int) -> None:
    """Start a campaign of one sample, and stop it when it has a checkpoint of this step or a later one."""
    command = [sys.executable, "-m", "pssglass", "simulate", f"{campaign}.toml", "--workers", "0"]
    environment = {**os.environ, "PSSGLASS_SIMD": golden.EVERYWHERE}
    started = subprocess.Popen([*command, "--checkpoint-every", "0"], cwd=folder, env=environment)
    while started.poll() is None:
        saved = folder.glob(f"pssglass.configurations/{campaign}-*/*.checkpoints/0*.gsd")
        if any(int(path.name.partition("-")[0]) >= after_step for path in saved):
            started.send_signal(signal.SIGTERM)
            started.wait()
        time.sleep(0.005)
    if list(folder.glob(f"pssglass.configurations/{campaign}-*/*-inherent.gsd")):
        raise SystemExit(f"{campaign} ended before it was stopped: give it more to do")


def record_stored() -> None:
    """What reading the stored database gives."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        golden.copy_stored(folder)
        for part, value in golden.reading_of(folder).items():
            comparison.record(f"stored/{part}", value)


if __name__ == "__main__":
    main()
