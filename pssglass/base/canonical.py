"""One text, and one digest, for one value: specifications and hashes are made of them; and short texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

LONGEST_TEXT = 80
"""Characters of a value in a message."""


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, shortest exact floats, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def shortened(value: Any) -> str:
    """A value as text for people; of a long one, such as a table, how it begins and how long it is."""
    if isinstance(value, Mapping):
        inner = (
            f"{key!r}: {repr(one) if isinstance(one, str) else shortened(one)}" for key, one in value.items()
        )
        return f"{{{', '.join(inner)}}}"
    text = f"{value}"
    if len(text) <= LONGEST_TEXT:
        return text
    count = f" ({len(value)} values, SHA-256 {digest(value)[:8]})" if isinstance(value, list) else ""
    return f"{text[:LONGEST_TEXT]}…{count}"
