"""Options that say where the work is done, one for each kind of machine."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pssglass.base.errors import InputError
from pssglass.execution import Machine, Workers, load_settings, machines

Settings = Annotated[
    Path | None,
    typer.Option(
        metavar="machine.toml",
        help="Settings of this machine.",
        show_default="~/.config/pssglass/machine.toml",
    ),
]


class MachineCommand(TyperCommand):
    """A command with an option for each kind of machine; they are looked up when the command is used."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of the command's function, those of the machines, and --help."""
        *own, help_option = super().get_params(ctx)
        return [*own, *_options(machines().values()), help_option]


def _options(kinds: Any) -> list[Any]:
    """What typer makes of a function with these options."""

    def asking(**_chosen: str | None) -> None:
        """The function."""

    annotations = {kind.name: _option(kind) for kind in kinds}
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
