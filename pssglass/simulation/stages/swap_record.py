"""What swap moves did on a stage, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pssglass.base.results import SwapMoves


def counted(moves: SwapMoves, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was tried and accepted so far."""
    if before is not None:
        tried, accepted = np.array(before["attempts"]), np.array(before["accepted"])
        moves = SwapMoves(tried, accepted, before["largest_difference"], before["seconds"]) + moves
    return {
        "attempts": moves.attempts.tolist(),
        "accepted": moves.accepted.tolist(),
        "largest_difference": moves.largest_difference,
        "seconds": moves.seconds,
    }


def swap_values(swaps: Mapping[str, Any]) -> dict[str, Any]:
    """Values of observable swap."""
    return {
        "swap_acceptance": sum(swaps["accepted"]) / max(1, sum(swaps["attempts"])),
        "swap_attempts": swaps["attempts"],
        "swap_accepted": swaps["accepted"],
        "swap_largest_difference": swaps["largest_difference"],
    }
