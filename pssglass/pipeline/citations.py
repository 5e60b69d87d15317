"""What to cite for the results in a database: the program, the paper, and the models and methods in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from importlib.resources import files
from typing import Any

from pssglass.base.entry_points import OWN_DISTRIBUTION
from pssglass.base.results import IMPORTED
from pssglass.db import Store
from pssglass.pipeline.requests import registry

ALWAYS = "all"
CHOICES = ("quench", "thermostat")
"""Keys of the protocol of whose values each has its own references."""
_ENTRY = re.compile(r"^@\w+\{.*?^\}\n", re.DOTALL | re.MULTILINE)
_KEYWORDS = re.compile(r"^  keywords = \{(.*)\},\n", re.MULTILINE)


def citations(store: Store | None) -> str:
    """BibTeX of what a database rests on, or without one of the program and its paper.

    Packages of others that models and observables come from are named in a comment each.
    """
    used = {ALWAYS} if store is None else {ALWAYS, *_uses(store)}
    entries = [entry for entry, keywords in bibliography() if keywords & used]
    others = [] if store is None else [f"% also: {name}\n" for name in sorted(_packages(store))]
    return "\n".join([*entries, *others])


def bibliography() -> Iterator[tuple[str, frozenset[str]]]:
    """Each entry in BibTeX, with what it is to be cited for."""
    text = (files(__package__) / "references.bib").read_text(encoding="utf-8")
    for entry in _ENTRY.findall(text.replace("@version@", metadata.version(OWN_DISTRIBUTION))):
        keywords = _KEYWORDS.search(entry)
        yield _KEYWORDS.sub("", entry), frozenset(keywords[1].split(", ") if keywords else ())


def _uses(store: Store) -> Iterator[str]:
    """Models, methods and observables of the database, as keywords have them."""
    for ensemble in store.ensembles():
        yield f"model:{ensemble.spec['model_name']}"
        protocol = ensemble.spec["protocol"]
        if protocol["quench"] != IMPORTED:  # that of what was made elsewhere is a placeholder
            yield from _methods(protocol)
    status = store.status()
    for analysis in (*status.analyses, *status.aggregates):
        if analysis.done:
            yield f"observable:{analysis.observable}"


def _methods(protocol: Mapping[str, Any]) -> Iterator[str]:
    for name, value in protocol.items():
        if value is not None:
            yield f"{name}:{value}" if name in CHOICES else f"protocol:{name}"


def _packages(store: Store) -> set[str]:
    """Other distributions, with their versions, of models and observables."""
    models = {model.package for model in store.models() if model.package}
    installed, status = registry(), store.status()
    measured = {one.observable for one in (*status.analyses, *status.aggregates) if one.done}
    observables = {" ".join(installed.provider(name)) for name in measured if name in installed.observables}
    stages = {
        f"{request['distribution']} {request['version']}"
        for ensemble in store.ensembles()
        for request in ensemble.spec["protocol"].get("stages", {}).values()
    }
    return {name for name in models | observables | stages if name.split()[0] != OWN_DISTRIBUTION}
