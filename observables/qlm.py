"""Quasilocalised modes of a glass, one by one, and how complete the list is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pssglass.observable import Bounds, Column, Level, Value

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

KINDS = ("local", "dipoles", "nonaffine")
MODES = (
    ("qlm_frequency", "1/time", "sqrt(kappa/m), ascending", "frequencies"),
    ("qlm_participation_ratio", "1", "(sum z^2)^2/(N sum z^4), 1 if all move alike", "participation_ratios"),
    ("qlm_kappa", "epsilon/lambda^2", "second derivative of the energy along the mode", "kappa"),
    ("qlm_tau", "epsilon/lambda^3", "third derivative", "tau"),
    ("qlm_chi", "epsilon/lambda^4", "fourth derivative", "chi"),
    ("qlm_core", "1", "index of the particle that moves most", "cores"),
    ("qlm_core_size", "lambda", "radius of gyration, weights z^4", "core_sizes"),
    ("qlm_cost", "epsilon^2/lambda^4", "(z.Mz)^2/sum (z_ij.z_ij)^2 over pairs", "costs"),
    ("qlm_residual", "1", "length of the gradient of ln cost", "residuals"),
    ("qlm_times_found", "1", "descents that ended there", "times_found"),
)
"""Columns that every mode has: name, unit, meaning, and attribute of the modes."""
SOME_MODES = (
    ("qlm_barrier", "epsilon", "2 kappa^3/(3 tau^2), of the cubic expansion; none if tau is 0", "barrier"),
    ("qlm_decay_exponent", "1", "p of r^-p far away; none if the box is too small", "decay_exponents"),
)
"""Columns that a mode may lack."""


class QuasilocalisedModes:
    """Pseudo-harmonic modes, minima of C(z) = (z·Mz)²/Σ(z_ij·z_ij)² over pairs, a row of a table each.

    Measured on request only: it takes ``starts`` descents. ``kinds`` of starts are "local", "dipoles" and
    "nonaffine"; see ``Glass.quasilocalised_modes``. ``count`` keeps so many, the softest; number of modes,
    coverage and unseen are those of all that were found. The coverage is the chance that another
    descent ends in a known mode, the unseen a lower bound of what more descents would find. Source: Richard
    et al., doi:10.1103/PhysRevLett.126.015501.
    """

    name = "qlm"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    on_request = True
    parameters: Mapping[str, Any] = {
        "starts": 100,
        "kinds": list(KINDS),
        "count": None,
        "seed": 0,
        "store_vectors": False,
    }
    bounds: Mapping[str, Bounds] = {
        "starts": Bounds(at_least=1),
        "kinds": Bounds(some_of=KINDS),
        "count": Bounds(at_least=1, whole=True),
        "seed": Bounds(at_least=0),
    }
    columns = (
        Column("qlm_count", "1", "number of distinct modes found"),
        Column("qlm_finds", "1", "descents that ended in one"),
        Column("qlm_coverage", "1", "chance that another descent ends in a known mode (Good and Turing)"),
        Column("qlm_unseen", "1", "modes that more descents would find, at least (Chao1)"),
        Column("qlm_lowest_frequency", "1/time", "frequency of the softest, if any was found", optional=True),
        *(Column(name, unit, doc, ("modes",), table="qlm") for name, unit, doc, _ in MODES),
        *(
            Column(
                f"qlm_core_{axis}",
                "lambda",
                f"{axis} of the particle that moves most",
                ("modes",),
                table="qlm",
            )
            for axis in "xyz"
        ),
        *(Column(name, unit, doc, ("modes",), True, "qlm") for name, unit, doc, _ in SOME_MODES),
        Column("qlm_vector", "1", "modes of unit length, if asked for", ("modes", "particles", 3), True),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        how = {key: parameters[key] for key in ("starts", "kinds", "seed")}
        every = subject.quasilocalised_modes(**how)
        kept = slice(parameters["count"])
        values: dict[str, Value] = {
            "qlm_count": len(every.frequencies),
            "qlm_finds": every.converged,
            "qlm_coverage": every.coverage,
            "qlm_unseen": every.unseen,
        }
        if every.frequencies.size:
            values["qlm_lowest_frequency"] = float(every.frequencies[0])
        for name, _, _, attribute in MODES:
            values[name] = getattr(every, attribute)[kept]
        with np.errstate(divide="ignore"):
            for name, _, _, attribute in SOME_MODES:
                values[name] = np.ma.masked_invalid(getattr(every, attribute)[kept])
        for axis, places in zip("xyz", subject.positions[every.cores[kept]].T, strict=True):
            values[f"qlm_core_{axis}"] = places
        if parameters["store_vectors"]:
            values["qlm_vector"] = every.vectors[kept]
        return values
