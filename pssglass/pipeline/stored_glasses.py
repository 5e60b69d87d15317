"""Glasses as the database has them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pssglass.configurations import Configuration, read_configuration_of
from pssglass.mechanics.glass import Glass
from pssglass.mechanics.inherent_states import mechanics_of, recorded_quench
from pssglass.models import Model
from pssglass.pipeline.files import check_file


def stored_glass(model: Model, path: Path, liquid: tuple[Path, str] | None = None) -> Glass:
    """The glass of a file that the database knows, whose certificate need not be computed again.

    ``liquid`` is the file of its parent liquid with the SHA-256 of that, to be read if it is asked for.
    """
    found = read_configuration_of(model, path)
    return Glass(
        *(model, found, recorded_quench(found), mechanics_of(model, found)),
        partial(_read_liquid, model, liquid),
    )


def _read_liquid(model: Model, file: tuple[Path, str] | None) -> Configuration | None:
    if file is None:
        return None
    check_file(*file)
    return read_configuration_of(model, file[0])
