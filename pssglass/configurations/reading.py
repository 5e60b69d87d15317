"""What all readers share: complaints that name the file, and the header that this program writes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.base.errors import ConfigurationError, UnreadableFile, one_line
from pssglass.configurations.configuration import KINDS

RESTORE = "restore the file from a copy, or write it again"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever goes wrong inside is a ConfigurationError: a damaged file can break a parser anywhere.

    It is an UnreadableFile where the system is to blame.
    """
    try:
        with np.errstate(all="ignore"):
            yield
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {path} ({error.strerror or one_line(error)}); check its name and permissions"
        ) from None
    except MemoryError:
        raise UnreadableFile(f"cannot read {path} (out of memory); give this process more memory") from None
    except Exception as error:
        raise ConfigurationError(f"{path} cannot be understood ({one_line(error)}); {RESTORE}") from None


def parse_header(text: str | bytes, step: int = 0) -> dict[str, Any]:
    """The entries kind, step and metadata of the JSON that only this program writes.

    Args:
        text: JSON.
        step: if it has none of its own.

    Raises:
        ConfigurationError: no JSON, or not as this program writes it.
    """
    try:
        header = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the pssglass header is no JSON ({one_line(error)}); {RESTORE}") from None
    _check("the pssglass header", header, dict)
    entries = {"kind": "liquid", "step": step, "metadata": {}, **header}
    if entries["kind"] not in KINDS:
        raise ConfigurationError(f"kind = {entries['kind']!r} must be one of {', '.join(KINDS)}; {RESTORE}")
    _check("step", entries["step"], int)
    _check("metadata", entries["metadata"], dict)
    if "model" in entries["metadata"]:
        record = entries["metadata"]["model"]
        _check("model", record, dict)
        for name, kind in (("name", str), ("parameters", dict), ("hash", str)):
            _check(f"{name} of the model", record.get(name), kind)
    return entries


def _check(name: str, value: object, kind: type) -> None:
    if type(value) is not kind:
        raise ConfigurationError(f"{name} = {value!r} must be of type {kind.__name__}; {RESTORE}")


def _finite(digits: str) -> float:
    """A number of JSON, which may have more digits before its point than a float can hold."""
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no finite number")
