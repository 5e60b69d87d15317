"""Reaching inherent states and certifying them.

Max|F| is small, and the particles but n rattlers have no negative eigenvalue and three zero modes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, get_type_hints

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pssglass import engine
from pssglass.base import checks
from pssglass.base.errors import ConfigurationError, InputError, NotInherentState, QuenchNotConverged
from pssglass.base.results import Certificate, Descent, QuenchRecord
from pssglass.configurations import PRESSURE, QUENCH_PRESSURE, Configuration
from pssglass.mechanics.overlaps import overlap
from pssglass.models import Model, precision

SEGMENT_WORK = 6e7
"""Particles times force evaluations of a segment of a quench, some seconds; few are longer at N < 10000."""
SHORTEST_SEGMENT = 500
"""Evaluations of a segment at least: a minimiser that begins anew needs some dozens to be at its best."""
LARGEST_GROWTH = 4.0
"""Of the volume, up or down, beyond which there is no minimum worth looking for."""
NAMED = 5
"""Particles that a message names at most."""
UNJAMMED = "a state without a network of forces: it is not jammed at this density; raise the density"
LOOSE = 1e-6
"""Of the melt's temperature, the largest energy per particle that contacts keep which bear no load."""


def mechanics_of(model: Model, configuration: Configuration, threads: int = 1) -> engine.Mechanics:
    """The engine's linear mechanics of a configuration."""
    threads = checks.integer(InputError, "threads", threads, at_least=1, below=2**31)
    with engine.translated():
        return engine.Mechanics(
            engine.potential_of(model),
            configuration.box,
            configuration.positions,
            configuration.species,
            threads,
            configuration.diameters,
        )


def certificate_of(mechanics: engine.Mechanics, model: Model) -> Certificate:
    """Forces and lowest spectrum of a configuration, whatever they are."""
    with engine.translated():
        spectrum = mechanics.certify()
    # Where the iteration shows that there is no minimum, it leaves the eigenvalues unknown.
    lowest = float(next(iter(spectrum["lowest_eigenvalues"]), math.nan)) / model.mass
    return Certificate(
        max_force=mechanics.energetics()["max_force"],
        negative_eigenvalues=spectrum["negative_eigenvalues"],
        zero_modes=spectrum["zero_modes"],
        lowest_frequency=math.copysign(math.sqrt(abs(lowest)), lowest),
        rattlers=spectrum["rattlers"],
    )


@dataclass(frozen=True)
class QuenchSettings:
    """How to quench; see ``Glass.quenched``.

    Raises:
        InputError: one is out of bounds.
    """

    method: str
    tolerance: float
    max_evaluations: int
    threads: int
    pressure: float | None = None

    def __post_init__(self) -> None:
        whole = partial(checks.integer, InputError, at_least=1, below=2**31)
        found: dict[str, Any] = {
            "method": checks.text(InputError, "method", self.method),
            "tolerance": checks.number(InputError, "tolerance", self.tolerance, above=0.0),
            "max_evaluations": whole("max_evaluations", self.max_evaluations),
            "threads": whole("threads", self.threads),
        }
        if self.pressure is not None:
            found["pressure"] = checks.number(InputError, "pressure", self.pressure)
        for name, value in found.items():  # as plain numbers: NumPy's are no JSON
            object.__setattr__(self, name, value)


def minimize(
    model: Model,
    configuration: Configuration,
    settings: QuenchSettings,
    begun: Descent | None = None,
    progress: Callable[[Descent], None] | None = None,
) -> tuple[Configuration, QuenchRecord, engine.Mechanics]:
    """The certified minimum that the method leads to; see ``Glass.quenched`` for the arguments.

    Segments end where N says, so the way does not depend on who looks on, or where it was taken up again.

    Raises:
        ModelError: round-off alone exceeds the tolerance.
        QuenchNotConverged: max|F| stays above the tolerance, or the end is no minimum.
    """
    model = checks.instance(InputError, "model", model, Model)
    begun = None if begun is None else checks.instance(InputError, "begun", begun, Descent)
    progress = checks.callback(InputError, "progress", progress)
    method, tolerance, pressure = settings.method, settings.tolerance, settings.pressure
    precision.require_quench(model, method, tolerance)
    segment = max(SHORTEST_SEGMENT, int(SEGMENT_WORK / len(configuration.positions)))
    at = begun or Descent(configuration.positions)
    while not at.converged:
        at = _descend(model, configuration, settings, at, segment)
        if progress:
            progress(at)
    state = _at_end(configuration, at, pressure)
    mechanics = mechanics_of(model, state, settings.threads)
    certificate = certificate_of(mechanics, model)
    if not certificate.is_minimum:
        fault = _fault(certificate, mechanics, "try another method")
        raise QuenchNotConverged(f"quench '{method}' ended at {fault}")
    if fault := _fault_of_volume(state, mechanics, tolerance):
        raise QuenchNotConverged(f"quench '{method}' ended at {fault}; try another method")
    record = QuenchRecord(
        **asdict(certificate),
        method=method,
        iterations=at.iterations,
        force_evaluations=at.force_evaluations,
        newton_steps=at.newton_steps,
    )
    return state, record, mechanics


def _descend(
    model: Model, configuration: Configuration, settings: QuenchSettings, at: Descent, segment: int
) -> Descent:
    """Where a segment of so many evaluations leads to.

    Raises:
        QuenchNotConverged: it is the last one, and does not end at a minimum.
    """
    evaluations = min(segment, settings.max_evaluations - at.force_evaluations)
    with engine.translated():
        result = engine.minimize(
            engine.potential_of(model),
            configuration.box if at.box is None else at.box,
            at.positions,
            configuration.species,
            method=settings.method,
            tolerance=settings.tolerance,
            max_evaluations=evaluations,
            threads=settings.threads,
            diameters=configuration.diameters,
            pressure=settings.pressure,
        )
    at = Descent(
        result["positions"],
        at.iterations + result["iterations"],
        at.force_evaluations + result["force_evaluations"],
        at.newton_steps + result["newton_steps"],
        result["converged"],
        None if settings.pressure is None else result["box"],
    )
    _require_volume(configuration, at, settings)
    is_at_end = result["force_evaluations"] < evaluations or at.force_evaluations >= settings.max_evaluations
    if is_at_end and not at.converged:
        effort = f"{at.force_evaluations} force evaluations"
        reason = result["message"]
        if at.force_evaluations < settings.max_evaluations and _is_loose(model, configuration, at):
            reason = UNJAMMED
        if settings.method != "faithful" and (fault := overlap(model, configuration, 1.0)):
            reason = f"{fault}; take method 'faithful', or move one of them"
        raise QuenchNotConverged(f"quench '{settings.method}' did not converge in {effort}: {reason}")
    return at


def _require_volume(configuration: Configuration, at: Descent, settings: QuenchSettings) -> None:
    """End a quench whose volume runs away over several segments, each of which the engine looks at alone.

    Raises:
        QuenchNotConverged: it has.
    """
    if at.box is None or at.converged:
        return
    growth = float(np.prod(at.box[:3]) / np.prod(configuration.box[:3]))
    if not 1.0 / LARGEST_GROWTH < growth < LARGEST_GROWTH:
        raise QuenchNotConverged(
            f"quench '{settings.method}' did not converge in {at.force_evaluations} force evaluations: no"
            f" minimum at pressure {settings.pressure:g}: the volume went to {growth:.3g} times that at the"
            " start; take another pressure"
        )


def accept(
    model: Model, configuration: Configuration, tolerance: float, threads: int
) -> tuple[QuenchRecord, engine.Mechanics]:
    """The certified record of a configuration that is said to be an inherent state.

    Only how it was made is taken from the file.

    Raises:
        ConfigurationError: the file's record of its quench is malformed.
        NotInherentState: max|F| is above the tolerance, or the Hessian is not that of a minimum.
    """
    tolerance = checks.number(InputError, "tolerance", tolerance, above=0.0)
    mechanics = mechanics_of(model, configuration, threads)
    max_force = mechanics.energetics()["max_force"]
    if not math.isfinite(max_force):
        raise NotInherentState(
            f"no inherent state: max|F| = {max_force:.3g}, as particles overlap too much; spread them out"
        )
    remedy = "read it with quench=True to minimise it first"
    if not max_force <= tolerance:
        raise NotInherentState(
            f"no inherent state: max|F| = {max_force:.3g} is above {tolerance:g}; {remedy}"
        )
    certificate = certificate_of(mechanics, model)
    if not certificate.is_minimum:
        raise NotInherentState(
            f"no inherent state: max|F| = {max_force:.3g}, but it is {_fault(certificate, mechanics, remedy)}"
        )
    if fault := _fault_of_volume(configuration, mechanics, tolerance):
        raise NotInherentState(
            f"no inherent state at constant pressure, but {fault}; read it with quench=True"
        )
    if "quench" in configuration.metadata:
        return replace(recorded_quench(configuration), **asdict(certificate)), mechanics
    record = QuenchRecord(
        **asdict(certificate), method="imported", iterations=0, force_evaluations=0, newton_steps=0
    )
    return record, mechanics


def recorded_quench(configuration: Configuration) -> QuenchRecord:
    """What a configuration's metadata say about its quench; to be believed of our own files only.

    Raises:
        ConfigurationError: they say nothing, or something malformed.
    """
    record = configuration.metadata.get("quench")
    types = get_type_hints(QuenchRecord)
    if isinstance(record, dict):
        record = {"rattlers": 0, **record}  # a program of before knew none, and refused glasses that had some
    if not isinstance(record, dict) or record.keys() != types.keys():
        raise ConfigurationError(f"record of the quench {record!r} must have the entries {', '.join(types)}")
    for name, kind in types.items():
        if type(record[name]) is not kind and not (kind is float and type(record[name]) is int):
            raise ConfigurationError(
                f"record of the quench: {name} = {record[name]!r} must be of type {kind.__name__}"
            )
    return QuenchRecord(**record)


def _at_end(configuration: Configuration, at: Descent, pressure: float | None) -> Configuration:
    """The configuration that a quench has led to."""
    metadata = {key: value for key, value in configuration.metadata.items() if key != QUENCH_PRESSURE}
    if pressure is not None:
        metadata |= {PRESSURE: pressure, QUENCH_PRESSURE: pressure}
    return replace(
        configuration,
        positions=at.positions,
        box=configuration.box if at.box is None else at.box,
        images=None,
        list_reference=None,
        list_box=None,
        metadata=metadata,
    )


def _fault_of_volume(configuration: Configuration, mechanics: engine.Mechanics, tolerance: float) -> str:
    """What keeps a minimum of U from being the one of U + P V that it is said to be; empty if nothing."""
    pressure = configuration.metadata.get(QUENCH_PRESSURE)
    if pressure is None:
        return ""
    excess = mechanics.energetics()["pressure"] - pressure
    if not abs(excess) <= tolerance:
        return f"a state of pressure off by {excess:.3g} from {pressure:g}, more than {tolerance:g}"
    with engine.translated():
        bulk_modulus = mechanics.moduli()["bulk_modulus"]
    return "" if bulk_modulus > 0.0 else f"a state of bulk modulus {bulk_modulus:.3g}, unstable to dilation"


def _fault(certificate: Certificate, mechanics: engine.Mechanics, remedy: str) -> str:
    """What is no minimum, and what helps: ``remedy`` where it is a saddle."""
    if not _is_jammed(mechanics):
        return UNJAMMED
    if certificate.negative_eigenvalues:
        return f"a saddle of at least {certificate.negative_eigenvalues} negative eigenvalue(s); {remedy}"
    zero_modes = f"at least {certificate.zero_modes} zero modes instead of 3"
    return (
        f"a floppy state of {zero_modes}{_loose_parts(mechanics)};"
        " a higher density or a longer cutoff makes it rigid"
    )


def _is_jammed(mechanics: engine.Mechanics) -> bool:
    """Whether forces balance that are more than a remainder, on some particles."""
    return len(mechanics.rattlers()) < mechanics.particles and mechanics.certify()["bears_load"]


def _is_loose(model: Model, configuration: Configuration, at: Descent) -> bool:
    """Whether a descent came to rest for want of anything that holds the particles."""
    mechanics = mechanics_of(model, _at_end(configuration, at, None))
    energy = mechanics.energetics()["energy"]
    return 0.0 <= energy < LOOSE * model.melt_temperature * configuration.N and not _is_jammed(mechanics)


def _loose_parts(mechanics: engine.Mechanics) -> str:
    """How many parts do not touch each other, and which particles are rattlers; empty where all is one."""
    N, rattlers = mechanics.particles, mechanics.rattlers()
    i, j = mechanics.pairs().T
    count, _ = connected_components(coo_array((np.ones(len(i)), (i, j)), shape=(N, N)), directed=False)
    parts = count - len(rattlers)
    text = f", in {parts} parts that do not touch each other" if parts > 1 else ""
    if not len(rattlers):
        return text
    names = ", ".join(map(str, rattlers[:NAMED].tolist())) + (", …" if len(rattlers) > NAMED else "")
    return f"{text}, besides {len(rattlers)} rattler(s) ({names})"
