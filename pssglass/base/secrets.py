"""Passwords in URLs never leave the program: not in messages, logs, reports or results."""

from __future__ import annotations

import re

MASK = "***"

# A password may hold anything, so what follows the last "@" of a word is taken for the host.
_IN_AUTHORITY = re.compile(r"(\w[\w+.-]*://[^\s:/@?#]*:)\S*@")
_IN_QUERY = re.compile(r"""(passw(?:or)?d\s*=\s*)('[^']*'|"[^"]*"|[^\s&;,'"]+)""", re.IGNORECASE)


def masked(text: str) -> str:
    """The text with a mask in place of every password that stands in a URL, or in its parameters.

    >>> masked("no postgresql://me:secret@host/db?sslpassword=other")
    'no postgresql://me:***@host/db?sslpassword=***'
    """
    return _IN_QUERY.sub(rf"\1{MASK}", _IN_AUTHORITY.sub(rf"\1{MASK}@", text))


def masked_url(url: str) -> str:
    """The same of a text that is one URL, whose password may have blanks, too."""
    scheme, separator, rest = url.partition("://")
    user, colon, after = rest.partition(":")
    _, at, place = after.rpartition("@")
    if separator and colon and at and not set(user) & set("/?#@"):
        url = f"{scheme}://{user}:{MASK}@{place}"
    return masked(url)
