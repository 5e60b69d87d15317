"""Computer glasses from the liquid to the database.

>>> import pssglass as pg
>>> model = pg.PSS(rc=1.5)
>>> liquid = pg.Liquid.create(model, N=3000, temperature=1.0, seed=7)
>>> run = liquid.run(time=50.0)
>>> glass = liquid.quench()
>>> glass.moduli().shear_modulus
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pssglass import models
    from pssglass.base.errors import PssglassError
    from pssglass.campaigns.reader import load_campaign
    from pssglass.campaigns.specification import Campaign, EnsembleSpec
    from pssglass.configurations import Configuration, read_configuration, write_configuration
    from pssglass.engine import __version__, build_info
    from pssglass.mechanics.glass import Glass
    from pssglass.models import (
        KABLJ,
        MODELS,
        PSS,
        Hertzian,
        Model,
        PolyIPL,
        PolyPSS,
        build_model,
        define_model,
    )
    from pssglass.pipeline.opened_database import open as open
    from pssglass.simulation.liquid import Liquid
    from pssglass.simulation.protocol import Protocol

__all__ = [
    "KABLJ",
    "MODELS",
    "PSS",
    "Campaign",
    "Configuration",
    "EnsembleSpec",
    "Glass",
    "Hertzian",
    "Liquid",
    "Model",
    "PolyIPL",
    "PolyPSS",
    "Protocol",
    "PssglassError",
    "__version__",
    "build_info",
    "build_model",
    "define_model",
    "errors",
    "load_campaign",
    "models",
    "read_configuration",
    "write_configuration",
]

_HOMES = {
    "campaigns.reader": ("load_campaign",),
    "campaigns.specification": ("Campaign", "EnsembleSpec"),
    "configurations": ("Configuration", "read_configuration", "write_configuration"),
    "engine": ("__version__", "build_info"),
    "base.errors": ("PssglassError",),
    "mechanics.glass": ("Glass",),
    "pipeline.opened_database": ("open",),
    "simulation.liquid": ("Liquid",),
    "simulation.protocol": ("Protocol",),
    "models": (
        "KABLJ",
        "MODELS",
        "PSS",
        "Hertzian",
        "Model",
        "PolyIPL",
        "PolyPSS",
        "build_model",
        "define_model",
    ),
}
_MODULES = ("errors", "models")


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: a command must hear signals before NumPy is there."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "open"])  # which is left out of __all__ so that no star import hides the builtin
