"""How much memory a sample needs, and whether there is so much."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable

from pssglass.base.errors import InputError
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.execution.memory import SharedMemory
from pssglass.models import Model
from pssglass.simulation.displacements import ORIGINS, SHORTEST_SPACING
from pssglass.simulation.dynamics import CHUNK
from pssglass.simulation.protocol import Protocol
from pssglass.simulation.recording import LONGEST_LAG
from pssglass.simulation.trajectories import FRAME_BYTES

OUT_OF_MEMORY = "out of memory; make N smaller, use fewer --workers, or a machine that has more"

# Peaks of the resident memory of a process that makes one sample (x86-64, CHOLMOD with METIS), in MiB:
# sticky spheres at r_c = 1.5, 21 neighbours: 236 at N = 3000, 604 at 10 000, 1331 at 20 000, 1996 at 28 000;
# 583 to 635 at 40 000; at r_c = 1.1, 8 neighbours: 502 at 10 000, 540 at 40 000; Kob-Andersen, 65 neighbours:
# 1602 at 10 000, 810 at 40 000.
# Up to 30 000 most of it is the factor of the Hessian, for the end of the quench and the certificate. In
# three dimensions it grows as N^(4/3); how it grows with the neighbours is a fit to these three models.
# Recording displacements with one time origin took 244 at N = 40 000.
PROCESS_BYTES = 140e6
LIQUID_BYTES = 110.0
"""For each particle and each of its neighbours: lists, records, copies across the faces."""
FACTOR_BYTES, FACTOR_BYTES_OF_NEIGHBOURS = 1290.0, 10.5
"""Times N^(4/3), the latter also times the neighbours to the power 3/2."""
LARGEST_FACTORED = 30_000
"""Particles above which the engine does without a factor."""
ITERATIVE_BYTES, ITERATIVE_BYTES_OF_NEIGHBOURS = 9600.0, 125.0
"""There, for each particle, vectors; the latter times the neighbours, Hessian, preconditioner and bonds."""
ORIGINS_HELD = math.ceil(2 * ORIGINS * LONGEST_LAG) + 1
"""Of the record of displacements: those that are not older than its longest lag."""
ORIGIN_BYTES = 24.0 + 32.0 + 3 * 32.0
"""For each particle: positions, their text, and while a checkpoint is written its copies."""
LOOKS = math.ceil(CHUNK / SHORTEST_SPACING) * 20
"""Frames that one run takes for the record, at most."""
FRAME_COPIES = 2
"""The engine's and NumPy's; a third is scaled to one volume, or picked out for a trajectory."""

_log = logging.getLogger(__name__)


def bytes_of_sample(model: Model, N: int, protocol: Protocol | None = None) -> float:
    """What a process that makes a sample needs at most, to some tens of percent: as a liquid, or later."""
    neighbours = model.neighbours
    liquid = PROCESS_BYTES + LIQUID_BYTES * neighbours * N
    if N > LARGEST_FACTORED:
        later = PROCESS_BYTES + (ITERATIVE_BYTES + ITERATIVE_BYTES_OF_NEIGHBOURS * neighbours) * N
    else:
        factor = FACTOR_BYTES + FACTOR_BYTES_OF_NEIGHBOURS * math.pow(neighbours, 1.5)
        later = liquid + factor * math.pow(N, 4.0 / 3.0)
    return max(liquid + bytes_of_record(N, protocol), later)


def bytes_of_record(N: int, protocol: Protocol | None = None, origins: int = ORIGINS_HELD) -> float:
    """What is held of a liquid while it is recorded: time origins, and the frames of one run."""
    trajectory = protocol.trajectory if protocol else None
    is_copied = protocol is not None and (protocol.pressure is not None or trajectory is not None)
    frames = sum(
        min(FRAME_BYTES, 24.0 * N * count) for count in (LOOKS, trajectory.frames if trajectory else 0)
    )
    return ORIGIN_BYTES * origins * N + (FRAME_COPIES + is_copied) * frames


def bytes_in_all(wanted: Iterable[tuple[float, int]], workers: int) -> float:
    """What the workers need together, at most.

    Args:
        wanted: bytes of a sample, and how many such samples there are.
        workers: samples at once.
    """
    each = sorted(needed for needed, samples in wanted for _ in range(min(samples, workers)))
    return sum(each[-workers:])


def require_memory(wanted: Iterable[tuple[EnsembleSpec, int]], places: Iterable[SharedMemory]) -> None:
    """Warns where workers may need more memory together than there is.

    Args:
        wanted: ensembles with the numbers of their samples that are to be made.
        places: where workers share memory.

    Raises:
        InputError: a single sample needs more.
    """
    missing = [
        (spec, bytes_of_sample(spec.model, spec.N, spec.protocol), samples)
        for spec, samples in wanted
        if samples
    ]
    for place in places:
        own, shared = place.of_one or place.limit, place.limit
        for spec, needed, _ in missing:
            if needed > own.bytes:
                raise InputError(
                    f"ensemble {spec.name}: a sample of N = {spec.N} needs about {gigabytes(needed)} of"
                    f" memory, and {own.origin} allows {gigabytes(own.bytes)}; make N smaller, or use a"
                    " machine that has more"
                )
        together = bytes_in_all([(needed, samples) for _, needed, samples in missing], place.workers)
        if together > shared.bytes:
            _log.warning(
                "%d workers need about %s of memory together, and %s allows %s; %s",
                *(place.workers, gigabytes(together), shared.origin, gigabytes(shared.bytes), place.remedy),
            )


def gigabytes(number: float) -> str:
    """A number of bytes for people.

    >>> gigabytes(2.34e9), gigabytes(4.2e12), gigabytes(2.3e6)
    ('2.3 GB', '4200 GB', '0.002 GB')
    """
    if number < 5e7:
        return f"{number / 1e9:.1g} GB"
    return f"{number / 1e9:.1f} GB" if number < 1e11 else f"{number / 1e9:.0f} GB"
