"""The state of a trajectory on disk, from which a sample goes on whose worker was stopped or died.

A checkpoint is the liquid at one time step, after the last one also how far its quench has come, in a GSD
file named by the progress, the attempt that saved it, and the SHA-256 of its content. Files appear complete
under their names, and the newest two are kept, so a damaged one costs time and nothing else. All other state
follows from it: the stage of the protocol from the step, random numbers from seed and step.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
import shutil
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from pssglass.base.errors import ConfigurationError, PssglassError, UnreadableFile, one_line
from pssglass.base.files import make_folder, sync
from pssglass.base.results import Descent
from pssglass.campaigns.specification import EnsembleSpec
from pssglass.configurations import Configuration, read_configuration_of, write_gsd
from pssglass.execution import pause

GENERATIONS = 2
PAUSES = (0.1, 1.0, 5.0, 25.0)
"""Seconds between attempts to read: network file systems fail now and then."""

_KEY = "checkpoint"
_NAME = re.compile(r"(?P<progress>\d{15})-(?P<attempt>\d+)-(?P<sha256>[0-9a-f]{64})\.gsd")

_log = logging.getLogger(__name__)


class UnreadableCheckpoint(PssglassError, RuntimeError):
    """A sample has checkpoints, of which none can be read; what is in them may be sound."""


@dataclass(frozen=True)
class Checkpoint:
    """A liquid, what is to be remembered of its making (plain JSON values), and its quench on its way."""

    liquid: Configuration
    history: Mapping[str, Any]
    descent: Descent | None = None

    @property
    def progress(self) -> int:
        """Number of time steps, and of force evaluations of the quench after them."""
        return self.liquid.step + (self.descent.force_evaluations if self.descent else 0)


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
        self._last: Path | None = None
        """What this attempt has saved, or gone on from."""

    def save(self, checkpoint: Checkpoint) -> None:
        """Add a checkpoint and remove those that are too old; it is on disk when this returns.

        Raises:
            ConfigurationError: the folder cannot be written, or is full; the older ones are still there.
        """
        try:
            saved = self._add(checkpoint)
        except ConfigurationError:
            if self._folder.is_dir():
                raise
            saved = self._add(checkpoint)  # another process, done with the sample, has removed the folder
        for old in self._files()[GENERATIONS:]:
            if old not in (saved, self._last):  # newer ones may be unreadable
                old.unlink(missing_ok=True)
        self._last = saved

    def _add(self, checkpoint: Checkpoint) -> Path:
        make_folder(self._folder)
        liquid = checkpoint.liquid
        entry = {
            **self._identity,
            "history": dict(checkpoint.history),
            "descent": _encoded(checkpoint.descent) if checkpoint.descent else None,
        }
        marked = replace(liquid, metadata={**liquid.metadata, _KEY: entry})
        draft = self._folder / f"draft-{uuid4().hex}.gsd"
        try:
            sha256, _ = write_gsd(draft, marked)
            path = self._folder / f"{checkpoint.progress:015d}-{self._attempt}-{sha256}.gsd"
            os.replace(draft, path)
            sync(self._folder)
            return path
        except OSError as error:
            raise ConfigurationError(f"cannot write into {self._folder} ({error.strerror})") from None
        finally:
            draft.unlink(missing_ok=True)

    def load(self) -> Checkpoint | None:
        """The newest sound checkpoint of this very sample.

        What is damaged, or another's, is removed; what cannot be read is kept, and passed over if an older
        one can.

        Raises:
            UnreadableCheckpoint: none can be read, and one may be sound.
            Interrupted: a stop was requested between two attempts.
        """
        found, fault = self._newest()
        for seconds in PAUSES:
            if fault is None:
                break
            pause(seconds)
            found, fault = self._newest()
        if fault is None:
            return found
        what = f"cannot read a checkpoint on {socket.gethostname()} ({one_line(fault)})"
        if found is None:
            raise UnreadableCheckpoint(f"{what}; mend that, or remove {self._folder} to begin it again")
        _log.warning("%s; going on from an older one", what)
        return found

    def _newest(self) -> tuple[Checkpoint | None, BaseException | None]:
        """The newest that is sound and can be read, and why a newer one cannot."""
        fault: BaseException | None = None
        try:
            for path in self._files():
                try:
                    found = self._read(path)
                    self._last = path
                    return found, fault
                except FileNotFoundError:
                    continue  # removed by another process, which has newer ones
                except (OSError, MemoryError, UnreadableFile) as error:
                    fault = fault or error
                except ConfigurationError as error:
                    _log.warning("checkpoint passed over and removed: %s", error)
                    with suppress(OSError):
                        path.unlink()
        except OSError as error:
            fault = fault or error
        return None, fault

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._folder

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
        content = path.read_bytes()
        match = _NAME.fullmatch(path.name)
        if match is None or hashlib.sha256(content).hexdigest() != match["sha256"]:
            raise ConfigurationError(f"{path} is damaged: its SHA-256 is not the one in its name")
        liquid = read_configuration_of(self._model, path)
        entry = dict(liquid.metadata.get(_KEY, {}))
        history, descent = entry.pop("history", {}), entry.pop("descent", None)
        if entry != self._identity:
            raise ConfigurationError(f"{path} belongs to another specification or seed")
        metadata = {key: value for key, value in liquid.metadata.items() if key != _KEY}
        return Checkpoint(replace(liquid, metadata=metadata), history, _decoded(descent) if descent else None)


def _encoded(descent: Descent) -> dict[str, Any]:
    """As plain JSON, to the last bit and no longer than need be."""
    positions = np.ascontiguousarray(descent.positions, dtype="<f8").tobytes()
    box = {} if descent.box is None else {"box": descent.box.tolist()}
    rest = {key: value for key, value in asdict(descent).items() if key != "box"}
    return {**rest, **box, "positions": base64.b64encode(positions).decode()}


def _decoded(entry: dict[str, Any]) -> Descent:
    positions = np.frombuffer(base64.b64decode(entry["positions"]), dtype="<f8").reshape(-1, 3)
    box = {"box": np.array(entry["box"])} if "box" in entry else {}
    return Descent(**{**entry, **box, "positions": positions})


def last_progress(folder: Path) -> int:
    """The latest attempt that has left a checkpoint in this folder; 0 where there is none."""
    matches = (_NAME.fullmatch(path.name) for path in _files(folder))
    return max((int(match["attempt"]) for match in matches if match), default=0)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    except FileNotFoundError:
        return []
