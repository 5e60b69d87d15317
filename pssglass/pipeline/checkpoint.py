"""The state of a trajectory on disk, from which a sample goes on whose worker was stopped or died.

A checkpoint is the liquid at one time step, in a GSD file named by the step, the attempt that saved it, and
the SHA-256 of its content. Files appear complete under their names, and the newest two are kept, so a damaged
one costs time and nothing else. All other state follows from it: the stage of the protocol from the step,
random numbers from seed and step. A quench takes seconds beside the hours of a trajectory: it is repeated
from its liquid, which is saved before.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from pssglass.configurations import Configuration, make_folder, read_configuration_of, sync, write_gsd
from pssglass.errors import ConfigurationError
from pssglass.specs import EnsembleSpec

GENERATIONS = 2
_KEY = "checkpoint"
_NAME = re.compile(r"(?P<step>\d{15})-(?P<attempt>\d+)-(?P<sha256>[0-9a-f]{64})\.gsd")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """A liquid, and what is to be remembered of its making (plain JSON values)."""

    liquid: Configuration
    history: Mapping[str, Any]


class Checkpoints:
    """The checkpoints of one sample, in a folder of their own, as one attempt at it sees them.

    Several attempts may write to it: all checkpoints of a sample are points of the same trajectory.
    """

    def __init__(self, folder: Path, spec: EnsembleSpec, seed: int, attempt: int) -> None:
        self._folder = folder
        self._attempt = attempt
        self._notice = folder / f"lost-{attempt}"
        self._model = spec.model
        self._identity = {"spec_hash": spec.hash, "seed": seed}

    def save(self, checkpoint: Checkpoint) -> None:
        """Add a checkpoint and remove those that are too old; it is on disk when this returns.

        Raises:
            ConfigurationError: the folder cannot be written, or is full; the older ones are still there.
        """
        try:
            self._add(checkpoint)
        except ConfigurationError:
            if self._folder.is_dir():
                raise
            self._add(checkpoint)  # another process, done with the sample, has just removed the folder
        for old in self._files()[GENERATIONS:]:
            old.unlink(missing_ok=True)

    def _add(self, checkpoint: Checkpoint) -> None:
        make_folder(self._folder)
        liquid = checkpoint.liquid
        entry = {**self._identity, "history": dict(checkpoint.history)}
        marked = replace(liquid, metadata={**liquid.metadata, _KEY: entry})
        draft = self._folder / f"draft-{uuid4().hex}.gsd"
        try:
            sha256, _ = write_gsd(draft, marked)
            os.replace(draft, self._folder / f"{liquid.step:015d}-{self._attempt}-{sha256}.gsd")
            sync(self._folder)
        except OSError as error:
            raise ConfigurationError(f"cannot write into {self._folder} ({error.strerror})") from None
        finally:
            draft.unlink(missing_ok=True)

    def load(self) -> Checkpoint | None:
        """The newest sound checkpoint of this very sample; any other is removed with a warning."""
        for path in self._files():
            try:
                return self._read(path)
            except ConfigurationError as error:
                _log.warning("checkpoint passed over and removed: %s", error)
                path.unlink(missing_ok=True)
        return None

    def remove(self) -> None:
        """Remove them all, and what was left half-written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def disown(self) -> None:
        """Tell whoever works on this attempt, on whatever machine, that another has taken the sample over.

        Raises:
            ConfigurationError, OSError: the folder cannot be written.
        """
        make_folder(self._folder)
        self._notice.touch()

    @property
    def is_disowned(self) -> bool:
        """Whether this attempt's work is in vain."""
        return self._notice.exists()

    def _files(self) -> list[Path]:
        """The newest first."""
        return sorted(_files(self._folder), reverse=True)

    def _read(self, path: Path) -> Checkpoint:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"cannot read {path} ({error.strerror})") from None
        match = _NAME.fullmatch(path.name)
        if match is None or hashlib.sha256(content).hexdigest() != match["sha256"]:
            raise ConfigurationError(f"{path} is damaged: its SHA-256 is not the one in its name")
        liquid = read_configuration_of(self._model, path)
        entry = dict(liquid.metadata.get(_KEY, {}))
        history = entry.pop("history", {})
        if entry != self._identity:
            raise ConfigurationError(f"{path} belongs to another specification or seed")
        metadata = {key: value for key, value in liquid.metadata.items() if key != _KEY}
        return Checkpoint(replace(liquid, metadata=metadata), history)


def last_progress(folder: Path) -> int:
    """The latest attempt that has left a checkpoint in this folder; 0 where there is none."""
    matches = (_NAME.fullmatch(path.name) for path in _files(folder))
    return max((int(match["attempt"]) for match in matches if match), default=0)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
