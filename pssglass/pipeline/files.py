"""Configurations as files in the database's folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import uuid4

from pssglass.configurations import Configuration, make_folder, write_atomic, write_gsd
from pssglass.db import ConfigurationFile
from pssglass.db.records import Kind
from pssglass.errors import ConfigurationError


def store_configuration(folder: Path, path: str, configuration: Configuration) -> ConfigurationFile:
    """Write a configuration as GSD to ``path`` inside ``folder``; all of it is on disk when this returns.

    Raises:
        ConfigurationError: the folder cannot be written, or is full.
    """
    place = folder / path
    make_folder(place.parent)
    sha256, size = write_gsd(place, configuration)
    return ConfigurationFile(kind=cast(Kind, configuration.kind), path=path, sha256=sha256, bytes=size)


def store_by_content(folder: Path, stem: str, configuration: Configuration) -> tuple[ConfigurationFile, bool]:
    """Write a configuration to ``STEM-SHA256.gsd`` inside ``folder``, unless that file is already there.

    Named by what is in it, a file never takes the place of another.

    Returns:
        The file, and whether it is new.

    Raises:
        ConfigurationError: the folder cannot be written, or the file that is there is damaged.
    """
    draft = store_configuration(folder, f"{stem}-{uuid4().hex}.tmp", configuration)
    try:
        file = replace(draft, path=f"{stem}-{draft.sha256[:16]}.gsd")
        place = folder / file.path
        if place.exists():
            check_file(place, file.sha256)
            return file, False
        write_atomic(place, (folder / draft.path).read_bytes())
        return file, True
    finally:
        (folder / draft.path).unlink()


def check_file(path: Path, sha256: str) -> None:
    """Make sure that a stored file is what it was.

    Raises:
        ConfigurationError: it is missing, or its content has another SHA-256.
    """
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path} ({error.strerror}); restore it from a copy") from None
    if found != sha256:
        raise ConfigurationError(
            f"{path} is damaged: its SHA-256 is not the recorded one; restore it from a copy"
        )
