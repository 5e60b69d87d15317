"""Reaching inherent states and certifying them: max|F|, no negative eigenvalue, three zero modes."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

from pssglass import engine
from pssglass.configurations import Configuration
from pssglass.errors import NotInherentState, QuenchNotConverged
from pssglass.models import Model
from pssglass.results import Certificate, QuenchRecord


def mechanics_of(model: Model, configuration: Configuration, threads: int = 1) -> engine.Mechanics:
    """The engine's linear mechanics of a configuration."""
    with engine.translated():
        return engine.Mechanics(
            engine.potential_of(model),
            configuration.box,
            configuration.positions,
            configuration.species,
            threads,
        )


def certificate_of(mechanics: engine.Mechanics, model: Model) -> Certificate:
    """Forces and lowest spectrum of a configuration, whatever they are."""
    with engine.translated():
        spectrum = mechanics.certify()
    lowest = float(spectrum["lowest_eigenvalues"][0]) / model.mass
    return Certificate(
        max_force=mechanics.energetics()["max_force"],
        negative_eigenvalues=spectrum["negative_eigenvalues"],
        zero_modes=spectrum["zero_modes"],
        lowest_frequency=math.copysign(math.sqrt(abs(lowest)), lowest),
    )


def minimize(
    model: Model,
    configuration: Configuration,
    method: str,
    tolerance: float,
    max_evaluations: int,
    threads: int,
) -> tuple[Configuration, QuenchRecord, engine.Mechanics]:
    """The certified minimum that the method leads to; see ``Glass.quenched`` for the arguments.

    Raises:
        QuenchNotConverged: max|F| stays above the tolerance, or the end is no minimum.
    """
    with engine.translated():
        result = engine.minimize(
            engine.potential_of(model),
            configuration.box,
            configuration.positions,
            configuration.species,
            method=method,
            tolerance=tolerance,
            max_evaluations=max_evaluations,
            threads=threads,
        )
    if not result["converged"]:
        raise QuenchNotConverged(
            f"quench '{method}' stopped at max|F| = {result['max_force']:.3g}, above {tolerance:g}, after"
            f" {result['force_evaluations']} evaluations ({result['message']});"
            " allow more of them or try another method"
        )
    state = replace(configuration, positions=result["positions"], images=None, list_reference=None)
    mechanics = mechanics_of(model, state, threads)
    certificate = certificate_of(mechanics, model)
    if not certificate.is_minimum:
        raise QuenchNotConverged(f"quench '{method}' ended at {_fault(certificate)}; try another method")
    record = QuenchRecord(
        **asdict(certificate),
        method=method,
        iterations=result["iterations"],
        force_evaluations=result["force_evaluations"],
        newton_steps=result["newton_steps"],
    )
    return state, record, mechanics


def accept(
    model: Model, configuration: Configuration, tolerance: float, threads: int
) -> tuple[QuenchRecord, engine.Mechanics]:
    """The record of a configuration that is said to be an inherent state.

    The spectrum that our own quench certified is taken from the file; that of a foreign file is computed.

    Raises:
        NotInherentState: max|F| is above the tolerance, or the Hessian is not that of a minimum.
    """
    mechanics = mechanics_of(model, configuration, threads)
    max_force = mechanics.energetics()["max_force"]
    remedy = "read it with quench=True to minimise it first"
    if not max_force <= tolerance:
        raise NotInherentState(
            f"no inherent state: max|F| = {max_force:.3g} is above {tolerance:g}; {remedy}"
        )
    if "quench" in configuration.metadata:
        return QuenchRecord(**configuration.metadata["quench"]), mechanics
    certificate = certificate_of(mechanics, model)
    if not certificate.is_minimum:
        raise NotInherentState(
            f"no inherent state: max|F| = {max_force:.3g}, but it is {_fault(certificate)}; {remedy}"
        )
    record = QuenchRecord(
        **asdict(certificate), method="imported", iterations=0, force_evaluations=0, newton_steps=0
    )
    return record, mechanics


def _fault(certificate: Certificate) -> str:
    if certificate.negative_eigenvalues:
        return f"a saddle of at least {certificate.negative_eigenvalues} negative eigenvalue(s)"
    return f"a state of {certificate.zero_modes} zero modes instead of 3"
