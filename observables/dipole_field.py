"""Size of the cores of soft quasilocalised modes from the displacement around local force dipoles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pssglass.analysis import dipole_fields
from pssglass.analysis.statistics import bootstrap
from pssglass.base.results import Floats, Value
from pssglass.configurations import edge_vectors
from pssglass.observable import Bounds, Column, Level

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

BATCH = 16
LEAST_SEEN = 0.9
LEAST_DIPOLES = 4


class DipoleField:
    """Decay of the response to force dipoles with distance, and its crossover length ξ_g (paper, Appendix D).

    |u(r)|² of the response u = M⁺d, as a share of u·u, is averaged over spherical shells, then geometrically
    over dipoles: it varies between them by orders of magnitude, and no soft spot should outweigh all others.
    ξ_g is where r⁴|u|² is largest: nearer |u|² decays more slowly than in a continuum, beyond it faster until
    r⁻⁴ is reached. It is left out where half the box is not twice ξ_g, as at N = 3000 and r_c = 1.5. Few
    right-hand sides need no factorisation, so that N = 250 000 takes about 2 GB.
    """

    name = "dipole_field"
    version = "1"
    level: Level = "sample"
    requires: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {"dipoles": 64, "resamples": 400, "seed": 0}
    bounds: Mapping[str, Bounds] = {
        "dipoles": Bounds(at_least=LEAST_DIPOLES),
        "resamples": Bounds(at_least=2),
        "seed": Bounds(at_least=0),
    }
    columns = (
        Column("core_length", "lambda", "xi_g, distance of the largest r^4 |u|^2", optional=True),
        Column("core_length_error", "lambda", "bootstrap standard error over dipoles", optional=True),
        Column("field_omega_g", "1/time", "mean frequency sqrt(u.d/u.u) of the same dipoles"),
        Column("field_omega_g_error", "1/time", "standard error over dipoles"),
        Column("field_distance", "lambda", "distance r from the middle of the dipole", ("shells",)),
        Column(
            "field_square",
            "1",
            "share of u.u that a particle at r has, geometric mean over dipoles",
            ("shells",),
        ),
        Column("field_square_error", "1", "standard error over dipoles", ("shells",)),
    )

    def compute(self, subject: Glass, parameters: Mapping[str, Any]) -> dict[str, Value]:
        """Values of one glass."""
        spacing = math.cbrt(subject.configuration.volume / subject.N)
        edges = dipole_fields.shell_edges(spacing, subject.box)
        pairs = subject.random_pairs(parameters["dipoles"], parameters["seed"])
        parts = [_responses(subject, pairs[k : k + BATCH], edges) for k in range(0, len(pairs), BATCH)]
        shares, frequencies = (np.concatenate(part) for part in zip(*parts, strict=True))
        seen = np.count_nonzero(np.isfinite(shares), axis=0) > 1
        logarithms, distances = np.log(shares[:, seen]), np.sqrt(edges[1:] * edges[:-1])[seen]
        square = _geometric_mean(logarithms)
        populated = np.count_nonzero(np.isfinite(logarithms), axis=0)
        return {
            "field_omega_g": float(np.mean(frequencies)),
            "field_omega_g_error": float(np.std(frequencies, ddof=1) / np.sqrt(len(frequencies))),
            "field_distance": distances,
            "field_square": square,
            "field_square_error": square * np.nanstd(logarithms, axis=0, ddof=1) / np.sqrt(populated),
            **_core(distances, logarithms, parameters),
        }


def _responses(glass: Glass, pairs: Any, edges: Floats) -> tuple[Floats, Floats]:
    """Of each dipole the mean share of u·u in every shell, and its frequency."""
    forces = dipole_fields.dipole_forces(glass.positions, glass.box, pairs)
    response = glass.solve(forces)
    squares = np.sum(response**2, axis=2)
    norms = np.sum(squares, axis=1)
    held = np.delete(np.arange(glass.N), glass.rattlers)
    frequencies = np.sqrt(np.sum(response * forces, axis=(1, 2)) / (norms * glass.model.mass))
    first, second = (glass.positions[index] for index in pairs.T)
    middles = first + 0.5 * dipole_fields.nearest_image(second - first, edge_vectors(glass.box))
    shares = dipole_fields.shell_means(
        squares[:, held] / norms[:, None], middles, glass.positions[held], glass.box, edges
    )
    return shares, frequencies


def _geometric_mean(logarithms: Floats) -> Floats:
    """Over dipoles, of those with a particle in the shell; NaN where none has one."""
    counts = np.count_nonzero(np.isfinite(logarithms), axis=0)
    return np.asarray(np.exp(np.nansum(logarithms, axis=0) / np.where(counts, counts, np.nan)))


def _core(distances: Floats, logarithms: Floats, parameters: Mapping[str, Any]) -> dict[str, Value]:
    """ξ_g and its error; nothing where the box is too small to show it in nearly all resampled profiles."""
    length = float(dipole_fields.core_lengths(distances, _geometric_mean(logarithms)))
    drawn = bootstrap(
        len(logarithms),
        lambda chosen: _geometric_mean(logarithms[chosen]),
        parameters["resamples"],
        parameters["seed"],
    )
    spread = dipole_fields.core_lengths(distances, drawn)
    seen = np.isfinite(spread)
    if not np.isfinite(length) or np.mean(seen) < LEAST_SEEN:
        return {}
    return {"core_length": length, "core_length_error": float(np.std(spread[seen], ddof=1))}
