"""Computer glasses from the liquid to the database.

>>> import pssglass as pg
>>> model = pg.PSS(rc=1.5)
>>> liquid = pg.Liquid.create(model, N=3000, temperature=1.0, seed=7)
>>> run = liquid.run(time=50.0)
>>> glass = liquid.quench()
>>> glass.moduli().shear_modulus
"""

from __future__ import annotations

from importlib.metadata import version

from pssglass.config import Campaign, EnsembleSpec, Protocol, load_campaign
from pssglass.configurations import Configuration, read_configuration, write_configuration
from pssglass.engine import build_info
from pssglass.errors import PssglassError
from pssglass.glass import Glass
from pssglass.liquid import Liquid
from pssglass.models import KABLJ, MODELS, PSS, Model, build_model

__all__ = [
    "KABLJ",
    "MODELS",
    "PSS",
    "Campaign",
    "Configuration",
    "EnsembleSpec",
    "Glass",
    "Liquid",
    "Model",
    "Protocol",
    "PssglassError",
    "build_info",
    "build_model",
    "load_campaign",
    "read_configuration",
    "write_configuration",
]

__version__ = version("pssglass")
