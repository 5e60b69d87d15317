"""The command that lists the installed models, and what ends the help of those that take one."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from pssglass.base.docstrings import summary
from pssglass.base.errors import ModelError, one_line
from pssglass.campaigns.own_models import read_own_models
from pssglass.cli.messages import say
from pssglass.cli.output import RowFormat, write_rows
from pssglass.models import MODELS, Model
from pssglass.models.forms import FORMS
from pssglass.models.points import LEAST_POINTS
from pssglass.models.registry import accepted_parameters, example, installed_models

COLUMNS: tuple[str, ...] = ("model", "parameters", "species", "density", "from", "meaning")
FORM_COLUMNS: tuple[str, ...] = ("form", "parameters", "or", "meaning")


class ListsModels(TyperCommand):
    """A command whose help names the models that there are; help alone waits until they are imported."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """What stands below the options."""
        formatter.write(f"\nModels: {', '.join(sorted(MODELS))}; `pssglass models` tells their parameters.\n")


def models(
    campaign: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also the models that its tables [models.NAME] define."),
    ] = None,
    forms: Annotated[
        bool, typer.Option("--forms", help="The forms that such tables choose from, instead.")
    ] = False,
    form: Annotated[RowFormat, typer.Option("--format", help="How the rows are written.")] = RowFormat.table,
) -> None:
    """List the installed models with their parameters, and those that cannot be used.

    Species and density are those of the defaults.
    """
    if forms:
        columns, rows = FORM_COLUMNS, [_form_row(name) for name in sorted(FORMS)]
    else:
        columns, own = COLUMNS, read_own_models(campaign).all() if campaign else {}
        rows = [_row(name) for name in sorted(MODELS)] + [_own_row(one, campaign) for one in own.values()]
    if form is not RowFormat.json:
        rows = [[_text(value) for value in row] for row in rows]
    write_rows(columns, rows, form)
    for problem in installed_models().problems.values():
        say(f"pssglass: {problem}")


def _form_row(name: str) -> list[Any]:
    entry = FORMS[name]
    parameters = inspect.signature(entry.build).parameters.items()
    known = {key: _default(one) for key, one in parameters if key not in entry.measured}
    return [name, known, list(entry.others), summary(entry.build)]


def _own_row(model: Model, campaign: Path | None) -> list[Any]:
    """A model as data, without the values of a table."""
    values = model.parameters.items()
    parameters = {key: one for key, one in values if not isinstance(one, list) or len(one) < LEAST_POINTS}
    meaning = f"your own, of form {model.parameters['form']}"
    return [model.name, parameters, list(model.species), model.number_density, str(campaign), meaning]


def _row(name: str) -> list[Any]:
    plugin, model = installed_models().plugins[name], _example(name)
    return [
        name,
        {key: _default(one) for key, one in accepted_parameters(plugin.content).items()},
        list(model.species) if model else None,
        model.number_density if model else None,
        f"{plugin.distribution} {plugin.version}",
        summary(plugin.content),
    ]


def _example(name: str) -> Model | None:
    try:
        return example(name)
    except ModelError as error:
        accepted = accepted_parameters(installed_models().plugins[name].content).values()
        if all(one.default is not one.empty for one in accepted):
            say(f"pssglass: {one_line(error)}")
        return None


def _default(parameter: inspect.Parameter) -> Any:
    """None where there is none."""
    return None if parameter.default is parameter.empty else parameter.default


def _text(value: Any) -> Any:
    """A cell for people: parameters as --set and campaign files take them."""
    if isinstance(value, dict):
        settings = (key if one is None else f"{key}={json.dumps(one)}" for key, one in value.items())
        return ", ".join(settings)
    return ", ".join(value) if isinstance(value, list) else value
