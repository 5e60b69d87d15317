"""The liquid with which a sample begins: in a lineage, or held for longer, that of another one, as stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pssglass.base.errors import ConfigurationError, PssglassError, UnreadableFile
from pssglass.base.lineages import place_of
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration, read_configuration_of
from pssglass.db import Claim, ConfigurationFile
from pssglass.execution import pause
from pssglass.pipeline.files import check_file
from pssglass.simulation.lineages import HANDED_ON, Place, hand_on, lineage_stages
from pssglass.simulation.recipe import Recipe
from pssglass.simulation.stages import Progress
from pssglass.simulation.stages.extension import Held
from pssglass.simulation.stages.stage import StageInUse

PAUSES = (0.1, 1.0, 5.0)
"""Seconds between attempts to read: on network file systems a file may be seen a moment later."""


class NoStart(PssglassError, RuntimeError):
    """A sample cannot be made, as the liquid with which it begins cannot be read."""


@dataclass(frozen=True)
class Start:
    """Where a sample stands in its lineage, and what it begins with.

    Attributes:
        place: in the lineage; None of a liquid of its own.
        liquid: to begin with; None where a melt does.
        handed_on: what that liquid tells of its lineage.
        sha256: of its file.
        held: its hold, where that goes on.
    """

    place: Place | None
    liquid: Configuration | None = None
    handed_on: Mapping[str, Any] | None = None
    sha256: str | None = None
    held: Held | None = None

    @classmethod
    def of(cls, spec: EnsembleSpec, claim: Claim, folder: Path) -> Start | None:
        """That of a claimed sample; None where it is a liquid of its own, made from a melt.

        Raises:
            NoStart: the liquid cannot be read.
        """
        if spec.lineage is None and not spec.extended:
            return None
        place = place_in(spec, claim.replica) if spec.lineage else None
        goes_on = goes_on_with_hold(spec, claim.replica)
        if place and place.is_first and place.is_hottest and not goes_on:
            return cls(place)
        if claim.start is None:
            raise NoStart("the liquid with which it begins is not in the database any more")
        found = _read(spec, folder, claim.start)
        metadata = dict(found.metadata)
        measured, handed_on = metadata.pop("liquid", {}), metadata.pop(HANDED_ON, None)
        held = Held(claim.held, measured) if goes_on and claim.held else None
        return cls(place, replace(found, metadata=metadata), handed_on, claim.start.sha256, held)

    @property
    def step(self) -> int:
        """Time steps that the lineage has done before."""
        return self.liquid.step if self.liquid else 0

    @property
    def is_cooled(self) -> bool:
        """Whether the liquid comes from a higher temperature."""
        return self.place is not None and self.place.is_first and self.held is None

    def stages(self, recipe: Recipe) -> list[StageInUse]:
        """By which the liquid of the sample is made."""
        if self.held:
            return self.held.stages(recipe.protocol)
        assert self.place
        return lineage_stages(recipe, self.place, self.handed_on or {})

    def hand_on(self, spec: EnsembleSpec, recipe: Recipe, progress: Progress) -> dict[str, Any]:
        """What the liquid of the sample tells of its lineage, if it is of one; its record is completed."""
        if self.place is None or spec.lineage is None:
            return {}
        return hand_on(recipe, self.place, spec.lineage.spacing, progress, self.handed_on or {})

    def record(self, handed_on: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept of it with the sample."""
        told = {key: value for key, value in handed_on.items() if key != "equilibration"}
        kept: dict[str, Any] = {"lineage": {**told, "began_with": self.sha256}} if self.place else {}
        if self.held:
            time = self.held.equilibration["time"]
            kept["extended"] = {"held_time": time, "began_with": self.sha256}
        return kept


def goes_on_with_hold(spec: EnsembleSpec, replica: int) -> bool:
    """Whether a sample begins with a liquid of an earlier age; further glasses of lineages do not."""
    return bool(spec.extended) and (spec.lineage is None or place_in(spec, replica).is_first)


def place_in(spec: EnsembleSpec, replica: int) -> Place:
    """Where a sample stands in its lineage."""
    return Place(*place_of(replica), is_hottest=spec.hotter is None)


def _read(spec: EnsembleSpec, folder: Path, file: ConfigurationFile) -> Configuration:
    for seconds in (*PAUSES, None):
        try:
            check_file(folder / file.path, file.sha256)
            return read_configuration_of(spec.model, folder / file.path)
        except ConfigurationError as error:
            if seconds is None or not isinstance(error, UnreadableFile):
                raise NoStart(f"the liquid with which it begins is lost: {error}") from None
            pause(seconds)
    raise AssertionError
