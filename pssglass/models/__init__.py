"""Glass formers as data: forms of pair potentials, the Model, and the library of models."""

from __future__ import annotations

from pssglass.models.contacts import Contacts
from pssglass.models.form import PairForm
from pssglass.models.inverse_powers import InversePowers
from pssglass.models.library import KABLJ, PSS, Hertzian
from pssglass.models.model import Model
from pssglass.models.polydisperse import PolyIPL, PolyPSS
from pssglass.models.registry import MODELS, Example, build_model, define_model
from pssglass.models.sizes import Sizes
from pssglass.models.smoothing import inverse_powers, sticky_powers
from pssglass.models.tabulated import Tabulated
from pssglass.models.tapered_lj import LENNARD_JONES, TaperedLJ
from pssglass.models.tapers import smoothed

__all__ = [
    "KABLJ",
    "LENNARD_JONES",
    "MODELS",
    "PSS",
    "Contacts",
    "Example",
    "Hertzian",
    "InversePowers",
    "Model",
    "PairForm",
    "PolyIPL",
    "PolyPSS",
    "Sizes",
    "Tabulated",
    "TaperedLJ",
    "build_model",
    "define_model",
    "inverse_powers",
    "smoothed",
    "sticky_powers",
]
