"""The installed models, built-in and third-party alike, found through entry points.

A model is one function: its name is that of its entry point, its parameters and their defaults are those of
its signature, and the first line of its docstring says what it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from pssglass.base import checks
from pssglass.base.canonical import canonical_json
from pssglass.base.entry_points import Loaded, Plugin, load_plugins
from pssglass.base.errors import BrokenPlugin, InputError, ModelError, one_line, suggest
from pssglass.models.data import model_from_data, refuse_measured
from pssglass.models.model import Model

GROUP = "pssglass.models"

Factory: TypeAlias = Callable[..., Model]
Parameters: TypeAlias = Mapping[str, inspect.Parameter]


@dataclass(frozen=True)
class Example:
    """A sound value of a parameter that has no default: ``rc: Annotated[float, Example(1.5)]``."""

    value: Any


@cache
def installed_models() -> Loaded[Factory]:
    """The usable models by name, and what is wrong with the others; looked for once in a process."""
    return load_plugins(GROUP, _check_factory, name_of=None)


class _Factories(Mapping[str, Factory]):
    """The factories of the usable models by name; they are imported when somebody looks."""

    def __getitem__(self, name: str) -> Factory:
        return installed_models().plugins[name].content

    def __iter__(self) -> Iterator[str]:
        return iter(installed_models().plugins)

    def __len__(self) -> int:
        return len(installed_models().plugins)


MODELS: Mapping[str, Factory] = _Factories()


def define_model(name: str, *, folder: Path = Path(), **settings: Any) -> Model:
    """A model of your own, of the same settings as a table ``[models.NAME]`` of a campaign file.

    Of a table, ``phi`` may be a function of x = r/λ, between ``x_first`` and ``cutoff``.

    >>> soft = {"form": "inverse-powers", "exponents": [12], "coefficients": [1.0], "cutoff": 1.5}
    >>> define_model("soft", **soft, density=0.8).lengths
    ((1.0,),)

    Args:
        name: what the model is called, unlike any installed one.
        folder: where a relative path of ``file`` begins.
        settings: see docs/models.md.

    Raises:
        ModelError: the name is taken, a setting is unknown or missing, or a value wrong.
    """
    checks.identifier(ModelError, "the name of a model", name)
    if name in installed_models().plugins or name in installed_models().problems:
        raise ModelError(f"model '{name}': an installed model has this name; give it another")
    refuse_measured(name, settings)
    return model_from_data(name, settings, checks.path(ModelError, "folder", folder))


def build_model(name: str, parameters: Mapping[str, Any], others: Collection[str] = ()) -> Model:
    """The model of this name, e.g. ``build_model("pss", {"rc": 1.5})``.

    Args:
        name: of an installed model, or of one whose parameters define it.
        parameters: the model's.
        others: names that could have been meant besides those of installed models.

    Raises:
        ModelError: a model that is unknown or cannot be used; a parameter unknown, missing or wrong.
    """
    if "form" in parameters:
        return model_from_data(name, parameters)
    plugin = _installed(name, others)
    accepted = accepted_parameters(plugin.content)
    for key in parameters:
        if key not in accepted:
            raise ModelError(f"model {name} has no parameter '{key}'; {suggest(key, accepted)}")
    for key, parameter in accepted.items():
        if parameter.default is parameter.empty and key not in parameters:
            raise ModelError(f"model {name} needs the parameter '{key}'; add it to parameters")
    return _made(plugin, parameters)


def package_of(name: str) -> str | None:
    """Distribution and version that provide an installed model, as ``pssglass 0.1.0``; None of another."""
    plugin = installed_models().plugins.get(name)
    return None if plugin is None else f"{plugin.distribution} {plugin.version}"


def default_parameters(name: str) -> dict[str, Any]:
    """Of a model, those that it has; none of a model that is not installed."""
    if name not in MODELS:
        return {}
    accepted = accepted_parameters(MODELS[name]).items()
    return {key: one.default for key, one in accepted if one.default is not one.empty}


def example(name: str) -> Model:
    """The model with its defaults, and ``Example`` values where it has none.

    Raises:
        ModelError: it cannot be made so.
    """
    try:
        accepted = inspect.signature(MODELS[name], eval_str=True).parameters
    except Exception:  # annotations that only type checkers understand
        return build_model(name, {})
    values = {
        key: given.value
        for key, parameter in accepted.items()
        for given in getattr(parameter.annotation, "__metadata__", ())
        if isinstance(given, Example)
    }
    return build_model(name, values)


def accepted_parameters(factory: Factory) -> Parameters:
    """Of a factory, by name."""
    return inspect.signature(factory).parameters


def _installed(name: str, others: Collection[str]) -> Plugin[Factory]:
    models = installed_models()
    if name in models.plugins:
        return models.plugins[name]
    if name in models.problems:
        raise ModelError(f"model '{name}' cannot be used: {models.problems[name]}")
    remedy = f"or install the package that provides it, or give the campaign file whose [models.{name}] it is"
    raise ModelError(f"there is no model '{name}'; {suggest(name, [*models.plugins, *others])} ({remedy})")


def _made(plugin: Plugin[Factory], parameters: Mapping[str, Any]) -> Model:
    """What the factory makes, if it is a model that the same call makes again."""
    origin = f"model {plugin.name} of {plugin.distribution} {plugin.version}"
    try:
        model = plugin.content(**parameters)
        name, filled_in = model.name, canonical_json(dict(model.parameters))
    except InputError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {one_line(error)}"
        raise ModelError(f"{origin} failed with {dict(parameters)}: {reason}; mend it there") from error
    if name != plugin.name:
        raise ModelError(f"{origin} makes a model called '{name}'; give it the name of its entry point")
    accepted = accepted_parameters(plugin.content)
    # Only what is at its default may be left out.
    needed = {key for key, one in accepted.items() if parameters.get(key, one.default) != one.default}
    needed |= {key for key, one in accepted.items() if one.default is one.empty}
    if not needed <= model.parameters.keys() <= accepted.keys():
        listed = ", ".join(accepted)
        raise ModelError(f"{origin} makes a model with parameters {filled_in}; all of {listed} belong there")
    return model


def _check_factory(candidate: object) -> None:
    """Raises BrokenPlugin unless ``candidate`` is a function of parameters with names and plain defaults."""
    if not callable(candidate):
        raise BrokenPlugin(f"{candidate!r} must be a function that makes a Model")
    for parameter in inspect.signature(candidate).parameters.values():
        if parameter.name == "form":
            raise BrokenPlugin("the parameter 'form' tells models as data from others; give it another name")
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise BrokenPlugin(f"parameter {parameter} must have a name that a campaign file can give")
        if parameter.default is not parameter.empty:
            canonical_json(parameter.default)
