"""Quasilocalised modes of a glass: many descents of the bond cost, from starts all over the glass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.linalg

from pssglass import engine
from pssglass.analysis.completeness import chao1_unseen, good_turing_coverage
from pssglass.analysis.dipole_fields import dipole_forces, nearest_image
from pssglass.analysis.localised_fields import core_sizes, cores, decay_exponents
from pssglass.base import checks
from pssglass.base.errors import InputError, NotInherentState, suggest
from pssglass.base.results import Floats, QuasilocalisedModes
from pssglass.configurations import edge_vectors

if TYPE_CHECKING:
    from pssglass.mechanics.glass import Glass

STARTS = ("local", "dipoles", "nonaffine")
LOCAL_SIZES = (5, 15, 40)
"""Particles that may move in a local start, the rest of the glass held fixed, by turns."""
SAME = 0.999
"""Overlap |z·z'| above which two modes are one."""
_COARSE, _NEAR = (0.1, 1e-3), 0.99
"""A descent that has come down to such a residual ends in a known mode if it overlaps with it by so much.

Of 120 descents (r_c = 1.1 and 1.5, N = 1000 and 3000) none overlapped by 0.6 with a mode it did not end in.
"""
_BATCH = 16
"""Descents that are made together: between two batches a command may be interrupted."""


class QuasilocalisedSearch:
    """The descents of one glass; see ``Glass.quasilocalised_modes``."""

    def __init__(self, glass: Glass, mechanics: engine.Mechanics) -> None:
        self._glass = glass
        self._mechanics = mechanics

    def modes(
        self, count: int | None, starts: int, kinds: Sequence[str], seed: int, tolerance: float, threads: int
    ) -> QuasilocalisedModes:
        """See ``Glass.quasilocalised_modes``."""
        most = 3 * (self._glass.N - len(self._glass.rattlers)) - 3
        starts = checks.integer(InputError, "starts", starts, at_least=1)
        seed = checks.integer(InputError, "seed", seed, at_least=0)
        tolerance = checks.number(InputError, "tolerance", tolerance, above=0.0)
        threads = checks.integer(InputError, "threads", threads, at_least=1)
        if count is not None and checks.integer(InputError, "count", count, at_least=1) > most:
            raise InputError(f"count = {count} must be at most {most}, the number of modes of this glass")
        if isinstance(kinds, str) or not kinds:
            raise InputError(f"kinds = {kinds!r} must be a list of some of {', '.join(STARTS)}")
        for kind in kinds:
            if kind not in STARTS:
                raise InputError(f"kind = {kind!r} of start: {suggest(kind, STARTS)}")
        if not self._glass.certify().is_minimum:
            raise NotInherentState("the glass is no minimum of the energy; quench it first")
        known = _Known(self._mechanics, tolerance, threads)
        for fields in self._starts(starts, list(dict.fromkeys(kinds)), np.random.default_rng(seed)):
            known.add(fields)
        return self._gathered(known, count, starts)

    def _starts(self, starts: int, kinds: list[str], random: np.random.Generator) -> Iterator[Floats]:
        """Fields (k, N, 3), as many of each kind as of the others; of six nonaffine ones no more."""
        if "nonaffine" in kinds:
            fields = self._glass.nonaffine_displacements()[:starts]
            starts -= len(fields)
            yield fields
        others = [kind for kind in kinds if kind != "nonaffine"]
        for place, kind in enumerate(others):
            share = starts // len(others) + (place < starts % len(others))
            for begin in range(0, share, _BATCH):
                number = min(_BATCH, share - begin)
                yield self._local(number, random) if kind == "local" else self._dipoles(number, random)

    def _local(self, number: int, random: np.random.Generator) -> Floats:
        """The softest mode of the particles around a random one, all others held fixed."""
        glass = self._glass
        free = np.setdiff1d(np.arange(glass.N), glass.rattlers)
        positions, edges, hessian = glass.positions[free], edge_vectors(glass.box), glass.hessian()
        fields = np.zeros((number, glass.N, 3))
        sizes = (LOCAL_SIZES[k % len(LOCAL_SIZES)] for k in range(number))
        for field, centre, size in zip(fields, random.choice(len(free), number), sizes, strict=True):
            apart = nearest_image(positions - positions[centre], edges)
            near = free[np.argsort(np.sum(apart**2, axis=1), kind="stable")[:size]]
            rows = (3 * near[:, None] + np.arange(3)).ravel()
            block = hessian[rows][:, rows].toarray()
            field[near] = scipy.linalg.eigh(block, subset_by_index=[0, 0])[1].reshape(-1, 3)
        return fields

    def _dipoles(self, number: int, random: np.random.Generator) -> Floats:
        """Responses to force dipoles on random pairs."""
        glass, pairs = self._glass, self._mechanics.pairs()
        chosen = pairs[random.choice(len(pairs), number)]
        return glass.solve(dipole_forces(glass.positions, glass.box, chosen))

    def _gathered(self, known: _Known, count: int | None, starts: int) -> QuasilocalisedModes:
        """The softest first."""
        glass = self._glass
        times, kappa = np.array(known.times, dtype=np.int32), np.array(known.stiffnesses)
        chosen = np.argsort(kappa, kind="stable")[:count]
        vectors = _signed(known.vectors[chosen].reshape(-1, glass.N, 3))
        with engine.translated():
            expansion = engine.energy_expansion(self._mechanics, vectors)
        squares = np.sum(vectors**2, axis=2)
        return QuasilocalisedModes(
            frequencies=np.sqrt(kappa[chosen] / glass.model.mass),
            vectors=vectors,
            participation_ratios=1.0 / (glass.N * np.sum(squares**2, axis=1)),
            costs=np.array(known.costs)[chosen],
            kappa=kappa[chosen],
            tau=expansion["cubic"],
            chi=expansion["quartic"],
            cores=cores(vectors),
            core_sizes=core_sizes(vectors, glass.positions, glass.box),
            decay_exponents=decay_exponents(vectors, glass.positions, glass.box),
            times_found=times[chosen],
            residuals=np.array(known.residuals)[chosen],
            starts=starts,
            converged=int(times.sum()),
            coverage=good_turing_coverage(times),
            unseen=chao1_unseen(times),
        )


class _Known:
    """The minima that are known, in the order in which they were found, and how often each was."""

    def __init__(self, mechanics: engine.Mechanics, tolerance: float, threads: int) -> None:
        self._mechanics = mechanics
        self._tolerance = tolerance
        self._threads = threads
        self.vectors: Floats = np.zeros((0, 3 * mechanics.particles))
        self.stiffnesses: list[float] = []
        self.costs: list[float] = []
        self.residuals: list[float] = []
        self.times: list[int] = []

    def add(self, fields: Floats) -> None:
        """Descend from each of the fields (k, N, 3); those that do not come to an end are left out."""
        for residual in _COARSE:
            if len(fields):
                fields = self._unknown(self._descended(fields, max(residual, self._tolerance))["vectors"])
        while len(fields):
            flat = fields.reshape(len(fields), -1)
            is_first = np.argmax(np.abs(flat @ flat.T) > _NEAR, axis=1) == np.arange(len(fields))
            self._finish(fields[is_first])
            fields = self._unknown(fields[~is_first])

    def _unknown(self, fields: Floats) -> Floats:
        """Those that are not on their way to a known mode; the others count as finds of it."""
        known = [self._counts(one.ravel(), _NEAR) for one in fields]
        return fields[~np.array(known, dtype=np.bool_)]

    def _finish(self, fields: Floats) -> None:
        """Descend to the end, where a new mode may be."""
        ends = self._descended(fields, self._tolerance)
        for k, one in enumerate(ends["vectors"].reshape(len(fields), -1)):
            if ends["residuals"][k] <= self._tolerance and not self._counts(one, SAME):
                self.vectors = np.concatenate([self.vectors, one[None]])
                self.stiffnesses.append(float(ends["stiffnesses"][k]))
                self.costs.append(float(ends["costs"][k]))
                self.residuals.append(float(ends["residuals"][k]))
                self.times.append(1)

    def _descended(self, fields: Floats, tolerance: float) -> dict[str, Floats]:
        with engine.translated():
            found = engine.pseudo_harmonic_modes(self._mechanics, fields, tolerance, threads=self._threads)
        return {
            "vectors": found["vectors"],
            "stiffnesses": found["stiffnesses"],
            "costs": found["costs"],
            "residuals": found["residuals"],
        }

    def _counts(self, vector: Floats, overlap: float) -> bool:
        """Count a find of a known mode, if it is one."""
        overlaps = np.abs(self.vectors @ vector)
        if not overlaps.size or overlaps.max() <= overlap:
            return False
        self.times[int(overlaps.argmax())] += 1
        return True


def _signed(vectors: Floats) -> Floats:
    """With the largest component positive: the sign of a mode means nothing."""
    flat = vectors.reshape(len(vectors), -1)
    largest = np.argmax(np.abs(flat), axis=1)[:, None]
    return np.asarray(vectors * np.sign(np.take_along_axis(flat, largest, axis=1))[:, :, None])
