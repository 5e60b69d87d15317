"""Configurations as files in the database's folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import cast

from pssglass.configurations import Configuration, write_gsd
from pssglass.db import ConfigurationFile
from pssglass.db.records import Kind
from pssglass.errors import ConfigurationError


def store_configuration(folder: Path, path: str, configuration: Configuration) -> ConfigurationFile:
    """Write a configuration as GSD to ``path`` inside ``folder``; all of it is on disk when this returns.

    Raises:
        ConfigurationError: the folder cannot be written, or is full.
    """
    place = folder / path
    _make_folder(place.parent)
    sha256, size = write_gsd(place, configuration)
    return ConfigurationFile(kind=cast(Kind, configuration.kind), path=path, sha256=sha256, bytes=size)


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


def _make_folder(folder: Path) -> None:
    """A folder whose name has reached the disk, like the files that come into it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ConfigurationError(
            f"cannot make folder {folder} ({error.strerror}); check permissions and free space"
        ) from None
