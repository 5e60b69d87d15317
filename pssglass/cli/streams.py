"""Stdout and stderr as they are: closed, or of an encoding that lacks what tables are made of."""

from __future__ import annotations

import codecs
import io
import logging
import os
import sys
import unicodedata

from pssglass.base.secrets import masked

PLAIN = {
    **{"±": "+-", "×": "x", "·": "*", "−": "-", "–": "-", "—": "-", "∼": "~", "≤": "<=", "≥": ">="},
    **{"⟨": "<", "⟩": ">", "√": "sqrt", "∂": "d", "∞": "inf", "→": "->", "°": " deg", "µ": "u"},
}
_ERRORS = "pssglass.plain"


class MaskingFormatter(logging.Formatter):
    """Keeps passwords out of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return masked(super().format(record))


def prepare_streams() -> None:
    """Let every text be written to stdout and stderr, in ASCII where their encoding lacks a character.

    Warnings go to stderr, too.
    """
    codecs.register_error(_ERRORS, _in_plain)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed: what is opened next must not take its place
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("pssglass: %(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def as_utf8(text: str) -> str:
    """A text that came in as bytes of UTF-8 where the locale knows ASCII only; any other stays as it is."""
    try:
        return text.encode("ascii", "surrogateescape").decode()
    except UnicodeError:
        return text


def shown(text: str) -> str:
    """The text as stdout will show it, so that columns can be made as wide.

    >>> plain("ν = 0.31 ± 0.02"), plain("A_g ω₀⁵"), plain("Å")
    ('nu = 0.31 +- 0.02', 'A_g omega05', 'A')
    """
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return plain(text)
    return text


def plain(text: str) -> str:
    """The text in ASCII: Greek letters by their names, others without accents, as a last resort by number."""
    return "".join(one if one.isascii() else _plain(one) for one in text)


def _plain(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    name = unicodedata.name(character, "")
    if name.startswith("GREEK") and " LETTER " in name:
        letter = name.rpartition(" LETTER ")[2].partition(" ")[0]
        return letter.capitalize() if "CAPITAL" in name else letter.lower()
    parts = [one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one)]
    if parts in ([], [character]):
        return character.encode("ascii", "backslashreplace").decode()
    return plain("".join(parts))


def _in_plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return plain(error.object[error.start : error.end]), error.end
