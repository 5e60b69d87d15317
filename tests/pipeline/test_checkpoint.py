"""Checkpoints: a trajectory goes on from them bit by bit, and no damaged one is ever used."""

from __future__ import annotations

import errno
import itertools
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import gsd.fl
import pytest

from pssglass.base.errors import ConfigurationError
from pssglass.campaigns.specification import Campaign, EnsembleSpec
from pssglass.configurations import Configuration, write_gsd
from pssglass.pipeline import checkpoint
from pssglass.pipeline.checkpoint import Checkpoint, Checkpoints, UnreadableCheckpoint
from pssglass.simulation.liquid import Liquid

SEED = 5


@pytest.fixture
def spec(campaign: Campaign) -> EnsembleSpec:
    return campaign.ensembles[0][0]


@pytest.fixture
def checkpoints(tmp_path: Path, spec: EnsembleSpec) -> Checkpoints:
    return Checkpoints(tmp_path / "hot" / "checkpoints", spec, SEED, attempt=1)


@pytest.fixture
def liquid(spec: EnsembleSpec) -> Liquid:
    return Liquid.create(spec.model, spec.N, 4.0, SEED, melt_time=0.0)


def files(checkpoints: Checkpoints) -> list[Path]:
    """The newest first."""
    return sorted(checkpoints._folder.iterdir(), reverse=True)


def resumed(checkpoint: Checkpoint | None, spec: EnsembleSpec, precision: str) -> Liquid:
    assert checkpoint is not None
    return Liquid(spec.model, checkpoint.liquid, temperature=4.0, seed=SEED, precision=precision)


def save_three(checkpoints: Checkpoints, liquid: Liquid) -> list[int]:
    """Saves a liquid after each of three runs; returns the steps."""
    steps = []
    for _ in range(3):
        liquid.run(0.1)
        checkpoints.save(Checkpoint(liquid.configuration, {"at": liquid.step}))
        steps.append(liquid.step)
    return steps


@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("thermostat", ["langevin", "svr"])
def test_a_resumed_trajectory_is_the_uninterrupted_one(
    checkpoints: Checkpoints, spec: EnsembleSpec, tmp_path: Path, thermostat: str, precision: str
) -> None:
    uninterrupted = Liquid.create(spec.model, spec.N, 4.0, SEED, melt_time=0.0, precision=precision)
    uninterrupted.run(0.3, thermostat=thermostat)
    checkpoints.save(Checkpoint(uninterrupted.configuration, {}))
    liquids = {"one.gsd": uninterrupted, "other.gsd": resumed(checkpoints.load(), spec, precision)}
    for liquid in liquids.values():
        liquid.run(0.4, thermostat=thermostat, temperature=2.6)
    one, other = (write_gsd(tmp_path / name, liquid.configuration) for name, liquid in liquids.items())
    assert one == other


def test_two_generations_are_kept_and_the_newest_counts(checkpoints: Checkpoints, liquid: Liquid) -> None:
    steps = save_three(checkpoints, liquid)
    assert len(files(checkpoints)) == 2
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == found.history["at"] == steps[-1]


def truncate(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(_content: bytes) -> bytes:
    return b""


def flip_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [truncate, empty, flip_a_bit])
def test_a_damaged_checkpoint_is_passed_over_with_a_warning(
    checkpoints: Checkpoints,
    liquid: Liquid,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
) -> None:
    steps = save_three(checkpoints, liquid)
    newest = files(checkpoints)[0]
    newest.write_bytes(damage(newest.read_bytes()))
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-2]
    assert f"{newest} is damaged" in caplog.text


def test_without_any_sound_checkpoint_a_sample_starts_anew(
    checkpoints: Checkpoints, liquid: Liquid, caplog: pytest.LogCaptureFixture
) -> None:
    assert checkpoints.load() is None
    save_three(checkpoints, liquid)
    for file in files(checkpoints):
        file.write_bytes(truncate(file.read_bytes()))
    assert checkpoints.load() is None
    assert caplog.text.count("is damaged") == 2
    save_three(checkpoints, liquid)
    assert checkpoints.load() is not None


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str, int, float], None]:
    """Makes a function fail so many times."""

    def fail(owner: object, name: str, number: int, times: float) -> None:
        sound, calls = getattr(owner, name), itertools.count()

        def call(*arguments: object) -> object:
            if next(calls) < times:
                raise OSError(number, os.strerror(number), str(arguments[0]))
            return sound(*arguments)

        monkeypatch.setattr(owner, name, call)

    monkeypatch.setattr(checkpoint, "PAUSES", (0.0, 0.0))
    return fail


READS = [(Path, "iterdir"), (Path, "read_bytes"), (gsd.fl, "open")]
"""What reads the folder, then a file to compare its SHA-256, and then what is in it."""


@pytest.mark.parametrize(("owner", "name"), READS)
@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.EMFILE, errno.EACCES], ids=os.strerror)
def test_what_cannot_be_read_here_is_kept(
    checkpoints: Checkpoints,
    liquid: Liquid,
    failing: Callable[..., None],
    owner: object,
    name: str,
    number: int,
) -> None:
    save_three(checkpoints, liquid)
    kept = files(checkpoints)
    failing(owner, name, number, times=math.inf)
    message = f"cannot read a checkpoint on .*{os.strerror(number)}.*; mend that, or remove"
    with pytest.raises(UnreadableCheckpoint, match=message):
        checkpoints.load()
    assert sorted(os.listdir(checkpoints._folder), reverse=True) == [path.name for path in kept]


@pytest.mark.parametrize("owner", [Path, gsd.fl])
def test_for_want_of_memory_nothing_is_removed(
    checkpoints: Checkpoints, liquid: Liquid, monkeypatch: pytest.MonkeyPatch, owner: object
) -> None:
    save_three(checkpoints, liquid)
    kept = files(checkpoints)
    monkeypatch.setattr(checkpoint, "PAUSES", ())
    monkeypatch.setattr(owner, "read_bytes" if owner is Path else "open", Mock(side_effect=MemoryError))
    with pytest.raises(UnreadableCheckpoint):
        checkpoints.load()
    assert files(checkpoints) == kept


def test_an_older_checkpoint_takes_the_place_of_one_that_stays_unreadable(
    checkpoints: Checkpoints,
    liquid: Liquid,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps = save_three(checkpoints, liquid)
    monkeypatch.setattr(checkpoint, "PAUSES", (0.0,))
    newest = files(checkpoints)[0]
    newest.unlink()
    newest.mkdir()  # not even root can read it
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-2]
    assert "Is a directory" in caplog.text
    assert "going on from an older one" in caplog.text
    assert newest in files(checkpoints)


def test_what_is_saved_and_what_it_follows_stay_beside_newer_ones_that_are_unreadable(
    checkpoints: Checkpoints, liquid: Liquid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "PAUSES", ())
    steps = save_three(checkpoints, liquid)
    unreadable = [checkpoints._folder / f"{10**9 + number:015d}-1-{'0' * 64}.gsd" for number in range(2)]
    for path in unreadable:
        path.mkdir()
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-1]
    steps += save_three(checkpoints, liquid)
    kept = [int(path.name[:15]) for path in files(checkpoints)]
    assert kept == [10**9 + 1, 10**9, steps[-1], steps[-2]]


@pytest.mark.parametrize(("owner", "name"), READS)
def test_a_file_system_that_fails_now_and_then_is_asked_again(
    checkpoints: Checkpoints, liquid: Liquid, failing: Callable[..., None], owner: object, name: str
) -> None:
    steps = save_three(checkpoints, liquid)
    failing(owner, name, errno.ESTALE, times=2)
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-1]


def test_a_checkpoint_that_another_process_has_removed_is_no_error(
    checkpoints: Checkpoints, liquid: Liquid, failing: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    steps = save_three(checkpoints, liquid)
    failing(Path, "read_bytes", errno.ENOENT, times=1)
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-2]
    assert not caplog.records


@pytest.mark.parametrize("other", ["specification", "seed"])
def test_the_checkpoint_of_another_sample_is_not_used(
    checkpoints: Checkpoints, liquid: Liquid, spec: EnsembleSpec, caplog: pytest.LogCaptureFixture, other: str
) -> None:
    save_three(checkpoints, liquid)
    changed = replace(spec, parent_temperature=3.0) if other == "specification" else spec
    seed = SEED + 1 if other == "seed" else SEED
    assert Checkpoints(checkpoints._folder, changed, seed, attempt=1).load() is None
    assert "belongs to another specification or seed" in caplog.text


def test_nothing_remains_of_removed_checkpoints(checkpoints: Checkpoints, liquid: Liquid) -> None:
    save_three(checkpoints, liquid)
    (checkpoints._folder / "draft-0.gsd").touch()
    checkpoints.remove()
    assert not checkpoints._folder.exists()
    checkpoints.remove()


def test_a_full_disk_leaves_the_older_ones(
    checkpoints: Checkpoints, liquid: Liquid, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = save_three(checkpoints, liquid)
    liquid.run(0.1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(ConfigurationError, match="No space left"):
            checkpoints.save(Checkpoint(liquid.configuration, {}))
    assert len(files(checkpoints)) == 2
    found = checkpoints.load()
    assert found is not None
    assert found.liquid.step == steps[-1]


def test_a_folder_that_another_process_removes_meanwhile_is_made_anew(
    checkpoints: Checkpoints, liquid: Liquid, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written_and_gone(path: Path, configuration: Configuration) -> tuple[str, int]:
        written = write_gsd(path, configuration)
        monkeypatch.undo()
        checkpoints.remove()
        return written

    monkeypatch.setattr(checkpoint, "write_gsd", written_and_gone)
    checkpoints.save(Checkpoint(liquid.configuration, {}))
    assert checkpoints.load() is not None
