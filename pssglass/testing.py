"""The contract tests for authors of observables: of any level, and of glasses."""

from __future__ import annotations

from pssglass.plugins.contract import GlassObservableContract, ObservableContract

__all__ = ["GlassObservableContract", "ObservableContract"]
