"""Glasses as the database has them."""

from __future__ import annotations

from pathlib import Path

from pssglass.configurations import read_configuration_of
from pssglass.mechanics.glass import Glass
from pssglass.mechanics.inherent_states import mechanics_of, recorded_quench
from pssglass.models import Model


def stored_glass(model: Model, path: Path) -> Glass:
    """The glass of a file that the database knows, whose certificate need not be computed again."""
    found = read_configuration_of(model, path)
    return Glass(model, found, recorded_quench(found), mechanics_of(model, found))
