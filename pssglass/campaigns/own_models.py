"""The models that a campaign file defines: its tables [models.NAME]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pssglass.base.errors import CampaignError
from pssglass.base.toml_tables import as_table, naming, read_toml
from pssglass.models import Model, build_model, define_model


@dataclass(frozen=True)
class OwnModels:
    """Settings of models by name, and the folder where their files begin."""

    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: Path = Path()

    def build(self, name: str, parameters: Mapping[str, Any]) -> Model:
        """The model of this name, installed or defined here; parameters replace settings of the latter.

        Raises:
            ModelError: see ``build_model`` and ``define_model``.
        """
        if name in self.settings:
            return define_model(name, folder=self.folder, **{**self.settings[name], **parameters})
        return build_model(name, parameters, self.settings)

    def all(self) -> dict[str, Model]:
        """Every one that is defined here."""
        return {name: self.build(name, {}) for name in self.settings}


def own_models(tables: Mapping[str, Any], origin: str, folder: Path) -> OwnModels:
    """Those of the tables of a campaign file, each checked.

    Raises:
        CampaignError: a table does not make a model.
    """
    with naming(origin, CampaignError):
        models = as_table("models", tables.get("models", {}))
        found = OwnModels({name: as_table(f"models.{name}", one) for name, one in models.items()}, folder)
        found.all()
    return found


def read_own_models(path: Path) -> OwnModels:
    """Those of a campaign file, whatever else stands there.

    Raises:
        CampaignError: it cannot be read, or a table does not make a model.
    """
    with naming(error=CampaignError):
        tables = read_toml(path, f"campaign '{path}'", "give a TOML file with tables [models.NAME]")
    return own_models(tables, str(path), path.parent)
