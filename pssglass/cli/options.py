"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from pssglass.base.errors import InputError

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
    typer.Option("--campaign", metavar="NAME|FILE", help="Only ensembles of this campaign; may be repeated."),
]
EnsembleNames = Annotated[
    list[str] | None, typer.Option("--ensemble", metavar="NAME", help="Only this ensemble; may be repeated.")
]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help='Only this model, as pss or "pss rc=1.5"; may be repeated.'),
]

DEFAULT_DATABASE = "pssglass.db"


def parse_pairs(option: str, pairs: Iterable[str]) -> dict[str, str]:
    """``["rc=1.5"]`` as a mapping of texts.

    Raises:
        InputError: no "=" in it.
    """
    parsed: dict[str, str] = {}
    for pair in pairs:
        key, _, text = (part.strip() for part in pair.partition("="))
        if not key or not text:
            raise InputError(f"{option} {pair}: write it as NAME=VALUE")
        parsed[key] = text
    return parsed


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """``["rc=1.5", "size_ratios=[1.2, 1.4]"]`` as a mapping; values are written as in a TOML file.

    Raises:
        InputError: no "=", or no TOML value.
    """
    parsed: dict[str, Any] = {}
    for key, text in parse_pairs("--set", settings).items():
        try:
            [parsed[key]] = tomllib.loads(f"value = {text}").values()
        except (tomllib.TOMLDecodeError, ValueError):
            raise InputError(f"--set {key}={text}: write a number as 1.5, a list as [1.18, 1.4]") from None
    return parsed
