"""The table of file formats: entry points, by which a file's suffix leads to its reader and writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy.typing as npt

from pssglass.base import checks
from pssglass.base.entry_points import OWN_DISTRIBUTION, Loaded, load_plugins
from pssglass.base.errors import BrokenPlugin, ConfigurationError, InputError, suggest
from pssglass.base.files import write_atomic
from pssglass.configurations.configuration import Configuration
from pssglass.configurations.fields import check_fields
from pssglass.configurations.format import Format, check_format
from pssglass.configurations.source import Source, reading
from pssglass.models import Model

GROUP = "pssglass.formats"
PACKED = ".gz"


@cache
def installed_formats() -> Loaded[Format]:
    """Every format, built-in and third-party alike; a suffix belongs to one of them, ours first."""
    loaded = load_plugins(GROUP, check_format)
    by_rank = sorted(
        loaded.plugins.values(), key=lambda one: (one.distribution != OWN_DISTRIBUTION, one.name)
    )
    plugins, problems = {}, dict(loaded.problems)
    owners: dict[str, str] = {}
    for plugin in by_rank:
        taken = [suffix for suffix in plugin.content.suffixes if suffix in owners]
        if taken:
            problems[plugin.name] = BrokenPlugin(
                f"format {plugin.name} of {plugin.distribution}: {taken[0]} is a suffix of {owners[taken[0]]}"
            )
            continue
        plugins[plugin.name] = plugin
        owners |= dict.fromkeys(plugin.content.suffixes, plugin.name)
    return Loaded(plugins, problems)


def formats() -> dict[str, Format]:
    """The usable formats by name."""
    return {name: plugin.content for name, plugin in installed_formats().plugins.items()}


def format_of(path: Path) -> Format | None:
    """The format whose suffix a file has, also before .gz; None for others."""
    name = path.name.lower().removesuffix(PACKED)
    return next((one for one in formats().values() if name.endswith(one.suffixes)), None)


def suffixes(*, to_write: bool = False) -> list[str]:
    """Suffixes of files that can be read, or written."""
    usable = [one for one in formats().values() if (one.write if to_write else one.read)]
    return [suffix for one in usable for suffix in one.suffixes]


def read_configuration(
    path: str | Path,
    species: Sequence[str] = ("A", "B"),
    mapping: Mapping[str, str] | None = None,
    *,
    frame: int | None = None,
    mass: float = 1.0,
    form: str | None = None,
) -> Configuration:
    """Read a configuration in the format that the file's suffix names, or ``form``.

    Velocities are read wherever a file has them; momenta are divided by its masses, or by ``mass`` where the
    species are no chemical elements.

    Args:
        path: regular file with a suffix of ``suffixes()`` unless ``form`` is given; text may be packed, as in
            ``a.extxyz.gz``.
        species: names of the model's species, in its order.
        mapping: from the names in the file to those of the model, e.g. ``{"Cu": "A", "Zr": "B"}``.
        frame: which one of several, from 0, or from -1 backwards; None takes the only one.
        mass: of the model's particles.
        form: name of the format, whatever the suffix.

    Raises:
        ConfigurationError: unknown suffix, unreadable file, unknown species, no periodic box, several frames,
            or an argument is of a wrong type.
        InputError: no format of this name, or it is only written.
    """
    path = checks.path(ConfigurationError, "path", path)
    renamed = checks.names(ConfigurationError, "mapping", mapping)
    if frame is not None:
        frame = checks.integer(ConfigurationError, "frame", frame, at_least=-(2**63))
    mass = checks.number(ConfigurationError, "mass", mass, above=0.0)
    chosen = format_of(path) if form is None else format_named(form)
    if chosen is None or chosen.read is None:
        if form is not None:
            raise InputError(f"{form} is only written; choose one of {', '.join(_readable())}")
        names = f"or name its format, by --format or form=: {', '.join(_readable())}"
        raise ConfigurationError(f"{_unknown(path, suffixes())}; {names}")
    if path.name.lower().endswith(PACKED) and not chosen.is_text:
        raise ConfigurationError(
            f"{path}: {chosen.name} is not read from {PACKED}; unpack it by `gunzip` first"
        )
    with reading(path):
        return chosen.read(Source(path, tuple(species), renamed, frame, mass))


def read_configuration_of(
    model: Model,
    path: str | Path,
    mapping: Mapping[str, str] | None = None,
    frame: int | None = None,
    form: str | None = None,
) -> Configuration:
    """Read a configuration and make sure that it belongs to the model.

    Raises:
        ConfigurationError: see ``read_configuration`` and ``Configuration.check_belongs_to``.
    """
    model = checks.instance(InputError, "model", model, Model)
    configuration = read_configuration(path, model.species, mapping, frame=frame, mass=model.mass, form=form)
    try:
        configuration = configuration.with_diameters(model)
        configuration.check_belongs_to(model)
    except InputError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return configuration


def write_configuration(
    path: str | Path, configuration: Configuration, fields: Mapping[str, npt.ArrayLike] | None = None
) -> tuple[str, int]:
    """Write a configuration in the format that the file's suffix names.

    Args:
        path: of the file.
        configuration: what is written.
        fields: (N,) or (N, components) over the particles, by names, which stand beside it: what OVITO reads
            as properties. Reading the file again leaves them out.

    Returns:
        SHA-256 of the file in hexadecimal, and its number of bytes.

    Raises:
        ConfigurationError: unknown suffix, one that has no place for fields, a field of another shape or not
            real and finite, or the folder cannot be written.
    """
    path = checks.path(ConfigurationError, "path", path)
    form = format_of(path)
    if form is None or form.write is None or path.name.lower().endswith(PACKED):
        raise ConfigurationError(_unknown(path, suffixes(to_write=True)))
    beside = check_fields(fields, configuration.N)
    write = form.write
    if not beside:
        return write_atomic(path, lambda place: write(place, configuration))
    if form.write_fields is None:
        able = ", ".join(one.suffixes[0] for one in formats().values() if one.write_fields)
        raise ConfigurationError(f"{path}: {form.name} has no place for fields; write one of {able}")
    write_fields = form.write_fields
    return write_atomic(path, lambda place: write_fields(place, configuration, beside))


def format_named(name: str, *, to_write: bool = False) -> Format:
    """The format of this name.

    Raises:
        InputError: there is none, or it is only read.
    """
    form = formats().get(name)
    if form is None:
        raise InputError(f"there is no format '{name}'; {suggest(name, formats())}{_left_out()}")
    if to_write and form.write is None and form.write_samples is None:
        raise InputError(f"{name} is only read; choose another format")
    return form


def _readable() -> list[str]:
    return [name for name, one in formats().items() if one.read]


def _unknown(path: Path, known: Sequence[str]) -> str:
    return f"{path}: unknown format '{path.suffix}'; use one of {', '.join(known)}{_left_out()}"


def _left_out() -> str:
    return "".join(f"; {problem}" for problem in installed_formats().problems.values())
