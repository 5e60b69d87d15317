"""The stages there are: our own, and those of other distributions, found through entry points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from importlib import metadata

from pssglass.base.entry_points import OWN_DISTRIBUTION, Plugin, load_plugins
from pssglass.base.errors import BrokenPlugin, DuplicatePlugin, MissingPlugin, PluginError
from pssglass.simulation.protocol import Protocol, StageRequest
from pssglass.simulation.stages.hold import Hold
from pssglass.simulation.stages.keys import Key
from pssglass.simulation.stages.melt import Melt
from pssglass.simulation.stages.stage import Stage, StageInUse

GROUP = "pssglass.stages"
OWN: tuple[Stage, ...] = (Melt(), Hold())
"""They always take part; their keys are fields of ``Protocol``."""


@dataclass(frozen=True)
class Stages:
    """Stages with who provides them, in their order, and by name what is wrong with others."""

    plugins: tuple[Plugin[Stage], ...]
    problems: Mapping[str, PluginError]

    @property
    def keys(self) -> dict[str, Key]:
        """Those of all stages."""
        return {key.name: key for plugin in self.plugins for key in plugin.content.keys}


def own_stages() -> Stages:
    """Those that come along."""
    version = metadata.version(OWN_DISTRIBUTION)
    return Stages(tuple(Plugin(one.name, one, OWN_DISTRIBUTION, version) for one in OWN), {})


def installed_stages() -> Stages:
    """All that can be used; whatever is wrong with one is told, and stops no other."""
    loaded = load_plugins(GROUP, check_stage)
    plugins, problems = list(own_stages().plugins), dict(loaded.problems)
    for plugin in loaded.plugins.values():
        fault = _fault(plugin, plugins)
        if fault:
            origin = f"{GROUP}: {plugin.name} of {plugin.distribution} {plugin.version}"
            problems[plugin.name] = DuplicatePlugin(f"{origin} {fault}")
        else:
            plugins.append(plugin)
    return Stages(tuple(sorted(plugins, key=lambda one: (one.content.order, one.name))), problems)


def stages_of(protocol: Protocol) -> list[StageInUse]:
    """The stages that take part, in their order, with the values of their keys.

    Raises:
        MissingPlugin: one is not installed, or in another version.
        PluginError: it is registered, but cannot be used.
    """
    chosen: list[StageInUse] = [
        (stage, {key.name: getattr(protocol, key.name) for key in stage.keys}) for stage in OWN
    ]
    if not protocol.stages:
        return chosen
    known = installed_stages()
    chosen += [(_find(known, name, one), one.values) for name, one in protocol.stages.items()]
    return sorted(chosen, key=lambda one: (one[0].order, one[0].name))


def origins(protocol: Protocol) -> dict[str, str]:
    """Of each further stage its version, and the distribution here that provides it."""
    return {
        plugin.name: f"{plugin.content.version} of {plugin.distribution} {plugin.version}"
        for plugin in installed_stages().plugins
        if plugin.name in protocol.stages
    }


def check_stage(candidate: object) -> None:
    """Make sure that an object is a stage.

    Raises:
        BrokenPlugin: it is none.
    """
    if not isinstance(candidate, Stage):
        raise BrokenPlugin("is no pssglass.stage.Stage: derive it from that class")
    for name, kinds in (("name", str), ("version", str), ("order", (int, float)), ("keys", tuple)):
        if not isinstance(getattr(candidate, name, None), kinds):
            raise BrokenPlugin(f"lacks {name}, or it is of the wrong kind")
    if not candidate.keys or not all(isinstance(key, Key) for key in candidate.keys):
        raise BrokenPlugin("keys must be one Key at least: without any it never takes part")


def _fault(plugin: Plugin[Stage], others: Collection[Plugin[Stage]]) -> str | None:
    """What keeps a stage from standing beside others."""
    if plugin.name in {one.name for one in others}:
        return "has the name of another stage: rename it"
    taken = {field.name: "the protocol" for field in fields(Protocol)}
    taken |= {key.name: f"stage {one.name}" for one in others for key in one.content.keys}
    for key in plugin.content.keys:
        if key.name in taken:
            return f"has the key '{key.name}', as {taken[key.name]} has: rename the key"
    return None


def _find(known: Stages, name: str, request: StageRequest) -> Stage:
    needed = f"stage {name} {request.version} of {request.distribution}"
    for plugin in known.plugins:
        found = (plugin.name, plugin.distribution, plugin.content.version)
        if found == (name, request.distribution, request.version):
            return plugin.content
        if plugin.name == name:
            there = f"stage {name} {plugin.content.version} of {plugin.distribution} {plugin.version}"
            raise MissingPlugin(f"the protocol needs {needed}, but here is {there}; install the one it needs")
    if name in known.problems:
        raise known.problems[name]
    raise MissingPlugin(
        f"the protocol needs {needed}, which is not installed; install {request.distribution}"
    )
