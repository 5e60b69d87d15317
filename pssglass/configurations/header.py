"""What only this program knows of a configuration, as the JSON that its files carry."""

from __future__ import annotations

import json
import math
from typing import Any

from pssglass.base.canonical import canonical_json
from pssglass.base.errors import ConfigurationError, one_line
from pssglass.configurations.configuration import KINDS, Configuration
from pssglass.configurations.source import RESTORE

RENAMED = "renamed"
"""Entry of the metadata of an exported file: from the names in it to those of the model."""


def header_of(configuration: Configuration, *, step: bool = True) -> str:
    """What ``parse_header`` reads again; without its step where that stands elsewhere in the file."""
    header = {"kind": configuration.kind, "metadata": dict(configuration.metadata)}
    return canonical_json(header | {"step": configuration.step} if step else header)


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
        canonical_json(header).encode()  # no half of a character
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the pssglass header is no JSON ({one_line(error)}); {RESTORE}") from None
    _check("the pssglass header", header, dict)
    entries = {"kind": "liquid", "step": step, "metadata": {}, **header}
    if entries["kind"] not in KINDS:
        raise ConfigurationError(f"kind = {entries['kind']!r} must be one of {', '.join(KINDS)}; {RESTORE}")
    _check("step", entries["step"], int)
    _check("metadata", entries["metadata"], dict)
    renamed = entries["metadata"].get(RENAMED, {})
    _check(RENAMED, renamed, dict)
    for name in renamed.values():
        _check(RENAMED, name, str)
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
