"""Configurations as files in the database's folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast
from uuid import uuid4

from pssglass.base.errors import ConfigurationError, UnreadableFile, system_reason
from pssglass.base.files import irregular, make_folder, sha256_of, write_atomic
from pssglass.configurations import Configuration, fill_gsd_frames, write_gsd
from pssglass.db import ConfigurationFile, Store
from pssglass.db.records import Kind

_OF_REPLICA = re.compile(r"\.?(\d{5,})(-\d+-(liquid|inherent|trajectory)\.gsd(\..*\.tmp)?|\.checkpoints)")


def store_configuration(folder: Path, path: str, configuration: Configuration) -> ConfigurationFile:
    """Write a configuration as GSD to ``path`` inside ``folder``; all of it is on disk when this returns.

    Raises:
        ConfigurationError: the folder cannot be written, is full, or has another file of that name.
    """
    place = folder / path
    make_folder(place.parent)
    write = partial(write_gsd, place, configuration, replace=False)
    try:
        sha256, size = write()
    except ConfigurationError:
        # Maybe another process, done with the sample, took the half-written file for a leftover.
        sha256, size = write()
    return ConfigurationFile(kind=cast(Kind, configuration.kind), path=path, sha256=sha256, bytes=size)


def store_trajectory(folder: Path, path: str, frames: Iterable[Configuration]) -> ConfigurationFile:
    """Write frames as GSD to ``path`` inside ``folder``, one by one; raises as ``store_configuration``."""
    place = folder / path
    make_folder(place.parent)
    sha256, size = write_atomic(place, lambda file: fill_gsd_frames(file, frames), replace=False)
    return ConfigurationFile(kind="trajectory", path=path, sha256=sha256, bytes=size)


def store_by_content(folder: Path, stem: str, configuration: Configuration) -> ConfigurationFile:
    """Write a configuration to ``STEM-SHA256.gsd`` inside ``folder``, unless that file is already there.

    Named by what is in it, a file never takes the place of another.

    Raises:
        ConfigurationError: the folder cannot be written, or the file that is there is damaged.
    """
    draft = store_configuration(folder, f"{stem}-{uuid4().hex}.tmp", configuration)
    try:
        file = replace(draft, path=f"{stem}-{draft.sha256[:16]}.gsd")
        place = folder / file.path
        if place.exists():
            check_file(place, file.sha256)
        else:
            write_atomic(place, (folder / draft.path).read_bytes())
        return file
    finally:
        (folder / draft.path).unlink()


def check_file(path: Path, sha256: str) -> None:
    """Make sure that a stored file is what it was.

    Raises:
        ConfigurationError: it is missing, or its content has another SHA-256.
    """
    try:
        if what := irregular(path):
            raise UnreadableFile(f"cannot read {path} ({what}); restore it from a copy")
        found = sha256_of(path)
    except OSError as error:
        reason, remedy = system_reason(error, "restore it from a copy")
        raise UnreadableFile(f"cannot read {path} ({reason}); {remedy}") from None
    if found != sha256:
        raise ConfigurationError(
            f"{path} is damaged: its SHA-256 is not the recorded one; restore it from a copy"
        )


def remove_leftovers(store: Store) -> None:
    """Remove what killed attempts have left of samples that are done by now."""
    for path in unknown_files(store):
        if _OF_REPLICA.fullmatch(path.name):
            _remove(path)


def remove_traces(folder: Path, replicas: Collection[int]) -> None:
    """Remove what attempts at samples of these numbers have left in the folder of their ensemble."""
    for path in folder.glob("*"):
        match = _OF_REPLICA.fullmatch(path.name)
        if match and int(match[1]) in replicas:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def unknown_files(store: Store) -> Iterator[Path]:
    """What is in the database's folder that it does not know, and that makes no sample just now."""
    stored = store.configurations()
    known = {one.path for one in stored}
    done = {(one.path.parent.name, one.replica) for one in stored}
    for path in sorted([*store.folder.glob("*/*"), *filter(Path.is_file, store.folder.glob("*"))]):
        match = _OF_REPLICA.fullmatch(path.name)
        in_use = match and (path.parent.name, int(match[1])) not in done
        if path not in known and not in_use:
            yield path
