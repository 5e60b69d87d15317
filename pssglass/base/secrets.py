"""Passwords in URLs never leave the program: not in messages, logs, reports or results."""

from __future__ import annotations

import re
from urllib.parse import unquote

MASK = "***"

_USER = r"(?:(?!%3A)[^\s:/@?#])*"
_COLON = "(?::|%3A)"
_PORT = r"\d{1,5}(?![^\s/?#'\",;:.)\]])"
_END = r"(?=['\",;:.)\]]*(?:\s|$))"
# A password may hold anything, so what follows the last "@" of a word is taken for the host. A "://" may be
# incomplete.
_BEFORE_HOST = re.compile(
    rf"(\b(?:\w[\w+.-]*:/+|postgres\w*(?:\+\w+)?[:/]+){_USER}{_COLON})\S*@", re.IGNORECASE
)
# Without any "@" it is a port or a password, but for schedulers, which have none.
_WITHOUT_HOST = re.compile(
    rf"(\b(?!tcp:|tls:)\w[\w+.-]*://(?!\[){_USER}{_COLON})(?!{_PORT})[^\s@]+?{_END}", re.IGNORECASE
)
_PARAMETER = re.compile(r"""([?&][^\s&=]+=)([^\s&'"]+)""")
# What PostgreSQL's URLs may say in the open; a parameter of any other name may be a mistyped password.
_OPEN = re.compile(
    r"host|hostaddr|port|dbname|user|service|passfile|connect_timeout|client_encoding|options|replication"
    r"|(?:fallback_)?application_name|keepalives\w*|tcp_user_timeout"
    r"|ssl(?:_m|mode|neg|comp|cert|key|root|crl|sni)\w*"
    r"|gss\w+|krbsrvname|require_?(?:peer|auth|ssl)|channel_binding|target_session_attrs|load_balance_hosts",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"passw(?:or)?d", re.IGNORECASE)
_ASSIGNED = re.compile(r"""(passw(?:or)?d\s*(?:=|%3D)\s*)('[^']*'|"[^"]*"|[^\s&;,'"]+)""", re.IGNORECASE)

# What may stand in place of a URL: USER:PASSWORD@HOST/DB, and pairs, in which a password may be in quotes.
_WITHOUT_SCHEME = re.compile(r"^(\s*(?://)?[^/:@]+:).*@", re.DOTALL)
_PAIR = re.compile(r"(passw(?:or)?d\s*=).*", re.IGNORECASE | re.DOTALL)


def masked(text: str) -> str:
    """The text with a mask in place of every password that stands in a URL, or in its parameters.

    >>> masked("no postgresql://me:secret@host/db?sslpassword=other")
    'no postgresql://me:***@host/db?sslpassword=***'
    """
    text = _BEFORE_HOST.sub(rf"\1{MASK}@", text)
    text = _WITHOUT_HOST.sub(rf"\1{MASK}", text)
    return _ASSIGNED.sub(rf"\1{MASK}", _PARAMETER.sub(_masked_parameter, text))


def _masked_parameter(parameter: re.Match[str]) -> str:
    """``name=value`` of a URL without the value, unless the name is a known one and no password is named."""
    is_open = _OPEN.fullmatch(parameter[1][1:-1]) and not _PASSWORD.search(unquote(unquote(parameter[0])))
    return parameter[0] if is_open else f"{parameter[1]}{MASK}"


def masked_url(url: str) -> str:
    """The same of a text that is one URL, or is given for one; its password may have blanks, too."""
    scheme, separator, rest = url.partition("://")
    user, colon, after = rest.partition(":")
    _, at, place = after.rpartition("@")
    if separator and colon and at and not set(user) & set("/?#@"):
        url = f"{scheme}://{user}:{MASK}@{place}"
    if separator:
        return masked(url)
    url = masked(_PAIR.sub(rf"\1{MASK}", url))
    return url if MASK in url else _WITHOUT_SCHEME.sub(rf"\1{MASK}@", url)
