"""Models of stored ensembles that cannot be made here, or have become others."""

from __future__ import annotations

from dataclasses import dataclass

from pssglass.analysis.series import model_label
from pssglass.base.canonical import canonical_json
from pssglass.base.errors import ModelError, one_line
from pssglass.db import ModelRecord, Store
from pssglass.models.registry import MODELS, build_model, package_of


@dataclass(frozen=True)
class LostModel:
    """A model whose glasses cannot be measured or made again, with its ensembles, and why with the remedy."""

    label: str
    ensembles: tuple[str, ...]
    reason: str


def lost_models(store: Store) -> list[LostModel]:
    """All such models of a database."""
    alike: dict[str, list[ModelRecord]] = {}
    for one in store.models():
        alike.setdefault(canonical_json([one.name, one.parameters, one.hash]), []).append(one)
    reasons = {key: reason for key, members in alike.items() if (reason := _reason(members[0]))}
    labels = {one.name: model_label(one) for one in store.described()} if reasons else {}
    members = {key: tuple(one.ensemble for one in alike[key]) for key in reasons}
    return [LostModel(labels[members[key][0]], members[key], reason) for key, reason in reasons.items()]


def _reason(one: ModelRecord) -> str | None:
    """Why glasses of a model can be neither measured nor made again; None if they can."""
    remedy = f"install {one.package}" if one.package else "install the package that provides it"
    try:
        model = build_model(one.name, one.parameters)
    except ModelError as error:
        if "form" in one.parameters:  # it is all in the database: a release with other bounds refuses it
            return f"{one_line(error)}; use the release of pssglass that made its glasses"
        if one.name in MODELS:
            return f"{one_line(error)}; {remedy}"
        return f"there is no model '{one.name}' here; {remedy}"
    if one.hash is not None and one.hash != model.hash:
        return f"the model is another one in {package_of(one.name)}; {remedy}"
    return None
