"""A package with one plugin and its tests, written for an author to begin with."""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass, fields
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from string import Template

from pssglass.base.errors import InputError
from pssglass.base.files import make_folder, write_atomic
from pssglass.plugins.registry import Registry
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.stages import installed_stages

EXAMPLE = "_frequency"
"""What the column of the observable has after its name."""


@dataclass(frozen=True)
class Kind:
    """What a plugin can be.

    Attributes:
        group: of entry points, without ``pssglass.``.
        target: what the entry point names in the module.
        description: of what the template is an example.
        show: a command that shows the plugin once it is installed.
    """

    group: str
    target: str
    description: str
    show: str


KINDS = {
    "observable": Kind(
        *("observables", "$Name", "The Einstein frequency of glasses."),
        "pssglass observables $name",
    ),
    "figure": Kind(
        *("figures", "FIGURE", "The shear modulus against the temperature of parent liquids."),
        "pssglass plot $name",
    ),
    "model": Kind(
        *("models", "$Name", "Mixtures of Mie's potentials."),
        "pssglass models",
    ),
    "stage": Kind(
        *("stages", "$Name", "Slow cooling between the melt and the parent temperature."),
        "pssglass stages",
    ),
}


def write_package(kind: str, name: str, folder: Path) -> Path:
    """Write the package ``glass-NAME`` into a folder; returns its own folder.

    Raises:
        InputError: the kind is unknown, the name is no identifier in lower case or is taken, or a package of
            this name is there.
        ConfigurationError: nothing can be written there.
    """
    if kind not in KINDS:
        raise InputError(f"a plugin of kind '{kind}' is unknown; take one of {', '.join(KINDS)}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise InputError(f"the name '{name}' must be a lower-case identifier, such as my_{kind}")
    if name in _taken(kind):
        raise InputError(f"the name '{name}' is that of an installed {kind}; take another")
    words = _words(KINDS[kind], name)
    if words["Name"] in _imported(_template(f"{kind}.py").substitute(words)):
        raise InputError(
            f"the name '{name}' would hide {words['Name']}, which every {kind} needs; take another"
        )
    package, module = folder / words["distribution"], words["module"]
    if package.exists():
        raise InputError(f"{package} is there already; take another name or folder, or remove it")
    written = {
        "pyproject.toml": "pyproject.toml",
        "README.md": "README.md",
        f"{module}.py": f"{kind}.py",
        f"tests/test_{module}.py": f"{kind}_test.py",
    }
    make_folder(package / "tests")
    for target, template in written.items():
        write_atomic(package / target, _template(template).substitute(words).encode())
    return package


def _taken(kind: str) -> set[str]:
    """Names of installed plugins of the kind; of stages also the keys of protocols."""
    names = set(metadata.entry_points(group=f"pssglass.{KINDS[kind].group}").names)
    if kind == "stage":
        found = installed_stages()
        names |= {plugin.name for plugin in found.plugins} | set(found.keys)
        names |= {field.name for field in fields(Protocol)}
    if kind == "observable":
        columns = (one.columns for one in Registry.discover().observables.values())
        names |= {column.name.removesuffix(EXAMPLE) for one in columns for column in one}
    return names


def _imported(source: str) -> set[str]:
    """Names that a module imports."""
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom))
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _words(kind: Kind, name: str) -> dict[str, str]:
    """What stands for the words of the templates."""
    words = {
        "name": name,
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "distribution": f"glass-{name.replace('_', '-')}",
        "module": f"glass_{name}",
        "group": kind.group,
        "description": kind.description,
    }
    return words | {
        "target": Template(kind.target).substitute(words),
        "show": Template(kind.show).substitute(words),
    }


def _template(name: str) -> Template:
    return Template((files(__package__) / "templates" / f"{name}.txt").read_text(encoding="utf-8"))
