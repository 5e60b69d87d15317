"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.base.secrets import masked_url
from pssglass.cli import completion

LONGEST_SECONDS = 1e6
"""Eleven days: more than a process lives, and no trouble for clocks."""

Database = Annotated[str, typer.Option("--db", metavar="PATH-or-URL", help="The results database.")]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Worker processes; 0 computes in this one.", show_default="all cores"),
]
CheckpointEvery = Annotated[
    float,
    typer.Option(
        min=0.0, max=LONGEST_SECONDS, metavar="SECONDS", help="Save the samples in the making so often."
    ),
]
Lease = Annotated[
    float,
    typer.Option(
        min=0.1,
        max=LONGEST_SECONDS,
        metavar="SECONDS",
        help="Silence after which others take over a sample.",
    ),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        metavar="SECONDS",
        help="Give up an observable of one glass, ensemble or model after this time.",
        min=0.001,
        max=LONGEST_SECONDS,
    ),
]
Style = Annotated[
    str,
    typer.Option(
        "--style", metavar="NAME|FILE", help="A style of matplotlib to draw in.", show_default="ours"
    ),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Also try again what failed before.")]
Campaigns = Annotated[
    list[str] | None,
    typer.Option(
        "--campaign",
        metavar="NAME|FILE",
        help="Only ensembles of this campaign; may be repeated.",
        autocompletion=completion.presets,
    ),
]
EnsembleNames = Annotated[
    list[str] | None,
    typer.Option(
        "--ensemble",
        metavar="NAME",
        help="Only this ensemble; may be repeated.",
        autocompletion=completion.ensembles,
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help='Only this model, as pss or "pss rc=1.5"; may be repeated.'),
]

ParentTemperature = Annotated[
    float | None, typer.Option(metavar="T", help="At which its liquid was before it was quenched.")
]
EquilibrationTime = Annotated[
    float | None, typer.Option(metavar="TIME", help="That its liquid had at that temperature.")
]

DEFAULT_DATABASE = "pssglass.db"

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_VALUES = ("true", "false", "inf", "nan")
"""Words that are no text in a TOML file."""
_URL = re.compile(r"\w[\w+.-]+:/")


def local(path: Path | None) -> Path | None:
    """A callback: the path, unless it is a URL or "-", of which nothing could be made but odd files.

    Raises:
        InputError: it is one.
    """
    if path is not None and _URL.match(str(path)):
        raise InputError(f"{masked_url(str(path))} is a URL; name a file or a folder (--db names databases)")
    if str(path) == "-":
        raise InputError("'-' is not stdout here; name a file or a folder")
    return path


def check_liquid(parent_temperature: float | None, equilibration_time: float | None) -> None:
    """Raises InputError: what is said of a liquid is out of bounds."""
    for option, value in (
        ("--parent-temperature", parent_temperature),
        ("--equilibration-time", equilibration_time),
    ):
        if value is not None:
            checks.number(InputError, option, value, above=0.0)


def parse_pairs(option: str, pairs: Iterable[str]) -> dict[str, str]:
    """``["rc=1.5"]`` as a mapping of texts.

    Raises:
        InputError: no "=" in it, or a name has two values.
    """
    parsed: dict[str, str] = {}
    for pair in pairs:
        key, _, text = (part.strip() for part in pair.partition("="))
        if not key or not text:
            raise InputError(f"{option} {pair}: write it as NAME=VALUE")
        if parsed.setdefault(key, text) != text:
            raise InputError(f"{option} {key}={parsed[key]} and {option} {pair}: leave one of them out")
    return parsed


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """``["rc=1.5", "size_ratios=[1.2, 1.4]"]`` as a mapping; values are written as in a TOML file.

    A single word needs no quotes, which shells take away: ``drawing=random``.

    Raises:
        InputError: no "=", no TOML value, or one that JSON does not know.
    """
    parsed: dict[str, Any] = {}
    for key, text in parse_pairs("--set", settings).items():
        try:
            [parsed[key]] = tomllib.loads(f"value = {_quoted(text)}").values()
        except (tomllib.TOMLDecodeError, ValueError):
            raise InputError(
                f"--set {key}={text}: write a number as 1.5, a list as [1.18, 1.4], text of more than a word"
                " as '\"text\"'"
            ) from None
        _check_value(key, parsed[key])
    return parsed


def _quoted(text: str) -> str:
    """A single word in the quotes that TOML wants of text."""
    return f'"{text}"' if _WORD.fullmatch(text) and text not in _VALUES else text


def _check_value(name: str, value: Any) -> None:
    """Refuse what TOML can say and the database cannot hold: inf, nan, dates."""
    if isinstance(value, list):
        for one in value:
            _check_value(name, one)
    elif isinstance(value, dict):
        for key, one in value.items():
            _check_value(f"{name}.{key}", one)
    elif not isinstance(value, str | bool):
        checks.number(InputError, name, value)
