"""The contract test for authors of observables; see ``ObservableContract``."""

from __future__ import annotations

from pssglass.plugins.contract import ObservableContract

__all__ = ["ObservableContract"]
