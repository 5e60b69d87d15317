"""Which numbers rest on too little: flagged, empty in figures, in brackets in the report."""

from __future__ import annotations

from collections.abc import Mapping

from pssglass.base.results import Value

LEAST_IN_WINDOW = 30
"""Modes that a prefactor or an exponent of the density of states needs."""
LEAST_BELOW_THRESHOLD = 20
"""Modes that a mean size needs: two agree by chance, and have then an error bar close to zero."""
LARGEST_EXPONENT_ERROR = 1.0
"""An exponent with a larger one tells no law from another."""
_SUPPORTED = "_supported"


def weak(values: Mapping[str, Value]) -> dict[str, str]:
    """What ensemble or model observables returned on weak grounds: name of the value -> why."""
    found: dict[str, str] = {}
    for of, remedy in (("", "add samples"), ("qlm_", "raise count or starts of qlm, or add samples")):
        if float(values.get(f"{of}vdos_supported", 1.0)) == 0.0:
            reason = f"{of}A_g rests on {float(values[f'{of}modes_in_window']):.0f} modes only: {remedy}"
            found |= {f"{of}{key}": reason for key in ("A_g", "A_g_scaled", "beta")}
    modes = float(values.get("modes_below_threshold", LEAST_BELOW_THRESHOLD))
    if modes < LEAST_BELOW_THRESHOLD:
        found["N_e0"] = f"N e0 rests on {modes:.0f} modes only: add samples"
    for key in values:
        of = key.removesuffix(_SUPPORTED)
        if key == of + _SUPPORTED and of in values and float(values[key]) == 0.0:
            value, error = (float(values[name]) for name in (of, f"{of}_error"))
            found[of] = f"{of} = {value:.2g} ± {error:.2g} says nothing: add ensembles, or samples to them"
    return found


def is_supported(values: Mapping[str, Value], key: str) -> bool:
    """Whether a value may be taken at its error bar."""
    return key not in weak(values)
