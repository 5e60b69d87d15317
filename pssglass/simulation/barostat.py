"""What holds the pressure: stochastic cell rescaling (Bernetti and Bussi 2020, doi:10.1063/5.0020514)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pssglass.base import checks
from pssglass.base.errors import InputError
from pssglass.base.results import VolumeMoves
from pssglass.models import Model

DEFAULT_RELAXATION_TIME = 2.0
"""τ_p; in Lennard-Jones units somewhat longer than sound takes through a box of some thousand particles."""
DEFAULT_EVERY = 20
"""Time steps between two moves of the volume. One costs as much as four steps."""
STRUCTURE_FACTOR = 0.01
"""S(0) = ρ k_B T β_T, which tells a compressibility; that of supercooled liquids to a factor of three."""
FACTOR = 1000.0
"""How far a compressibility may be from the default, and a relaxation time from its own."""
MOST_EXPANSION = 4.0
"""Volume in units of the model's at which a liquid counts as evaporated."""


@dataclass(frozen=True)
class Barostat:
    """Moves of the volume towards a pressure, each accepted or refused by its effective energy.

    Attributes:
        pressure: in ε/λ³.
        relaxation_time: τ_p, of the volume, as far as the compressibility is right.
        compressibility: β_T in λ³/ε, an estimate; averages do not depend on it.
        every: time steps from one move to the next.
        largest_volume: beyond it the liquid counts as evaporated.
    """

    pressure: float
    relaxation_time: float
    compressibility: float
    every: int
    largest_volume: float

    def arguments(self) -> dict[str, Any]:
        """As the engine takes them."""
        return {
            "pressure": self.pressure,
            "barostat_relaxation_time": self.relaxation_time,
            "compressibility": self.compressibility,
            "barostat_every": self.every,
            "largest_volume": self.largest_volume,
        }

    def complete(self, run: Any, before: VolumeMoves) -> VolumeMoves:
        """What the engine's run added to the moves before; its series gets enthalpy, and goes on."""
        series = run["series"]
        series["enthalpy"] = (
            series["potential_energy"] + series["kinetic_energy"] + self.pressure * series["volume"]
        )
        series["effective_energy"] = series["effective_energy"] + before.effective_energy_change
        return VolumeMoves(
            run["volume_moves"],
            run["volume_moves_accepted"],
            run["effective_energy_change"],
            run["volume_moves_cut"],
        )


def barostat_of(model: Model, N: int, temperature: float, given: Mapping[str, Any]) -> Barostat | None:
    """The barostat that arguments of a run ask for: None without a pressure.

    Args:
        model: of the liquid.
        N: number of particles.
        temperature: of the thermostat.
        given: those of ``Liquid.run`` that are of the barostat, by name; None takes the default.

    Raises:
        InputError: one is out of bounds, or goes with a pressure only.
    """
    values = {name: value for name, value in given.items() if value is not None}
    if "pressure" not in values:
        for name, value in values.items():
            raise InputError(f"{name} = {value!r} goes with a pressure only; give one, or leave it out")
        return None
    tau = values.get("barostat_relaxation_time", DEFAULT_RELAXATION_TIME)
    beta = values.get("compressibility", default_compressibility(model, temperature))
    steps = values.get("barostat_every", DEFAULT_EVERY)
    check_rates(model, temperature, tau, beta)
    return Barostat(
        checks.number(InputError, "pressure", values["pressure"], above=0.0),
        float(tau),
        float(beta),
        checks.integer(InputError, "barostat_every", steps, at_least=1, below=2**31),
        MOST_EXPANSION * N / model.number_density,
    )


def check_rates(model: Model, temperature: float, relaxation_time: object, compressibility: object) -> None:
    """Refuse a volume that would move by far too much, or next to nothing.

    Raises:
        InputError: one of the two numbers is no such number, or far from its default.
    """
    for name, value, usual in (
        ("barostat_relaxation_time", relaxation_time, DEFAULT_RELAXATION_TIME),
        ("compressibility", compressibility, default_compressibility(model, temperature)),
    ):
        number = checks.number(InputError, name, value, above=0.0)
        low, high = usual / FACTOR, usual * FACTOR
        if not low <= number <= high:
            raise InputError(
                f"{name} = {number:g} must be within {low:.3g} and {high:.3g}, a factor of {FACTOR:g} about"
                f" its default, {usual:.3g}; leave it out to have that"
            )


def default_compressibility(model: Model, temperature: float) -> float:
    """S(0)/(ρ k_B T) at the model's density, to two digits."""
    return float(f"{STRUCTURE_FACTOR / (model.number_density * temperature):.1e}")
