"""Options of commands that take long: where the work is done, one for each kind of machine; what is told."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pssglass.base.errors import InputError
from pssglass.cli.messages import be_quiet, log_to
from pssglass.cli.options import local
from pssglass.execution import Machine, Workers, load_settings, machines

Settings = Annotated[
    Path | None,
    typer.Option(
        metavar="machine.toml",
        help="Settings of this machine.",
        show_default="~/.config/pssglass/machine.toml",
    ),
]


def _quiet(context: typer.Context, value: bool | None) -> None:
    if value and not context.resilient_parsing:
        be_quiet()


def _log(context: typer.Context, value: Path | None) -> None:
    if value and not context.resilient_parsing:
        log_to(local(value) or value)


_TELLING = {
    "quiet": Annotated[
        bool | None,
        typer.Option("--quiet", help="Tell errors only, no progress.", callback=_quiet, expose_value=False),
    ],
    "log": Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="Add messages to this file, with their time, and progress once a minute.",
            callback=_log,
            expose_value=False,
            show_default=False,
        ),
    ],
}


class MachineCommand(TyperCommand):
    """A command with an option for each kind of machine, looked up when it is used, and for what it tells."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of the command's function, those of the machines, what is told, and --help."""
        *own, help_option = super().get_params(ctx)
        of_machines = {kind.name: _option(kind) for kind in machines().values()}
        return [*own, *_options(of_machines | _TELLING), help_option]


def _options(annotations: dict[str, Any]) -> list[Any]:
    """What typer makes of a function with these options."""

    def asking(**_chosen: object) -> None:
        """The function."""

    keyword = inspect.Parameter.KEYWORD_ONLY
    asking.__annotations__ = annotations
    asking.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, keyword, default=None, annotation=annotation)
            for name, annotation in annotations.items()
        ]
    )
    app = typer.Typer(add_completion=False)
    app.command()(asking)
    return list(typer.main.get_command(app).params)


def _option(kind: Machine) -> Any:
    def keep(context: typer.Context, value: str | None) -> None:
        if value is not None:
            context.meta.setdefault(__name__, {})[kind.name] = value

    return Annotated[
        str | None,
        typer.Option(
            f"--{kind.name}", metavar=kind.metavar, help=kind.help, callback=keep, expose_value=False
        ),
    ]


@contextmanager
def chosen_machine(context: typer.Context, workers: int | None, settings: Path | None) -> Iterator[Workers]:
    """Where the options of a ``MachineCommand`` want the work to be done; what was started for it ends with
    the block.

    Raises:
        InputError: options that exclude each other, or wrong settings.
    """
    asked: dict[str, str] = context.meta.get(__name__, {})
    chosen = [*(["--workers"] if workers is not None else []), *(f"--{name}" for name in asked)]
    if len(chosen) > 1:
        raise InputError(f"{' and '.join(chosen)} exclude each other; give one of them")
    if not asked:
        if settings is not None:
            options = " or ".join(f"--{name}" for name in machines())
            raise InputError(f"--settings goes with {options}; give one of them")
        yield workers
        return
    [(name, value)] = asked.items()
    with machines()[name].open(value, load_settings(settings)) as cluster:
        yield cluster
