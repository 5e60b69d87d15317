"""Files that exist completely or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from pssglass.errors import ConfigurationError


def write_atomic(path: Path, content: bytes | Callable[[Path], None]) -> tuple[str, int]:
    """Fill a temporary file, then rename it to ``path``; both reach the disk before this returns.

    Args:
        path: where the file shall be.
        content: its bytes, or what writes them to the path that it is given.

    Returns:
        SHA-256 of the content in hexadecimal, and the number of bytes.

    Raises:
        ConfigurationError: the folder is missing, read-only or full; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        if callable(content):
            content(temporary)
        else:
            temporary.write_bytes(content)
        _sync(temporary)
        written = temporary.read_bytes()
        os.replace(temporary, path)
        _sync(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(
            f"cannot write {path} ({reason}); check the folder and its free space"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    return hashlib.sha256(written).hexdigest(), len(written)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
