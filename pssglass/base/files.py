"""Files and folders that exist completely or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path
from uuid import uuid4

from pssglass.base.errors import ConfigurationError, InputError, system_reason

LARGEST_WRITTEN_BY_HAND = 2**24
"""Bytes, of which people write some hundreds."""

_SPECIAL = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def write_atomic(
    path: Path, content: bytes | Callable[[Path], None], replace: bool = True
) -> tuple[str, int]:
    """Fill a temporary file, then rename it to ``path``; both reach the disk before this returns.

    Args:
        path: where the file shall be.
        content: its bytes, or what writes them to the path that it is given.
        replace: take the place of another file of that name.

    Returns:
        SHA-256 of the content in hexadecimal, and the number of bytes.

    Raises:
        ConfigurationError: the folder is missing, read-only or full, a file with other content is there and
            not to be replaced, or what is there is no file; nothing is left behind.
    """
    if path.exists() and (what := irregular(path)):  # a device would be replaced, too
        raise ConfigurationError(f"cannot write {path} ({what}); name a file")
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        temporary.touch()  # with the permissions that the user's umask gives, whatever fills it
        if callable(content):
            content(temporary)
        else:
            temporary.write_bytes(content)
        sync(temporary)
        sha256, size = sha256_of(temporary), temporary.stat().st_size
        if not replace and path.exists() and sha256_of(path) != sha256:
            raise ConfigurationError(
                f"{path} is there with other content: another database's? move its folder elsewhere"
            )
        os.replace(temporary, path)
        sync(path.parent)
    except OSError as error:
        reason, remedy = system_reason(error, "check the folder and its free space")
        raise ConfigurationError(f"cannot write {path} ({reason}); {remedy}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return sha256, size


def irregular(path: Path) -> str:
    """What an existing path is if no regular file, as "it is a pipe, no regular file"; else empty.

    Such may never end, or wait for ever for somebody at its other end: nothing of the kind is opened.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    return "" if kind == stat.S_IFREG else f"it is {_SPECIAL.get(kind, 'something else')}, no regular file"


def read_small(path: Path | Traversable, what: str, remedy: str) -> bytes:
    """The content of a file that people write, as settings or a table of numbers.

    Raises:
        InputError: ``what`` cannot be read, is no regular file, or is longer than such files are.
    """
    try:
        if isinstance(path, Path) and (fault := irregular(path)):
            raise InputError(f"cannot read {what} ({fault}); {remedy}")
        with path.open("rb") as file:
            content = file.read(LARGEST_WRITTEN_BY_HAND + 1)
    except OSError as error:
        reason, remedy = system_reason(error, remedy)
        raise InputError(f"cannot read {what} ({reason}); {remedy}") from None
    if len(content) > LARGEST_WRITTEN_BY_HAND:
        raise InputError(f"{path} is longer than {LARGEST_WRITTEN_BY_HAND} bytes; {remedy}")
    return content


def printable(path: Path) -> str:
    """A path as text that any encoding of Unicode takes: bytes that are no UTF-8 as \\xfc."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folder(folder: Path) -> None:
    """Make a folder whose name, and those of the folders above it, have reached the disk when this returns.

    Raises:
        ConfigurationError: it cannot be made.
    """
    if folder.is_dir():
        return
    try:
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)
    except OSError as error:
        reason, remedy = system_reason(error, "check permissions and space, or choose another")
        raise ConfigurationError(f"cannot make folder {folder} ({reason}); {remedy}") from None


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
